#pragma once

#include <algorithm>
#include <cstring>
#include <httplib.h>
#include <string>
#include <string_view>

namespace saccade::app {

/// Lets cpp-httplib read a request from memory and write its response there.
class MemoryStream : public httplib::Stream {
 public:
  MemoryStream(std::string_view head, std::string_view body) : parts_{head, body} {}

  std::string take_answer() { return std::move(answer_); }

  bool is_readable() const override { return true; }
  bool is_writable() const override { return true; }

  ssize_t read(char* to, std::size_t size) override {
    std::string_view& part = parts_[parts_[0].empty() ? 1 : 0];
    const std::size_t count = std::min(size, part.size());
    std::memcpy(to, part.data(), count);
    part.remove_prefix(count);
    return static_cast<ssize_t>(count);
  }

  ssize_t write(const char* from, std::size_t size) override {
    answer_.append(from, size);
    return static_cast<ssize_t>(size);
  }

  void get_remote_ip_and_port(std::string& /*ip*/, int& /*port*/) const override {}
  void get_local_ip_and_port(std::string& /*ip*/, int& /*port*/) const override {}
  socket_t socket() const override { return INVALID_SOCKET; }

 private:
  std::string_view parts_[2];
  std::string answer_;
};

}  // namespace saccade::app
