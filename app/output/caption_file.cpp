#include "app/output/caption_file.hpp"

#include <cerrno>
#include <cstring>

#include "core/base/error.hpp"
#include "models/weights/mapped_file.hpp"

namespace saccade::app {

namespace fs = std::filesystem;

CaptionFile::CaptionFile(fs::path path, bool resume, OutputGuard& guard)
    : path_(std::move(path)), format_(record_format_of(path_)) {
  std::size_t whole = 0;  // bytes
  bool ours = false;
  if (fs::is_regular_file(path_)) {
    const models::MappedFile file(path_);  // may exceed the memory
    const std::string_view content = file.bytes();
    whole = content.rfind('\n') + 1;  // npos + 1 is 0
    const auto paths = format_.paths(content.substr(0, whole));
    // The origin of plain text is unknown.
    ours = whole == 0 ? content.empty() : paths && (resume || &format_ != &record_formats().at("text"));
    if (resume && !content.empty() && !paths) {
      throw Error("{}: --resume: Saccade did not write this file; choose another --output", path_.string());
    }
    if (resume && paths) done_.insert(paths->begin(), paths->end());
  }
  if (fs::is_regular_file(path_)) {
    guard.claim_in_place(path_, ours);
  } else {
    guard.claim(path_, ours);
  }
  const bool goes_on = resume && whole > 0;
  if (goes_on) fs::resize_file(path_, whole);
  file_ = std::fopen(path_.c_str(), goes_on ? "ab" : "wb");
  if (file_ == nullptr) throw Error("{}: cannot write here: {}", path_.string(), std::strerror(errno));
  if (!goes_on) append(format_.header);
}

void CaptionFile::add(const std::vector<CaptionRecord>& records) {
  std::string text;
  for (const CaptionRecord& record : records) text += format_.write(record);
  append(text);
}

void CaptionFile::append(const std::string& text) {
  if (std::fwrite(text.data(), 1, text.size(), file_) != text.size() || std::fflush(file_) != 0) {
    throw Error("{}: cannot be written; check whether the disk is full", path_.string());
  }
}

}  // namespace saccade::app
