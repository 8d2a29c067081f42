#include "app/standard_input.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <poll.h>
#include <string_view>
#include <unistd.h>

#include "core/base/error.hpp"

namespace saccade::app {
namespace {

constexpr std::size_t kLargestPicture = std::size_t{1} << 30;  // bytes
constexpr std::size_t kLongestName = std::size_t{1} << 20;     // bytes

}  // namespace

bool StandardInput::read_more() {
  std::array<char, 1 << 16> bytes{};
  ssize_t count = 0;
  for (;;) {
    count = ended_ ? 0 : ::read(STDIN_FILENO, bytes.data(), bytes.size());
    if (count >= 0 || (errno != EINTR && errno != EAGAIN)) break;
    pollfd descriptor{STDIN_FILENO, POLLIN, 0};  // another process may have made it non-blocking
    if (errno == EAGAIN) ::poll(&descriptor, 1, -1);
  }
  if (count < 0) throw Error("standard input: cannot be read: {}", std::strerror(errno));
  ended_ = count == 0;
  if (!ended_) buffer_.append(bytes.data(), static_cast<std::size_t>(count));
  return !ended_;
}

const std::string& StandardInput::peek() {
  if (buffer_.empty()) read_more();
  return buffer_;
}

std::string StandardInput::take_all() {
  while (read_more()) {
    if (buffer_.size() > kLargestPicture)
      throw Error("standard input: images above 1 GB are not supported; use a smaller image");
  }
  return std::move(buffer_);
}

void StandardInput::skip_mark() {
  constexpr std::string_view kUtf8 = "\xEF\xBB\xBF", kLittle = "\xFF\xFE", kBig = "\xFE\xFF";
  const auto may_become = [this](std::string_view mark) {
    return buffer_.size() < mark.size() && mark.substr(0, buffer_.size()) == buffer_;
  };
  const auto begins_with = [this](std::string_view mark) { return buffer_.compare(0, mark.size(), mark) == 0; };
  peek();
  while ((may_become(kUtf8) || may_become(kLittle) || may_become(kBig)) && read_more()) continue;
  if (begins_with(kUtf8)) buffer_.erase(0, kUtf8.size());
  if (begins_with(kLittle) || begins_with(kBig))
    throw Error("standard input: the list is in UTF-16; convert it to UTF-8");
}

bool StandardInput::take(char separator, std::string& piece) {
  const std::array<char, 2> ends{separator, '\0'};
  std::size_t end = std::string::npos, looked_at = 0;
  while ((end = buffer_.find_first_of(ends.data(), looked_at, ends.size())) == std::string::npos) {
    looked_at = buffer_.size();
    if (looked_at > kLongestName || !read_more()) break;
  }
  const bool whole = end != std::string::npos;
  if (!whole && buffer_.empty()) return false;
  // A list may contain empty names, but not a megabyte of zero bytes.
  const std::size_t zeros = std::min(buffer_.find_first_not_of('\0'), buffer_.size());
  zeros_ = zeros > 0 ? zeros_ + zeros : 0;
  if (std::max(whole ? end : buffer_.size(), zeros_) > kLongestName) {
    throw Error("standard input: neither an image nor a list of files; check the input");
  }
  piece = zeros > 0 ? std::string() : buffer_.substr(0, end);
  buffer_.erase(0, zeros > 0 ? zeros : whole ? end + 1 : end);
  return true;
}

bool StandardInput::ready(char separator) {
  const std::array<char, 2> ends{separator, '\0'};
  while (buffer_.find_first_of(ends.data(), 0, ends.size()) == std::string::npos && !ended_ &&
         buffer_.size() <= kLongestName) {
    pollfd descriptor{STDIN_FILENO, POLLIN, 0};
    if (::poll(&descriptor, 1, 0) <= 0) return false;
    read_more();
  }
  return true;
}

}  // namespace saccade::app
