#include "models/weights/pytorch_file.hpp"

#include <cstdint>
#include <cstring>
#include <map>
#include <string>

#include "core/base/error.hpp"
#include "core/base/excerpt.hpp"
#include "models/weights/byte_reader.hpp"
#include "models/weights/mapped_file.hpp"
#include "models/weights/pickle.hpp"
#include "models/weights/pytorch_pickle.hpp"
#include "models/weights/zip_archive.hpp"

namespace saccade::models {
namespace {

constexpr std::string_view kZipMagic = "PK\x03\x04";
constexpr char kPickleMagic = '\x80';  // the PROTO instruction, the first of every pickle since protocol 2
/// 0x1950a86a20f9469cfc6c as a pickle has it: lowest byte first.
constexpr std::string_view kLegacyMagic = "\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19";
constexpr std::int64_t kLegacyProtocol = 1001;

bool nothing_allowed(std::string_view /*name*/) {
  return false;
}

bool starts_with(std::string_view bytes, std::string_view beginning) {
  return bytes.substr(0, beginning.size()) == beginning;
}

at::Tensor new_storage(const StorageId& id) {
  return at::empty({id.numel}, at::TensorOptions(id.dtype));
}

StateDict read_zip(const MappedFile& file) {
  ZipArchive archive(file.bytes(), file.name());
  // torch names the folder after the file, or "archive"; its own reader takes the first member's, too.
  const std::string first_name = archive.first_name();
  const std::string root = first_name.substr(0, first_name.find('/')) + '/';
  if (!archive.contains(root + "data.pkl")) {
    throw Error("{}: not a PyTorch file: the zip archive has no member '{}data.pkl'", file.name(), excerpt(root));
  }
  if (archive.contains(root + "byteorder") && archive.read(root + "byteorder") != "little") {
    throw Error("{}: written on a machine that is not little-endian, which is not supported", file.name());
  }
  const std::string pickled = archive.read(root + "data.pkl");
  const bool is_program = archive.contains(root + "constants.pkl");
  const pickle::Pickle object(pickled, is_program ? is_program_global : is_state_dict_global, file.name());
  const auto load = [&](const StorageId& id) {
    at::Tensor numbers;
    archive.read_exactly(root + "data/" + id.key, static_cast<std::uint64_t>(id.bytes), [&](std::size_t) {
      numbers = new_storage(id);
      return numbers.data_ptr();
    });
    return numbers;
  };
  const ExpansionBudget budget(file.bytes().size());
  return is_program ? program_tensors_of(object.root(), load, budget, file.name())
                    : state_dict_of(object.root(), load, budget, file.name());
}

/// The first three pickles: they say that this is the format, and how the writer's machine stored numbers.
std::size_t check_legacy_header(std::string_view bytes, const std::string& file) {
  std::size_t position = 0;
  const pickle::Pickle magic(bytes, nothing_allowed, file);
  const auto* const number = magic.root().as<pickle::Long>();
  if (number == nullptr || number->bytes != kLegacyMagic) {
    throw Error("{}: not a PyTorch file: a pickle, but without torch's magic number", file);
  }
  position += magic.size();
  const pickle::Pickle protocol(bytes.substr(position), nothing_allowed, file);
  const auto* const version = protocol.root().as<std::int64_t>();
  if (version == nullptr || *version != kLegacyProtocol) {
    throw Error("{}: not a PyTorch file that can be read: its protocol version is not {}", file, kLegacyProtocol);
  }
  position += protocol.size();
  const pickle::Pickle system(bytes.substr(position), nothing_allowed, file);
  const auto* const entries = system.root().as<pickle::Dict>();
  if (entries == nullptr)
    throw Error("{}: not a PyTorch file that can be read: its system information is no dict", file);
  for (const auto& [key, value] : entries->items) {
    const auto* const name = key->as<std::string_view>();
    const auto* const flag = value->as<bool>();
    if (name != nullptr && *name == "little_endian" && (flag == nullptr || !*flag)) {
      throw Error("{}: written on a machine that is not little-endian, which is not supported", file);
    }
  }
  return position + system.size();
}

StateDict read_legacy(const MappedFile& file) {
  const std::string_view bytes = file.bytes();
  std::size_t position = check_legacy_header(bytes, file.name());
  const pickle::Pickle object(bytes.substr(position), is_state_dict_global, file.name());
  position += object.size();
  const pickle::Pickle keys(bytes.substr(position), nothing_allowed, file.name());
  position += keys.size();

  // What lies behind a key is known only from the identifiers that name it.
  std::map<std::string, StorageId> ids;
  for (const pickle::Persistent* const persistent : object.persistents()) {
    StorageId id = storage_id(*persistent, file.name());
    ids.emplace(id.key, id);
  }
  const auto* const list = keys.root().as<pickle::List>();
  if (list == nullptr) throw Error("{}: its list of storage keys is no list", file.name());
  std::map<std::string, std::string_view> data;
  ByteReader reader(bytes.substr(position), file.name());
  for (const pickle::Value* const key : list->items) {
    const auto* const text = key->as<std::string_view>();
    const auto id = text != nullptr ? ids.find(std::string(*text)) : ids.end();
    if (id == ids.end()) throw Error("{}: it lists a storage that no tensor uses", file.name());
    const auto numel = reader.number<std::int64_t>();
    if (numel != id->second.numel) {
      throw Error("{}: the storage '{}' has {} numbers where {} are promised", file.name(), excerpt(*text), numel,
                  id->second.numel);
    }
    data.emplace(*text, reader.take(static_cast<std::uint64_t>(id->second.bytes)));
  }
  const auto load = [&](const StorageId& id) {
    const auto found = data.find(id.key);
    if (found == data.end()) throw Error("{}: the storage '{}' is missing", file.name(), excerpt(id.key));
    // The length was compared with that of the first identifier of this key; this one may be another.
    if (found->second.size() != static_cast<std::uint64_t>(id.bytes)) {
      throw Error("{}: the storage '{}' is used with two types or lengths", file.name(), excerpt(id.key));
    }
    at::Tensor numbers = new_storage(id);
    if (!found->second.empty()) std::memcpy(numbers.data_ptr(), found->second.data(), found->second.size());
    return numbers;
  };
  return state_dict_of(object.root(), load, ExpansionBudget(bytes.size()), file.name());
}

}  // namespace

bool is_pytorch_file(std::string_view bytes) {
  return starts_with(bytes, kZipMagic) || (!bytes.empty() && bytes.front() == kPickleMagic);
}

StateDict read_pytorch_file(const std::filesystem::path& path) {
  const MappedFile file(path);
  if (!is_pytorch_file(file.bytes())) throw Error("{}: not a PyTorch file", file.name());
  return starts_with(file.bytes(), kZipMagic) ? read_zip(file) : read_legacy(file);
}

}  // namespace saccade::models
