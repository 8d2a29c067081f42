#pragma once

#include <filesystem>

#include "models/captioner.hpp"

namespace saccade::models {

/// Writes a model as one safetensors file: weights in half precision, and strings under `__metadata__`:
///
///     format         "saccade 2"
///     architecture   JSON, one object per component: encoder, decoder, and the attention inside the decoder; members
///                    are the options of the model
///     preprocessing  JSON: mean and scale of red, green and blue
///     search         JSON: the length penalty
///     vocabulary     JSON: the words in order, without special words
///     checksums      JSON: one per tensor and one for the metadata (models/weights/checksums.hpp); optional
///     encoder_file   if the encoder is in another model file: its name, in the same folder
///     encoder_fingerprint   fingerprint of that encoder
///     and the notes of the model (license, provenance, training ...), each under its own name
///
/// A TorchScript backbone is the tensor `encoder.torchscript`, the bytes of its archive.
///
/// Writes atomically. Throws Error if the file cannot be written.
void save_checkpoint(const std::filesystem::path& path, const Captioner& model);

/// Reads a file from save_checkpoint, or a file of the first format ("saccade 1") with a flat architecture object.
/// Throws Error with the file name if it is damaged, has another format or version, is inconsistent, contains
/// non-finite weights, or contains TorchScript that the options do not trust.
Captioner load_checkpoint(const std::filesystem::path& path, const LoadOptions& options = {});

/// A weight in the precision in which a file keeps it: half, or its own where it would overflow.
torch::Tensor compact(const torch::Tensor& weight);

}  // namespace saccade::models
