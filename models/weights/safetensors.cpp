#include "models/weights/safetensors.hpp"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <utility>

#include <nlohmann/json.hpp>

#include "core/base/atomic_file.hpp"
#include "core/base/error.hpp"
#include "core/base/excerpt.hpp"
#include "models/weights/byte_reader.hpp"

namespace saccade::models {
namespace {

constexpr std::size_t kLengthSize = sizeof(std::uint64_t);
constexpr std::uint64_t kMostHeaderBytes = 100'000'000;  // the reference implementation's limit
constexpr std::size_t kAlignment = 8;

/// The header's JSON, the whole file having been found as long as it must be.
std::string_view header_json(const MappedFile& file) {
  const std::string_view bytes = file.bytes();
  if (bytes.size() < kLengthSize)
    throw Error("{}: not a safetensors file: it has only {} bytes", file.name(), bytes.size());
  const auto length = ByteReader(bytes, file.name()).number<std::uint64_t>();
  const std::string_view rest = bytes.substr(kLengthSize);
  if (length < 2 || length > kMostHeaderBytes || (!rest.empty() && rest.front() != '{')) {
    throw Error("{}: not a safetensors file: it does not begin with a JSON header and its length", file.name());
  }
  if (length > rest.size()) {
    throw Error("{}: the file is truncated: a header of {} bytes is promised, the file has {} bytes in all",
                file.name(), length, bytes.size());
  }
  return rest.substr(0, static_cast<std::size_t>(length));
}

/// A bool is read as the byte it is stored in; any but 0 and 1 would be undefined behavior.
void check_bools(const std::string& name, std::string_view bytes, const std::string& file) {
  if (std::any_of(bytes.begin(), bytes.end(), [](char c) { return c != 0 && c != 1; })) {
    throw Error("{}: not a valid safetensors file: '{}' holds bools that are neither 0 nor 1", file, excerpt(name));
  }
}

/// Tensor and name in the order of the file.
std::vector<std::pair<std::string, at::Tensor>> ordered(const StateDict& tensors, const std::string& file) {
  std::vector<std::pair<std::string, at::Tensor>> result;
  for (const auto& [name, tensor] : tensors) {
    if (name == "__metadata__") throw Error("{}: cannot write a tensor named '__metadata__'", file);
    if (!tensor.defined() || tensor.layout() != at::kStrided || safetensors_dtype(tensor.scalar_type()).empty()) {
      throw Error("{}: cannot write the tensor '{}': it is undefined or of a type that safetensors has no name for",
                  file, excerpt(name));
    }
    result.emplace_back(name, tensor);
  }
  std::stable_sort(result.begin(), result.end(), [](const auto& a, const auto& b) {
    return safetensors_dtype_rank(a.second.scalar_type()) > safetensors_dtype_rank(b.second.scalar_type());
  });
  return result;
}

}  // namespace

SafetensorsFile::SafetensorsFile(const std::filesystem::path& path)
    : file_(std::make_shared<const MappedFile>(path)),
      header_(parse_safetensors_header(header_json(*file_), file_->name())) {
  const std::uint64_t header_size = kLengthSize + header_json(*file_).size();
  const std::uint64_t data_size = file_->bytes().size() - header_size;
  // Both sums are far from overflow: the parser admits spans up to 2^63 only.
  if (data_size < header_.data_size) {
    throw Error("{}: the file is truncated: its header promises {} bytes, the file has {}", file_->name(),
                header_size + header_.data_size, file_->bytes().size());
  }
  if (data_size > header_.data_size) {
    throw Error("{}: not a valid safetensors file: its header accounts for {} bytes, the file has {}", file_->name(),
                header_size + header_.data_size, file_->bytes().size());
  }
}

const std::string& SafetensorsFile::text(const std::string& name) const {
  const auto found = metadata().find(name);
  if (found == metadata().end()) throw Error("'{}' is missing", name);
  return found->second;
}

std::vector<std::string> SafetensorsFile::names() const {
  std::vector<std::string> result;
  for (const auto& entry : header_.tensors) result.push_back(entry.first);
  return result;
}

at::Tensor SafetensorsFile::tensor(const std::string& name) const {
  const auto found = header_.tensors.find(name);
  if (found == header_.tensors.end()) throw Error("{}: there is no tensor '{}'", file_->name(), excerpt(name));
  const SafetensorsEntry& entry = found->second;
  const auto size = static_cast<std::size_t>(entry.end - entry.begin);
  const at::TensorOptions options(entry.dtype);
  if (size == 0) return at::empty(entry.shape, options);

  char* const data = file_->data() + (file_->bytes().size() - header_.data_size) + entry.begin;
  if (entry.dtype == at::kBool) check_bools(name, {data, size}, file_->name());
  if (reinterpret_cast<std::uintptr_t>(data) % at::elementSize(entry.dtype) != 0) {
    at::Tensor copy = at::empty(entry.shape, options);
    std::memcpy(copy.data_ptr(), data, size);
    return copy;
  }
  return at::from_blob(
      data, entry.shape, [mapping = file_](void* /*data*/) mutable { mapping.reset(); }, options);
}

StateDict SafetensorsFile::all() const {
  StateDict result;
  for (const auto& entry : header_.tensors) result.emplace_hint(result.end(), entry.first, tensor(entry.first));
  return result;
}

void write_safetensors(const std::filesystem::path& path, const StateDict& tensors,
                       const std::map<std::string, std::string>& metadata) {
  const auto entries = ordered(tensors, path.string());
  nlohmann::ordered_json header = nlohmann::ordered_json::object();
  if (!metadata.empty()) header["__metadata__"] = metadata;
  std::uint64_t offset = 0;
  for (const auto& [name, tensor] : entries) {
    const std::uint64_t end = offset + tensor.nbytes();
    header[name] = {{"dtype", safetensors_dtype(tensor.scalar_type())},
                    {"shape", tensor.sizes().vec()},
                    {"data_offsets", {offset, end}}};
    offset = end;
  }
  std::string json;
  try {
    json = header.dump();
  } catch (const nlohmann::json::type_error&) {
    throw Error("{}: cannot write a tensor name or metadata that is not UTF-8 text", path.string());
  }
  json.append((kAlignment - json.size() % kAlignment) % kAlignment, ' ');
  if (json.size() > kMostHeaderBytes) throw Error("{}: cannot write a header of {} bytes", path.string(), json.size());

  AtomicFile file(path);
  const std::uint64_t length = json.size();
  file.write(&length, sizeof(length));
  file.write(json);
  for (const auto& entry : entries) {
    const at::Tensor flat = entry.second.detach().to(at::kCPU).contiguous();
    file.write(flat.data_ptr(), flat.nbytes());
  }
  file.commit();
}

}  // namespace saccade::models
