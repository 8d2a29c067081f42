#include "app/data/checked_data.hpp"

#include <algorithm>
#include <map>
#include <string>
#include <unordered_set>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <opencv2/core/utility.hpp>

#include "app/data/shared_photos.hpp"
#include "app/output/output_guard.hpp"
#include "app/output/progress.hpp"
#include "core/base/atomic_file.hpp"
#include "core/base/error.hpp"
#include "core/data/folder_files.hpp"
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

constexpr const char* kReportHeader = "kind\twhere\twhat\n";

/// Throws Error if the report would replace an input or a file of another program.
void claim_report(const DataOptions& options) {
  if (options.report.empty()) return;
  OutputGuard guard(/*force=*/false);
  guard.add_captions(options.captions);
  std::error_code ignored;
  const bool ours =
      fs::is_regular_file(options.report, ignored) && read_file(options.report).rfind(kReportHeader, 0) == 0;
  guard.claim(options.report, ours);
}

/// "3 photos without text": makes the counted noun of a kind plural.
std::string counted(std::size_t count, std::string kind) {
  if (count != 1) {
    for (const std::string noun : {"photo", "text", "caption", "file", "split"}) {
      const std::size_t place = kind.find(noun);
      if (place == std::string::npos) continue;
      if (kind.compare(place + noun.size(), 1, "s") != 0) kind.insert(place + noun.size(), "s");
      break;
    }
  }
  return fmt::format("{} {}", count, kind);
}

/// Problems of a photo; empty if it can be read.
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

bool is_no_fault(const Finding& finding) {
  return finding.kind == kOtherFile || finding.kind == kUnmentionedPhoto;
}

}  // namespace

CheckedData::CheckedData(const DataOptions& options)
    : options_(options), file_(read_file_of(options)), all_(collect(file_, findings_, token_unit(options.tokens))) {
  claim_report(options);
  for (CaptionedImage& image : all_) image.file = options.images / image.name;
  if (!fs::is_directory(options.captions)) find_unmentioned();
}

void CheckedData::find_unmentioned() {
  std::unordered_set<std::string> mentioned;
  const auto add = [&mentioned](const std::string& image) {
    mentioned.insert(fs::path(image).lexically_normal().string());
  };
  for (const CaptionEntry& entry : file_.entries()) add(entry.image);
  for (const std::string& image : file_.uncaptioned_images()) add(image);
  for (const auto& split : file_.splits()) add(split.first);
  for (const fs::path& name : files_below(options_.images).names) {
    if (!vision::looks_like_image_path(name) || mentioned.count(name.lexically_normal().string()) != 0) continue;
    findings_.push_back(
        {kUnmentionedPhoto, (options_.images / name).string(), "no caption in the captions file", false});
  }
}

CaptionDataset CheckedData::part(const fs::path& list, const std::vector<std::string>& otherwise) {
  CaptionDataset selected = select(all_, list.empty() ? otherwise : read_list(list), file_.path(), findings_);
  for (const CaptionedImage& image : selected) in_parts_.insert(image.name);
  return selected;
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
        found[place] = findings_of(part[place].file);
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
  used_photos_ += part.size();
  for (const auto& image : part) used_captions_ += image.captions.size();
}

void CheckedData::warn_of_shared(const CaptionDataset& training, const CaptionDataset& other, const std::string& name,
                                 std::FILE* stream) {
  constexpr std::size_t kNamed = 3;
  const std::vector<Finding> shared = shared_photos(training, other, name);
  if (shared.empty()) return;
  std::vector<std::string> names;
  for (std::size_t i = 0; i < std::min(shared.size(), kNamed); ++i) names.push_back(shared[i].where);
  const std::string more = shared.size() > kNamed ? fmt::format(" and {} more", shared.size() - kNamed) : "";
  std::fputs(fmt::format("warning: {} of the {} {} photos {} also in train ({}{}); scores on them are too high\n",
                         shared.size(), other.size(), name, shared.size() == 1 ? "is" : "are",
                         printable(fmt::format("{}", fmt::join(names, ", "))), more)
                 .c_str(),
             stream);
  shared_.insert(shared_.end(), shared.begin(), shared.end());
}

std::string CheckedData::counts() const {
  std::string text = fmt::format("data: {} photos with {} captions", used_photos_, used_captions_);
  if (all_.size() > in_parts_.size()) text += fmt::format("; {} in other parts", all_.size() - in_parts_.size());
  const std::string found = count_by_kind(findings_), others = count_others(findings_);
  if (!found.empty()) text += "; found: " + found;
  if (!others.empty()) text += "; " + others;
  if ((!found.empty() || !others.empty()) && options_.report.empty()) text += " (--report FILE lists them)";
  return text;
}

void CheckedData::write_report() const {
  if (options_.report.empty()) return;
  std::string text = kReportHeader;
  for (const auto* list : {&findings_, &shared_}) {
    for (const Finding& finding : *list) {
      text += fmt::format("{}\t{}\t{}\n", finding.kind, printable(finding.where), printable(finding.what));
    }
  }
  write_file(options_.report, text);
}

std::size_t CheckedData::stopping() const {
  return static_cast<std::size_t>(
      std::count_if(findings_.begin(), findings_.end(), [](const Finding& finding) { return finding.stops; }));
}

void CheckedData::require_sound() const {
  write_report();
  if (stopping() == 0 || options_.skip_broken) {
    std::fputs((counts() + "\n").c_str(), stderr);
    return;
  }
  if (stopping() == 1) {
    const auto found = std::find_if(findings_.begin(), findings_.end(), [](const Finding& f) { return f.stops; });
    throw Error("{}: {}; correct it or use --skip-broken", found->where, found->what);
  }
  print_findings(stderr, findings_);
  throw Error("{}: {}; correct it or use --skip-broken", options_.captions.string(), count_by_kind(findings_));
}

void print_findings(std::FILE* stream, const std::vector<Finding>& findings) {
  for (const Finding& finding : findings) {
    if (is_no_fault(finding)) continue;
    std::fputs(fmt::format("{:<16} {}: {}\n", finding.kind, printable(finding.where), printable(finding.what)).c_str(),
               stream);
  }
}

std::string count_others(const std::vector<Finding>& findings) {
  std::vector<std::string> kinds;
  for (const char* const kind : {kOtherFile, kUnmentionedPhoto}) {
    const auto count = std::count_if(findings.begin(), findings.end(),
                                     [kind](const Finding& finding) { return finding.kind == kind; });
    if (count > 0) kinds.push_back(counted(static_cast<std::size_t>(count), kind));
  }
  return kinds.empty() ? "" : fmt::format("{} ignored", fmt::join(kinds, ", "));
}

std::string count_by_kind(const std::vector<Finding>& findings) {
  std::vector<std::string> kinds;
  std::map<std::string, std::size_t> counts;
  for (const Finding& finding : findings) {
    if (!is_no_fault(finding) && counts[finding.kind]++ == 0) kinds.push_back(finding.kind);
  }
  for (std::string& kind : kinds) kind = counted(counts[kind], kind);
  return fmt::format("{}", fmt::join(kinds, ", "));
}

}  // namespace saccade::app
