#include "app/photo_source.hpp"

#include <algorithm>
#include <set>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/base/error.hpp"
#include "vision/files/image.hpp"

namespace saccade::app {
namespace {

namespace fs = std::filesystem;

/// The contents of a folder.
struct FolderContents {
  std::vector<fs::path> photos;
  std::vector<std::string> others;  ///< names of files without an image extension
  std::string problem;
};

bool hidden(const fs::path& path) {
  return path.filename().string().front() == '.';
}

FolderContents contents_of(const fs::path& folder) {
  FolderContents contents;
  constexpr auto kOptions =
      fs::directory_options::skip_permission_denied | fs::directory_options::follow_directory_symlink;
  std::error_code error, ignored;
  std::set<fs::path> seen{fs::canonical(folder, ignored)};  // links may form a cycle
  auto entry = fs::recursive_directory_iterator(folder, kOptions, error);
  for (; !error && entry != fs::end(entry); entry.increment(error)) {
    const fs::path& path = entry->path();
    if (entry->is_directory(ignored)) {
      if (hidden(path) || !seen.insert(fs::canonical(path, ignored)).second) entry.disable_recursion_pending();
    } else if (!hidden(path)) {
      if (vision::looks_like_image_path(path)) {
        contents.photos.push_back(path);  // includes broken links and pipes; reading reports them
      } else {
        contents.others.push_back(path.lexically_relative(folder).string());
      }
    }
  }
  if (error) {
    contents.problem = fmt::format("{}: cannot list the folder: {}", folder.string(), error.message());
  } else if (contents.photos.empty()) {
    contents.problem = fmt::format("{}: there is no image in this folder", folder.string());
  }
  std::sort(contents.photos.begin(), contents.photos.end());
  std::sort(contents.others.begin(), contents.others.end());
  return contents;
}

/// "holiday: 7 files are not images: a.mov, b.txt, c.pdf and 4 more"
std::string note_of(const fs::path& folder, std::vector<std::string> others) {
  constexpr std::size_t kNamed = 5;
  const std::size_t count = others.size();
  others.resize(std::min(count, kNamed));
  return fmt::format("{}: skipped {} without an image extension: {}{}", folder.string(),
                     count == 1 ? "1 file" : fmt::format("{} files", count), fmt::join(others, ", "),
                     count > kNamed ? fmt::format(" and {} more", count - kNamed) : "");
}

}  // namespace

PhotoSource::PhotoSource(const std::vector<std::string>& words, char separator) : separator_(separator) {
  for (const auto& word : words) {
    if (word.empty()) {
      problems_.emplace_back("empty argument; name a photo or a folder");
    } else if (word != "-") {
      add(word, known_);
    } else if (turn_ == kNone) {
      turn_ = known_.size();
    } else {
      throw Error("-: standard input can be read only once; name it once");
    }
  }
}

void PhotoSource::add(const fs::path& path, std::deque<PhotoItem>& photos) {
  std::error_code error;
  if (!fs::is_directory(path, error)) {
    photos.push_back({path, {}, path.filename(), found_++});  // reading reports a missing file
    return;
  }
  FolderContents contents = contents_of(path);
  if (!contents.problem.empty()) problems_.push_back(std::move(contents.problem));
  if (!contents.others.empty()) notes_.push_back(note_of(path, std::move(contents.others)));
  for (auto& photo : contents.photos) photos.push_back({photo, {}, photo.lexically_relative(path), found_++});
}

std::optional<std::size_t> PhotoSource::count() const {
  return turn_ == kNone && !sniffed_ ? std::optional(known_.size()) : std::nullopt;
}

/// Takes the next item from standard input. Returns false at the end.
bool PhotoSource::read_standard_input() {
  if (!sniffed_) {
    sniffed_ = true;
    if (vision::looks_like_image_bytes(input_.peek())) {
      arrived_.push_back({"-", input_.take_all(), "-", found_++});
      return false;
    }
    input_.skip_mark();
  }
  std::string piece;
  if (!input_.take(separator_, piece)) return false;
  if (separator_ == '\n' && !piece.empty() && piece.back() == '\r') piece.pop_back();
  if (!piece.empty()) add(piece, arrived_);
  return true;
}

std::vector<PhotoItem> PhotoSource::next(std::size_t most) {
  std::vector<PhotoItem> photos;
  while (photos.size() < most) {
    if (!arrived_.empty()) {
      photos.push_back(std::move(arrived_.front()));
      arrived_.pop_front();
    } else if (next_ == turn_) {
      if (!problems_.empty() || (!photos.empty() && !input_.ready(separator_))) break;
      try {
        if (!read_standard_input()) turn_ = kNone;
      } catch (const Error& error) {  // standard input is unusable
        problems_.emplace_back(error.what());
        turn_ = kNone;
      }
    } else if (next_ < known_.size()) {
      photos.push_back(known_[next_++]);
    } else {
      break;
    }
  }
  return photos;
}

std::vector<std::string> PhotoSource::take_problems() {
  return std::exchange(problems_, {});
}

std::vector<std::string> PhotoSource::take_notes() {
  return std::exchange(notes_, {});
}

}  // namespace saccade::app
