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

/// The result of one generation step.
struct StepWeights {
  virtual ~StepWeights() = default;
};

/// The precomputed memory of N images, shared by all steps.
struct EncoderMemory {
  std::vector<Memory> memories;  ///< one per layer with attention
  std::shared_ptr<const StepWeights> weights;

  std::int64_t images() const { return memories.front().annotations.size(0); }
  torch::Device device() const { return memories.front().annotations.device(); }
  /// Selects images by `index` [N'] int64.
  EncoderMemory select(const torch::Tensor& index) const;
};

/// The state of K captions (or beams) for each of N images. Each decoder defines its own tensors, [N, K, ...].
struct State {
  std::vector<torch::Tensor> rows;
  std::int64_t step = 0;  ///< number of words read

  /// Selects rows by `index` [N' K'] int64 among all N K rows, as K' captions for each of N' images.
  State select(const torch::Tensor& index, std::int64_t images) const;
};

/// One step of generation.
struct Step {
  State state;
  torch::Tensor logits;     ///< [N, K, V]
  torch::Tensor log_alpha;  ///< [N, K, M, L]; undefined without maps
  torch::Tensor beta;       ///< [N, K], the gate of the context; undefined without a context
  torch::Tensor cell;       ///< [N, K, M] as in AttentionOutput; undefined for soft attention
};

struct UnrollOptions {
  double word_dropout = 0.3;  ///< dropout rate of the word embeddings
  double dropout = 0.5;       ///< dropout rate of the hidden layer of the deep output
  double temperature = 1;     ///< alpha_t = softmax(e_t / temperature)
  Precision precision = Precision::kFloat32;
};

/// The result of all steps of a batch with teacher forcing. Rows are packed as in CaptionBatch.
struct Unrolled {
  torch::Tensor logits;     ///< [P, V]
  torch::Tensor log_alpha;  ///< [P, M, L]; undefined without maps
  torch::Tensor cell;       ///< [P, M] as in AttentionOutput; undefined for soft attention
  torch::Tensor before;     ///< [P, query_width], the query state, detached; undefined without paths
};

/// Sizes that a decoder must match.
struct DecoderShape {
  std::int64_t vocabulary = 0;  ///< V, number of words
  std::int64_t annotation = 0;  ///< D, width of an annotation
  Grid grid;                    ///< with L cells
};

/// The common arguments of decoder constructors.
struct DecoderContext {
  DecoderShape shape;  ///< after refinement
  std::int64_t embedding;
  AttentionOptions attention;
};

/// Decodes annotations into words. Beam search, training and likelihoods use this interface only.
class Decoder : public torch::nn::Module {
 public:
  /// Precomputes what depends on the images alone. annotations: [N, L, D].
  EncoderMemory precompute(const torch::Tensor& annotations, Precision precision = Precision::kFloat32);

  /// Returns the state before the first word, K = 1.
  virtual State start(const EncoderMemory& encoded) = 0;

  /// Computes one generation step, without gradients. previous_words: [N, K], y_{t-1}; selection: N K rows.
  virtual Step step(const EncoderMemory& encoded, const State& state, const torch::Tensor& previous_words,
                    const Selection& selection = {}) = 0;

  /// Computes all steps of a batch with teacher forcing.
  Unrolled unroll(const torch::Tensor& annotations, const CaptionBatch& batch, const UnrollOptions& options);

  /// The same along attention paths s_1 ... s_T, several per caption. Terms that depend on words alone are computed
  /// once for all paths, and the paths share a dropout mask. Tensors have P' rows.
  Unrolled unroll(const torch::Tensor& annotations, const CaptionBatch& batch, const AttentionPaths& paths,
                  const UnrollOptions& options);

  /// Layout of the M maps of all layers. The maps of the last layer come last.
  virtual MapLayout maps() const = 0;
  /// Whether it samples cells. If so, its gradient must be estimated.
  virtual bool stochastic() const = 0;
  /// Width of the query state.
  virtual std::int64_t query_width() const = 0;

  /// Changes the reading to "soft" or "hard" but keeps the weights. Throws Error if there is no attention.
  void set_attention(const std::string& name);

  /// Replaces the maps of all attentions by those of `forcer`. Null restores their own maps. Throws Error if there is
  /// no attention.
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
  std::shared_ptr<Refiner> refiner_;  // null without refiner layers
};

/// Decoders by name. Each file in models/decoder/architecture registers one.
using DecoderRegistry = Registry<Mechanism<Decoder, DecoderContext>>;
using DecoderChoice = Choice<Decoder, DecoderContext>;
const DecoderRegistry& decoder_registry();
void register_all(DecoderRegistry& registry);

/// The complete configuration of a decoder.
struct DecoderOptions {
  DecoderOptions();

  DecoderChoice decoder;
  std::int64_t embedding = 256;
  RefinerOptions refiner;
  AttentionOptions attention;

  /// All options, for the command line.
  void fields(Fields& f);
  /// The options that apply to the selected mechanisms, without those of the attention, for model files.
  void chosen_fields(Fields& f);
};

/// Creates a decoder. Throws Error if a name is unknown or the mechanisms are incompatible.
std::shared_ptr<Decoder> make_decoder(const DecoderOptions& options, const DecoderShape& shape);

/// Returns the decoder for another grid. Tables with one row per cell are interpolated bilinearly between the cell
/// centers; other weights are unchanged.
std::shared_ptr<Decoder> resized(const Decoder& decoder, const Grid& grid);

/// The same decoder for a vocabulary of `words` entries, at least as many as now. Rows of words that it has stay as
/// they are; those of new words are initialized as in a new decoder.
std::shared_ptr<Decoder> extended(const Decoder& decoder, std::int64_t words);

}  // namespace saccade::models
