#pragma once

#include <filesystem>

#include "models/captioner.hpp"

namespace saccade::models {

/// Writes a model as one safetensors file: weights in half precision, and under `__metadata__` (strings all):
///
///     format         "saccade 2"
///     architecture   JSON, an object for each component: encoder, decoder, and in that attention; members are the
///                    options that make a model what it is, under their names
///     preprocessing  JSON: mean and scale of red, green, blue
///     vocabulary     JSON: the words in order, without the specials
///     checksums      JSON: of each tensor, and of all this (models/weights/checksums.hpp); earlier files have none
///     encoder_file         only where the encoder's weights are not in the file: the name of the model file in the
///                          same folder that has them ...
///     encoder_fingerprint  ... and what they must be
///     and the model's notes (licence, provenance, training ...), each under its own name
///
/// A backbone that is a TorchScript program is the tensor `encoder.torchscript`, the bytes of its archive as they are.
///
/// Written atomically. Throws Error when the file cannot be written.
void save_checkpoint(const std::filesystem::path& path, const Captioner& model);

/// Reads what save_checkpoint wrote, and files of the first format ("saccade 1"), whose architecture is one flat
/// object. Throws Error, naming the file, when it is damaged, of another kind or version, inconsistent in itself,
/// holds weights that are no finite numbers, or a program that the options do not trust.
Captioner load_checkpoint(const std::filesystem::path& path, const LoadOptions& options = {});

}  // namespace saccade::models
