#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace saccade::vision {

/// Reads integers of either byte order from the bytes of a file. Reads past the end return nothing.
class ByteReader {
 public:
  enum class Order { little, big };

  ByteReader(std::string_view bytes, Order order) : bytes_(bytes), order_(order) {}

  std::size_t size() const { return bytes_.size(); }
  Order order() const { return order_; }

  /// Whether the file has `count` bytes from `offset` on. Cannot overflow.
  bool holds(std::uint64_t offset, std::uint64_t count) const {
    return offset <= bytes_.size() && count <= bytes_.size() - offset;
  }

  /// The unsigned integer of `width` bytes (1 to 8) at `offset`.
  std::optional<std::uint64_t> integer(std::uint64_t offset, int width) const {
    if (!holds(offset, static_cast<std::uint64_t>(width))) return std::nullopt;
    std::uint64_t value = 0;
    for (int i = 0; i < width; ++i) {
      const int position = order_ == Order::big ? i : width - 1 - i;
      value = value << 8 | static_cast<unsigned char>(bytes_[offset + static_cast<std::uint64_t>(position)]);
    }
    return value;
  }

  /// The same, but 0 past the end.
  std::uint64_t integer_or_zero(std::uint64_t offset, int width) const { return integer(offset, width).value_or(0); }

  /// Whether the bytes at `offset` are those of `text`.
  bool matches(std::uint64_t offset, std::string_view text) const {
    return holds(offset, text.size()) && bytes_.substr(offset, text.size()) == text;
  }

  std::string_view bytes(std::uint64_t offset, std::uint64_t count) const {
    return holds(offset, count) ? bytes_.substr(offset, count) : std::string_view{};
  }

 private:
  std::string_view bytes_;
  Order order_;
};

}  // namespace saccade::vision
