#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <torch/nn/module.h>
#include <torch/types.h>

#include "core/base/fields.hpp"
#include "models/attention/attention_output.hpp"
#include "models/attention/forced_map.hpp"
#include "models/attention/reading.hpp"
#include "models/attention/weighting.hpp"
#include "models/kernels/linear.hpp"

namespace saccade::models {

/// Attention mechanism: function phi of Xu et al. 2015, section 4, from a decoder state to a context vector. Mechanisms
/// combine three independent parts: a score (alignment.hpp), weights (weighting.hpp) and a reading (reading.hpp).
class Attention : public torch::nn::Module {
 public:
  /// Precomputes the memory of N images. annotations: [N, L, D].
  virtual Memory prepare(const torch::Tensor& annotations, Precision precision) = 0;

  /// Computes the maps and context vectors of R rows.
  virtual AttentionOutput attend(const Query& query, const Memory& memory, const Selection& selection) = 0;

  /// Width C of a context vector; 0 if there is none.
  virtual std::int64_t context_width() const = 0;

  /// Number of maps M per step: one, one per head, or none.
  virtual int maps() const = 0;

  /// Whether it samples cells. If so, it uses `Selection`, and its gradient must be estimated.
  virtual bool stochastic() const = 0;

  /// Whether it depends on the step number. If so, rows of different steps cannot share a call.
  virtual bool knows_step() const = 0;

  /// Changes the reading but keeps the weights. Throws Error if there is nothing to read.
  virtual void set_reading(Reading reading) = 0;

  /// Replaces its maps by those of `forcer`, and reads their weighted mean for any reading. Null restores its own maps.
  /// Throws Error if there is nothing to read.
  virtual void force(std::shared_ptr<MapForcer> forcer) = 0;
};

struct AttentionOptions {
  AttentionOptions();

  std::string attention = "soft";
  std::string alignment = "additive";
  std::int64_t alignment_width = 256;
  bool mean_context = false;
  bool position_embeddings = false;
  WeightingChoice weighting;

  /// All options, and those that apply to the selected mechanisms.
  void fields(Fields& f);
  void chosen_fields(Fields& f);

 private:
  void declare_position_embeddings(Fields& f);
};

/// Returns none, soft and hard.
std::vector<std::string> attention_names();

/// Creates an attention. Throws Error if a name is unknown or the parts are incompatible.
std::shared_ptr<Attention> make_attention(const AttentionOptions& options, const AttentionShape& shape);

}  // namespace saccade::models
