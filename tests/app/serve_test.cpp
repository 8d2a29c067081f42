#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>
#include <thread>
#include <unistd.h>
#include <utility>
#include <vector>

#include <arpa/inet.h>
#include <doctest/doctest.h>
#include <nlohmann/json.hpp>
#include <sys/socket.h>

#include "core/base/atomic_file.hpp"
#include "tests/app/fixture.hpp"
#include "tests/app/program.hpp"

// `saccade serve`, as a process, over sockets.

using namespace saccade;
using namespace std::chrono_literals;
using nlohmann::json;

namespace {

using Words = std::vector<std::string>;

/// A running server with the tiny model.
struct Server {
  test::TemporaryFolder folder;
  test::Process process;
  int port = 0;

  explicit Server(const Words& more = {}) : process(words(more), {}, folder / "out") {
    const std::string start = "Listening on http://127.0.0.1:";
    for (int i = 0; i < 600 && port == 0; ++i) {
      std::this_thread::sleep_for(50ms);
      const std::string out = std::filesystem::exists(folder / "out") ? read_file(folder / "out") : "";
      if (out.rfind(start, 0) == 0 && out.back() == '\n') port = std::stoi(out.substr(start.size()));
    }
    REQUIRE(port > 0);
  }

  static Words words(const Words& more) {
    Words words{"serve", "--model", test::fixture().model_file.string(), "--port", "0"};
    if (std::find(more.begin(), more.end(), "--threads") == more.end()) words.insert(words.end(), {"--threads", "1"});
    words.insert(words.end(), more.begin(), more.end());
    return words;
  }
};

/// A connection to a server.
class Client {
 public:
  explicit Client(int port) : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<in_port_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    REQUIRE(::connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
    const timeval patience{60, 0};
    ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  }
  ~Client() { ::close(socket_); }
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  bool send(const std::string& bytes) const {
    for (std::size_t sent = 0; sent < bytes.size();) {
      const ssize_t count = ::send(socket_, bytes.data() + sent, bytes.size() - sent, MSG_NOSIGNAL);
      if (count <= 0) return false;
      sent += static_cast<std::size_t>(count);
    }
    return true;
  }

  void end() const { ::shutdown(socket_, SHUT_WR); }

  /// All bytes until the server closes the connection.
  std::string rest() const {
    std::string bytes;
    char block[4096];
    for (ssize_t count = 0; (count = ::recv(socket_, block, sizeof block, 0)) > 0;) {
      bytes.append(block, static_cast<std::size_t>(count));
    }
    return bytes;
  }

 private:
  int socket_;
};

struct Response {
  int status = 0;
  std::string head, body;

  json object() const { return json::parse(body); }
  std::string error() const { return object().at("error").get<std::string>(); }
};

Response response_in(const std::string& bytes) {
  Response response;
  const std::size_t end = bytes.find("\r\n\r\n");
  if (bytes.rfind("HTTP/1.1 ", 0) != 0 || end == std::string::npos) return response;
  response.status = std::stoi(bytes.substr(9, 3));
  response.head = bytes.substr(0, end + 2);
  response.body = bytes.substr(end + 4);
  return response;
}

/// The response to these bytes.
Response response_to(int port, const std::string& bytes) {
  const Client client(port);
  client.send(bytes);
  return response_in(client.rest());
}

std::string request(const std::string& line, const std::string& headers = {}, const std::string& body = {}) {
  const bool names_host = headers.find("Host:") != std::string::npos;
  std::string text = line + " HTTP/1.1\r\nConnection: close\r\n" + (names_host ? "" : "Host: localhost\r\n") + headers;
  if (!body.empty()) text += "Content-Length: " + std::to_string(body.size()) + "\r\n";
  return text + "\r\n" + body;
}

Response get(const Server& server, const std::string& target, const std::string& headers = {}) {
  return response_to(server.port, request("GET " + target, headers));
}

Response post(const Server& server, const std::string& query, const std::string& body,
              const std::string& headers = {}) {
  return response_to(server.port, request("POST /v1/caption" + query, headers, body));
}

/// JSON of the command line, with "-" as the path.
std::string printed(const std::string& photo, const Words& more = {}) {
  Words words{"--json", photo};
  words.insert(words.end(), more.begin(), more.end());
  std::string text;
  for (const std::string& line : test::caption(words).lines()) {
    const std::string path = json(photo).dump();
    text += std::string(line).replace(line.find(path), path.size(), "\"-\"") + "\n";
  }
  return text;
}

std::string photo_bytes(int number) {
  return read_file(test::fixture().photo(number));
}

/// What a response without a photo's name has in common with an error of the command line.
std::string refusal_of(const test::Outcome& outcome) {
  const std::string sentence = test::check_refused(outcome, 2);
  return sentence.substr(sentence.find("error: ") + 7);
}

}  // namespace

