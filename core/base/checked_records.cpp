#include "core/base/checked_records.hpp"

#include <string>
#include <utility>

#include "core/base/fingerprint.hpp"

namespace saccade {
namespace {

std::uint64_t checksum_of(std::string_view record) {
  Fingerprint print;
  print.add(record);
  return print.number();
}

}  // namespace

CheckedRecords::CheckedRecords(std::filesystem::path path, std::size_t count, std::size_t record)
    : path_(std::move(path)), count_(count), record_(record) {}

bool CheckedRecords::open() {
  std::error_code error;
  if (std::filesystem::file_size(path_, error) != count_ * (record_ + sizeof(std::uint64_t)) || error) return false;
  file_.close();
  file_.clear();
  file_.open(path_, std::ios::binary);
  checksums_.resize(count_);
  file_.seekg(static_cast<std::streamoff>(count_ * record_));
  file_.read(reinterpret_cast<char*>(checksums_.data()), static_cast<std::streamsize>(count_ * sizeof(std::uint64_t)));
  std::string record(record_, '\0');
  for (std::size_t i = 0; i < count_; ++i) {
    if (!read(i, record.data())) return false;
  }
  return true;
}

bool CheckedRecords::read(std::size_t index, void* data) const {
  file_.clear();
  file_.seekg(static_cast<std::streamoff>(index * record_));
  file_.read(static_cast<char*>(data), static_cast<std::streamsize>(record_));
  return file_.good() && checksum_of({static_cast<const char*>(data), record_}) == checksums_[index];
}

void CheckedRecordsWriter::add(std::string_view record) {
  checksums_.push_back(checksum_of(record));
  file_.write(record);
}

void CheckedRecordsWriter::commit() {
  file_.write(checksums_.data(), checksums_.size() * sizeof(std::uint64_t));
  file_.commit();
}

}  // namespace saccade
