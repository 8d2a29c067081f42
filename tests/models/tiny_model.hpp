#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <opencv2/core/mat.hpp>
#include <torch/types.h>

#include "core/data/dataset.hpp"
#include "models/captioner.hpp"
#include "models/decoder/decoder.hpp"

namespace saccade::test {

/// The arguments for creating a decoder.
struct DecoderPlan {
  models::DecoderShape shape;
  models::DecoderOptions options;

  /// Sets an option by name.
  void set(const std::string& option, const std::string& value);
};
/// The plan of a small decoder: V = 12, D = 6, L = 2 x 2, M = 8, H = 16, A = 5.
DecoderPlan tiny_plan();

/// Names and values of options of `saccade train`.
using Options = std::vector<std::pair<std::string, std::string>>;
std::string text_of(const Options& options);

/// The plan of a tiny decoder with these options and L = 3 x 3 cells. A window of half width 1 omits some cells, blocks
/// of two extend beyond the grid, and two heads share an alignment width of 6.
DecoderPlan plan_with(const Options& options);

/// Options for every weighting, no attention, both placements, the refiner and the Transformer, with soft or hard
/// `attention`.
std::vector<Options> every_mechanism(const std::string& attention);

std::shared_ptr<models::Decoder> tiny_decoder(std::uint64_t seed);
std::shared_ptr<models::Decoder> tiny_decoder(std::uint64_t seed, const DecoderPlan& plan);

/// Returns the parameter of a module by name. Throws Error if it does not exist.
torch::Tensor parameter(const torch::nn::Module& module, const std::string& name);

/// Sets the output bias of a word (an index into the vocabulary).
void set_output_bias(const models::Decoder& decoder, std::int64_t word, float bias);

/// A complete model with random weights: efficientnet-lite0 at stride 16, 32 x 32 pixels and 2 x 2 cells.
models::Captioner tiny_captioner(const std::vector<std::string>& words, std::uint64_t seed);

/// Initializes a backbone at random, so that its features differ between pictures. New weights are zero.
void randomize(torch::nn::Module& backbone, std::uint64_t seed);

/// Writes the pictures `0.png`, `1.png` ... of one colored shape each, and returns captions that describe them.
CaptionDataset write_pictures(const std::filesystem::path& folder, int count);

/// The words of the captions without repetition.
std::vector<std::string> words_of(const CaptionDataset& dataset);

/// The largest absolute difference, or infinity for tensors of different shapes.
double difference(const torch::Tensor& a, const torch::Tensor& b);

/// The weights of a single map, [..., L], from log weights [..., 1, L].
torch::Tensor weights(const torch::Tensor& log_alpha);

/// Returns whether two modules have bitwise equal parameters.
bool same_parameters(const torch::nn::Module& a, const torch::nn::Module& b);

}  // namespace saccade::test