TEST_CASE("serve answers with the bytes of caption --json under concurrent requests") {
  const Server server({"--threads", "3"});
  std::vector<std::thread> threads;
  std::vector<std::string> expected, answered(24);
  for (int i = 0; i < 3; ++i) expected.push_back(printed(test::fixture().photo(i)));
  for (std::size_t i = 0; i < answered.size(); ++i) {
    threads.emplace_back([&, i] { answered[i] = post(server, "", photo_bytes(static_cast<int>(i % 3))).body; });
  }
  for (auto& thread : threads) thread.join();
  for (std::size_t i = 0; i < answered.size(); ++i) CHECK(answered[i] == expected[i % 3]);
}

TEST_CASE("serve accepts the options of caption as query parameters and reports errors with the same message") {
  const Server server;
  const std::string photo = test::fixture().photo(0), bytes = photo_bytes(0);
  CHECK(post(server, "?beam=3&top=2&max-length=4", bytes).body ==
        printed(photo, {"--beam", "3", "--top", "2", "--max-length", "4"}));
  CHECK(post(server, "?specificity=0.5", bytes).body == printed(photo, {"--specificity", "0.5"}));
  const auto array = post(server, "?top=2", bytes, "Accept: application/json\r\n");
  CHECK(array.object().size() == 2);

  for (const auto& [query, words] : std::vector<std::pair<std::string, Words>>{
           {"?beam=0", {"--beam", "0"}},
           {"?beam=", {"--beam="}},
           {"?top=9&beam=2", {"--top", "9", "--beam", "2"}},
           {"?cell-selection=x", {"--cell-selection", "x"}},
           {"?min-length=9&max-length=3", {"--min-length", "9", "--max-length", "3"}}}) {
    CAPTURE(query);
    Words all{photo};
    all.insert(all.end(), words.begin(), words.end());
    const auto refused = post(server, query, bytes);
    const bool conflict = query.find('&') != std::string::npos;
    CHECK(refused.status == (conflict ? 409 : 400));
    CHECK(refused.object().at("status") == refused.status);
    CHECK(refused.error() == refusal_of(test::caption(all)));
  }
  for (const char* query : {"?output=/tmp/x", "?model=/etc/passwd", "?beam=1&beam=2", "?config=x"}) {
    CAPTURE(query);
    CHECK(post(server, query, bytes).status == 400);
  }
}

TEST_CASE("serve accepts a photo from a form and uses its file name as the path") {
  const Server server;
  const std::string form = "--x\r\nContent-Disposition: form-data; name=\"photo\"; filename=\"a.png\"\r\n\r\n" +
                           photo_bytes(1) + "\r\n--x--\r\n";
  const auto response = post(server, "", form, "Content-Type: multipart/form-data; boundary=x\r\n");
  REQUIRE(response.status == 200);
  CHECK(response.object().at("path") == "a.png");
  CHECK(response.object().at("caption") == json::parse(printed(test::fixture().photo(1))).at("caption"));
  for (const char* broken :
       {"--x\r\n", "x", "--x--\r\n", "--x\r\nContent-Disposition: form-data; name=\"y\"\r\n\r\n1\r\n--x--\r\n"}) {
    CHECK(post(server, "", broken, "Content-Type: multipart/form-data; boundary=x\r\n").status == 400);
  }
  CHECK(post(server, "", form, "Content-Type: multipart/form-data\r\n").status == 400);
}

TEST_CASE("serve describes its interface, models and metrics") {
  const Server server;
  CHECK(get(server, "/healthz").object() == json{{"status", "ok"}});
  const auto models = get(server, "/v1/models").object().at("models");
  REQUIRE(models.size() == 1);
  CHECK(models[0].at("name") == "model");
  CHECK(models[0].at("default") == true);
  CHECK(models.dump().find(test::fixture().folder.path().string()) == std::string::npos);
  CHECK(post(server, "", photo_bytes(0)).status == 200);
  const std::string metrics = get(server, "/metrics").body;
  CHECK(metrics.find("saccade_caption_seconds_count 1\n") != std::string::npos);
  CHECK(metrics.find("saccade_waiting_photos 0\n") != std::string::npos);
  const json document = get(server, "/openapi.json").object();
  for (const char* path : {"/v1/caption", "/v1/models", "/healthz", "/metrics", "/openapi.json"}) {
    CHECK(document.at("paths").contains(path));
  }
  const auto page = get(server, "/");
  CHECK(page.head.find("Content-Security-Policy: default-src 'none'") != std::string::npos);
  CHECK(page.head.find("X-Content-Type-Options: nosniff") != std::string::npos);
  CHECK(page.head.find("Access-Control-Allow-Origin") == std::string::npos);
  CHECK(page.body.find("<!doctype html>") == 0);
  CHECK(get(server, "/page.js").body.find("class Card") != std::string::npos);
  CHECK(get(server, "/../../etc/passwd").status == 404);
  const auto method = get(server, "/v1/caption");
  CHECK(method.status == 405);
  CHECK(method.head.find("Allow: POST") != std::string::npos);
  CHECK(response_to(server.port, request("HEAD /healthz")).body.empty());
}

