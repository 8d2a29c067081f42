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

/// The server's side of all connections, in one thread that never waits for one of them: it reads requests, hands over
/// those that are whole, and writes answers. So a client that is slow, silent or malicious costs a few hundred bytes
/// and no thread, until its time is over.
class Front {
 public:
  struct Limits {
    std::chrono::seconds timeout{30};  ///< for a request to arrive, an answer to be taken, an idle connection
    std::size_t body = 32 << 20;       ///< bytes
    std::size_t memory = 256 << 20;    ///< bytes of all requests that are held
    std::size_t connections = 12000;
  };

  /// What is done with requests.
  struct Callbacks {
    /// Looks at a request by its head: why it is refused, or nothing.
    std::function<std::optional<HttpRefusal>(const HttpRequest&)> refusal_of;
    /// Takes a whole request. Its answer may be given at once or later, from any thread.
    std::function<void(std::shared_ptr<Exchange>)> handle;
    /// An answer that `handle` had no part in.
    std::function<void(int status)> refused;
  };

  /// `listener` is a socket that listens and does not block. Throws Error when the system refuses what it takes.
  Front(int listener, const Limits& limits, Callbacks callbacks);
  ~Front();
  Front(const Front&) = delete;
  Front& operator=(const Front&) = delete;

  /// Serves until `stop` says true, and then until all requests that have begun to arrive are answered.
  void run(const std::function<bool()>& stop);

  std::size_t connections() const { return count_; }

 private:
  using Clock = std::chrono::steady_clock;

  enum class Stage { kReading, kWorking, kWriting, kDraining };

  struct Connection {
    int socket = -1;
    Stage stage = Stage::kReading;
    std::unique_ptr<RequestReader> reader;  ///< none while nothing has come
    std::size_t held = 0;                   ///< of the memory budget
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
  void advance_begun();
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
  std::uint64_t next_id_ = 2;  // after the listener's and the waker's
  std::unordered_map<std::uint64_t, Connection> connections_;
  std::atomic<std::size_t> count_{0};
  std::size_t held_ = 0;
  bool stopping_ = false;
  Clock::time_point last_expiry_ = Clock::now();
  std::vector<char> block_;
  std::vector<std::uint64_t> begun_;  ///< connections whose next request has come behind the last one

  std::mutex mutex_;  // of what follows
  std::vector<std::pair<std::uint64_t, std::string>> answers_;
};

}  // namespace saccade::app
