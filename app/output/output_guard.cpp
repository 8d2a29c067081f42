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
  } catch (const Error&) {  // opening it will report the problem
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
    throw Error("{}: this command reads the file, so it is not overwritten; choose another name", file.string());
  }
  if (exists && !S_ISREG(status.st_mode)) return;  // /dev/stdout may be written repeatedly
  std::error_code error;
  fs::path whole = fs::weakly_canonical(fs::absolute(file), error);
  if (error) whole = fs::absolute(file).lexically_normal();
  if (!claimed_.insert(whole.string()).second) {
    throw Error("{}: two outputs have this name; choose another name for one of them", file.string());
  }
}

void OutputGuard::claim_in_place(const fs::path& file, bool ours, const std::string& conflict) {
  take(file);
  std::error_code ignored;
  if (force_ || (ours && conflict.empty()) || !fs::is_regular_file(file, ignored)) return;
  throw Error("{}: the file exists and {}; choose another name, or replace it with --force", file.string(),
              ours ? conflict : "was not written by this program");
}

void OutputGuard::claim(const fs::path& file, bool ours, const std::string& conflict) {
  claim_in_place(file, ours, conflict);
  std::error_code ignored;
  const bool device = fs::exists(file, ignored) && !fs::is_regular_file(file, ignored);
  if (!device) take(temporary_of(file));
  require_writable(file);
}

}  // namespace saccade::app
