#include "app/serve/service.hpp"

#include <algorithm>
#include <exception>
#include <httplib.h>
#include <map>
#include <utility>

#include <ATen/Parallel.h>
#include <c10/util/Exception.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include "app/output/caption_json.hpp"
#include "app/serve/caption_query.hpp"
#include "app/serve/memory_stream.hpp"
#include "app/serve/openapi.hpp"
#include "app/serve/page_files.hpp"
#include "core/base/error.hpp"
#include "core/base/out_of_memory.hpp"
#include "core/base/plain_reason.hpp"
#include "models/kernels/runtime.hpp"
#include "vision/files/read_picture.hpp"
#include "vision/input/picture_input.hpp"

namespace saccade::app {
namespace {

constexpr const char* kJson = "application/json";

HttpRefusal too_busy() {
  return {503, "the queue is full; try again in a second", {{"Retry-After", "1"}}};
}

/// An error with a status of its own.
struct StatusError : Error {
  StatusError(int code, const std::string& message) : Error(message), status(code) {}
  int status;
};

HttpRefusal refusal_for(const std::exception_ptr& problem) {
  try {
    std::rethrow_exception(problem);
  } catch (const StatusError& error) {
    return {error.status, error.what(), {}};
  } catch (const ConflictError& error) {
    return {409, error.what(), {}};
  } catch (const UsageError& error) {
    return {400, error.what(), {}};
  } catch (const std::exception& error) {
    if (is_out_of_memory(error)) return {503, kOutOfMemory, {{"Retry-After", "1"}}};
    if (dynamic_cast<const Error*>(&error) != nullptr) return {422, error.what(), {}};
    const bool of_libtorch = dynamic_cast<const c10::Error*>(&error) != nullptr;
    return {500, (of_libtorch ? "LibTorch failed: " : "") + plain_reason(error), {}};
  } catch (...) {
    return {500, "the request failed for an unknown reason", {}};
  }
}

/// The photo of a request. Its name appears in responses and is never opened.
struct Photo {
  const std::string& bytes;
  std::string name;
};

Photo photo_of(const httplib::Request& request, const HttpRequest& raw) {
  if (!request.is_multipart_form_data()) return {raw.body, "-"};
  for (const char* field : {"photo", "image", "file"}) {
    const auto found = request.files.find(field);
    if (found != request.files.end()) {
      constexpr std::size_t kLongestName = 255;
      const std::string& name = found->second.filename;
      return {found->second.content, name.empty() ? "-" : name.substr(0, kLongestName)};
    }
  }
  throw StatusError(400, "the form has no field named photo; put the picture there");
}

}  // namespace

class Service::Routes : private httplib::Server {
 public:
  explicit Routes(Service& service) : service_(service), page_(page_files(names(), !service.options_.token.empty())) {
    httplib::Headers headers;
    for (const auto& [name, value] : security_headers()) headers.emplace(name, value);
    set_default_headers(headers);
    set_keep_alive_timeout(service.options_.timeout);
    set_keep_alive_max_count(1000000);
    set_exception_handler([](const httplib::Request&, httplib::Response& response, const std::exception_ptr& problem) {
      const HttpRefusal refusal = refusal_for(problem);
      response.status = refusal.status;
      for (const auto& [name, value] : refusal.headers) response.set_header(name, value);
      response.set_content(error_json(refusal.status, refusal.sentence), kJson);
    });
    set_error_handler(HandlerWithResponse([](const httplib::Request&, httplib::Response& response) {
      if (!response.body.empty()) return HandlerResponse::Unhandled;
      response.set_content(error_json(response.status, "the request is malformed"), kJson);
      return HandlerResponse::Handled;
    }));
    const auto file = [this](const char* path, const std::string& content, const char* type) {
      Get(path, [&content, type](const httplib::Request&, httplib::Response& response) {
        response.set_content(content, type);
      });
    };
    file("/", page_.html, "text/html; charset=utf-8");
    file("/page.css", page_.style, "text/css; charset=utf-8");
    file("/page.js", page_.script, "text/javascript; charset=utf-8");
    Get("/favicon.ico", [](const httplib::Request&, httplib::Response& response) { response.status = 204; });
    Get("/healthz", [](const httplib::Request&, httplib::Response& response) {
      response.set_content("{\"status\":\"ok\"}\n", kJson);
    });
    Get("/metrics", [this](const httplib::Request&, httplib::Response& response) {
      response.set_content(service_.metrics_.text(service_.connections_(), service_.waiting_),
                           "text/plain; version=0.0.4; charset=utf-8");
    });
    openapi_ = openapi_json(service.options_, names());
    file("/openapi\\.json", openapi_, kJson);
    std::vector<std::string> descriptions;
    for (const auto& model : service.models_) descriptions.push_back(model->description);
    models_ = fmt::format("{{\"models\":[{}]}}\n", fmt::join(descriptions, ","));
    file("/v1/models", models_, kJson);
    Post("/v1/caption",
         [this](const httplib::Request& request, httplib::Response& response) { caption(request, response); });
    Options(".*", [](const httplib::Request& request, httplib::Response& response) {
      const std::string methods = methods_of(request.path);
      response.status = 204;
      response.set_header("Allow", (methods.empty() ? "GET, HEAD, POST" : methods) + ", OPTIONS");
    });
  }

