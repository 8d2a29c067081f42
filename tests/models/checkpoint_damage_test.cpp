#include <fstream>
#include <limits>
#include <map>
#include <random>
#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>
#include <sys/resource.h>

#include "core/base/atomic_file.hpp"
#include "core/base/error.hpp"
#include "models/checkpoint.hpp"
#include "models/weights/safetensors.hpp"
#include "tests/models/forged.hpp"
#include "tests/models/tiny_model.hpp"
#include "tests/temporary_folder.hpp"

// Each damaged or invalid model file must be refused with a one-line message that names the file.

using namespace saccade;
using models::load_checkpoint;
using models::StateDict;
using nlohmann::json;
using Metadata = std::map<std::string, std::string>;
namespace fs = std::filesystem;

namespace {

/// A valid model file and its contents.
struct Good {
  test::TemporaryFolder folder;
  fs::path path = folder / "good.safetensors";
  StateDict tensors;
  Metadata metadata;

  Good() {
    models::save_checkpoint(path, test::tiny_captioner({"a", "dog", "runs"}, 1));
    const models::SafetensorsFile file(path);
    tensors = file.all();
    metadata = test::forged(file);
  }
};

const Good& good() {
  static const Good kGood;
  return kGood;
}

/// The message with which a file is refused, or "" if it is loaded.
std::string refusal(const fs::path& path) {
  try {
    load_checkpoint(path);
  } catch (const Error& error) {
    const std::string message = error.what();
    CHECK(message.find(path.string()) == 0);
    CHECK(message.find('\n') == std::string::npos);
    CAPTURE(message);
    CHECK(message.size() < 600);
    return message;
  }
  return {};
}

std::string refusal(const StateDict& tensors, const Metadata& metadata) {
  const fs::path path = good().folder / "bad.safetensors";
  models::write_safetensors(path, tensors, metadata);
  return refusal(path);
}

/// The message after replacing one metadata entry.
std::string refusal(const std::string& entry, const std::string& value) {
  Metadata metadata = good().metadata;
  metadata[entry] = value;
  return refusal(good().tensors, metadata);
}

/// The message after replacing one entry of the architecture.
std::string refusal_of_architecture(const std::string& entry, const json& value) {
  json architecture = json::parse(good().metadata.at("architecture"));
  for (json* part : {&architecture["encoder"], &architecture["decoder"], &architecture["decoder"]["attention"]}) {
    const bool here =
        part->contains(entry) && !(*part)[entry].is_object();  // "attention" is also the name of a component
    if (here) (*part)[entry] = value;
  }
  return refusal("architecture", architecture.dump());
}

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

/// Limits new memory to 1 GB during its lifetime.
class MemoryLimit {
 public:
  MemoryLimit() {
    ::getrlimit(RLIMIT_AS, &before_);
    rlimit limit = before_;
    std::size_t pages = 0;
    std::ifstream("/proc/self/statm") >> pages;
    limit.rlim_cur = pages * 4096 + (std::size_t{1} << 30);
    ::setrlimit(RLIMIT_AS, &limit);
  }
  ~MemoryLimit() { ::setrlimit(RLIMIT_AS, &before_); }
  MemoryLimit(const MemoryLimit&) = delete;
  MemoryLimit& operator=(const MemoryLimit&) = delete;

 private:
  rlimit before_{};
};

}  // namespace

TEST_CASE("an undamaged model is loaded") {
  CHECK(refusal(good().path).empty());
}

TEST_CASE("a model file that is truncated anywhere is refused") {
  const auto size = fs::file_size(good().path);
  const fs::path path = good().folder / "short.safetensors";
  std::vector<std::uintmax_t> lengths{0, 1, 7, 8, 9, 100, size - 1, size - 2, size / 2};
  for (std::uintmax_t length = 3; length < size; length = length * 3 / 2) lengths.push_back(length);
  for (const auto length : lengths) {
    CAPTURE(length);
    fs::copy_file(good().path, path, fs::copy_options::overwrite_existing);
    fs::resize_file(path, length);
    CHECK_FALSE(refusal(path).empty());
  }
}

