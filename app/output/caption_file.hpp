#pragma once

#include <cstdio>
#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include "app/output/caption_record.hpp"
#include "app/output/output_guard.hpp"

namespace saccade::app {

/// A file that captions are added to as they are made, so that what was done before a power cut is not done again.
class CaptionFile {
 public:
  /// Begins the file, or with `resume` goes on behind the last whole line of the one that is there. Throws Error when
  /// the guard does, when its name tells no form, and when it cannot be written or is of another form.
  CaptionFile(std::filesystem::path path, bool resume, OutputGuard& guard);
  ~CaptionFile() { std::fclose(file_); }
  CaptionFile(const CaptionFile&) = delete;
  CaptionFile& operator=(const CaptionFile&) = delete;

  /// Whether the file had captions of this photo when it was opened.
  bool has(const std::filesystem::path& photo) const { return done_.count(path_key(photo)) != 0; }

  /// Adds the records of one photo. Throws Error when the disk is full.
  void add(const std::vector<CaptionRecord>& records);

 private:
  void append(const std::string& text);

  std::filesystem::path path_;
  const RecordFormat& format_;
  std::set<std::string> done_;
  std::FILE* file_ = nullptr;
};

}  // namespace saccade::app
