#include "models/weights/mapped_file.hpp"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <unistd.h>

#include <sys/mman.h>
#include <sys/stat.h>

#include "core/base/error.hpp"

namespace saccade::models {
namespace {

/// Closes the descriptor at the end of the scope; the mapping stays.
class Descriptor {
 public:
  explicit Descriptor(int value) : value_(value) {}
  ~Descriptor() {
    if (value_ >= 0) ::close(value_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;

  int value() const { return value_; }

 private:
  int value_;
};

}  // namespace

MappedFile::MappedFile(const std::filesystem::path& path) : name_(path.string()) {
  // Without O_NONBLOCK, opening a named pipe would wait for a writer.
  const Descriptor descriptor(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (descriptor.value() < 0) throw Error("{}: cannot open the file: {}", name_, std::strerror(errno));
  struct stat status {};
  if (::fstat(descriptor.value(), &status) != 0)
    throw Error("{}: cannot read the file: {}", name_, std::strerror(errno));
  if (!S_ISREG(status.st_mode)) throw Error("{}: cannot read weights from here: it is not a regular file", name_);
  size_ = static_cast<std::size_t>(status.st_size);
  if (size_ == 0) return;
  void* const mapping = ::mmap(nullptr, size_, PROT_READ | PROT_WRITE, MAP_PRIVATE, descriptor.value(), 0);
  if (mapping == MAP_FAILED) throw Error("{}: cannot map the file into memory: {}", name_, std::strerror(errno));
  data_ = static_cast<char*>(mapping);
}

MappedFile::~MappedFile() {
  if (data_ != nullptr) ::munmap(data_, size_);
}

}  // namespace saccade::models
