#pragma once

#include <filesystem>
#include <string>

namespace saccade::app {

/// A file that comes with the program: `name` under ../share/saccade beside the program's own folder, which is where it
/// stands both in a build tree and after installation. Throws Error when it is not there.
std::filesystem::path asset(const std::filesystem::path& name);

/// The model that --model names: a file, or `soft` or `hard`: one that comes with the program.
std::filesystem::path model_file(const std::string& name);

/// The font that words are drawn with.
std::filesystem::path bundled_font();

}  // namespace saccade::app
