#pragma once

#include <cstdint>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <random>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <ATen/ATen.h>
#include <doctest/doctest.h>

#include "core/base/error.hpp"
#include "models/weights/state_dict.hpp"
#include "tests/temporary_folder.hpp"

/// Assembles invalid files byte by byte.
namespace saccade::test {

inline std::filesystem::path weights_data(const std::string& name) {
  return std::filesystem::path(SACCADE_TEST_DATA) / "weights" / name;
}

template <typename Number>
std::string little_endian(Number number) {
  std::string bytes(sizeof(number), '\0');
  std::memcpy(bytes.data(), &number, sizeof(number));
  return bytes;
}

inline std::string repeat(std::string_view piece, std::size_t times) {
  std::string result;
  result.reserve(piece.size() * times);
  for (std::size_t i = 0; i < times; ++i) result += piece;
  return result;
}

// Parts of a pickle of protocol 2.

inline const std::string kProto2 = "\x80\x02";

inline std::string text(std::string_view value) {
  return "X" + little_endian(static_cast<std::uint32_t>(value.size())) + std::string(value);
}
inline std::string number(std::int64_t value) {
  return "\x8a\x08" + little_endian(value);
}
inline std::string global(std::string_view module, std::string_view name) {
  return "c" + std::string(module) + "\n" + std::string(name) + "\n";
}
inline std::string tuple(const std::vector<std::string>& items) {
  std::string result = "(";
  for (const std::string& item : items) result += item;
  return result + "t";
}
inline std::string numbers(const std::vector<std::int64_t>& values) {
  std::vector<std::string> items;
  for (const std::int64_t value : values) items.push_back(number(value));
  return tuple(items);
}
inline std::string storage(std::string_view type, std::string_view key, std::int64_t numel) {
  return tuple({text("storage"), global("torch", type), text(key), text("cpu"), number(numel)}) + "Q";
}
inline std::string rebuild_tensor(const std::string& storage, std::int64_t offset,
                                  const std::vector<std::int64_t>& sizes, const std::vector<std::int64_t>& strides) {
  return global("torch._utils", "_rebuild_tensor_v2") +
         tuple({storage, number(offset), numbers(sizes), numbers(strides), "\x89", "}"}) + "R";
}
/// A pickle of a dict.
inline std::string dict(const std::vector<std::pair<std::string, std::string>>& items) {
  std::string result = kProto2 + "}(";
  for (const auto& [name, value] : items) result += text(name) + value;
  return result + "u.";
}

// Containers of a pickle.

inline const std::string kLegacyHeader =
    kProto2 + "\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19." + kProto2 + "M\xe9\x03." + kProto2 + "}.";

/// A file in the legacy format with a pickle; `data` follows the list of storage keys.
inline std::string legacy_file(const std::string& pickle, const std::vector<std::string>& keys = {},
                               const std::string& data = {}) {
  std::string list = kProto2 + "](";
  for (const std::string& key : keys) list += text(key);
  return kLegacyHeader + pickle + list + "e." + data;
}

inline std::uint32_t crc32(std::string_view bytes) {
  std::uint32_t crc = 0xffffffff;
  for (const char byte : bytes) {
    crc ^= static_cast<unsigned char>(byte);
    for (int bit = 0; bit < 8; ++bit) crc = crc >> 1U ^ ((crc & 1U) != 0 ? 0xedb88320 : 0);
  }
  return ~crc;
}

/// A member of a zip archive, optionally with an invalid checksum or size.
struct ZipMember {
  std::string name;
  std::string content;
  std::uint32_t crc_error = 0;     ///< XORed with the checksum
  std::uint64_t claimed_size = 0;  ///< uncompressed size in the directory if not 0
  std::uint16_t method = 0;        ///< 0 stored, 8 deflated
};

inline std::string zip_file(const std::vector<ZipMember>& members) {
  const auto u16 = [](std::size_t value) { return little_endian(static_cast<std::uint16_t>(value)); };
  const auto u32 = [](std::size_t value) { return little_endian(static_cast<std::uint32_t>(value)); };
  std::string file;
  std::string directory;
  for (const ZipMember& member : members) {
    const std::uint64_t size = member.claimed_size != 0 ? member.claimed_size : member.content.size();
    const bool large = size > 0xfffffffe;
    // ZIP64 stores the size in an extra field.
    const std::string extra = large ? u16(1) + u16(8) + little_endian(size) : std::string();
    const std::string common = u16(45) + u16(0) + u16(member.method) + u32(0) +
                               u32(crc32(member.content) ^ member.crc_error) + u32(member.content.size()) +
                               u32(large ? 0xffffffff : size) + u16(member.name.size());
    directory += "PK\x01\x02" + u16(45) + common + u16(extra.size()) + u16(0) + u16(0) + u16(0) + u32(0) +
                 u32(file.size()) + member.name + extra;
    file += "PK\x03\x04" + common + u16(0) + member.name + member.content;
  }
  const std::string end =
      u16(0) + u16(0) + u16(members.size()) + u16(members.size()) + u32(directory.size()) + u32(file.size()) + u16(0);
  return file + directory + "PK\x05\x06" + end;
}

// Calls to readers with the content of a file.

/// Calls `reader` on a file that contains `bytes`.
template <typename Reader>
auto read_bytes(const std::string& bytes, Reader reader) {
  static const TemporaryFolder folder;
  const std::filesystem::path path = folder / "weights";
  std::filesystem::remove(path);
  std::ofstream(path, std::ios::binary) << bytes;
  return reader(path);
}

/// Copies all values, so that a view beyond its storage is detected.
inline void touch(const models::StateDict& weights) {
  for (const auto& entry : weights) entry.second.clone(at::MemoryFormat::Contiguous);
}

/// Checks that each proper prefix of a valid file is refused with an Error.
template <typename Reader>
void check_truncations(const std::string& bytes, Reader reader) {
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    CAPTURE(size);
    CHECK_THROWS_AS(read_bytes(bytes.substr(0, size), reader), Error);
  }
}

/// Checks that a file with random changes is read or refused with an Error.
template <typename Reader>
void check_random_changes(const std::string& bytes, int times, Reader reader) {
  using namespace std::string_view_literals;
  std::mt19937 random(1);
  int refused = 0;
  for (int i = 0; i < times; ++i) {
    std::string changed = bytes;
    for (std::size_t change = 0; change <= random() % 4; ++change) {
      const std::size_t place = random() % changed.size();
      // Flips a bit or inserts an extreme value or a pickle instruction.
      constexpr std::string_view kBytes = "\x00\x01\x7f\x80\xff(.0012RQbtues}])hqjrGNKMJ\x81\x85\x86\x87\x8a\x8b\x95"sv;
      changed[place] = random() % 2 == 0 ? static_cast<char>(changed[place] ^ (1 << random() % 8))
                                         : kBytes[random() % kBytes.size()];
    }
    CAPTURE(i);
    try {
      touch(read_bytes(changed, reader));
    } catch (const Error&) {
      ++refused;
    }
  }
  CHECK(refused > times / 10);
}

}  // namespace saccade::test
