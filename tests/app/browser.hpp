#pragma once

#include <string>

namespace saccade::test {

/// Whether there is a browser, and if not, says that the test is skipped.
bool have_browser();

/// Opens a page in headless Chromium with `script` behind its own, which uses it as people do, calls check(what, fine)
/// for what it sees, and is followed by a look at what was written down: "SEEN ok what; ...". What went wrong begins
/// with FAILED: a check, an error of a script, or a thing that the page was not allowed to fetch. The script may await
/// until(test), and has all(selector), press(key) and pixels(canvas).
std::string browse(const std::string& page, const std::string& script);

}  // namespace saccade::test