TEST_CASE("a model file with appended bytes is refused") {
  const fs::path path = good().folder / "long.safetensors";
  write_file(path, read_file(good().path) + "x");
  CHECK_FALSE(refusal(path).empty());
}

TEST_CASE("a missing file and files that are not in the safetensors format are refused") {
  const fs::path path = good().folder / "no.safetensors";
  for (const std::string& bytes :
       {std::string("hello"), std::string(), std::string(1000, '\0'), std::string("\xFF\xD8")}) {
    write_file(path, bytes);
    CHECK_FALSE(refusal(path).empty());
  }
  CHECK_FALSE(refusal(fs::path("/nowhere/model")).empty());
  CHECK_FALSE(refusal(good().folder.path()).empty());
  CHECK_FALSE(refusal(fs::path("/dev/null")).empty());
}

TEST_CASE("a safetensors file from another program is refused") {
  CHECK(contains(refusal(StateDict{{"weight", torch::zeros({2})}}, {}), "not a Saccade model"));
  CHECK(contains(refusal(StateDict{{"weight", torch::zeros({2})}}, {{"format", "pt"}}), "'pt'"));
}

TEST_CASE("a later version of the format is refused, and the message contains both versions") {
  const std::string message = refusal("format", "saccade 3");
  CHECK(contains(message, "saccade 3"));
  CHECK(contains(message, "saccade 1"));
}

