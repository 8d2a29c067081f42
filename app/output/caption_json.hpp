#pragma once

#include <filesystem>
#include <string>

#include <nlohmann/json_fwd.hpp>

#include "app/output/caption_record.hpp"

namespace saccade::app {

/// A caption as a JSON object on one line. Invalid UTF-8 in the path is replaced, and "path_bytes" holds the original
/// bytes.
std::string caption_json(const CaptionRecord& record);

/// The path of such an object. Throws Error if it is malformed.
std::filesystem::path path_in(const nlohmann::json& object);

}  // namespace saccade::app
