#include "app/output/output_guard.hpp"

#include <sys/stat.h>

#include "core/base/atomic_file.hpp"
#include "core/base/error.hpp"
#include "core/data/folder_files.hpp"
#include "models/weights/safetensors.hpp"

namespace saccade::app {

namespace fs = std::filesystem;

void OutputGuard::add_input(const fs::path& file) {
  struct stat status {};
  if (::stat(file.c_str(), &status) == 0 && S_ISREG(status.st_mode)) inputs_.emplace(status.st_dev, status.st_ino);
}

void OutputGuard::add_model(const fs::path& file) {
  add_input(file);
  if (file.empty()) return;
  try {
    const models::SafetensorsFile model(file);
    const auto encoder = model.metadata().find("encoder_file");
    if (encoder != model.metadata().end()) add_input(file.parent_path() / encoder->second);
  } catch (const Error&) {  // whoever opens it says what is wrong
  }
}

void OutputGuard::add_captions(const fs::path& file_or_folder) {
  add_input(file_or_folder);
  std::error_code ignored;
  if (!fs::is_directory(file_or_folder, ignored)) return;
  for (const fs::path& name : files_below(file_or_folder).names) {
    if (is_caption_text(name)) add_input(file_or_folder / name);
  }
}

void OutputGuard::take(const fs::path& file) {
  struct stat status {};
  const bool exists = ::stat(file.c_str(), &status) == 0;
  if (exists && S_ISDIR(status.st_mode)) throw Error("{}: cannot write here: it is a folder", file.string());
  if (exists && inputs_.count({status.st_dev, status.st_ino}) != 0) {
    throw Error("{}: is read by this very command, and never overwritten; choose another place", file.string());
  }
  if (exists && !S_ISREG(status.st_mode)) return;  // /dev/stdout may be written as often as one likes
  std::error_code error;
  fs::path whole = fs::weakly_canonical(fs::absolute(file), error);
  if (error) whole = fs::absolute(file).lexically_normal();
  if (!claimed_.insert(whole.string()).second) {
    throw Error("{}: two outputs would be this file; choose another place for one", file.string());
  }
}

void OutputGuard::claim_in_place(const fs::path& file, bool ours) {
  take(file);
  if (std::error_code ignored; !ours && !force_ && fs::is_regular_file(file, ignored)) {
    throw Error("{}: exists, and this program did not make it; choose another place, or replace it by --force",
                file.string());
  }
}

void OutputGuard::claim(const fs::path& file, bool ours) {
  claim_in_place(file, ours);
  std::error_code ignored;
  const bool device = fs::exists(file, ignored) && !fs::is_regular_file(file, ignored);
  if (!device) take(temporary_of(file));
  require_writable(file);
}

}  // namespace saccade::app
