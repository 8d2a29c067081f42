#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace saccade {

/// Whether the file name has the extension of a caption text, .txt or .caption, in upper or lower case.
bool is_caption_text(const std::filesystem::path& name);

/// The files in a folder and its subfolders.
struct FolderFiles {
  std::vector<std::filesystem::path> names;  ///< relative to the folder, sorted; includes broken links
  std::vector<std::string> unreadable;       ///< folders that cannot be listed, with the reason
};

/// Lists a folder with its subfolders. Follows links to folders, but visits no folder twice. Omits hidden files and
/// folders.
FolderFiles files_below(const std::filesystem::path& folder);

}  // namespace saccade
