#include "app/serve/event_loop.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <unistd.h>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

#include "core/base/error.hpp"

namespace saccade::app {
namespace {

constexpr std::uint64_t kListener = 0;
constexpr std::uint64_t kWaker = 1;
constexpr int kTick = 100;                     // milliseconds between checks of deadlines
constexpr std::size_t kBlock = 64 << 10;       // bytes read at a time
constexpr int kBlocksPerTurn = 4;              // of one connection before the others get their turn
constexpr std::chrono::seconds kDrainTime{2};  // during which bytes of a refused client are discarded

void poll_for(int poll, int descriptor, std::uint64_t id, unsigned events, int operation) {
  epoll_event event{};
  event.events = events;
  event.data.u64 = id;
  if (::epoll_ctl(poll, operation, descriptor, &event) != 0 && operation == EPOLL_CTL_ADD) {
    throw Error("epoll: {}; raise the limit of open files", std::strerror(errno));
  }
}

}  // namespace

EventLoop::EventLoop(int listener, const Limits& limits, Callbacks callbacks)
    : listener_(listener), limits_(limits), callbacks_(std::move(callbacks)), block_(kBlock) {
  poll_ = ::epoll_create1(EPOLL_CLOEXEC);
  wake_ = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (poll_ < 0 || wake_ < 0) throw Error("epoll: {}; raise the limit of open files", std::strerror(errno));
  poll_for(poll_, listener_, kListener, EPOLLIN, EPOLL_CTL_ADD);
  poll_for(poll_, wake_, kWaker, EPOLLIN, EPOLL_CTL_ADD);
}

EventLoop::~EventLoop() {
  for (auto& [id, connection] : connections_) ::close(connection.socket);
  if (listener_ >= 0) ::close(listener_);
  ::close(poll_);
  ::close(wake_);
}

void EventLoop::run(const std::function<bool()>& stop) {
  std::array<epoll_event, 256> events{};
  while (true) {
    if (!stopping_ && stop()) begin_stop();
    if (stopping_ && connections_.empty()) return;
    const int patience = pipelined_.empty() ? kTick : 0;
    const int count = ::epoll_wait(poll_, events.data(), static_cast<int>(events.size()), patience);
    for (int i = 0; i < count; ++i) {
      const auto& event = events[static_cast<std::size_t>(i)];
      if (event.data.u64 == kListener) {
        accept_all();
      } else if (event.data.u64 != kWaker) {
        serve(event.data.u64, event.events);
      }
    }
    take_answers();
    advance_pipelined();
    expire();
  }
}

void EventLoop::accept_all() {
  constexpr int kMostAtOnce = 256;  // new connections must not starve the others
  for (int i = 0; (stopping_ || i < kMostAtOnce) && listener_ >= 0; ++i) {
    const int socket = ::accept4(listener_, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (socket < 0) {
      if (errno == EINTR || errno == ECONNABORTED) continue;
      if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) make_room();
      return;
    }
    if (connections_.size() >= limits_.connections) make_room();  // not before: the newest must not be closed
    const int on = 1;
    ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    const std::uint64_t id = next_id_++;
    Connection& connection = connections_[id];
    connection.socket = socket;
    connection.deadline = Clock::now() + limits_.timeout;
    poll_for(poll_, socket, id, EPOLLIN, EPOLL_CTL_ADD);
    count_ = connections_.size();
  }
}

/// Closes connections: first those that have sent nothing, then those with the earliest deadline.
void EventLoop::make_room() {
  std::vector<std::pair<std::pair<bool, Clock::time_point>, std::uint64_t>> silent;
  for (const auto& [id, connection] : connections_) {
    if (connection.stage == Stage::kWorking) continue;
    const bool busy = connection.stage == Stage::kWriting || (connection.reader && !connection.reader->idle());
    silent.push_back({{busy, connection.deadline}, id});
  }
  const std::size_t count = std::min(silent.size(), 1 + limits_.connections / 64);
  std::partial_sort(silent.begin(), silent.begin() + static_cast<std::ptrdiff_t>(count), silent.end());
  for (std::size_t i = 0; i < count; ++i) close(silent[i].second);
}

void EventLoop::serve(std::uint64_t id, unsigned events) {
  const auto found = connections_.find(id);
  if (found == connections_.end()) return;
  Connection& connection = found->second;
  switch (connection.stage) {
    case Stage::kReading:
      return read(id, connection);
    case Stage::kWriting:
      return write(id, connection);
    case Stage::kDraining:
      return drain(id, connection);
    case Stage::kWorking:
      if ((events & (EPOLLERR | EPOLLHUP)) != 0) close(id);  // the client is gone
  }
}

void EventLoop::read(std::uint64_t id, Connection& connection) {
  for (int i = 0; i < kBlocksPerTurn; ++i) {
    const ssize_t count = ::recv(connection.socket, block_.data(), block_.size(), 0);
    if (count < 0) {
      if (errno == EINTR) continue;
      if (errno != EAGAIN && errno != EWOULDBLOCK) close(id);
      return;
    }
    if (count == 0) {
      if (!connection.reader || connection.reader->idle()) return close(id);
      return refuse(id, connection, {400, "the connection ended before the request was complete", {}}, false);
    }
    if (!connection.reader) connection.reader = std::make_unique<RequestReader>(limits_.body);
    // The timeout of the request starts with its first byte.
    if (connection.reader->idle()) connection.deadline = Clock::now() + limits_.timeout;
    connection.reader->add({block_.data(), static_cast<std::size_t>(count)});
    advance(id, connection);
    const auto found = connections_.find(id);
    if (found == connections_.end() || connection.stage != Stage::kReading) return;
    if (static_cast<std::size_t>(count) < block_.size()) return;
  }
}

void EventLoop::advance(std::uint64_t id, Connection& connection) {
  using Progress = RequestReader::Progress;
  RequestReader& reader = *connection.reader;
  while (true) {
    const Progress progress = reader.advance();
    account(connection, reader.held());
    if (progress == Progress::kRefused) return refuse(id, connection, reader.refusal(), false);
    if (progress == Progress::kNeedsMore) {
      if (reader.idle()) {
        connection.reader.reset();
        account(connection, 0);
      }
      return relieve_memory();
    }
    if (progress == Progress::kHead) {
      auto refusal = callbacks_.refusal_of(reader.request());
      if (refusal) {
        // The next request can be found only if the whole body has arrived.
        const bool whole = reader.advance() == Progress::kComplete;
        bool keep_alive = whole && reader.request().keep_alive;
        if (whole) reader.take();
        return refuse(id, connection, *refusal, keep_alive);
      }
      if (reader.request().expects_continue) {
        constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
        ::send(connection.socket, kContinue.data(), kContinue.size(), MSG_NOSIGNAL);  // optional; it may be lost
      }
      continue;
    }
    auto exchange = std::make_shared<Exchange>();
    exchange->connection = id;
    exchange->request = reader.take();
    exchange->keep_alive = exchange->request.keep_alive && !stopping_;
    exchange->answer = [this, id](std::string response) {
      const std::lock_guard lock(mutex_);
      answers_.emplace_back(id, std::move(response));
      const std::uint64_t one = 1;
      [[maybe_unused]] const ssize_t written = ::write(wake_, &one, sizeof one);
    };
    connection.keep_alive = exchange->keep_alive;
    connection.exchange = exchange;
    connection.stage = Stage::kWorking;
    account(connection, reader.held() + exchange->request.body.capacity());
    watch(id, connection, 0);
    callbacks_.handle(std::move(exchange));
    return;
  }
}

void EventLoop::refuse(std::uint64_t id, Connection& connection, const HttpRefusal& refusal, bool keep_alive) {
  callbacks_.refused(refusal.status);
  keep_alive = keep_alive && !stopping_;
  respond(id, connection, http_response(refusal, keep_alive), keep_alive);
}

void EventLoop::respond(std::uint64_t id, Connection& connection, std::string response, bool keep_alive) {
  connection.out = std::move(response);
  connection.written = 0;
  connection.keep_alive = keep_alive;
  connection.exchange.reset();
  connection.stage = Stage::kWriting;
  connection.deadline = Clock::now() + limits_.timeout;
  account(connection, (connection.reader ? connection.reader->held() : 0) + connection.out.size());
  write(id, connection);
}

void EventLoop::write(std::uint64_t id, Connection& connection) {
  while (connection.written < connection.out.size()) {
    const ssize_t count = ::send(connection.socket, connection.out.data() + connection.written,
                                 connection.out.size() - connection.written, MSG_NOSIGNAL);
    if (count < 0) {
      if (errno == EINTR) continue;
      if (errno != EAGAIN && errno != EWOULDBLOCK) return close(id);
      return watch(id, connection, EPOLLOUT);
    }
    connection.written += static_cast<std::size_t>(count);
  }
  finish_answer(id, connection);
}

void EventLoop::finish_answer(std::uint64_t id, Connection& connection) {
  connection.out = {};
  connection.written = 0;
  if (!connection.keep_alive) {
    // Closing a socket with unread bytes resets the connection, and the client may lose the response.
    ::shutdown(connection.socket, SHUT_WR);
    connection.reader.reset();
    account(connection, 0);
    connection.stage = Stage::kDraining;
    connection.deadline = Clock::now() + std::min<Clock::duration>(kDrainTime, limits_.timeout);
    return watch(id, connection, EPOLLIN);
  }
  connection.stage = Stage::kReading;
  connection.deadline = Clock::now() + limits_.timeout;
  watch(id, connection, EPOLLIN);
  account(connection, connection.reader ? connection.reader->held() : 0);
  if (connection.reader) {
    pipelined_.push_back(id);  // the next request may have arrived
  } else if (stopping_) {
    close(id);
  }
}

void EventLoop::advance_pipelined() {
  for (const std::uint64_t id : std::exchange(pipelined_, {})) {
    const auto found = connections_.find(id);
    if (found == connections_.end() || found->second.stage != Stage::kReading || !found->second.reader) continue;
    advance(id, found->second);
    const auto again = connections_.find(id);
    const bool idle = again != connections_.end() && again->second.stage == Stage::kReading && !again->second.reader;
    if (stopping_ && idle) close(id);
  }
}

void EventLoop::drain(std::uint64_t id, Connection& connection) {
  for (int i = 0; i < kBlocksPerTurn; ++i) {
    const ssize_t count = ::recv(connection.socket, block_.data(), block_.size(), 0);
    if (count > 0 || (count < 0 && errno == EINTR)) continue;
    if (count == 0 || (errno != EAGAIN && errno != EWOULDBLOCK)) close(id);
    return;
  }
}

void EventLoop::watch(std::uint64_t id, const Connection& connection, unsigned events) {
  poll_for(poll_, connection.socket, id, events, EPOLL_CTL_MOD);
}

void EventLoop::account(Connection& connection, std::size_t bytes) {
  held_ = held_ - connection.held + bytes;
  connection.held = bytes;
}

/// Refuses the largest incomplete requests until the others fit into the memory limit.
void EventLoop::relieve_memory() {
  while (held_ > limits_.memory) {
    std::uint64_t largest = 0;
    std::size_t most = 0;
    for (const auto& [id, connection] : connections_) {
      if (connection.stage != Stage::kReading || connection.held <= most) continue;
      largest = id;
      most = connection.held;
    }
    if (most == 0) return;
    Connection& connection = connections_.at(largest);
    connection.reader.reset();
    refuse(largest, connection,
           {503, "the memory for incoming requests is full; try again in a second", {{"Retry-After", "1"}}}, false);
  }
}

void EventLoop::close(std::uint64_t id) {
  const auto found = connections_.find(id);
  if (found == connections_.end()) return;
  account(found->second, 0);
  if (found->second.exchange) found->second.exchange->abandoned = true;
  ::close(found->second.socket);
  connections_.erase(found);
  count_ = connections_.size();
}

void EventLoop::take_answers() {
  std::vector<std::pair<std::uint64_t, std::string>> answers;
  {
    const std::lock_guard lock(mutex_);
    std::uint64_t count = 0;
    [[maybe_unused]] const ssize_t written = ::read(wake_, &count, sizeof count);
    answers.swap(answers_);
  }
  for (auto& [id, response] : answers) {
    const auto found = connections_.find(id);
    if (found == connections_.end() || found->second.stage != Stage::kWorking) continue;
    respond(id, found->second, std::move(response), found->second.keep_alive);
  }
}

void EventLoop::expire() {
  const auto now = Clock::now();
  if (now - last_expiry_ < std::chrono::milliseconds(kTick)) return;
  last_expiry_ = now;
  std::vector<std::uint64_t> late;
  for (const auto& [id, connection] : connections_) {
    if (connection.stage != Stage::kWorking && connection.deadline <= now) late.push_back(id);
  }
  for (const std::uint64_t id : late) {
    const auto found = connections_.find(id);
    if (found == connections_.end()) continue;
    Connection& connection = found->second;
    if (connection.stage == Stage::kReading && connection.reader && !connection.reader->idle()) {
      refuse(id, connection, {408, "the request did not arrive within the timeout", {}}, false);
    } else {
      close(id);
    }
  }
}

void EventLoop::begin_stop() {
  stopping_ = true;
  accept_all();  // connections that the system has already accepted
  ::close(listener_);
  listener_ = -1;
  std::vector<std::uint64_t> reading;
  for (const auto& [id, connection] : connections_) {
    if (connection.stage == Stage::kReading) reading.push_back(id);
  }
  for (const std::uint64_t id : reading) {
    const auto found = connections_.find(id);
    if (found == connections_.end()) continue;
    read(id, found->second);  // a request may have arrived
    const auto again = connections_.find(id);
    if (again != connections_.end() && again->second.stage == Stage::kReading && !again->second.reader) close(id);
  }
}

}  // namespace saccade::app
