#include "core/base/excerpt.hpp"

#include <algorithm>
#include <cstddef>

namespace saccade {

std::string excerpt(std::string_view text) {
  constexpr std::size_t kLongest = 100;
  std::string result(text.substr(0, kLongest));
  std::replace_if(
      result.begin(), result.end(), [](unsigned char c) { return c < ' ' || c == 0x7F; }, '?');
  if (text.size() > kLongest) result += "...";
  return result;
}

}  // namespace saccade
