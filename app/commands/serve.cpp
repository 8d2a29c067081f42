// saccade serve: a web page and an HTTP interface for captions.

#include <cstdio>
#include <malloc.h>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "app/command.hpp"
#include "app/options/serve_options.hpp"
#include "app/serve/event_loop.hpp"
#include "app/serve/listener.hpp"
#include "app/serve/service.hpp"
#include "app/serve/service_manager.hpp"
#include "core/base/interruption.hpp"

namespace saccade::app {
namespace {

constexpr const char* kAbout =
    "Serves a web page that captions photos, and an HTTP interface for programs. Prints the address when\n"
    "it is ready, and runs until SIGINT or SIGTERM; it then answers the requests that have begun to\n"
    "arrive and exits. Photos are neither stored nor sent elsewhere.\n";

constexpr const char* kEpilogue =
    "POST /v1/caption accepts a photo as the body or as the form field `photo` and answers the JSON of\n"
    "`saccade caption --json`. Its query parameters are model and options of `caption`, such as beam, top\n"
    "and seed. GET /v1/models lists the models, /healthz and /metrics (Prometheus) report the state, and\n"
    "/openapi.json describes the interface. Errors are JSON objects with status and error.";

int run(const std::vector<std::string>& arguments) {
  ServeOptions options;
  const auto given = parse(serve_command(), arguments, fields_of(options));
  if (!given) return kSuccess;
  options.check();
  // Otherwise the heap of each thread keeps the memory of its largest image.
  ::mallopt(M_ARENA_MAX, 2);
  const Listener listener = listen_at(options.host, options.port);
  // Each worker captions a photo alone, with one thread.
  options.compute.use_threads(/*single_photo=*/true);
  Service service(options, open_models(options));

  EventLoop::Limits limits;
  limits.timeout = std::chrono::seconds(options.timeout);
  limits.body = static_cast<std::size_t>(options.largest_body) << 20;
  limits.memory = 8 * limits.body;
  limits.connections = connections_that_fit(static_cast<std::size_t>(options.connections));
  EventLoop loop(listener.socket, limits,
                 {[&service](const HttpRequest& request) { return service.refusal_of(request); },
                  [&service](const std::shared_ptr<Exchange>& exchange) { service.handle(exchange); },
                  [&service](int status) { service.metrics().count_answer(status); }});
  service.set_connections([&loop] { return loop.connections(); });

  const Interruption interruption;
  const bool ipv6 = options.host.find(':') != std::string::npos;
  fmt::print("Listening on http://{}:{}\n", ipv6 ? "[" + options.host + "]" : options.host, listener.port);
  std::fflush(stdout);
  notify_service_manager("READY=1");
  bool notified = false;
  loop.run([&] {
    const bool stop = interruption.signal() != 0;
    if (stop && !notified) notify_service_manager("STOPPING=1");
    notified = stop;
    return stop;
  });
  return kSuccess;
}

}  // namespace

const Command& serve_command() {
  static const Command command{"serve",
                               "serve a web page and an HTTP interface for captions",
                               "[OPTION...]",
                               kAbout,
                               kEpilogue,
                               declare_options<ServeOptions>,
                               run};
  return command;
}

}  // namespace saccade::app
