#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <utility>

#include "app/serve/http_message.hpp"

namespace saccade::app {

/// A complete request and its response.
struct Exchange {
  std::uint64_t connection = 0;
  HttpRequest request;
  bool keep_alive = true;
  std::atomic<bool> abandoned{false};  ///< the client closed the connection
  std::chrono::steady_clock::time_point arrived = std::chrono::steady_clock::now();
  std::function<void(std::string response)> answer;
};

}  // namespace saccade::app
