#include "models/weights/safetensors_header.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <set>
#include <tuple>
#include <utility>

#include <nlohmann/json.hpp>

#include "core/base/error.hpp"
#include "core/base/excerpt.hpp"

namespace saccade::models {
namespace {

constexpr std::string_view kMetadata = "__metadata__";
constexpr std::size_t kMostDimensions = 64;  // LibTorch's own limit

constexpr std::uint64_t kTooMany = std::numeric_limits<std::uint64_t>::max();

struct Dtype {
  std::string_view name;
  at::ScalarType type;
};

/// In the reference implementation's order, in which a later one is at least as wide.
constexpr std::array<Dtype, 10> kDtypes{{{"BOOL", at::kBool},
                                         {"U8", at::kByte},
                                         {"I8", at::kChar},
                                         {"I16", at::kShort},
                                         {"F16", at::kHalf},
                                         {"BF16", at::kBFloat16},
                                         {"I32", at::kInt},
                                         {"F32", at::kFloat},
                                         {"F64", at::kDouble},
                                         {"I64", at::kLong}}};

/// Parses the JSON of the header value by value, so that memory is bounded and duplicate names are detected.
class HeaderHandler final : public nlohmann::json_sax<nlohmann::json> {
 public:
  HeaderHandler(SafetensorsHeader& header, const std::string& file) : header_(header), file_(file) {}

  bool null() override { return unexpected(); }
  bool boolean(bool /*value*/) override { return unexpected(); }
  bool number_integer(number_integer_t /*value*/) override { return unexpected(); }
  bool number_float(number_float_t /*value*/, const string_t& /*text*/) override { return unexpected(); }
  bool binary(binary_t& /*value*/) override { return unexpected(); }

  bool number_unsigned(number_unsigned_t value) override {
    if (place_ != Place::kShape && place_ != Place::kOffsets) return unexpected();
    if (value > static_cast<number_unsigned_t>(std::numeric_limits<std::int64_t>::max()))
      fail("has too large a number");
    numbers_.push_back(static_cast<std::int64_t>(value));
    if (numbers_.size() > kMostDimensions) fail("has more than 64 dimensions");
    return true;
  }

  bool string(string_t& value) override {
    if (place_ == Place::kMetadataMap) {
      if (!header_.metadata.emplace(key_, value).second) fail_metadata("is there twice");
      return true;
    }
    if (place_ != Place::kTensor || key_ != "dtype") return unexpected();
    const auto* const found =
        std::find_if(kDtypes.begin(), kDtypes.end(), [&](const Dtype& dtype) { return dtype.name == value; });
    if (found == kDtypes.end()) fail("has the dtype '" + excerpt(value) + "', which is not supported");
    entry_.dtype = found->type;
    return true;
  }

  bool key(string_t& value) override {
    key_ = value;
    if (place_ == Place::kTop) {
      name_ = value;
      if (name_ == kMetadata ? std::exchange(metadata_seen_, true) : header_.tensors.count(name_) != 0) {
        fail("is there twice");
      }
    } else if (place_ == Place::kTensor && !fields_.insert(value).second) {
      fail("has '" + excerpt(value) + "' twice");
    }
    return true;
  }

  bool start_object(std::size_t /*elements*/) override {
    if (place_ == Place::kStart) {
      place_ = Place::kTop;
    } else if (place_ == Place::kTop) {
      place_ = name_ == kMetadata ? Place::kMetadataMap : Place::kTensor;
      entry_ = {};
      fields_.clear();
    } else {
      return unexpected();
    }
    return true;
  }

  bool end_object() override {
    if (place_ == Place::kTensor) {
      if (fields_.size() != 3) fail("lacks its dtype, its shape or its data_offsets");
      header_.tensors.emplace(name_, std::move(entry_));
    }
    place_ = place_ == Place::kTop ? Place::kEnd : Place::kTop;
    return true;
  }

  bool start_array(std::size_t /*elements*/) override {
    if (place_ != Place::kTensor || (key_ != "shape" && key_ != "data_offsets")) return unexpected();
    place_ = key_ == "shape" ? Place::kShape : Place::kOffsets;
    numbers_.clear();
    return true;
  }

