#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace saccade::app {

using HttpHeaders = std::vector<std::pair<std::string, std::string>>;

/// A request as it arrived, checked for its form.
struct HttpRequest {
  std::string method;
  std::string target;   ///< path and query, as they were sent
  std::string host;     ///< of the Host header, or of a target that names one; empty: none was given
  HttpHeaders headers;  ///< names in lower case
  std::string body;
  bool keep_alive = true;
  bool expects_continue = false;  ///< the client waits for "100 Continue" before it sends the body

  /// The value of a header by its lower-case name; null where there is none.
  const std::string* header(std::string_view name) const;

  /// The target without its query.
  std::string_view path() const { return std::string_view(target).substr(0, target.find('?')); }
};

/// Why a request is refused.
struct HttpRefusal {
  int status = 0;
  std::string sentence;
  HttpHeaders headers;  ///< of the answer, beside those of all answers
};

/// What a browser must know of every answer: nothing but this server's own files may be loaded or framed, or guessed to
/// be of another type.
const HttpHeaders& security_headers();

/// Now, as HTTP writes a date.
std::string http_date();

/// An answer's bytes.
std::string http_response(int status, const std::string& type, const std::string& body, bool keep_alive,
                          const HttpHeaders& headers = {});

/// The JSON object of every error: {"status": 422, "error": "a sentence"}.
std::string error_json(int status, const std::string& sentence);

/// A refusal's bytes.
std::string http_response(const HttpRefusal& refusal, bool keep_alive);

}  // namespace saccade::app