TEST_CASE("serve rejects Host headers and origins of other sites") {
  const Server server({"--allowed-host", "photos.example", "--allowed-origin", "https://photos.example"});
  const std::string port = std::to_string(server.port);
  for (const std::string& host : Words{"localhost", "127.0.0.1:" + port, "LOCALHOST:80", "[::1]", "photos.example"}) {
    CAPTURE(host);
    CHECK(get(server, "/healthz", "Host: " + host + "\r\n").status == 200);
  }
  for (const std::string& host : Words{"evil.example", "localhost.evil.example", "127.0.0.1.evil.example",
                                       "192.168.1.1", "", "localhost@evil.example", "localhost:80:80"}) {
    CAPTURE(host);
    CHECK(get(server, "/healthz", "Host: " + host + "\r\n").status == 403);
  }
  CHECK(get(server, "http://evil.example/healthz").status == 403);
  CHECK(get(server, "/healthz", "Origin: https://evil.example\r\n").status == 403);
  const auto allowed = get(server, "/healthz", "Origin: https://photos.example\r\n");
  CHECK(allowed.head.find("Access-Control-Allow-Origin: https://photos.example\r\n") != std::string::npos);
}

TEST_CASE("serve requires a token on public addresses") {
  CHECK(refusal_of(test::saccade(Server::words({"--host", "0.0.0.0"}))).find("--token-file") != std::string::npos);
  const Server server({"--token", "secret"});
  CHECK(get(server, "/healthz").status == 200);
  CHECK(get(server, "/v1/models").status == 401);
  CHECK(get(server, "/metrics", "Authorization: Bearer secreT\r\n").status == 401);
  CHECK(get(server, "/v1/models", "Authorization: bearer secret\r\n").status == 200);
  CHECK(post(server, "", photo_bytes(0), "Authorization: Bearer secret\r\n").status == 200);
}

TEST_CASE("serve reports an unreadable image with the message of the command line") {
  const Server server;
  for (const std::string& bytes : {std::string("not a picture"), photo_bytes(0).substr(0, 100)}) {
    const auto refused = post(server, "", bytes);
    CHECK(refused.status == 422);
    write_file(server.folder / "photo", bytes);
    const std::string path = (server.folder / "photo").string();
    const std::string sentence = test::check_refused(test::caption({path}), 1);
    CHECK(sentence.find(path + refused.error().substr(1)) != std::string::npos);
  }
  CHECK(post(server, "", "").status == 400);
}

TEST_CASE("serve rejects bodies that are too large, with a length or in chunks") {
  const Server server({"--max-body", "1"});
  const auto stated = response_to(server.port, request("POST /v1/caption", "Content-Length: 999999999999\r\n"));
  CHECK(stated.status == 413);
  CHECK(stated.error().find("larger than 1 MiB") != std::string::npos);
  std::string chunks = request("POST /v1/caption", "Transfer-Encoding: chunked\r\n");
  for (int i = 0; i < 3; ++i) chunks += "80000\r\n" + std::string(0x80000, 'x') + "\r\n";
  CHECK(response_to(server.port, chunks).status == 413);
  CHECK(response_to(server.port, request("POST /v1/caption", "Transfer-Encoding: chunked\r\n") + "fffffffffffffff\r\n")
            .status == 413);
  const std::string photo = photo_bytes(0);
  std::string whole = request("POST /v1/caption", "Transfer-Encoding: chunked\r\n");
  for (const char c : photo.substr(0, 50)) whole += std::string("1;x=y\r\n") + c + "\r\n";
  char size[32];
  std::snprintf(size, sizeof size, "%zX\r\n", photo.size() - 50);
  whole += size + photo.substr(50) + "\r\n0\r\nTrailer: x\r\n\r\n";
  CHECK(response_to(server.port, whole).body == printed(test::fixture().photo(0)));
}

