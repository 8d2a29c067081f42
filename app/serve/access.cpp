#include "app/serve/access.hpp"

#include <algorithm>
#include <cctype>
#include <map>
#include <utility>

#include <arpa/inet.h>
#include <fmt/format.h>

namespace saccade::app {
namespace {

bool contains(const std::vector<std::string>& list, const std::string& word) {
  return std::find(list.begin(), list.end(), word) != list.end();
}

/// The name in a Host header in lower case, without the port; empty if malformed.
std::string name_of(const std::string& host) {
  std::string name = host;
  const std::size_t end = !name.empty() && name[0] == '[' ? name.find(']') : 0;
  if (end == std::string::npos) return {};
  const std::size_t colon = name.find(':', end);
  if (colon != std::string::npos) {
    if (name.find_first_not_of("0123456789", colon + 1) != std::string::npos) return {};
    name.resize(colon);
  }
  for (char& c : name) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  if (!name.empty() && name.back() == '.') name.pop_back();
  return name;
}

bool is_address(std::string name) {
  char bytes[16];
  if (::inet_pton(AF_INET, name.c_str(), bytes) == 1) return true;
  if (name.size() < 2 || name.front() != '[' || name.back() != ']') return false;
  name = name.substr(1, name.size() - 2);
  return ::inet_pton(AF_INET6, name.c_str(), bytes) == 1;
}

/// Compares in constant time.
bool equal_secrets(std::string_view one, std::string_view other) {
  unsigned difference = one.size() == other.size() ? 0 : 1;
  for (std::size_t i = 0; i < one.size(); ++i) {
    difference |= static_cast<unsigned char>(one[i]) ^
                  static_cast<unsigned char>(other[i % std::max<std::size_t>(other.size(), 1)]);
  }
  return difference == 0;
}

bool needs_token(std::string_view path) {
  return path.substr(0, 4) == "/v1/" || path == "/metrics";
}

}  // namespace

std::string methods_of(std::string_view path) {
  static const std::map<std::string_view, std::string> methods{{"/", "GET, HEAD"},
                                                               {"/page.css", "GET, HEAD"},
                                                               {"/page.js", "GET, HEAD"},
                                                               {"/favicon.ico", "GET, HEAD"},
                                                               {"/healthz", "GET, HEAD"},
                                                               {"/metrics", "GET, HEAD"},
                                                               {"/openapi.json", "GET, HEAD"},
                                                               {"/v1/models", "GET, HEAD"},
                                                               {"/v1/caption", "POST"}};
  const auto found = methods.find(path);
  return found == methods.end() ? std::string() : found->second;
}

Access::Access(std::string address, std::vector<std::string> hosts, std::vector<std::string> origins, std::string token)
    : loopback_(address == "localhost" || address == "::1" || address.rfind("127.", 0) == 0),
      origins_(std::move(origins)),
      token_(std::move(token)) {
  hosts_ = {"localhost", "127.0.0.1", "[::1]", address.find(':') == std::string::npos ? address : "[" + address + "]"};
  for (const std::string& host : hosts) hosts_.push_back(name_of(host));
}

bool Access::knows_host(const std::string& host) const {
  const std::string name = name_of(host);
  // Addresses are safe: browsers do not resolve them, so they cannot be rebound.
  return !name.empty() && (contains(hosts_, name) || (!loopback_ && is_address(name)));
}

bool Access::allows_origin(const HttpRequest& request) const {
  const std::string* origin = request.header("origin");
  if (origin == nullptr) return true;
  return *origin == "http://" + request.host || *origin == "https://" + request.host || contains(origins_, *origin);
}

bool Access::has_token(const HttpRequest& request) const {
  const std::string* header = request.header("authorization");
  constexpr std::string_view kScheme = "bearer ";
  if (header == nullptr || header->size() < kScheme.size()) return false;
  for (std::size_t i = 0; i < kScheme.size(); ++i) {
    if (std::tolower(static_cast<unsigned char>((*header)[i])) != kScheme[i]) return false;
  }
  return equal_secrets(std::string_view(*header).substr(kScheme.size()), token_);
}

std::optional<HttpRefusal> Access::refusal_of(const HttpRequest& request) const {
  if (!knows_host(request.host)) {
    return HttpRefusal{
        403,
        fmt::format("Host '{}' is not a name of this server; start it with --allowed-host to add the name",
                    request.host.substr(0, 200)),
        {}};
  }
  if (!allows_origin(request)) {
    return HttpRefusal{
        403, "web pages of this origin may not use this server; start it with --allowed-origin to allow them", {}};
  }
  const HttpHeaders cors = cors_headers(request);
  const std::string methods = methods_of(request.path());
  if (methods.empty() && !(request.method == "OPTIONS" && request.target == "*")) {
    return HttpRefusal{404, fmt::format("{}: no such path; see /openapi.json", request.path()), cors};
  }
  if (request.method == "OPTIONS") return std::nullopt;
  if ((", " + methods + ",").find(" " + request.method + ",") == std::string::npos) {
    HttpHeaders headers = cors;
    headers.emplace_back("Allow", methods + ", OPTIONS");
    return HttpRefusal{405, fmt::format("{}: use {}, not {}", request.path(), methods, request.method), headers};
  }
  if (!token_.empty() && needs_token(request.path()) && !has_token(request)) {
    HttpHeaders headers = cors;
    headers.emplace_back("WWW-Authenticate", "Bearer");
    return HttpRefusal{401, "the token is missing or wrong; send the header Authorization: Bearer TOKEN", headers};
  }
  return std::nullopt;
}

HttpHeaders Access::cors_headers(const HttpRequest& request) const {
  if (origins_.empty()) return {};
  const std::string* origin = request.header("origin");
  if (origin == nullptr || !contains(origins_, *origin)) return {{"Vary", "Origin"}};
  return {{"Vary", "Origin"},
          {"Access-Control-Allow-Origin", *origin},
          {"Access-Control-Allow-Methods", "GET, POST"},
          {"Access-Control-Allow-Headers", "Authorization, Content-Type"},
          {"Access-Control-Max-Age", "600"}};
}

}  // namespace saccade::app
