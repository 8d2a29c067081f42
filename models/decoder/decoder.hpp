#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <torch/nn/module.h>
#include <torch/types.h>

#include "core/base/choice.hpp"
#include "core/text/caption.hpp"
#include "models/attention/attention.hpp"
#include "models/decoder/attention_paths.hpp"
#include "models/decoder/caption_batch.hpp"
#include "models/encoder/refiner.hpp"
#include "models/kernels/linear.hpp"

namespace saccade::models {

/// A decoder's weights as its steps multiply by them.
struct StepWeights {
  virtual ~StepWeights() = default;
};

/// What is computed once, before the first step, for N images.
struct EncoderMemory {
  std::vector<Memory> memories;  ///< of each layer that looks
  std::shared_ptr<const StepWeights> weights;

  std::int64_t images() const { return memories.front().annotations.size(0); }
  torch::Device device() const { return memories.front().annotations.device(); }
  /// The images that `index` [N'] int64 names.
  EncoderMemory select(const torch::Tensor& index) const;
};

/// What a decoder knows of K captions (or beams) of each of N images: tensors of its own, [N, K, ...].
struct State {
  std::vector<torch::Tensor> rows;
  std::int64_t step = 0;  ///< words read so far

  /// Rows by their numbers in all N K, [N' K'] int64, as K' captions of each of N' images.
  State select(const torch::Tensor& index, std::int64_t images) const;
};

/// One step of generation.
struct Step {
  State state;
  torch::Tensor logits;     ///< [N, K, V]
  torch::Tensor log_alpha;  ///< [N, K, M, L]; undefined where there are no maps
  torch::Tensor beta;       ///< [N, K], the gate on the context; undefined where there is none
  torch::Tensor cell;       ///< [N, K, M] as in AttentionOutput; undefined where attention is soft
};

struct UnrollOptions {
  double word_dropout = 0.3;  ///< of the embedded words' values
  double dropout = 0.5;       ///< of the deep output's hidden layer
  double temperature = 1;     ///< alpha_t = softmax(e_t / temperature)
  Precision precision = Precision::kFloat32;
};

/// All steps of a batch with teacher forcing. Rows are packed as in CaptionBatch.
struct Unrolled {
  torch::Tensor logits;     ///< [P, V]
  torch::Tensor log_alpha;  ///< [P, M, L]; undefined where there are no maps
  torch::Tensor cell;       ///< [P, M] as in AttentionOutput; undefined where attention is soft
  torch::Tensor before;     ///< [P, query_width], the state that asks, detached; undefined where there are no paths
};

/// What a decoder has to fit between.
struct DecoderShape {
  std::int64_t vocabulary = 0;  ///< V
  std::int64_t annotation = 0;  ///< D
  Grid grid;                    ///< of L cells
};

/// What a decoder of some architecture is made from.
struct DecoderContext {
  DecoderShape shape;  ///< after refinement
  std::int64_t embedding;
  AttentionOptions attention;
};

/// From annotation vectors to words. Beam search, training and likelihoods know decoders by this alone.
class Decoder : public torch::nn::Module {
 public:
  /// What is computed once for N images: annotations [N, L, D].
  EncoderMemory precompute(const torch::Tensor& annotations, Precision precision = Precision::kFloat32);

  /// The state before the first word, K = 1.
  virtual State start(const EncoderMemory& encoded) = 0;

  /// previous_words [N, K]: y_{t-1}; `selection` of N K rows. For generation: no gradient is kept.
  virtual Step step(const EncoderMemory& encoded, const State& state, const torch::Tensor& previous_words,
                    const Selection& selection = {}) = 0;

  /// All steps of a batch.
  Unrolled unroll(const torch::Tensor& annotations, const CaptionBatch& batch, const UnrollOptions& options);

  /// The same along the paths s_1 ... s_T of attention, of which a caption may have several. What its words alone
  /// decide is computed once for all of them, and they share the units that dropout leaves out. Tensors of P' rows.
  Unrolled unroll(const torch::Tensor& annotations, const CaptionBatch& batch, const AttentionPaths& paths,
                  const UnrollOptions& options);

  /// M of all layers together: maps of the last layer stand last.
  virtual MapLayout maps() const = 0;
  /// Whether it draws cells: its gradient must be estimated.
  virtual bool stochastic() const = 0;
  /// The width of the state that asks.
  virtual std::int64_t query_width() const = 0;

  /// Goes on with the same weights and another reading (soft or hard). Throws Error where there is nothing to read.
  void set_attention(const std::string& name);

  /// Puts the maps of this forcer in the place of those of every attention; with none, their own again. Throws Error
  /// where there is no attention.
  void force(const std::shared_ptr<MapForcer>& forcer);

  const struct DecoderOptions& options() const { return *options_; }
  const DecoderShape& shape() const { return shape_; }

 protected:
  virtual EncoderMemory prepare(const torch::Tensor& annotations, Precision precision) = 0;
  virtual Unrolled unroll_refined(const torch::Tensor& annotations, const CaptionBatch& words,
                                  const AttentionPaths* paths, const UnrollOptions& options) = 0;
  virtual void set_reading(Reading reading) = 0;

 private:
  friend std::shared_ptr<Decoder> make_decoder(const DecoderOptions& options, const DecoderShape& shape);

  std::shared_ptr<struct DecoderOptions> options_;
  DecoderShape shape_;
  std::shared_ptr<Refiner> refiner_;  // none, unless asked for
};

/// How decoders are made, by their names. A file of models/decoder/architecture is one.
using DecoderRegistry = Registry<Mechanism<Decoder, DecoderContext>>;
using DecoderChoice = Choice<Decoder, DecoderContext>;
const DecoderRegistry& decoder_registry();
void register_all(DecoderRegistry& registry);

/// All choices and widths of a decoder; with its shape and its weights, all that it is.
struct DecoderOptions {
  DecoderOptions();

  DecoderChoice decoder;
  std::int64_t embedding = 256;
  RefinerOptions refiner;
  AttentionOptions attention;

  /// All options, for a command line.
  void fields(Fields& f);
  /// Those that matter to what was chosen, the attention's aside, for a file.
  void chosen_fields(Fields& f);
};

/// Throws Error when a name is unknown, or mechanisms do not go together.
std::shared_ptr<Decoder> make_decoder(const DecoderOptions& options, const DecoderShape& shape);

/// The same decoder for annotations of another grid. What it has learned of single cells (tables of L rows) is
/// interpolated between their centers, bilinearly; all other weights are as they were.
std::shared_ptr<Decoder> resized(const Decoder& decoder, const Grid& grid);

}  // namespace saccade::models
