#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace saccade {

/// Whether a file is a text with captions by its suffix, in any case: .txt or .caption.
bool is_caption_text(const std::filesystem::path& name);

/// The files in a folder and the folders below it.
struct FolderFiles {
  std::vector<std::filesystem::path> names;  ///< relative to the folder, in order; broken links are among them
  std::vector<std::string> unreadable;       ///< folders that cannot be listed, with the reason
};

/// Lists a folder. Links to folders are followed, and no folder is visited twice: a link that leads back, or to a
/// folder that is listed anyway, adds nothing. Hidden files and folders are left out.
FolderFiles files_below(const std::filesystem::path& folder);

}  // namespace saccade
