#pragma once

#include <filesystem>
#include <string>

#include "models/captioner.hpp"

namespace saccade::app {

/// A description of a model in labeled lines of about 100 columns, with control characters escaped
/// (core/text/printable). Throws Error if the file is missing.
std::string model_text(const std::filesystem::path& file, const models::Captioner& model);

/// The same as one line of JSON: path, bytes, words, parameters (encoder, decoder), input_size (pixels), grid (rows,
/// columns), annotation_width, the options of encoder, decoder and attention, encoder_file (if shared) and all notes.
/// Throws Error likewise.
std::string model_json(const std::filesystem::path& file, const models::Captioner& model);

}  // namespace saccade::app
