#include "models/weights/safetensors.hpp"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "core/base/atomic_file.hpp"
#include "core/base/error.hpp"
#include "models/weights/pytorch_file.hpp"
#include "tests/models/weights_bytes.hpp"

using namespace saccade;
using namespace saccade::test;
using models::SafetensorsFile;
using models::StateDict;
using models::write_safetensors;

namespace {

StateDict read_all(const std::filesystem::path& path) {
  return SafetensorsFile(path).all();
}

/// A file with this header, optionally padded to eight bytes, and this many bytes of data.
std::string file_with(std::string header, std::size_t data_size, bool padded = true) {
  if (padded) header.append((8 - header.size() % 8) % 8, ' ');
  return little_endian(static_cast<std::uint64_t>(header.size())) + header + std::string(data_size, '\0');
}

StateDict read_with(const std::string& header, std::size_t data_size = 0) {
  return read_bytes(file_with(header, data_size), read_all);
}

#define CHECK_REFUSED(expression, message) CHECK_THROWS_WITH_AS(expression, doctest::Contains(message), Error)

}  // namespace

TEST_CASE("a file of the reference implementation is read, and written byte for byte") {
  const SafetensorsFile file(weights_data("python.safetensors"));
  CHECK(file.metadata() == std::map<std::string, std::string>{{"made by", "Python"}});
  const StateDict expected = models::read_pytorch_file(weights_data("legacy.pth"));
  const StateDict found = file.all();
  REQUIRE(found.size() == expected.size());
  for (const auto& [name, tensor] : expected) {
    CAPTURE(name);
    const bool same_type = found.at(name).scalar_type() == tensor.scalar_type();
    CHECK(same_type);
    CHECK(found.at(name).equal(tensor));
  }
  // The expected tensors have strides and share storages, but written tensors are contiguous.
  const TemporaryFolder folder;
  write_safetensors(folder / "copy", expected, file.metadata());
  CHECK(read_file(folder / "copy") == read_file(weights_data("python.safetensors")));
}

TEST_CASE("names are listed in order, and a missing name is an error") {
  const SafetensorsFile file(weights_data("python.safetensors"));
  const std::vector<std::string> names = file.names();
  CHECK(names.size() == 16);
  CHECK(std::is_sorted(names.begin(), names.end()));
  CHECK(file.contains("f32"));
  CHECK_FALSE(file.contains("f33"));
  CHECK_FALSE(file.contains("__metadata__"));
  CHECK_REFUSED(file.tensor("f33"), "there is no tensor 'f33'");
}

TEST_CASE("a tensor is a view of the file that outlives the reader, and changing the tensor does not change the file") {
  const TemporaryFolder folder;
  write_safetensors(folder / "w", {{"w", at::ones({1000})}}, {});
  const std::string before = read_file(folder / "w");
  at::Tensor first;
  {
    const SafetensorsFile file(folder / "w");
    first = file.tensor("w");
    CHECK(first.data_ptr() == file.tensor("w").data_ptr());
  }
  std::filesystem::remove(folder / "w");
  CHECK(first.sum().item<float>() == 1000);
  first.zero_();
  CHECK(first.sum().item<float>() == 0);
  write_safetensors(folder / "w", {{"w", at::ones({1000})}}, {});
  SafetensorsFile(folder / "w").tensor("w").zero_();
  CHECK(read_file(folder / "w") == before);
}

TEST_CASE("written tensors are read back") {
  const TemporaryFolder folder;
  const StateDict weights{{"", at::ones({1})},
                          {"half \"quoted\" \u00e9\n", at::randn({3, 5}).to(at::kHalf)},
                          {"strided", at::arange(24).reshape({2, 3, 4}).permute({2, 0, 1})},
                          {"none", at::empty({2, 0})},
                          {"number", at::scalar_tensor(7, at::kLong)},
                          {"flags", at::tensor({1, 0, 1}, at::kByte).to(at::kBool)},
                          {"learnt", at::ones({2}).set_requires_grad(true)}};
  const std::map<std::string, std::string> metadata{{"a", "1"}, {"json", R"({"x": [1, 2]})"}, {"text", "\u00e9\n\t\\"}};
  write_safetensors(folder / "w", weights, metadata);
  const SafetensorsFile file(folder / "w");
  CHECK(file.metadata() == metadata);
  const StateDict found = file.all();
  CHECK(found.size() == weights.size());
  for (const auto& [name, tensor] : weights) {
    CAPTURE(name);
    CHECK(found.at(name).equal(tensor));
    CHECK(found.at(name).is_contiguous());
    CHECK_FALSE(found.at(name).requires_grad());
  }

  SUBCASE("writing the same data again gives the same file") {
    write_safetensors(folder / "again", found, metadata);
    CHECK(read_file(folder / "again") == read_file(folder / "w"));
  }
  SUBCASE("the data starts at a multiple of eight bytes") {
    std::uint64_t length = 0;
    std::memcpy(&length, read_file(folder / "w").data(), sizeof(length));
    CHECK(length % 8 == 0);
  }
}