TEST_CASE("serve continues after malformed requests") {
  const Server server({"--timeout", "2"});
  std::string zeros(5000, '\0');
  for (const std::string& bytes :
       {std::string("garbage\r\n\r\n"),
        std::string("\x16\x03\x01\x02"),
        zeros,
        std::string("GET\r\n\r\n"),
        std::string("GET / HTTP/1.1\r\n\r\n"),
        std::string("GET / HTTP/9\r\nHost: localhost\r\n\r\n"),
        std::string("GET / HTTP/1.1\nHost: localhost\n\n"),
        request("GET /" + std::string(9000, 'a')),
        request("GET /", "X: " + std::string(20000, 'a') + "\r\n"),
        request("GET /", "No colon\r\n"),
        request("GET /", "Host: localhost\r\nHost: localhost\r\n"),
        request("POST /v1/caption", "Content-Length: -1\r\n"),
        request("POST /v1/caption", "Content-Length: 1\r\nContent-Length: 2\r\n"),
        request("POST /v1/caption", "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n"),
        request("POST /v1/caption", "Transfer-Encoding: chunked\r\n") + "zz\r\n",
        request("POST /v1/caption", "Transfer-Encoding: chunked\r\n") + "2\r\nabcd\r\n0\r\n\r\n",
        request("POST /v1/caption", "Transfer-Encoding: gzip\r\n"),
        request("POST /v1/caption", "Expect: money\r\n"),
        request("POST /v1/caption?%", "", "x"),
        request("POST /v1/caption?beam=%00%ff", "", "x"),
        request("BREW /v1/caption")}) {
    CAPTURE(bytes.substr(0, 100));
    const auto refused = response_to(server.port, bytes);
    CHECK(refused.status >= 400);
    CHECK(refused.status < 600);
    CHECK(refused.object().at("status") == refused.status);
  }
  {
    const Client half(server.port);  // states more than it sends, then sends no more
    half.send(request("POST /v1/caption", "Content-Length: 1000\r\n") + "some");
    half.end();
    CHECK(response_in(half.rest()).status == 400);
  }
  {
    const Client slow(server.port);  // sends nothing more, and leaves the connection open
    slow.send(request("POST /v1/caption", "Content-Length: 1000\r\n") + "some");
    CHECK(response_in(slow.rest()).status == 408);
  }
  {
    const Client complete(server.port);  // ends its side after a complete request
    complete.send(request("POST /v1/caption", "", photo_bytes(0)));
    complete.end();
    CHECK(response_in(complete.rest()).status == 200);
  }
  {
    const Client gone(server.port), rude(server.port);
    rude.send(request("POST /v1/caption", "", photo_bytes(0)));
  }
  CHECK(post(server, "", photo_bytes(0)).status == 200);
}

TEST_CASE("serve answers while other clients are slow or idle") {
  const Server server({"--connections", "60"});
  std::vector<std::unique_ptr<Client>> idle;
  for (int i = 0; i < 200; ++i) {
    idle.push_back(std::make_unique<Client>(server.port));
    if (i % 2 == 0) idle.back()->send("POST /v1/caption HTTP/1.1\r\nHost: loc");
  }
  CHECK(post(server, "", photo_bytes(0)).status == 200);
}

TEST_CASE("serve answers pipelined requests in order") {
  const Server server;
  const std::string keep = "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n";
  const Client client(server.port);
  client.send("POST /v1/caption HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\n\r\nx" + keep +
              request("GET /v1/models"));
  const std::string bytes = client.rest();
  const std::size_t first = bytes.find("HTTP/1.1 422"), second = bytes.find("{\"status\":\"ok\"}"),
                    third = bytes.find("{\"models\"");
  CHECK(first < second);
  CHECK(second < third);
  CHECK(third != std::string::npos);
}

TEST_CASE("serve answers 503 with Retry-After when its queue is full") {
  const Server server({"--queue", "1"});
  std::vector<std::unique_ptr<Client>> clients;
  const std::string heavy = request("POST /v1/caption?beam=50&max-length=100", "", photo_bytes(0));
  for (int i = 0; i < 12; ++i) {
    clients.push_back(std::make_unique<Client>(server.port));
    clients.back()->send(heavy);
  }
  int done = 0, full = 0;
  for (const auto& client : clients) {
    const auto response = response_in(client->rest());
    if (response.status == 200) ++done;
    if (response.status != 503) continue;
    ++full;
    CHECK(response.head.find("Retry-After: 1\r\n") != std::string::npos);
  }
  CHECK(done >= 1);
  CHECK(full >= 1);
  CHECK(done + full == 12);
}

TEST_CASE("after SIGTERM, serve answers the requests that have arrived and exits with status 0") {
  Server server;
  std::vector<std::unique_ptr<Client>> clients;
  for (int i = 0; i < 20; ++i) {
    clients.push_back(std::make_unique<Client>(server.port));
    clients.back()->send(request("POST /v1/caption", "", photo_bytes(i % 3)));
  }
  server.process.interrupt(SIGTERM);
  for (int i = 0; i < 20; ++i) CHECK(response_in(clients[static_cast<std::size_t>(i)]->rest()).status == 200);
  CHECK(server.process.wait().status == 0);
}