TEST_CASE("each part of the description must exist and be valid JSON") {
  for (const char* const part : {"architecture", "preprocessing", "vocabulary"}) {
    CAPTURE(part);
    Metadata metadata = good().metadata;
    metadata.erase(part);
    CHECK(contains(refusal(good().tensors, metadata), "description is damaged"));
    for (const char* const text : {"", "{", "nonsense", "null", "7", "\"text\"", "[[]]", "{}"}) {
      CAPTURE(text);
      const std::string message = refusal(part, text);
      CHECK(contains(message, "description is damaged"));
      CHECK_FALSE(contains(message, "json.exception"));
      CHECK_FALSE(contains(message, "syntax error"));  // the JSON library's messages ...
      CHECK_FALSE(contains(message, "type must be"));  // ... would not help the user
    }
    CHECK_FALSE(refusal(part, std::string(100'000, '[')).empty());
  }
}

TEST_CASE("an invalid width is refused") {
  for (const char* const name : {"embedding", "hidden", "alignment_width"}) {
    CAPTURE(name);
    for (const json& value : {json(0), json(-1), json(1'000'000), json(std::int64_t{1} << 62), json("16"),
                              json(nullptr), json::array({16}), json(16.5), json(1e300), json(true)}) {
      CAPTURE(value.dump());
      CHECK(contains(refusal_of_architecture(name, value), "description is damaged"));
    }
    CHECK_FALSE(refusal_of_architecture(name, 17).empty());  // differs from the shape of the weights
  }
}

TEST_CASE("unknown mechanisms are refused") {
  CHECK(contains(refusal_of_architecture("backbone", "vgg"), "'vgg'"));
  CHECK(contains(refusal_of_architecture("alignment", "blind"), "'blind'"));
  CHECK(contains(refusal_of_architecture("attention", "blind"), "'blind'"));
  CHECK(contains(refusal_of_architecture("backbone", 7), "description is damaged"));
  for (const json& stride : {json(8), json(0), json(-32), json("8"), json(nullptr)}) {
    CHECK(contains(refusal_of_architecture("stride", stride), "description is damaged"));
  }
  for (const json& size :
       {json(0), json(33), json(-32), json(2048), json(4'294'967'296 + 32), json(1e300), json("32")}) {
    CAPTURE(size.dump());
    CHECK(contains(refusal_of_architecture("input_size", size), "description is damaged"));
  }
  // A backbone or grid other than that of the weights.
  CHECK_FALSE(refusal_of_architecture("backbone", "efficientnet-lite2").empty());
  CHECK_FALSE(refusal_of_architecture("stride", 32).empty());
}

TEST_CASE("a vocabulary with a repeated word, an empty word or an entry that is not a word is refused") {
  for (const char* const words : {R"(["a", "dog", "a"])", R"(["a", "dog", ""])", R"(["a", "dog", "<end>"])",
                                  R"(["a", "dog", 7])", R"(["a", "dog", null])", R"({"a": 1})", R"("a dog runs")"}) {
    CAPTURE(words);
    CHECK(contains(refusal("vocabulary", words), "description is damaged"));
  }
  CHECK_FALSE(refusal("vocabulary", R"(["a", "dog"])").empty());  // fewer words than the weights have
}

TEST_CASE("a flipped bit anywhere in a model is detected") {
  const std::string whole = read_file(good().path);
  const fs::path path = good().folder / "turned.safetensors";
  std::mt19937 random(7);
  for (int i = 0; i < 200; ++i) {
    std::string turned = whole;
    const std::size_t place = random() % whole.size(), bit = random() % 8;
    CAPTURE(place);
    CAPTURE(bit);
    turned[place] = static_cast<char>(turned[place] ^ (1 << bit));
    write_file(path, turned);
    CHECK_FALSE(refusal(path).empty());
  }
}

TEST_CASE("a flipped bit in the name of the checksums is detected") {
  const fs::path path = good().folder / "renamed.safetensors";
  std::string bytes = read_file(good().path);
  const std::size_t name = bytes.find("\"checksums\"");
  REQUIRE(name != std::string::npos);
  bytes[name + 3] ^= 1;
  write_file(path, bytes);
  CHECK(contains(refusal(path), "its checksums go by the name 'chdcksums'"));
}

TEST_CASE("weights with non-finite values are refused") {
  for (const double value : {std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity()}) {
    StateDict tensors = good().tensors;
    tensors["decoder.embedding"] = tensors["decoder.embedding"].clone();
    tensors["decoder.embedding"][1][2] = value;
    CHECK(contains(refusal(tensors, good().metadata), "its tensor 'decoder.embedding' holds what is no finite number"));
  }
}

TEST_CASE("preprocessing with invalid numbers is refused") {
  for (const char* const text :
       {R"({"mean": [1, 2, 1e300], "scale": [1, 1, 1]})", R"({"mean": [1, 2, 3], "scale": [1, 1, 0]})",
        R"({"mean": [1, 2, 3], "scale": [1, -1, 1]})", R"({"mean": [1, 2, 3], "scale": [1, 1, 1e38]})",
        R"({"mean": [1, 2, 3], "scale": [1, 1, 1e-30]})"}) {
    CAPTURE(text);
    CHECK(contains(refusal("preprocessing", text), "cannot be"));
  }
}

TEST_CASE("impossible search options in a model are refused") {
  CHECK(contains(refusal("search", R"({"length_penalty": -1})"), "a length penalty of -1 cannot be"));
  CHECK(contains(refusal("search", R"({"length_penalty": 1e300})"), "cannot be"));
  CHECK(contains(refusal("search", "{}"), "description is damaged"));
  for (const char* const value : {"-1", "1.5", "1e300"}) {
    const std::string text = std::string(R"({"length_penalty": 0, "specificity": )") + value + "}";
    CHECK(contains(refusal("search", text), "a specificity of"));
  }
  CHECK(contains(refusal("search", R"({"length_penalty": 0, "specificity": "x"})"), "description is damaged"));
}

TEST_CASE("a model without words is refused") {
  CHECK(contains(refusal("vocabulary", "[]"), "there is no word in its vocabulary"));
}

TEST_CASE("errors in a description are reported with the program's own messages") {
  Metadata metadata = good().metadata;
  metadata.erase("vocabulary");
  CHECK(contains(refusal(good().tensors, metadata), "'vocabulary' is missing"));
  CHECK_FALSE(contains(refusal("preprocessing", "{}"), "json.exception"));
}

TEST_CASE("a word that would break an output line is refused") {
  for (const char* const words :
       {R"(["a", "dog", "r\nuns"])", R"(["a", "dog", "r\tuns"])", R"(["a", "dog", "two words"])",
        R"(["a", "dog", "\u0000"])", R"(["a", "dog", "r\u009buns"])"}) {
    CAPTURE(words);
    CHECK(contains(refusal("vocabulary", words), "description is damaged"));
  }
}

TEST_CASE("preprocessing with a wrong structure is refused") {
  for (const char* const text :
       {R"({"mean": [1, 2, 3]})", R"({"scale": [1, 1, 1]})", R"({"mean": 1, "scale": [1, 1, 1]})",
        R"({"mean": [1, 2], "scale": [1, 1, 1]})", R"({"mean": ["1", 2, 3], "scale": [1, 1, 1]})",
        R"({"mean": [1, 2, null], "scale": [1, 1, 1]})"}) {
    CAPTURE(text);
    CHECK(contains(refusal("preprocessing", text), "description is damaged"));
  }
}

TEST_CASE("missing, misshapen and unexpected tensors are reported by name") {
  StateDict tensors = good().tensors;
  tensors.erase("decoder.lstm_bias");
  CHECK(contains(refusal(tensors, good().metadata), "decoder.lstm_bias"));
  tensors = good().tensors;
  tensors.erase("encoder.backbone.stem.weight");
  CHECK(contains(refusal(tensors, good().metadata), "encoder.backbone.stem.weight"));
  tensors = good().tensors;
  tensors["decoder.init_h"] = tensors["decoder.init_h"].t().contiguous();
  CHECK(contains(refusal(tensors, good().metadata), "decoder.init_h"));
  tensors = good().tensors;
  tensors["surprise"] = torch::zeros({1});
  CHECK(contains(refusal(tensors, good().metadata), "surprise"));
  CHECK_FALSE(refusal(StateDict{}, good().metadata).empty());
}

TEST_CASE("a small file cannot make the program allocate gigabytes") {
  Metadata metadata = good().metadata;
  for (const char* const width : {"embedding", "hidden", "alignment_width"}) {
    json architecture = json::parse(good().metadata.at("architecture"));
    json& decoder = architecture["decoder"];
    (decoder.contains(width) ? decoder : decoder["attention"])[width] = 8192;
    metadata["architecture"] = architecture.dump();
    const fs::path path = good().folder / "greedy.safetensors";
    models::write_safetensors(path, good().tensors, metadata);
    const MemoryLimit limit;
    CHECK_FALSE(refusal(path).empty());
  }
}

TEST_CASE("a description with random changes is loaded or refused with an error") {
  std::mt19937 random(1);
  const fs::path path = good().folder / "changed.safetensors";
  const std::string parts[] = {"architecture", "preprocessing", "vocabulary", "format"};
  int refused = 0;
  constexpr int kTimes = 60;
  for (int i = 0; i < kTimes; ++i) {
    CAPTURE(i);
    Metadata metadata = good().metadata;
    std::string& text = metadata[parts[random() % 4]];
    for (std::size_t change = 0; change <= random() % 3; ++change) {
      constexpr char kBytes[] = "0179-.,:[]{}\"\\ aeltrun";
      text[random() % text.size()] = kBytes[random() % (sizeof kBytes - 1)];
    }
    CAPTURE(text);
    models::write_safetensors(path, good().tensors, metadata);
    refused += refusal(path).empty() ? 0 : 1;
  }
  CHECK(refused > kTimes / 4);
}
