#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "models/weights/expansion_budget.hpp"

struct zip;

namespace saccade::models {

/// A zip archive in memory. Members may be stored or deflated. Functions throw Error with the file name if the archive
/// or a member is damaged (checksums are verified) or requests excessive memory.
class ZipArchive {
 public:
  /// `bytes` must outlive the archive.
  ZipArchive(std::string_view bytes, std::string file);

  /// The name of the first member. Throws Error if the archive is empty.
  std::string first_name() const;
  bool contains(const std::string& name) const;

  /// The whole member.
  std::string read(const std::string& name);
  /// The whole member, which must have exactly `size` bytes; `prepare(size)` gives the memory for it once the size has
  /// been found to be honest and affordable.
  template <typename Prepare>
  void read_exactly(const std::string& name, std::uint64_t size, Prepare prepare) {
    const Member member = find(name);
    check_size(member, size);
    extract(member, prepare(static_cast<std::size_t>(size)));
  }

 private:
  struct Member {
    std::string name;
    std::uint64_t index;
    std::uint64_t size;
  };
  struct Closer {
    void operator()(zip* archive) const;
  };

  /// Throws Error if the member is missing, encrypted, too large or compressed with an unsupported method.
  Member find(const std::string& name);
  void check_size(const Member& member, std::uint64_t size) const;
  /// Writes the member's `size` bytes to `destination`.
  void extract(const Member& member, void* destination);

  std::string file_;
  ExpansionBudget budget_;
  std::unique_ptr<zip, Closer> archive_;
};

}  // namespace saccade::models
