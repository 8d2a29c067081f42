#include "models/weights/pytorch_file.hpp"

#include <cstdint>
#include <filesystem>
#include <limits>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "core/base/atomic_file.hpp"
#include "core/base/error.hpp"
#include "tests/models/weights_bytes.hpp"

using namespace saccade;
using namespace saccade::test;
using models::read_pytorch_file;
using models::StateDict;

namespace {

bool identical(const at::Tensor& found, const at::Tensor& expected) {
  return found.scalar_type() == expected.scalar_type() && found.sizes() == expected.sizes() && found.equal(expected);
}

/// Reads a legacy file with this pickle. A storage in the pickle must have the key "0"; its content is `data`.
StateDict read_pickle(const std::string& pickle, const std::string& data) {
  const bool stored = pickle.find("Storage") != std::string::npos;
  return read_bytes(
      legacy_file(pickle, stored ? std::vector<std::string>{"0"} : std::vector<std::string>(), stored ? data : ""),
      read_pytorch_file);
}

/// Reads a legacy file whose pickle has a single tensor "w".
StateDict read_tensor(const std::string& value, const std::string& data = {}) {
  return read_pickle(dict({{"w", value}}), data);
}

const std::string kFourFloats = little_endian(std::int64_t{4}) + repeat(little_endian(1.0F), 4);

#define CHECK_REFUSED(expression, message) CHECK_THROWS_WITH_AS(expression, doctest::Contains(message), Error)

}  // namespace

TEST_CASE("tensors of every type and shape are read from the legacy format") {
  const StateDict weights = read_pytorch_file(weights_data("legacy.pth"));
  const at::Tensor base = at::arange(12, at::kFloat).reshape({3, 4});
  CHECK(weights.size() == 16);
  CHECK(identical(weights.at("f64"), at::tensor({0.1, -2.5}, at::kDouble)));
  CHECK(identical(weights.at("f32"), base));
  CHECK(identical(weights.at("f16"), at::tensor({1.5, -0.25}).to(at::kHalf)));
  CHECK(identical(weights.at("bf16"), at::tensor({3.0}).to(at::kBFloat16)));
  CHECK(identical(weights.at("i64"), at::tensor({-(std::int64_t{1} << 62), std::int64_t{7}}, at::kLong)));
  CHECK(identical(weights.at("i32"), at::tensor({-70000}, at::kInt)));
  CHECK(identical(weights.at("i16"), at::tensor({-300}, at::kShort)));
  CHECK(identical(weights.at("i8"), at::tensor({-3, 4}, at::kChar)));
  CHECK(identical(weights.at("u8"), at::tensor({255, 0, 1}, at::kByte)));
  CHECK(identical(weights.at("bool"), at::tensor({1, 0}, at::kByte).to(at::kBool).unsqueeze(0)));
  CHECK(identical(weights.at("scalar"), at::scalar_tensor(3.5, at::kFloat)));
  CHECK(identical(weights.at("empty"), at::empty({0, 3}, at::kFloat)));
  CHECK(identical(weights.at("parameter"), at::tensor({0.5}, at::kFloat)));

  SUBCASE("a view keeps its strides and shares its storage") {
    CHECK(identical(weights.at("transposed"), base.t()));
    CHECK(identical(weights.at("row"), base[1].slice(0, 0, 4, 2)));
    CHECK(identical(weights.at("expanded"), at::full({2, 3}, 2, at::kFloat)));
    CHECK(weights.at("transposed").strides() == at::IntArrayRef({1, 4}));
    CHECK(weights.at("transposed").data_ptr() == weights.at("f32").data_ptr());
    CHECK(weights.at("row").data_ptr<float>() == weights.at("f32").data_ptr<float>() + 4);
  }
}

