#include "models/weights/zip_archive.hpp"

#include <utility>
#include <zip.h>

#include "core/base/error.hpp"
#include "core/base/excerpt.hpp"

namespace saccade::models {
namespace {

/// Properties of a member that must be known before it is read.
constexpr zip_uint64_t kNeeded = ZIP_STAT_SIZE | ZIP_STAT_COMP_METHOD | ZIP_STAT_ENCRYPTION_METHOD;

/// One member, open for reading.
class OpenMember {
 public:
  OpenMember(zip_t* archive, std::uint64_t index) : member_(zip_fopen_index(archive, index, 0)) {}
  ~OpenMember() {
    if (member_ != nullptr) zip_fclose(member_);
  }
  OpenMember(const OpenMember&) = delete;
  OpenMember& operator=(const OpenMember&) = delete;

  zip_file_t* get() const { return member_; }

 private:
  zip_file_t* member_;
};

}  // namespace

void ZipArchive::Closer::operator()(zip* archive) const {
  zip_discard(archive);
}

ZipArchive::ZipArchive(std::string_view bytes, std::string file) : file_(std::move(file)), budget_(bytes.size()) {
  zip_error_t error;
  zip_error_init(&error);
  zip_source_t* const source = zip_source_buffer_create(bytes.data(), bytes.size(), 0, &error);
  if (source != nullptr) archive_.reset(zip_open_from_source(source, ZIP_RDONLY, &error));
  if (!archive_) {
    const std::string reason = zip_error_strerror(&error);
    zip_source_free(source);
    zip_error_fini(&error);
    throw Error("{}: cannot read the zip archive, it is truncated or damaged: {}", file_, reason);
  }
  zip_error_fini(&error);
}

std::string ZipArchive::first_name() const {
  const char* const name = zip_get_name(archive_.get(), 0, ZIP_FL_ENC_RAW);
  if (name == nullptr) throw Error("{}: the zip archive is empty", file_);
  return name;
}

bool ZipArchive::contains(const std::string& name) const {
  return zip_name_locate(archive_.get(), name.c_str(), ZIP_FL_ENC_RAW) >= 0;
}

ZipArchive::Member ZipArchive::find(const std::string& name) {
  const zip_int64_t index = zip_name_locate(archive_.get(), name.c_str(), ZIP_FL_ENC_RAW);
  if (index < 0) throw Error("{}: the zip archive has no member '{}'", file_, excerpt(name));
  Member member{excerpt(name), static_cast<std::uint64_t>(index), 0};
  zip_stat_t status;
  zip_stat_init(&status);
  if (zip_stat_index(archive_.get(), member.index, 0, &status) != 0 || (status.valid & kNeeded) != kNeeded) {
    throw Error("{}: the zip archive's member '{}' is damaged", file_, member.name);
  }
  if (status.encryption_method != ZIP_EM_NONE) {
    throw Error("{}: the zip archive's member '{}' is encrypted", file_, member.name);
  }
  if (status.comp_method != ZIP_CM_STORE && status.comp_method != ZIP_CM_DEFLATE) {
    throw Error("{}: the zip archive's member '{}' is neither stored nor deflated", file_, member.name);
  }
  member.size = status.size;
  budget_.spend(member.size, "the member '" + member.name + "'", file_);
  return member;
}

void ZipArchive::check_size(const Member& member, std::uint64_t size) const {
  if (member.size != size) {
    throw Error("{}: the zip archive's member '{}' has {} bytes where {} are promised", file_, member.name, member.size,
                size);
  }
}

void ZipArchive::extract(const Member& member, void* destination) {
  const OpenMember open(archive_.get(), member.index);
  if (open.get() == nullptr) {
    throw Error("{}: cannot open the zip archive's member '{}': {}", file_, member.name, zip_strerror(archive_.get()));
  }
  auto* bytes = static_cast<char*>(destination);
  std::uint64_t left = member.size;
  zip_int64_t got = 0;
  while (left > 0 && (got = zip_fread(open.get(), bytes, left)) > 0) {
    bytes += got;
    left -= static_cast<std::uint64_t>(got);
  }
  // libzip verifies the checksum at the end, which needs one more read.
  char beyond = 0;
  if (got >= 0 && left == 0) got = zip_fread(open.get(), &beyond, 1);
  if (got < 0) {
    throw Error("{}: the zip archive's member '{}' is damaged: {}", file_, member.name,
                zip_error_strerror(zip_file_get_error(open.get())));
  }
  if (left > 0 || got > 0) {
    throw Error("{}: the zip archive's member '{}' does not have the {} bytes it claims", file_, member.name,
                member.size);
  }
}

std::string ZipArchive::read(const std::string& name) {
  const Member member = find(name);
  std::string content(static_cast<std::size_t>(member.size), '\0');
  extract(member, content.data());
  return content;
}

}  // namespace saccade::models