TEST_CASE("an empty state dict is written as a valid file") {
  const TemporaryFolder folder;
  write_safetensors(folder / "w", {}, {});
  CHECK(read_file(folder / "w") == file_with("{}", 0));
  CHECK(read_all(folder / "w").empty());
}

TEST_CASE("unsupported data is refused, and no file remains") {
  const TemporaryFolder folder;
  const auto path = folder / "w";
  CHECK_REFUSED(write_safetensors(path, {{"__metadata__", at::ones({1})}}, {}),
                "cannot write a tensor named '__metadata__'");
  CHECK_REFUSED(write_safetensors(path, {{"z", at::zeros({1}, at::kComplexFloat)}}, {}), "cannot write the tensor 'z'");
  CHECK_REFUSED(write_safetensors(path, {{"z", at::Tensor()}}, {}), "cannot write the tensor 'z'");
  CHECK_REFUSED(write_safetensors(path, {{"z", at::ones({2, 2}).to_sparse()}}, {}), "cannot write the tensor 'z'");
  CHECK_REFUSED(write_safetensors(path, {{"\xff", at::ones({1})}}, {}), "not UTF-8");
  CHECK_REFUSED(write_safetensors(path, {}, {{"a", "\xff"}}), "not UTF-8");
  CHECK_REFUSED(write_safetensors(folder / "no folder" / "w", {}, {}), "no folder/w: cannot create the file");
  CHECK(std::filesystem::is_empty(folder.path()));
}

TEST_CASE("data at unaligned addresses is read") {
  const std::string header =
      R"({"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"b":{"dtype":"F32","shape":[1],"data_offsets":[1,5]}})";
  std::string file = file_with(header, 5);
  file.replace(file.size() - 4, 4, little_endian(2.5F));
  CHECK(read_bytes(file, read_all).at("b").item<float>() == 2.5F);

  const std::string one = R"({"b":{"dtype":"I64","shape":[2],"data_offsets":[0,16]}})";
  for (std::size_t spaces = 0; spaces < 8; ++spaces) {
    CHECK(read_bytes(file_with(one + std::string(spaces, ' '), 16, false), read_all)
              .at("b")
              .equal(at::zeros({2}, at::kLong)));
  }
}

TEST_CASE("a file of another format is reported") {
  for (const std::string& bytes :
       {std::string(), std::string("hello"), std::string("\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01", 13),
        std::string(100, '\0'), std::string(100, '\xff'), read_file(weights_data("zip.pth")),
        read_file(weights_data("legacy.pth")), little_endian(std::uint64_t{100'000'001}) + "{",
        little_endian(std::uint64_t{2}) + "[]", little_endian(std::uint64_t{0}) + "{}"}) {
    CHECK_REFUSED(read_bytes(bytes, read_all), "not a safetensors file");
  }
}

TEST_CASE("a truncated file is reported with both lengths") {
  const std::string header = R"({"a":{"dtype":"F32","shape":[4],"data_offsets":[0,16]}})";
  const std::string file = file_with(header, 16);
  CHECK_REFUSED(read_bytes(file.substr(0, 70), read_all),
                "the file is truncated: its header promises 80 bytes, the file has 70");
  CHECK_REFUSED(read_bytes(file.substr(0, 20), read_all),
                "the file is truncated: a header of 56 bytes is promised, the file has 20 bytes");
}

