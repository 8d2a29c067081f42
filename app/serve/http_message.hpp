#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace saccade::app {

using HttpHeaders = std::vector<std::pair<std::string, std::string>>;

/// A parsed request.
struct HttpRequest {
  std::string method;
  std::string target;   ///< path and query, not decoded
  std::string host;     ///< from an absolute target or the Host header; may be empty
  HttpHeaders headers;  ///< names in lower case
  std::string body;
  bool keep_alive = true;
  bool expects_continue = false;  ///< the client waits for "100 Continue" before it sends the body

  /// The value of a header by its lower-case name, or null.
  const std::string* header(std::string_view name) const;

  /// The target without its query.
  std::string_view path() const { return std::string_view(target).substr(0, target.find('?')); }
};

/// An error response.
struct HttpRefusal {
  int status = 0;
  std::string sentence;
  HttpHeaders headers;  ///< in addition to those of all responses
};

/// Headers of every response: browsers load only files of this server, do not frame them and do not guess their type.
const HttpHeaders& security_headers();

/// The current time in the format of HTTP.
std::string http_date();

/// The bytes of a response.
std::string http_response(int status, const std::string& type, const std::string& body, bool keep_alive,
                          const HttpHeaders& headers = {});

/// The JSON of an error: {"status":422,"error":"SENTENCE"}.
std::string error_json(int status, const std::string& sentence);

/// The bytes of an error response.
std::string http_response(const HttpRefusal& refusal, bool keep_alive);

}  // namespace saccade::app
