#pragma once

#include <functional>
#include <string>

namespace saccade::vision {

/// Calls `work` and returns what it printed on the standard error stream instead of letting it through: the decoders
/// beneath OpenCV report damage there, and nowhere else. Other threads' output is not touched. What `work` throws is
/// rethrown. `work` runs in a thread of its own and must not start threads that outlive it. Where the system offers no
/// private stream, it runs all the same and the answer is empty.
std::string call_quietly(const std::function<void()>& work);

}  // namespace saccade::vision
