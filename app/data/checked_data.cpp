#include "app/data/checked_data.hpp"

#include <algorithm>
#include <map>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <opencv2/core/utility.hpp>

#include "app/output/progress.hpp"
#include "core/base/error.hpp"
#include "core/text/printable.hpp"
#include "vision/files/image.hpp"

namespace saccade::app {
namespace {

namespace fs = std::filesystem;

CaptionsFile read_file_of(const DataOptions& options) {
  if (!fs::is_directory(options.images)) {
    throw Error("{}: no such folder; check --images", options.images.string());
  }
  return read_captions_file(options.captions, options.format);
}

/// Nothing where the photo can be read.
std::vector<Finding> findings_of(const fs::path& photo) {
  std::error_code ignored;
  if (!fs::exists(photo, ignored)) return {{"missing photo", photo.string(), "there is no such file"}};
  try {
    vision::read_image(photo);
    return {};
  } catch (const Error& error) {
    std::string what = error.what();
    const std::string name = photo.string() + ": ";
    if (what.rfind(name, 0) == 0) what.erase(0, name.size());
    return {{"broken photo", photo.string(), what}};
  }
}

}  // namespace

CheckedData::CheckedData(const DataOptions& options)
    : options_(options), file_(read_file_of(options)), all_(collect(file_, findings_)) {}

CaptionDataset CheckedData::part(const fs::path& list, const std::vector<std::string>& otherwise) {
  return select(all_, list.empty() ? otherwise : read_list(list), file_.path(), findings_);
}

void CheckedData::check_photos(CaptionDataset& part) {
  constexpr std::size_t kBatch = 64;
  std::vector<std::vector<Finding>> found(part.size());
  ProgressLine progress;
  for (std::size_t first = 0; first < part.size(); first += kBatch) {
    const std::size_t end = std::min(first + kBatch, part.size());
    cv::parallel_for_(cv::Range(static_cast<int>(first), static_cast<int>(end)), [&](const cv::Range& range) {
      for (int i = range.start; i < range.end; ++i) {
        const auto place = static_cast<std::size_t>(i);
        found[place] = findings_of(options_.images / part[place].name);
      }
    });
    if (part.size() > kBatch) {
      progress.show("photos", static_cast<double>(end), static_cast<double>(part.size()),
                    fmt::format("{}/{} checked", end, part.size()));
    }
  }
  CaptionDataset sound;
  for (std::size_t i = 0; i < part.size(); ++i) {
    if (found[i].empty()) sound.push_back(std::move(part[i]));
    findings_.insert(findings_.end(), found[i].begin(), found[i].end());
  }
  part = std::move(sound);
}

std::size_t CheckedData::stopping() const {
  return static_cast<std::size_t>(
      std::count_if(findings_.begin(), findings_.end(), [](const Finding& finding) { return finding.stops; }));
}

void CheckedData::require_sound() const {
  if (stopping() == 0 || options_.skip_broken) {
    if (!findings_.empty()) {
      std::fputs(fmt::format("data: {} (saccade check-data names them)\n", count_by_kind(findings_)).c_str(), stderr);
    }
    return;
  }
  if (findings_.size() == 1) {
    throw Error("{}: {}; correct it or use --skip-broken", findings_[0].where, findings_[0].what);
  }
  print_findings(stderr, findings_);
  throw Error("{}: {}; correct it or use --skip-broken", options_.captions.string(), count_by_kind(findings_));
}

void print_findings(std::FILE* stream, const std::vector<Finding>& findings) {
  for (const Finding& finding : findings) {
    std::fputs(fmt::format("{:<16} {}: {}\n", finding.kind, printable(finding.where), printable(finding.what)).c_str(),
               stream);
  }
}

std::string count_by_kind(const std::vector<Finding>& findings) {
  std::vector<std::string> kinds;
  std::map<std::string, int> counts;
  for (const Finding& finding : findings) {
    if (counts[finding.kind]++ == 0) kinds.push_back(finding.kind);
  }
  for (std::string& kind : kinds) kind = fmt::format("{} {}", counts[kind], kind);
  return fmt::format("{}", fmt::join(kinds, ", "));
}

}  // namespace saccade::app
