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

/// The mechanism phi of Xu et al. 2015, section 4: from a decoder's state to a context vector. Mechanisms differ in
/// three ways that do not depend on each other: what is scored (alignment.hpp), how scores become weights
/// (weighting.hpp), and what is read with the weights (reading.hpp).
class Attention : public torch::nn::Module {
 public:
  /// What it keeps of N images: annotations [N, L, D].
  virtual Memory prepare(const torch::Tensor& annotations, Precision precision) = 0;

  /// Where R rows look, and what they see there.
  virtual AttentionOutput attend(const Query& query, const Memory& memory, const Selection& selection) = 0;

  /// C, the width of a context vector; 0: there is none.
  virtual std::int64_t context_width() const = 0;

  /// M, how many maps a step has: one, one for each head, or none.
  virtual int maps() const = 0;

  /// Whether it draws cells, so that a `Selection` means something to it and its gradient must be estimated.
  virtual bool stochastic() const = 0;

  /// Whether the number of the step matters to it: then rows of different steps cannot look together.
  virtual bool knows_step() const = 0;

  /// Goes on with the same weights and another reading. Throws Error where nothing is read.
  virtual void set_reading(Reading reading) = 0;

  /// Lets maps of this forcer take the place of its own, which are then read as weights, whatever the reading; with
  /// none, its own again. Throws Error where nothing is read.
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

  /// All options, and those that matter to what was chosen.
  void fields(Fields& f);
  void chosen_fields(Fields& f);

 private:
  void declare_position_embeddings(Fields& f);
};

/// none, soft, hard.
std::vector<std::string> attention_names();

/// Throws Error when a name is unknown, or mechanisms do not go together.
std::shared_ptr<Attention> make_attention(const AttentionOptions& options, const AttentionShape& shape);

}  // namespace saccade::models
