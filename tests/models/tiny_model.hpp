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

/// What a decoder is made from.
struct DecoderPlan {
  models::DecoderShape shape;
  models::DecoderOptions options;

  /// Sets an option by its name.
  void set(const std::string& option, const std::string& value);
};
/// Of a decoder small enough to be looked at: V = 12, D = 6, L = 2 x 2, M = 8, H = 16, A = 5.
DecoderPlan tiny_plan();

/// Options of train's, by their names, and their values.
using Options = std::vector<std::pair<std::string, std::string>>;
std::string text_of(const Options& options);

/// Of a tiny decoder with these options and L = 3 x 3 cells, of which a window of half width 1 leaves some out; blocks
/// of two reach beyond the grid's edge, and two heads share an alignment width of 6.
DecoderPlan plan_with(const Options& options);

/// Every weighting, never looking, both placements, the refiner and the Transformer with each of these: soft, or hard.
std::vector<Options> every_mechanism(const std::string& attention);

std::shared_ptr<models::Decoder> tiny_decoder(std::uint64_t seed);
std::shared_ptr<models::Decoder> tiny_decoder(std::uint64_t seed, const DecoderPlan& plan);

/// A module's parameter of this name, to be looked at or changed.
torch::Tensor parameter(const torch::nn::Module& module, const std::string& name);

/// Makes a word (a number of the vocabulary) as likely after anything as its new bias says.
void set_output_bias(const models::Decoder& decoder, std::int64_t word, float bias);

/// A whole model with random weights: efficientnet-lite0 at stride 16, 32 x 32 pixels, so 2 x 2 cells.
models::Captioner tiny_captioner(const std::vector<std::string>& words, std::uint64_t seed);

/// Draws weights with which a backbone's features tell pictures apart (a new one's are zeros).
void randomize(torch::nn::Module& backbone, std::uint64_t seed);

/// Pictures `0.png`, `1.png` ... of one colored shape each, and a caption that says which.
CaptionDataset write_pictures(const std::filesystem::path& folder, int count);

/// The words of those captions, without repetition.
std::vector<std::string> words_of(const CaptionDataset& dataset);

/// The largest absolute difference; infinite for tensors of different shapes.
double difference(const torch::Tensor& a, const torch::Tensor& b);

/// Weights of the only map, [..., L], from their logarithms [..., 1, L].
torch::Tensor weights(const torch::Tensor& log_alpha);

/// Whether two modules have the same parameters, bit for bit.
bool same_parameters(const torch::nn::Module& a, const torch::nn::Module& b);

}  // namespace saccade::test
