#include "app/options/serve_options.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "app/options/model_option.hpp"
#include "core/base/atomic_file.hpp"
#include "core/base/error.hpp"

namespace saccade::app {

void ServeOptions::fields(Fields& f) {
  constexpr auto kNothing = Affects::kNothing;
  f.section("Models");
  f(models, "model", "MODEL",
    "Serve these models: soft, hard or files. The first is the default of requests. The default is soft and hard.",
    kNothing);
  declare(f, load);
  f.section("Address");
  f(host, "host", "ADDRESS", "Listen on this IP address. Addresses other than loopback require a token.", kNothing);
  f(port, "port", Range{0, 65535}, "Listen on this port. 0 means any free port.", kNothing);
  f(allowed_hosts, "allowed-host", "NAME", "Also accept requests whose Host header is NAME.", kNothing);
  f(allowed_origins, "allowed-origin", "ORIGIN",
    "Allow web pages of ORIGIN, such as https://example.org, to use the interface (CORS).", kNothing);
  f(token, "token", "TOKEN",
    "Require this bearer token. Other users of the machine can read command lines; prefer --token-file.", kNothing);
  f(token_file, "token-file", "FILE", "Require the bearer token on the first line of FILE.", kNothing);
  f.section("Limits");
  f(timeout, "timeout", Range{1, 3600},
    "Close a connection if a request does not arrive, or its response is not received, within N seconds.", kNothing);
  f(largest_body, "max-body", Range{1, 1024}, "Refuse request bodies larger than N MiB.", kNothing);
  f(largest_search, "max-search", Range{1, 1000000},
    "Refuse requests with beam width x maximum length x samples above N.", kNothing);
  f(queue, "queue", Range{1, 100000}, "Hold at most N photos; further requests get status 503.", kNothing);
  f(connections, "connections", Range{1, 1000000},
    "Keep at most N connections open; a new connection replaces the one that has been idle longest.", kNothing);
  compute.fields(f);
}

void ServeOptions::check() {
  if (models.empty()) models = {"soft", "hard"};
  if (!token_file.empty()) {
    if (!token.empty()) throw UsageError("--token and --token-file cannot be combined; leave out one of them");
    token = read_file(token_file);
    token.resize(std::min(token.find_first_of("\r\n"), token.size()));
    if (token.empty()) throw Error("{}: the first line is empty; write the token there", token_file.string());
  }
  const auto printable_ascii = [](unsigned char c) { return c > 0x20 && c < 0x7F; };
  if (!std::all_of(token.begin(), token.end(), printable_ascii)) {
    throw UsageError("--token must consist of printable ASCII characters without blanks");
  }
  const bool loopback = host == "localhost" || host == "::1" || host.rfind("127.", 0) == 0;
  if (!loopback && token.empty()) {
    throw UsageError(fmt::format(
        "--host {}: other machines can reach this address; add --token-file, or use --host 127.0.0.1", host));
  }
}

}  // namespace saccade::app
