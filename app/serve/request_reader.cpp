#include "app/serve/request_reader.hpp"

#include <algorithm>
#include <cctype>
#include <utility>

#include <fmt/format.h>

namespace saccade::app {
namespace {

constexpr std::size_t kLargestHead = 16 << 10;
constexpr std::size_t kLongestTarget = 8000;
constexpr std::size_t kMostHeaders = 100;
constexpr std::size_t kLongestChunkLine = 256;

bool is_token(std::string_view text) {
  constexpr std::string_view kMarks = "!#$%&'*+-.^_`|~";
  return !text.empty() && std::all_of(text.begin(), text.end(), [&](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || kMarks.find(c) != std::string_view::npos;
  });
}

std::string lower(std::string_view text) {
  std::string result(text);
  for (char& c : result) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return result;
}

std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

/// Whether a comma-separated list contains a word, ignoring case.
bool lists(const std::string* value, std::string_view word) {
  if (value == nullptr) return false;
  std::string_view rest = *value;
  while (true) {
    const std::size_t comma = rest.find(',');
    if (lower(trimmed(rest.substr(0, comma))) == word) return true;
    if (comma == std::string_view::npos) return false;
    rest.remove_prefix(comma + 1);
  }
}

}  // namespace

RequestReader::Progress RequestReader::refuse(int status, std::string sentence) {
  refusal_ = {status, std::move(sentence), {}};
  stage_ = Stage::kRefused;
  buffer_ = {};
  request_.body = {};
  return Progress::kRefused;
}

RequestReader::Progress RequestReader::advance() {
  switch (stage_) {
    case Stage::kHead:
      return read_head();
    case Stage::kBody: {
      const std::size_t count = std::min(left_, buffer_.size());
      request_.body.append(buffer_, 0, count);
      buffer_.erase(0, count);
      left_ -= count;
      if (left_ > 0) return Progress::kNeedsMore;
      stage_ = Stage::kComplete;
      return Progress::kComplete;
    }
    case Stage::kComplete:
      return Progress::kComplete;
    case Stage::kRefused:
      return Progress::kRefused;
    default:
      return read_chunks();
  }
}

HttpRequest RequestReader::take() {
  HttpRequest request = std::exchange(request_, {});
  stage_ = Stage::kHead;
  seen_ = left_ = trailer_ = 0;
  if (buffer_.empty()) buffer_.shrink_to_fit();
  return request;
}

RequestReader::Progress RequestReader::read_head() {
  while (seen_ == 0 && buffer_.compare(0, 2, "\r\n") == 0) buffer_.erase(0, 2);  // some clients send one after a body
  if (!buffer_.empty() && buffer_ != "\r" && std::isupper(static_cast<unsigned char>(buffer_[0])) == 0) {
    return refuse(400, "the bytes are not HTTP; a request starts with its method");
  }
  const std::size_t from = seen_ > 3 ? seen_ - 3 : 0;
  const std::size_t end = buffer_.find("\r\n\r\n", from);
  const std::string_view head = std::string_view(buffer_).substr(0, end);
  for (std::size_t at = head.find('\n', from); at != std::string_view::npos; at = head.find('\n', at + 1)) {
    if (at == 0 || head[at - 1] != '\r') return refuse(400, "a line of the request head does not end with CR LF");
  }
  if (head.size() > kLargestHead) {
    return refuse(431, fmt::format("the head of the request is larger than {} bytes", kLargestHead));
  }
  if (end == std::string::npos) {
    seen_ = buffer_.size();
    return Progress::kNeedsMore;
  }
  std::size_t at = 0;
  bool first = true;
  while (at < head.size()) {
    const std::size_t stop = std::min(head.find("\r\n", at), head.size());
    const std::string_view line = head.substr(at, stop - at);
    if (!(first ? read_request_line(line) : read_header(line))) return Progress::kRefused;
    first = false;
    at = stop + 2;
  }
  if (first) return refuse(400, "the request is empty");
  if (!understand_headers()) return Progress::kRefused;
  buffer_.erase(0, end + 4);
  seen_ = 0;
  return Progress::kHead;
}

bool RequestReader::read_request_line(std::string_view line) {
  const std::size_t one = line.find(' ');
  const std::size_t two = line.rfind(' ');
  const auto malformed = [this] {
    refuse(400, "the request line must be a method, a path and HTTP/1.1, with single blanks between");
    return false;
  };
  if (one == std::string_view::npos || one == two) return malformed();
  const std::string_view method = line.substr(0, one), version = line.substr(two + 1);
  std::string_view target = line.substr(one + 1, two - one - 1);
  if (!is_token(method) || method.size() > 32 || version.substr(0, 5) != "HTTP/") return malformed();
  if (version != "HTTP/1.1" && version != "HTTP/1.0") {
    refuse(505, "the version of HTTP must be 1.1 or 1.0");
    return false;
  }
  if (target.size() > kLongestTarget) {
    refuse(414, fmt::format("the path and query are longer than {} bytes", kLongestTarget));
    return false;
  }
  if (!std::all_of(target.begin(), target.end(), [](unsigned char c) { return c > 0x20 && c < 0x7F; })) {
    return malformed();
  }
  http10_ = version == "HTTP/1.0";
  request_.method = method;
  if (lower(target.substr(0, 7)) == "http://") {  // the absolute form, whose host takes precedence
    const std::size_t slash = std::min(target.find_first_of("/?", 7), target.size());
    request_.host = target.substr(7, slash - 7);
    request_.target = target.substr(slash);
    if (request_.target.empty() || request_.target[0] != '/') request_.target.insert(0, "/");
    return true;
  }
  if (target.empty() || (target[0] != '/' && target != "*")) return malformed();
  request_.target = target;
  return true;
}

bool RequestReader::read_header(std::string_view line) {
  const std::size_t colon = line.find(':');
  const std::string_view name = line.substr(0, colon);
  const auto control = [](unsigned char c) { return (c < 0x20 && c != '\t') || c == 0x7F; };
  if (colon == std::string_view::npos || !is_token(name) || std::any_of(line.begin(), line.end(), control)) {
    refuse(400, "a header of the request is malformed");
    return false;
  }
  if (request_.headers.size() >= kMostHeaders) {
    refuse(431, fmt::format("the request has more than {} headers", kMostHeaders));
    return false;
  }
  request_.headers.emplace_back(lower(name), trimmed(line.substr(colon + 1)));
  return true;
}

bool RequestReader::understand_headers() {
  const auto wrong = [this](int status, std::string sentence) {
    refuse(status, std::move(sentence));
    return false;
  };
  const auto count = [this](std::string_view name) {
    return std::count_if(request_.headers.begin(), request_.headers.end(),
                         [name](const auto& header) { return header.first == name; });
  };
  for (const char* once : {"host", "content-length", "transfer-encoding", "authorization", "origin", "content-type"}) {
    if (count(once) > 1) return wrong(400, fmt::format("the request has more than one {} header", once));
  }
  const std::string* host = request_.header("host");
  if (host == nullptr && !http10_) return wrong(400, "the request has no Host header");
  if (host != nullptr && request_.host.empty()) request_.host = *host;

  const std::string* connection = request_.header("connection");
  request_.keep_alive = http10_ ? lists(connection, "keep-alive") : !lists(connection, "close");

  if (const std::string* expect = request_.header("expect")) {
    if (lower(*expect) != "100-continue") return wrong(417, "Expect must be 100-continue");
    request_.expects_continue = !http10_;
  }
  const std::string* length = request_.header("content-length");
  if (const std::string* coding = request_.header("transfer-encoding")) {
    if (length != nullptr) return wrong(400, "the request has both a Content-Length and a Transfer-Encoding header");
    if (http10_) return wrong(400, "HTTP/1.0 has no Transfer-Encoding");
    if (lower(*coding) != "chunked") return wrong(501, "Transfer-Encoding must be chunked");
    stage_ = Stage::kChunkSize;
    return true;
  }
  left_ = 0;
  if (length != nullptr) {
    const bool digits =
        !length->empty() && length->size() < 19 && length->find_first_not_of("0123456789") == std::string::npos;
    if (!digits) return wrong(400, "the Content-Length must be a whole number");
    left_ = std::stoull(*length);
    if (left_ > largest_body_) {
      return wrong(413, fmt::format("the body is larger than {} MiB; send a smaller picture", largest_body_ >> 20));
    }
  }
  stage_ = Stage::kBody;
  return true;
}

RequestReader::Progress RequestReader::read_chunks() {
  std::size_t at = 0;
  const auto need_more = [&] {
    buffer_.erase(0, at);
    return Progress::kNeedsMore;
  };
  while (true) {
    if (stage_ == Stage::kChunk) {
      const std::size_t count = std::min(left_, buffer_.size() - at);
      request_.body.append(buffer_, at, count);
      at += count;
      left_ -= count;
      if (left_ > 0) return need_more();
      stage_ = Stage::kChunkEnd;
    }
    const std::size_t end = buffer_.find("\r\n", at);
    const std::size_t longest = stage_ == Stage::kChunkEnd ? 0 : kLongestChunkLine;
    if (end == std::string::npos ? buffer_.size() - at > longest + 1 : end - at > longest) {
      return refuse(400, "a chunk of the body is not as long as it states");
    }
    if (end == std::string::npos) return need_more();
    const std::string_view line = std::string_view(buffer_).substr(at, end - at);
    at = end + 2;
    if (stage_ == Stage::kChunkEnd) {
      stage_ = Stage::kChunkSize;
    } else if (stage_ == Stage::kTrailer) {
      trailer_ += line.size();
      if (trailer_ > kLargestHead) return refuse(431, "the trailers of the request are too large");
      if (!line.empty()) continue;
      stage_ = Stage::kComplete;
      buffer_.erase(0, at);
      return Progress::kComplete;
    } else {
      const std::string_view number = trimmed(line.substr(0, line.find(';')));
      const bool hexadecimal =
          !number.empty() && number.size() < 16 &&
          std::all_of(number.begin(), number.end(), [](unsigned char c) { return std::isxdigit(c) != 0; });
      if (!hexadecimal) return refuse(400, "a chunk of the body has no length");
      left_ = std::stoull(std::string(number), nullptr, 16);
      if (left_ > largest_body_ - std::min(largest_body_, request_.body.size())) {
        return refuse(413, fmt::format("the body is larger than {} MiB; send a smaller picture", largest_body_ >> 20));
      }
      stage_ = left_ == 0 ? Stage::kTrailer : Stage::kChunk;
    }
  }
}

}  // namespace saccade::app
