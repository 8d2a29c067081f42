#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "app/serve/http_message.hpp"

namespace saccade::app {

/// An incremental parser of HTTP/1.1 requests. It rejects requests whose end servers and proxies could place
/// differently (request smuggling), and checks limits before a body arrives.
class RequestReader {
 public:
  enum class Progress {
    kNeedsMore,  ///< bytes
    kHead,       ///< `request` has its head; returned once per request
    kComplete,   ///< `request` is complete; further bytes belong to the next one
    kRefused     ///< see `refusal`; further bytes cannot be parsed
  };

  explicit RequestReader(std::size_t largest_body) : largest_body_(largest_body) {}

  void add(std::string_view bytes) { buffer_.append(bytes); }

  /// Call it until it returns kNeedsMore, kComplete or kRefused.
  Progress advance();

  /// Returns a complete request and starts the next one.
  HttpRequest take();

  const HttpRequest& request() const { return request_; }
  const HttpRefusal& refusal() const { return refusal_; }

  /// Whether no byte of the next request has arrived.
  bool idle() const { return stage_ == Stage::kHead && buffer_.empty(); }

  /// Bytes held.
  std::size_t held() const { return buffer_.capacity() + request_.body.capacity(); }

 private:
  enum class Stage { kHead, kBody, kChunkSize, kChunk, kChunkEnd, kTrailer, kComplete, kRefused };

  Progress refuse(int status, std::string sentence);
  Progress read_head();
  bool read_request_line(std::string_view line);
  bool read_header(std::string_view line);
  bool understand_headers();
  Progress read_chunks();

  std::size_t largest_body_;
  std::string buffer_;
  std::size_t seen_ = 0;  ///< bytes of the buffer that do not end the head
  Stage stage_ = Stage::kHead;
  std::size_t left_ = 0;     ///< bytes of the body or chunk still to come
  std::size_t trailer_ = 0;  ///< bytes of trailers so far
  bool http10_ = false;      ///< HTTP/1.0
  HttpRequest request_;
  HttpRefusal refusal_;
};

}  // namespace saccade::app