  bool end_array() override {
    if (place_ == Place::kShape) {
      entry_.shape = numbers_;
    } else {
      if (numbers_.size() != 2) fail("has data_offsets that are not two numbers");
      entry_.begin = static_cast<std::uint64_t>(numbers_[0]);
      entry_.end = static_cast<std::uint64_t>(numbers_[1]);
    }
    place_ = Place::kTensor;
    return true;
  }

  bool parse_error(std::size_t position, const std::string& /*token*/,
                   const nlohmann::json::exception& /*why*/) override {
    throw Error("{}: not a valid safetensors file: its header is not JSON at byte {}", file_, position);
  }

 private:
  enum class Place { kStart, kTop, kMetadataMap, kTensor, kShape, kOffsets, kEnd };

  [[noreturn]] void fail(const std::string& what) const {
    throw Error("{}: not a valid safetensors file: '{}' {}", file_, excerpt(name_), what);
  }
  [[noreturn]] void fail_metadata(const std::string& what) const {
    throw Error("{}: not a valid safetensors file: the metadata '{}' {}", file_, excerpt(key_), what);
  }
  bool unexpected() const {
    switch (place_) {
      case Place::kMetadataMap:
        fail_metadata("is not a string");
      case Place::kTop:
        fail("is not an object");
      case Place::kTensor:
        fail("has an unknown field or type in '" + excerpt(key_) + "'");
      case Place::kShape:
      case Place::kOffsets:
        fail("has a shape or data_offsets with something else than natural numbers");
      default:
        throw Error("{}: not a valid safetensors file: its header is not an object", file_);
    }
  }

  SafetensorsHeader& header_;
  const std::string& file_;
  Place place_ = Place::kStart;
  bool metadata_seen_ = false;
  std::string name_;  ///< the key at the top
  std::string key_;   ///< the latest key
  SafetensorsEntry entry_;
  std::set<std::string> fields_;
  std::vector<std::int64_t> numbers_;
};

/// Size of a shape in bytes; the largest number on overflow.
std::uint64_t byte_size(const SafetensorsEntry& entry) {
  // LibTorch multiplies the sizes beside a zero, too, so an overflow there is refused as well.
  std::uint64_t size = at::elementSize(entry.dtype);
  bool empty = false;
  for (const std::int64_t length : entry.shape) {
    empty = empty || length == 0;
    const auto factor = static_cast<std::uint64_t>(std::max<std::int64_t>(length, 1));
    if (size > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()) / factor) return kTooMany;
    size *= factor;
  }
  return empty ? 0 : size;
}

/// Checks spans and their sequence, and sums them up.
void check_offsets(SafetensorsHeader& header, const std::string& file) {
  using Span = std::tuple<std::uint64_t, std::uint64_t, const std::string*>;
  std::vector<Span> spans;
  for (const auto& [name, entry] : header.tensors) {
    if (entry.end < entry.begin || entry.end - entry.begin != byte_size(entry)) {
      throw Error("{}: not a valid safetensors file: the data_offsets of '{}' do not fit its shape and dtype", file,
                  excerpt(name));
    }
    spans.emplace_back(entry.begin, entry.end, &name);
  }
  std::sort(spans.begin(), spans.end());
  for (const auto& [begin, end, name] : spans) {
    if (begin != header.data_size) {
      throw Error("{}: not a valid safetensors file: '{}' begins at byte {} where byte {} was due", file,
                  excerpt(*name), begin, header.data_size);
    }
    header.data_size = end;
  }
}

}  // namespace

std::string_view safetensors_dtype(at::ScalarType dtype) {
  const int rank = safetensors_dtype_rank(dtype);
  return rank < 0 ? std::string_view() : kDtypes[static_cast<std::size_t>(rank)].name;
}

int safetensors_dtype_rank(at::ScalarType dtype) {
  for (std::size_t i = 0; i < kDtypes.size(); ++i) {
    if (kDtypes[i].type == dtype) return static_cast<int>(i);
  }
  return -1;
}

SafetensorsHeader parse_safetensors_header(std::string_view json, const std::string& file) {
  SafetensorsHeader header;
  HeaderHandler handler(header, file);
  nlohmann::json::sax_parse(json.begin(), json.end(), &handler);
  check_offsets(header, file);
  return header;
}

}  // namespace saccade::models
