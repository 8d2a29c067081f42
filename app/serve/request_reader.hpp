#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "app/serve/http_message.hpp"

namespace saccade::app {

/// Makes requests of the bytes of a connection, however they are cut. It is strict where servers and proxies could
/// disagree on where a request ends, and knows a request that cannot be served by its head.
class RequestReader {
 public:
  enum class Progress {
    kNeedsMore,  ///< bytes
    kHead,       ///< `request` has all but its body; said once a request
    kComplete,   ///< `request` is whole; what follows belongs to the next one
    kRefused     ///< `refusal` says why; nothing that follows can be understood
  };

  explicit RequestReader(std::size_t largest_body) : largest_body_(largest_body) {}

  void add(std::string_view bytes) { buffer_.append(bytes); }

  /// To be called until it needs more bytes or the request is complete.
  Progress advance();

  /// After a complete request: its bytes, and place for the next one.
  HttpRequest take();

  const HttpRequest& request() const { return request_; }
  const HttpRefusal& refusal() const { return refusal_; }

  /// Whether nothing of a request has come yet.
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
  std::size_t seen_ = 0;  ///< of the buffer, where the end of the head is not
  Stage stage_ = Stage::kHead;
  std::size_t left_ = 0;     ///< bytes of the body, or of its chunk, to come
  std::size_t trailer_ = 0;  ///< bytes of trailers so far
  bool old_ = false;         ///< HTTP/1.0
  HttpRequest request_;
  HttpRefusal refusal_;
};

}  // namespace saccade::app
