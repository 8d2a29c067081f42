#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace saccade::vision {

/// The bytes of a PNG or JPEG file with a note in them that this program made it, which viewers pass over; those of
/// another format as they are.
std::string with_maker_mark(std::string_view bytes);

/// Whether a file begins with such a note.
bool has_maker_mark(const std::filesystem::path& path);

}  // namespace saccade::vision