TEST_CASE("the zip format is read, stored or deflated, with a nested state dict") {
  for (const char* const name : {"zip.pth", "deflated.pth"}) {
    CAPTURE(name);
    const StateDict weights = read_pytorch_file(weights_data(name));
    const at::Tensor base = at::arange(12, at::kFloat).reshape({3, 4});
    CHECK(weights.size() == 5);
    CHECK(identical(weights.at("f32"), base));
    CHECK(identical(weights.at("transposed"), base.t()));
    CHECK(identical(weights.at("i64"), at::tensor({-(std::int64_t{1} << 62), std::int64_t{7}}, at::kLong)));
    CHECK(identical(weights.at("bool"), at::tensor({1, 0}, at::kByte).to(at::kBool).unsqueeze(0)));
    CHECK(identical(weights.at("scalar"), at::scalar_tensor(3.5, at::kFloat)));
  }
}

TEST_CASE("a file from Python 2 with views of storages and bare parameters is read") {
  const StateDict weights = read_pytorch_file(weights_data("python2_views.pth"));
  CHECK(identical(weights.at("whole"), at::arange(6, at::kFloat).reshape({2, 3})));
  CHECK(identical(weights.at("part"), at::tensor({3, 4}, at::kFloat)));
}

TEST_CASE("the state dict is the file's dict or its entry 'state_dict' or 'model'") {
  const std::string w = rebuild_tensor(storage("FloatStorage", "0", 4), 0, {4}, {1});
  const std::string inner = "}" + text("w") + w + "s";
  const auto names = [](const std::string& pickle) {
    std::string result;
    for (const auto& entry : read_pickle(pickle, kFourFloats)) result += entry.first;
    return result;
  };
  CHECK(names(dict({{"w", w}})) == "w");
  CHECK(names(dict({{"model", inner}, {"epoch", number(3)}})) == "w");
  CHECK(names(dict({{"optimizer", "]"}, {"model", "}"}, {"state_dict", inner}})) == "w");
  CHECK(names(dict({{"model", w}})) == "model");
  CHECK(names(dict({})).empty());
  CHECK_REFUSED(names(dict({{"w", w}, {"epoch", number(3)}})), "'epoch' is a number, not a tensor");
  CHECK_REFUSED(names(dict({{"net", inner}})), "'net' is a dict, not a tensor");
  CHECK_REFUSED(names(dict({{"w", w}, {"w", w}})), "the tensor 'w' is there twice");
  CHECK_REFUSED(names(kProto2 + "}K\x01" + w + "s."), "a key is a number, not a string");
  CHECK_REFUSED(names(kProto2 + w + "."), "the file's object is an object, not a dict");
  CHECK_REFUSED(names(kProto2 + "]."), "the file's object is a list, not a dict");
}

TEST_CASE("code in a file is never executed") {
  const std::string run = global("os", "system") + tuple({text("touch /tmp/saccade-was-here")}) + "R";
  CHECK_REFUSED(read_tensor(run), "its pickle asks for 'os.system', which is not allowed");
  CHECK_REFUSED(read_tensor("](" + run + "e"), "os.system");
  CHECK_REFUSED(read_tensor("\x8c\x08"
                            "builtins\x8c\x04"
                            "eval\x93)R"),
                "'builtins.eval', which is not allowed");
  CHECK_REFUSED(read_bytes(zip_file({{"archive/data.pkl", dict({{"w", run}})}}), read_pytorch_file), "os.system");
  // Calls are also refused in pickles that contain only plain values.
  CHECK_REFUSED(read_bytes(kProto2 + run + ".", read_pytorch_file), "os.system");
  CHECK_REFUSED(read_bytes(kLegacyHeader + dict({}) + kProto2 + run + ".", read_pytorch_file), "os.system");
  // Calls are also refused next to the state dict, where they would not be read.
  CHECK_REFUSED(read_bytes(legacy_file(dict({{"state_dict", "}"}, {"x", run}})), read_pytorch_file), "os.system");
  CHECK_REFUSED(read_tensor(global("torch", "load") + tuple({text("/etc/passwd")}) + "R"), "torch.load");
  CHECK_REFUSED(read_tensor(global("torch", "ComplexFloatStorage")), "torch.ComplexFloatStorage");
  CHECK_FALSE(std::filesystem::exists("/tmp/saccade-was-here"));
}

