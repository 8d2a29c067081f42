#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "app/serve/exchange.hpp"
#include "app/serve/request_reader.hpp"

namespace saccade::app {

/// Serves all connections in one thread with epoll: reads requests, passes on complete ones and writes responses. A
/// slow or silent client costs a few hundred bytes until its timeout, and no thread.
class EventLoop {
 public:
  struct Limits {
    std::chrono::seconds timeout{30};  ///< of incoming requests, outgoing responses and idle connections
    std::size_t body = 32 << 20;       ///< bytes
    std::size_t memory = 256 << 20;    ///< bytes of all incomplete requests
    std::size_t connections = 12000;
  };

  /// Called from the thread of run().
  struct Callbacks {
    /// Checks the head of a request; returns the reason to refuse it, if any.
    std::function<std::optional<HttpRefusal>(const HttpRequest&)> refusal_of;
    /// Receives a complete request. Any thread may answer it, immediately or later.
    std::function<void(std::shared_ptr<Exchange>)> handle;
    /// Reports a response to a request that was refused before `handle`.
    std::function<void(int status)> refused;
  };

  /// `listener`: a non-blocking listening socket. Throws Error if the system has no more file descriptors.
  EventLoop(int listener, const Limits& limits, Callbacks callbacks);
  ~EventLoop();
  EventLoop(const EventLoop&) = delete;
  EventLoop& operator=(const EventLoop&) = delete;

  /// Serves until `stop` returns true and all requests that have begun to arrive are answered.
  void run(const std::function<bool()>& stop);

  std::size_t connections() const { return count_; }

 private:
  using Clock = std::chrono::steady_clock;

  enum class Stage { kReading, kWorking, kWriting, kDraining };

  struct Connection {
    int socket = -1;
    Stage stage = Stage::kReading;
    std::unique_ptr<RequestReader> reader;  ///< null between requests
    std::size_t held = 0;                   ///< bytes that count against the memory limit
    std::string out;
    std::size_t written = 0;
    bool keep_alive = true;
    Clock::time_point deadline;
    std::shared_ptr<Exchange> exchange;
  };

  void accept_all();
  void make_room();
  void serve(std::uint64_t id, unsigned events);
  void read(std::uint64_t id, Connection& connection);
  void advance(std::uint64_t id, Connection& connection);
  void refuse(std::uint64_t id, Connection& connection, const HttpRefusal& refusal, bool keep_alive);
  void respond(std::uint64_t id, Connection& connection, std::string response, bool keep_alive);
  void write(std::uint64_t id, Connection& connection);
  void finish_answer(std::uint64_t id, Connection& connection);
  void advance_pipelined();
  void drain(std::uint64_t id, Connection& connection);
  void watch(std::uint64_t id, const Connection& connection, unsigned events);
  void account(Connection& connection, std::size_t bytes);
  void relieve_memory();
  void close(std::uint64_t id);
  void take_answers();
  void expire();
  void begin_stop();

  int listener_;
  Limits limits_;
  Callbacks callbacks_;
  int poll_ = -1;
  int wake_ = -1;
  std::uint64_t next_id_ = 2;  // 0 and 1 are the listener and the eventfd
  std::unordered_map<std::uint64_t, Connection> connections_;
  std::atomic<std::size_t> count_{0};
  std::size_t held_ = 0;
  bool stopping_ = false;
  Clock::time_point last_expiry_ = Clock::now();
  std::vector<char> block_;
  std::vector<std::uint64_t> pipelined_;  ///< connections with unread bytes of a next request

  std::mutex mutex_;  // guards the members below
  std::vector<std::pair<std::uint64_t, std::string>> answers_;
};

}  // namespace saccade::app
