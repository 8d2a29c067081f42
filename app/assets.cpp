#include "app/assets.hpp"

#include "core/error.hpp"

namespace saccade::app {
namespace fs = std::filesystem;

fs::path asset(const fs::path& name) {
  const fs::path program = fs::read_symlink("/proc/self/exe");
  const fs::path path = program.parent_path().parent_path() / "share" / "saccade" / name;
  if (!fs::exists(path))
    throw Error("{}: this file should have come with the program; install it again", path.string());
  return path;
}

fs::path bundled_model() {
  return asset("models/saccade-soft.safetensors");
}

fs::path bundled_font() {
  return asset("fonts/DejaVuSans.ttf");
}

}  // namespace saccade::app
