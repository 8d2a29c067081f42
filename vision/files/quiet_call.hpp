#pragma once

#include <functional>
#include <string>

namespace saccade::vision {

/// Calls `work` in a thread of its own and returns what it printed to standard error, which is not passed on. OpenCV,
/// dav1d and fontconfig print when they fail. Output of other threads is not affected. Rethrows what `work` throws.
/// `work` must not start threads that outlive it. If the system cannot give the thread its own file descriptors, the
/// output is passed on and the result is empty.
std::string call_quietly(const std::function<void()>& work);

}  // namespace saccade::vision
