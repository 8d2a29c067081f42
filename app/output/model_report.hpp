#pragma once

#include <filesystem>
#include <string>

#include "models/captioner.hpp"

namespace saccade::app {

/// What a model is, for people: lines of a label and what stands behind it, of about 100 columns. What the file says is
/// escaped where a terminal would obey it (core/text/printable). Throws Error when the file is gone.
std::string model_text(const std::filesystem::path& file, const models::Captioner& model);

/// The same as one line of JSON: path, bytes, words, parameters (encoder, decoder), input_size (pixels a side), grid
/// (rows, columns), annotation_width, the options of encoder, decoder and attention that matter to it, encoder_file
/// (only where the encoder is in another file) and the notes as they are. Throws Error likewise.
std::string model_json(const std::filesystem::path& file, const models::Captioner& model);

}  // namespace saccade::app
