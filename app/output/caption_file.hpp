#pragma once

#include <cstdio>
#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include "app/output/caption_record.hpp"
#include "app/output/output_guard.hpp"

namespace saccade::app {

/// A file to which captions are appended immediately, so that an interrupted run can resume.
class CaptionFile {
 public:
  /// Creates the file or, with `resume`, continues after the last complete line. Throws Error like the guard, if the
  /// extension is unknown, or if the file cannot be written or has another format.
  CaptionFile(std::filesystem::path path, bool resume, OutputGuard& guard);
  ~CaptionFile() { std::fclose(file_); }
  CaptionFile(const CaptionFile&) = delete;
  CaptionFile& operator=(const CaptionFile&) = delete;

  /// Whether the file contained captions of this photo when it was opened.
  bool has(const std::filesystem::path& photo) const { return done_.count(path_key(photo)) != 0; }

  /// Appends the records of one photo. Throws Error if the disk is full.
  void add(const std::vector<CaptionRecord>& records);

 private:
  void append(const std::string& text);

  std::filesystem::path path_;
  const RecordFormat& format_;
  std::set<std::string> done_;
  std::FILE* file_ = nullptr;
};

}  // namespace saccade::app
