#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "app/options/serve_options.hpp"
#include "app/serve/access.hpp"
#include "app/serve/exchange.hpp"
#include "app/serve/metrics.hpp"
#include "app/serve/served_model.hpp"
#include "app/serve/worker_pool.hpp"

namespace saccade::app {

/// The routes of the interface. cpp-httplib parses the queries and forms of complete requests and composes responses.
class Service {
 public:
  Service(const ServeOptions& options, std::vector<std::unique_ptr<ServedModel>> models);
  ~Service();
  Service(const Service&) = delete;
  Service& operator=(const Service&) = delete;

  /// Checks the head of a request: its Host, token, path and method, and whether the queue is full.
  std::optional<HttpRefusal> refusal_of(const HttpRequest& request) const;

  /// Answers immediately, or from a worker thread if a photo is to be captioned.
  void handle(const std::shared_ptr<Exchange>& exchange);

  Metrics& metrics() { return metrics_; }

  /// Sets the source of the number of open connections.
  void set_connections(std::function<std::size_t()> count) { connections_ = std::move(count); }

 private:
  class Routes;

  bool full() const { return waiting_ >= static_cast<std::size_t>(options_.queue); }

  const ServeOptions& options_;
  std::vector<std::unique_ptr<ServedModel>> models_;
  Access access_;
  Metrics metrics_;
  std::function<std::size_t()> connections_ = [] { return std::size_t{0}; };
  std::atomic<std::size_t> waiting_{0};
  std::unique_ptr<Routes> routes_;
  WorkerPool workers_;  // last, so that its threads end first
};

}  // namespace saccade::app
