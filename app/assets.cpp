#include "app/assets.hpp"

#include "core/base/error.hpp"

namespace saccade::app {
namespace fs = std::filesystem;

fs::path asset(const fs::path& name) {
  const fs::path program = fs::read_symlink("/proc/self/exe");
  const fs::path path = program.parent_path().parent_path() / "share" / "saccade" / name;
  if (!fs::exists(path)) throw Error("{}: part of the installation is missing; install Saccade again", path.string());
  return path;
}

fs::path model_file(const std::string& name) {
  if (name != "soft" && name != "hard") return name;
  return asset("models/saccade-" + name + ".safetensors");
}

fs::path bundled_font() {
  return asset("fonts/DejaVuSans.ttf");
}

}  // namespace saccade::app