TEST_CASE("a header that violates the format is refused") {
  CHECK_REFUSED(read_with("{"), "its header is not JSON at byte");
  CHECK_REFUSED(read_with("{}}"), "its header is not JSON at byte");
  CHECK_REFUSED(read_with("{\"\xff\":1}"), "its header is not JSON at byte");
  CHECK_REFUSED(read_with(R"({"a":1})"), "'a' is not an object");
  CHECK_REFUSED(read_with(R"({"a":[]})"), "'a' is not an object");
  CHECK_REFUSED(read_with(R"({"a":null})"), "'a' is not an object");
  CHECK_REFUSED(read_with(R"({"a":{}})"), "'a' lacks its dtype, its shape or its data_offsets");
  CHECK_REFUSED(read_with(R"({"a":{"dtype":"F32","shape":[0]}})"), "'a' lacks");
  CHECK_REFUSED(read_with(R"({"a":{"dtype":"F32","dtype":"F32","shape":[0]}})"), "'a' has 'dtype' twice");
  CHECK_REFUSED(read_with(R"({"a":{"dtype":"F8_E5M2","shape":[0],"data_offsets":[0,0]}})"),
                "the dtype 'F8_E5M2', which is not supported");
  CHECK_REFUSED(read_with(R"({"a":{"dtype":3}})"), "unknown field or type in 'dtype'");
  CHECK_REFUSED(read_with(R"({"a":{"color":"red"}})"), "unknown field or type in 'color'");
  CHECK_REFUSED(read_with(R"({"a":{"shape":{}}})"), "unknown field or type in 'shape'");
  CHECK_REFUSED(read_with(R"({"a":{"shape":[-1]}})"), "something else than natural numbers");
  CHECK_REFUSED(read_with(R"({"a":{"shape":[1.0]}})"), "something else than natural numbers");
  CHECK_REFUSED(read_with(R"({"a":{"shape":[[1]]}})"), "something else than natural numbers");
  CHECK_REFUSED(read_with(R"({"a":{"shape":[18446744073709551615]}})"), "too large a number");
  CHECK_REFUSED(read_with(R"({"a":{"data_offsets":[0]}})"), "data_offsets that are not two numbers");
  CHECK_REFUSED(read_with(R"({"a":{"data_offsets":[0,1,2]}})"), "data_offsets that are not two numbers");
  CHECK_REFUSED(read_with(R"({"__metadata__":{"a":1}})"), "the metadata 'a' is not a string");
  CHECK_REFUSED(read_with(R"({"__metadata__":{"a":{}}})"), "the metadata 'a' is not a string");
  CHECK_REFUSED(read_with(R"({"__metadata__":{"a":"","a":""}})"), "the metadata 'a' is there twice");
  CHECK_REFUSED(read_with(R"({"__metadata__":{},"__metadata__":{}})"), "'__metadata__' is there twice");
  CHECK_REFUSED(read_with(R"({"__metadata__":[]})"), "'__metadata__' is not an object");
  const std::string a = R"("a":{"dtype":"F32","shape":[0],"data_offsets":[0,0]})";
  CHECK_REFUSED(read_with("{" + a + "," + a + "}"), "'a' is there twice");
  CHECK_REFUSED(read_with(R"({"a":{"shape":[)" + repeat("1,", 100) + "1]}}"), "more than 64 dimensions");
  // The second level is refused, whatever the depth of the nesting.
  CHECK_REFUSED(read_with(R"({"a":)" + repeat("[", 1000000)), "'a' is not an object");
}

TEST_CASE("offsets must match shapes, be contiguous and cover the file") {
  const auto entry = [](const std::string& name, const std::string& shape, const std::string& offsets) {
    return "\"" + name + R"(":{"dtype":"F32","shape":[)" + shape + R"(],"data_offsets":[)" + offsets + "]}";
  };
  const auto read = [](const std::string& entries, std::size_t data_size) {
    return read_with("{" + entries + "}", data_size);
  };
  CHECK(read(entry("b", "1", "0,4") + "," + entry("a", "2", "4,12"), 12).size() == 2);
  CHECK(read(entry("b", "1", "0,4") + "," + entry("a", "0,7", "4,4"), 4).size() == 2);
  CHECK_REFUSED(read(entry("a", "2", "0,4"), 4), "the data_offsets of 'a' do not fit its shape and dtype");
  CHECK_REFUSED(read(entry("a", "1", "4,0"), 4), "do not fit its shape");
  CHECK_REFUSED(read(entry("a", "4611686018427387905", "0,4"), 4), "do not fit its shape");
  CHECK_REFUSED(read(entry("a", "4294967296,4294967296", "0,0"), 0), "do not fit its shape");
  CHECK_REFUSED(read(entry("a", "0,4294967296,4294967296", "0,0"), 0), "do not fit its shape");
  CHECK_REFUSED(read(entry("a", "1", "4,8"), 8), "'a' begins at byte 4 where byte 0 was due");
  CHECK_REFUSED(read(entry("a", "1", "0,4") + "," + entry("b", "1", "8,12"), 12),
                "'b' begins at byte 8 where byte 4 was due");
  CHECK_REFUSED(read(entry("a", "2", "0,8") + "," + entry("b", "2", "4,12"), 12),
                "'b' begins at byte 4 where byte 8 was due");
  CHECK_REFUSED(read(entry("a", "1", "0,4"), 5), "its header accounts for 68 bytes, the file has 69");
  CHECK_REFUSED(read(entry("a", "1", "0,4"), 3), "its header promises 68 bytes, the file has 67");
}

TEST_CASE("a bool must be 0 or 1") {
  std::string file = file_with(R"({"a":{"dtype":"BOOL","shape":[1],"data_offsets":[0,1]}})", 1);
  CHECK_FALSE(read_bytes(file, read_all).at("a").item<bool>());
  file.back() = 2;
  CHECK_REFUSED(read_bytes(file, read_all), "'a' holds bools that are neither 0 nor 1");
}

TEST_CASE("a safetensors file that is truncated anywhere is refused") {
  check_truncations(read_file(weights_data("python.safetensors")), read_all);
}

TEST_CASE("a safetensors file with random changes is read or refused with an error") {
  check_random_changes(read_file(weights_data("python.safetensors")), 5000, read_all);
}