TEST_CASE("a tensor that extends beyond its storage is refused") {
  constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();
  const auto read = [](std::int64_t offset, const std::vector<std::int64_t>& sizes,
                       const std::vector<std::int64_t>& strides) {
    return read_tensor(rebuild_tensor(storage("FloatStorage", "0", 4), offset, sizes, strides), kFourFloats);
  };
  CHECK(read(0, {2, 2}, {2, 1}).at("w").sizes() == at::IntArrayRef({2, 2}));
  CHECK(read(3, {}, {}).at("w").item<float>() == 1);
  CHECK(read(4, {0}, {1}).at("w").numel() == 0);
  CHECK(read(0, {0, 1 << 20}, {kMost, kMost}).at("w").numel() == 0);
  CHECK(read(3, {1, 1}, {kMost, kMost}).at("w").numel() == 1);
  CHECK_REFUSED(read(0, {5}, {1}), "the tensor 'w' reaches beyond its storage");
  CHECK_REFUSED(read(1, {4}, {1}), "reaches beyond its storage");
  CHECK_REFUSED(read(0, {2, 2}, {3, 1}), "reaches beyond its storage");
  CHECK_REFUSED(read(4, {}, {}), "reaches beyond its storage");
  CHECK_REFUSED(read(5, {0}, {1}), "reaches beyond its storage");
  CHECK_REFUSED(read(kMost, {1}, {1}), "reaches beyond its storage");
  CHECK_REFUSED(read(kMost, {2}, {kMost}), "reaches beyond its storage");
  CHECK_REFUSED(read(0, {3}, {kMost}), "reaches beyond its storage");
  CHECK_REFUSED(read(0, {kMost, kMost}, {1, 1}), "reaches beyond its storage");
  CHECK_REFUSED(read(0, {kMost, kMost}, {0, 0}), "reaches beyond its storage");
  CHECK_REFUSED(read(0, {1 << 20, 1 << 20}, {0, 0}),
                "asks for 4398046511104 bytes, more than a file of this length may hold");
  CHECK_REFUSED(read(0, {0, kMost}, {1, 1}), "is too large");
  CHECK_REFUSED(read(-1, {1}, {1}), "not a natural number");
  CHECK_REFUSED(read(0, {-1}, {1}), "not a natural number");
  CHECK_REFUSED(read(1, {2}, {-1}), "not a natural number");
  CHECK_REFUSED(read(0, {2, 2}, {1}), "another number of sizes than of strides");
  CHECK_REFUSED(read(0, std::vector<std::int64_t>(65, 1), std::vector<std::int64_t>(65, 1)), "more than 64 dimensions");
}

