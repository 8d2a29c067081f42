#pragma once

#include <filesystem>
#include <string>

namespace saccade::app {

/// An installed file: `name` in ../share/saccade relative to the program, in the build tree and after installation.
/// Throws Error if it is missing.
std::filesystem::path asset(const std::filesystem::path& name);

/// The model of --model: a file, or the bundled `soft` or `hard`.
std::filesystem::path model_file(const std::string& name);

/// The bundled font.
std::filesystem::path bundled_font();

}  // namespace saccade::app