  /// The bytes of the response, and its status.
  std::pair<std::string, int> respond(const Exchange& exchange) {
    const HttpRequest& request = exchange.request;
    // Other headers would only let cpp-httplib fail. Bodies other than forms need no parser.
    const std::string* type = request.header("content-type");
    const bool form = type != nullptr && type->rfind("multipart/form-data", 0) == 0;
    std::string head = fmt::format("{} {} HTTP/1.1\r\n", request.method, request.target);
    if (request.method == "POST") head += fmt::format("Content-Length: {}\r\n", form ? request.body.size() : 0);
    if (form) head += fmt::format("Content-Type: {}\r\n", *type);
    head += "\r\n";
    MemoryStream input(head, form ? std::string_view(request.body) : std::string_view());
    current_ = &exchange;
    bool closed = false;
    bool done = false;
    try {
      done = process_request(input, !exchange.keep_alive, closed, [](httplib::Request&) {});
    } catch (...) {  // no request may end the server
      done = false;
    }
    current_ = nullptr;
    std::string answer = input.take_answer();
    if (!done && answer.empty()) {
      return {http_response({400, "the request is malformed", {}}, exchange.keep_alive), 400};
    }
    const int status = std::atoi(answer.c_str() + std::string_view("HTTP/1.1 ").size());
    std::string more = fmt::format("Date: {}\r\n", http_date());
    for (const auto& [name, value] : service_.access_.cors_headers(request)) {
      more += fmt::format("{}: {}\r\n", name, value);
    }
    answer.insert(answer.find("\r\n") + 2, more);
    return {std::move(answer), status};
  }

 private:
  std::vector<std::string> names() const {
    std::vector<std::string> names;
    for (const auto& model : service_.models_) names.push_back(model->name);
    return names;
  }

  ServedModel& model_for(const httplib::Request& request) {
    if (request.get_param_value_count("model") > 1) throw UsageError("--model: given more than once");
    const std::string wanted = request.get_param_value("model");
    if (!request.has_param("model")) return *service_.models_.front();
    for (const auto& model : service_.models_) {
      if (model->name == wanted) return *model;
    }
    throw UsageError(
        fmt::format("--model must be one of {}, not '{}'", fmt::join(names(), ", "), wanted.substr(0, 100)));
  }

  void caption(const httplib::Request& request, httplib::Response& response) {
    const Exchange& exchange = *current_;
    ServedModel& model = model_for(request);
    CaptionChoice choice = choice_of(request.params, model.captioner, service_.options_.largest_search);
    choice.search.precision = service_.options_.compute.precision();
    const Photo photo = photo_of(request, exchange.request);
    if (photo.bytes.empty()) {
      throw StatusError(400, "the request has no picture; send its bytes as the body or as the form field photo");
    }
    const auto captions = captions_of(model, photo, choice);
    std::vector<std::string> lines;
    const std::filesystem::path path(photo.name);
    for (std::size_t i = 0; i < captions.size(); ++i) {
      CaptionRecord record{path, static_cast<int>(i) + 1, captions[i], choice.top > 1, std::nullopt};
      if (choice.samples > 1) record.seed = choice.search.seed + i;
      lines.push_back(caption_json(record));
    }
    const std::string* accept = exchange.request.header("accept");
    const bool several = choice.top > 1 || choice.samples > 1;
    if (!several) {
      response.set_content(lines.empty() ? "" : lines.front() + "\n", kJson);
    } else if (accept != nullptr && accept->find(kJson) != std::string::npos) {
      response.set_content(fmt::format("[{}]\n", fmt::join(lines, ",")), kJson);
    } else {
      response.set_content(fmt::format("{}\n", fmt::join(lines, "\n")), "application/x-ndjson");
    }
    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - exchange.arrived;
    service_.metrics_.count_caption(seconds.count());
  }

  std::vector<Caption> captions_of(ServedModel& model, const Photo& photo, const CaptionChoice& choice) const {
    const vision::Preprocessed input =
        vision::preprocess(vision::decode_picture(photo.bytes, photo.name), model.captioner.preprocessing);
    return std::move(caption_photos(model.captioner, {&input}, choice)[0]);
  }

  Service& service_;
  PageFiles page_;
  std::string openapi_, models_;
  static thread_local const Exchange* current_;  // cpp-httplib passes nothing else to handlers
};

thread_local const Exchange* Service::Routes::current_ = nullptr;

Service::Service(const ServeOptions& options, std::vector<std::unique_ptr<ServedModel>> models)
    : options_(options),
      models_(std::move(models)),
      access_(options.host, options.allowed_hosts, options.allowed_origins, options.token),
      routes_(std::make_unique<Routes>(*this)),
      workers_(static_cast<std::size_t>(options.compute.threads > 0 ? options.compute.threads : models::usable_cores()),
               // As `saccade caption PHOTO`: sums of floats depend on the number of threads.
               [] { at::set_num_threads(1); }) {}

Service::~Service() = default;

std::optional<HttpRefusal> Service::refusal_of(const HttpRequest& request) const {
  auto refusal = access_.refusal_of(request);
  if (!refusal && request.path() == "/v1/caption" && request.method == "POST" && full()) {
    refusal = too_busy();
    for (auto& header : access_.cors_headers(request)) refusal->headers.push_back(std::move(header));
  }
  return refusal;
}

void Service::handle(const std::shared_ptr<Exchange>& exchange) {
  if (exchange->request.method != "POST") {
    auto [answer, status] = routes_->respond(*exchange);
    metrics_.count_answer(status);
    return exchange->answer(std::move(answer));
  }
  if (full()) {  // it may have filled while the body arrived
    metrics_.count_answer(503);
    return exchange->answer(http_response(too_busy(), exchange->keep_alive));
  }
  ++waiting_;
  workers_.add([this, exchange] {
    if (exchange->abandoned) {
      --waiting_;
      return;
    }
    auto [answer, status] = routes_->respond(*exchange);
    metrics_.count_answer(status);
    --waiting_;  // before the client can see the answer
    exchange->answer(std::move(answer));
  });
}

}  // namespace saccade::app