TEST_CASE("a malformed call or identifier is refused") {
  const std::string four = storage("FloatStorage", "0", 4);
  const std::string rebuild = global("torch._utils", "_rebuild_tensor_v2");
  const std::string w = rebuild_tensor(four, 0, {4}, {1});
  const auto read = [](const std::string& value) { return read_tensor(value, kFourFloats); };
  CHECK_REFUSED(read(rebuild + ")R"), "rebuilt in an unknown way");
  CHECK_REFUSED(read(rebuild), "'w' is a class, not a tensor");
  CHECK_REFUSED(read(rebuild + tuple({"N", number(0), ")", ")", "\x89", "}"}) + "R"), "has no storage");
  CHECK_REFUSED(read(rebuild + tuple({four, number(0), "N", ")", "\x89", "}"}) + "R"), "not a tuple");
  CHECK_REFUSED(read(rebuild + tuple({four, "N", ")", ")", "\x89", "}"}) + "R"), "not a natural number");
  CHECK_REFUSED(read(rebuild + tuple({four, number(0), ")", ")", "\x89", "}", "}" + text("neg") + "\x88s"}) + "R"),
                "carries metadata");
  CHECK_REFUSED(read(global("torch._utils", "_rebuild_parameter") + ")R"), "a parameter without data");
  CHECK_REFUSED(read(global("torch._utils", "_rebuild_parameter") + tuple({number(1), "\x88", "}"}) + "R"),
                "not a tensor");
  CHECK_REFUSED(read(global("torch.nn.parameter", "Parameter") + tuple({w}) + "RNb"), "state of an unknown form");
  CHECK_REFUSED(read(four), "'w' is a storage, not a tensor");
  for (const std::string& id :
       {std::string("N"), tuple({}), tuple({text("storage"), "N", text("0"), text("cpu"), number(4)}),
        tuple({text("module"), global("torch", "FloatStorage"), text("0"), text("cpu"), number(4)}),
        tuple({text("storage"), global("torch", "Size"), text("0"), text("cpu"), number(4)}),
        tuple({text("storage"), global("torch", "FloatStorage"), text("0"), text("cpu"), number(-4)}),
        tuple({text("storage"), global("torch", "FloatStorage"), text("0"), text("cpu"), number(1LL << 62)}),
        tuple({text("storage"), global("torch", "FloatStorage"), text("0"), text("cpu"), number(4), number(1)}),
        tuple({text("storage"), global("torch", "FloatStorage"), text("0"), text("cpu"), number(4),
               tuple({text("1"), number(2), number(3)})})}) {
    CHECK_REFUSED(read(rebuild_tensor(id + "Q", 0, {1}, {1})), "malformed storage identifier");
  }
}

TEST_CASE("a size larger than the file is refused in the legacy format") {
  const auto read = [](std::int64_t promised, std::int64_t counted, std::size_t present) {
    return read_tensor(rebuild_tensor(storage("FloatStorage", "0", promised), 0, {1}, {1}),
                       little_endian(counted) + repeat(little_endian(1.0F), present));
  };
  CHECK(read(4, 4, 4).size() == 1);
  CHECK_REFUSED(read(4, 4, 3), "truncated: 16 more bytes are promised");
  CHECK_REFUSED(read(4, 5, 5), "the storage '0' has 5 numbers where 4 are promised");
  CHECK_REFUSED(read(4, -1, 4), "has -1 numbers where 4 are promised");
  CHECK_REFUSED(read(std::int64_t{1} << 40, std::int64_t{1} << 40, 4), "truncated");

  const std::string w = rebuild_tensor(storage("FloatStorage", "0", 4), 0, {4}, {1});
  const std::string v = rebuild_tensor(storage("IntStorage", "0", 4), 0, {4}, {1});
  const std::string u = rebuild_tensor(storage("FloatStorage", "0", 9), 0, {4}, {1});
  CHECK_REFUSED(read_bytes(legacy_file(dict({{"w", w}}), {}, {}), read_pytorch_file), "the storage '0' is missing");
  CHECK_REFUSED(read_bytes(legacy_file(dict({{"w", w}}), {"1"}, kFourFloats), read_pytorch_file),
                "a storage that no tensor uses");
  CHECK_REFUSED(read_bytes(legacy_file(dict({{"w", w}, {"v", v}}), {"0"}, kFourFloats), read_pytorch_file),
                "two types or lengths");
  CHECK_REFUSED(read_bytes(legacy_file(dict({{"w", w}, {"u", u}}), {"0"}, kFourFloats), read_pytorch_file),
                "two types or lengths");
  CHECK_REFUSED(
      read_tensor(rebuild_tensor(storage("BoolStorage", "0", 1), 0, {1}, {1}), little_endian(std::int64_t{1}) + "\x02"),
      "other bytes than 0 and 1");
}

