#pragma once

#include <optional>
#include <string>
#include <vector>

#include "app/serve/http_message.hpp"

namespace saccade::app {

/// Access checks on the head of a request.
class Access {
 public:
  /// `address`: where the server listens. `hosts`: further accepted Host names. `origins`: web pages with CORS access.
  Access(std::string address, std::vector<std::string> hosts, std::vector<std::string> origins, std::string token);

  /// The reason to refuse a request, if any. Unknown Host names are refused: in DNS rebinding, a web page makes its own
  /// name resolve to this server.
  std::optional<HttpRefusal> refusal_of(const HttpRequest& request) const;

  /// CORS headers for a request from an allowed origin.
  HttpHeaders cors_headers(const HttpRequest& request) const;

 private:
  bool knows_host(const std::string& host) const;
  bool allows_origin(const HttpRequest& request) const;
  bool has_token(const HttpRequest& request) const;

  bool loopback_;
  std::vector<std::string> hosts_;
  std::vector<std::string> origins_;
  std::string token_;
};

/// The methods of a path, "GET, HEAD" or "POST"; empty for unknown paths.
std::string methods_of(std::string_view path);

}  // namespace saccade::app
