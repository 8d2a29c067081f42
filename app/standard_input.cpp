#include "app/standard_input.hpp"

#include <array>
#include <cerrno>
#include <poll.h>
#include <unistd.h>

namespace saccade::app {

bool StandardInput::read_more() {
  std::array<char, 1 << 16> bytes{};
  ssize_t count = 0;
  do {
    count = ended_ ? 0 : ::read(STDIN_FILENO, bytes.data(), bytes.size());
  } while (count < 0 && errno == EINTR);
  ended_ = count <= 0;
  if (!ended_) buffer_.append(bytes.data(), static_cast<std::size_t>(count));
  return !ended_;
}

const std::string& StandardInput::peek() {
  if (buffer_.empty()) read_more();
  return buffer_;
}

std::string StandardInput::take_all() {
  while (read_more()) continue;
  return std::move(buffer_);
}

bool StandardInput::take(char separator, std::string& piece) {
  std::size_t end = 0;
  while ((end = buffer_.find(separator)) == std::string::npos && read_more()) continue;
  if (end == std::string::npos && buffer_.empty()) return false;
  piece = buffer_.substr(0, end);
  buffer_.erase(0, end == std::string::npos ? end : end + 1);
  return true;
}

bool StandardInput::ready(char separator) {
  while (buffer_.find(separator) == std::string::npos && !ended_) {
    pollfd descriptor{STDIN_FILENO, POLLIN, 0};
    if (::poll(&descriptor, 1, 0) <= 0) return false;
    read_more();
  }
  return true;
}

}  // namespace saccade::app
