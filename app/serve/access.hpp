#pragma once

#include <optional>
#include <string>
#include <vector>

#include "app/serve/http_message.hpp"

namespace saccade::app {

/// Who may ask for what, as far as the head of a request tells it.
class Access {
 public:
  /// `address`: what the server listens on. `hosts`: further names for it. `origins`: of pages that may use it.
  Access(std::string address, std::vector<std::string> hosts, std::vector<std::string> origins, std::string token);

  /// Why the request is refused; nothing where it is not. A name in the Host header that is none of the server's own is
  /// what a browser sends whose name server was made to point a foreign page's name here (DNS rebinding).
  std::optional<HttpRefusal> refusal_of(const HttpRequest& request) const;

  /// Headers by which a browser lets the page that asked read the answer, where its origin is allowed.
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

/// The methods of a path, "GET, HEAD" or "POST"; empty where there is no such path.
std::string methods_of(std::string_view path);

}  // namespace saccade::app
