#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>

namespace saccade::models {

/// A regular file mapped into memory whole. The mapping is private: the file is never changed through it, and a write
/// to the memory gives the writer a copy of that page. While it is mapped the file must not be shortened by others (the
/// system answers an access beyond its end with SIGBUS); replacing it by a rename is safe.
class MappedFile {
 public:
  /// Throws Error when `path` cannot be opened, is no regular file, or cannot be mapped. An empty file is fine.
  explicit MappedFile(const std::filesystem::path& path);
  ~MappedFile();
  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;

  std::string_view bytes() const { return {data_, size_}; }
  char* data() const { return data_; }
  const std::string& name() const { return name_; }

 private:
  std::string name_;
  char* data_ = nullptr;
  std::size_t size_ = 0;
};

}  // namespace saccade::models
