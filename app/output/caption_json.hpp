#pragma once

#include <filesystem>
#include <string>

#include <nlohmann/json_fwd.hpp>

#include "app/output/caption_record.hpp"

namespace saccade::app {

/// A caption of a picture as a JSON object on one line. Bytes of the path that are no UTF-8 are replaced, and the path
/// then stands there a second time, "path_bytes": a list of numbers.
std::string caption_json(const CaptionRecord& record);

/// The path that such an object names. Throws Error when its members are not as they are written.
std::filesystem::path path_in(const nlohmann::json& object);

}  // namespace saccade::app
