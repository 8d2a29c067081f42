#pragma once

#include <filesystem>
#include <string>

#include "core/text/caption.hpp"

namespace saccade::app {

/// A caption of a picture as a JSON object on one line. `rank`: from 1, of the captions of one picture. Bytes of the
/// path that are no UTF-8 are replaced.
std::string caption_json(const std::filesystem::path& path, int rank, const Caption& caption);

}  // namespace saccade::app