TEST_CASE("a size larger than the zip archive is refused") {
  const std::string pickle = dict({{"w", rebuild_tensor(storage("FloatStorage", "0", 4), 0, {4}, {1})}});
  const std::string floats = repeat(little_endian(1.0F), 4);
  const auto read = [&](const ZipMember& data) {
    return read_bytes(zip_file({{"x/data.pkl", pickle}, {"x/byteorder", "little"}, data}), read_pytorch_file);
  };
  CHECK(read({"x/data/0", floats}).at("w").equal(at::ones({4})));
  CHECK_REFUSED(read({"x/data/1", floats}), "the zip archive has no member 'x/data/0'");
  CHECK_REFUSED(read({"x/data/0", floats + "more"}), "has 20 bytes where 16 are promised");
  CHECK_REFUSED(read({"x/data/0", floats, 1}), "is damaged: CRC error");
  CHECK_REFUSED(read({"x/data/0", floats, 0, 32}), "x/data/0");
  CHECK_REFUSED(read({"x/data/0", floats.substr(4), 0, 16}), "x/data/0");
  CHECK_REFUSED(read({"x/data/0", floats, 0, 16, 8}), "is damaged");
  CHECK_REFUSED(read({"x/data/0", floats, 0, 16, 12}), "neither stored nor deflated");

  SUBCASE("no memory is allocated for the claimed size") {
    const std::string greedy = dict({{"w", rebuild_tensor(storage("ByteStorage", "0", 10'000'000'000), 0, {4}, {1})}});
    const std::string bomb = zip_file({{"x/data.pkl", greedy}, {"x/data/0", floats, 0, 10'000'000'000, 8}});
    CHECK_REFUSED(read_bytes(bomb, read_pytorch_file),
                  "asks for 10000000000 bytes, more than a file of this length may hold");
    CHECK_REFUSED(read_bytes(zip_file({{"x/data.pkl", pickle, 0, 10'000'000'000, 8}}), read_pytorch_file),
                  "asks for 10000000000 bytes");
  }
}

TEST_CASE("a zip archive that torch did not write is refused") {
  CHECK_REFUSED(read_bytes(zip_file({{"word/document.xml", "<xml/>"}}), read_pytorch_file),
                "no member 'word/data.pkl'");
  CHECK_REFUSED(read_bytes(zip_file({{"data.pkl", dict({})}}), read_pytorch_file), "not a PyTorch file");
  CHECK_REFUSED(read_bytes(zip_file({{"x/data.pkl", dict({})}, {"x/byteorder", "big"}}), read_pytorch_file),
                "not little-endian");
  CHECK_REFUSED(read_bytes("PK\x03\x04 and no more", read_pytorch_file), "cannot read the zip archive");
}

TEST_CASE("a pickle that torch did not write is refused") {
  CHECK_REFUSED(read_bytes(dict({}), read_pytorch_file), "a pickle, but without torch's magic number");
  CHECK_REFUSED(read_bytes(kLegacyHeader.substr(0, 15) + kProto2 + "K\x01.", read_pytorch_file),
                "its protocol version is not 1001");
  CHECK_REFUSED(read_bytes(kLegacyHeader.substr(0, 21) + dict({{"little_endian", "\x89"}}), read_pytorch_file),
                "not little-endian");
  CHECK_REFUSED(read_bytes("hello", read_pytorch_file), "not a PyTorch file");
  CHECK_REFUSED(read_bytes("", read_pytorch_file), "not a PyTorch file");
}

TEST_CASE("a file that is truncated anywhere is refused") {
  for (const char* const name : {"legacy.pth", "zip.pth", "deflated.pth"}) {
    CAPTURE(name);
    check_truncations(read_file(weights_data(name)), read_pytorch_file);
  }
}

TEST_CASE("a file with random changes is read or refused with an error") {
  for (const char* const name : {"legacy.pth", "python2_views.pth", "zip.pth", "deflated.pth"}) {
    CAPTURE(name);
    check_random_changes(read_file(weights_data(name)), 3000, read_pytorch_file);
  }
}
