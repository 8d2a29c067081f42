#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>

namespace saccade::models {

/// A regular file that is mapped into memory. The mapping is private: writes do not change the file. Other processes
/// must not truncate the file while it is mapped (SIGBUS); replacing it by rename is safe.
class MappedFile {
 public:
  /// Throws Error if `path` cannot be opened, is not a regular file, or cannot be mapped. Empty files are allowed.
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
