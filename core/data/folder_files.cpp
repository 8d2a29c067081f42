#include "core/data/folder_files.hpp"

#include <algorithm>
#include <deque>
#include <set>
#include <system_error>

#include <fmt/format.h>

namespace saccade {

namespace fs = std::filesystem;

namespace {

struct Walk {
  FolderFiles files;
  std::set<fs::path> visited;
  std::deque<fs::path> links;  // links to folders, visited last, so that files get the names of real folders

  void visit(const fs::path& root, const fs::path& name) {
    std::deque<fs::path> folders{name};
    while (!folders.empty()) {
      const fs::path at = folders.front();
      folders.pop_front();
      std::error_code error;
      if (const fs::path real = fs::canonical(root / at, error); error || !visited.insert(real).second) continue;
      auto entry = fs::directory_iterator(root / at, error);
      for (; !error && entry != fs::end(entry); entry.increment(error)) {
        const fs::path file = entry->path().filename();
        if (file.string().front() == '.') continue;
        std::error_code ignored;
        if (!entry->is_directory(ignored)) {
          files.names.push_back(at / file);
        } else {
          (entry->is_symlink(ignored) ? links : folders).push_back(at / file);
        }
      }
      if (error) files.unreadable.push_back(fmt::format("{}: {}", (root / at).string(), error.message()));
    }
  }
};

}  // namespace

bool is_caption_text(const fs::path& name) {
  std::string suffix = name.extension().string();
  std::transform(suffix.begin(), suffix.end(), suffix.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return suffix == ".txt" || suffix == ".caption";
}

FolderFiles files_below(const fs::path& folder) {
  Walk walk;
  walk.visit(folder, {});
  while (!walk.links.empty()) {
    std::sort(walk.links.begin(), walk.links.end());
    const fs::path link = walk.links.front();
    walk.links.pop_front();
    walk.visit(folder, link);
  }
  std::sort(walk.files.names.begin(), walk.files.names.end());
  return std::move(walk.files);
}

}  // namespace saccade
