#include "tests/app/browser.hpp"

#include <cstdlib>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "core/base/atomic_file.hpp"
#include "tests/temporary_folder.hpp"

namespace saccade::test {
namespace {

constexpr const char* kBefore = R"HTML(<script>
addEventListener("error", event => document.body.append("FAILED: " + event.message));
addEventListener("unhandledrejection", event => document.body.append("FAILED: " + event.reason));
document.addEventListener("securitypolicyviolation", event => document.body.append("FAILED: " + event.blockedURI));
(async () => {
  const seen = [], check = (what, fine) => seen.push((fine ? "ok " : "FAILED: ") + what);
  const wait = ms => new Promise(done => setTimeout(done, ms));
  // The browser's clock runs ahead where nothing is to be done, and does not wait for a picture to be decoded: many short
  // waits take time that is real.
  const until = async test => { for (let i = 0; i < 20000 && !test(); ++i) await wait(20); return test(); };
  const all = selector => [...document.querySelectorAll(selector)];
  const pixels = canvas => canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data.join();
  const press = key => document.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
)HTML";
constexpr const char* kAfter = R"HTML(
  document.body.append("SEEN " + seen.join("; "));
})();
</script></body>)HTML";

}  // namespace

bool have_browser() {
  const bool there = std::system("command -v chromium >/dev/null 2>&1") == 0;
  if (!there) MESSAGE("skipped: there is no chromium");
  return there;
}

std::string browse(const std::string& page, const std::string& script) {
  const TemporaryFolder folder;
  std::string probed = page;
  probed.replace(probed.rfind("</body>"), 7, kBefore + script + kAfter);
  write_file(folder / "probe.html", probed);
  const std::string out = (folder / "dom").string();
  const std::string command = fmt::format(
      "timeout 120 chromium --headless --no-sandbox --disable-gpu --user-data-dir={} --virtual-time-budget=600000 "
      "--dump-dom file://{} >{} 2>{}.err",
      (folder / "profile").string(), (folder / "probe.html").string(), out, out);
  REQUIRE(std::system(command.c_str()) == 0);
  const std::string dom = read_file(out);
  return dom.substr(dom.rfind("</script>"));
}

}  // namespace saccade::test
