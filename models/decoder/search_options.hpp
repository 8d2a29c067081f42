#pragma once

#include <cstdint>

#include "core/base/fields.hpp"
#include "core/base/registry.hpp"
#include "models/kernels/linear.hpp"

namespace saccade::models {

/// What hard attention reads when it generates captions.
enum class CellChoice {
  kMedoid,    ///< the cell whose annotation is nearest to the weighted mean
  kArgmax,    ///< the cell with the largest weight
  kExpected,  ///< the weighted mean, as in soft attention
  kSample,    ///< a cell drawn from alpha, independently for each beam
};

constexpr const char* kCellHelp =
    "Select the cell that hard attention reads: the nearest to the weighted mean (medoid), the largest weight "
    "(argmax), a random one (sample), or the weighted mean itself (expected).";

/// The choices by name: medoid, argmax, sample, expected.
const Registry<CellChoice>& cell_choices();

/// p of models whose file stores none.
constexpr double kDefaultLengthPenalty = 0.6;

/// A word is a candidate for specificity if it is at least this share as probable as the most probable word
/// (the plausibility constraint of Li et al., ACL 2023).
constexpr double kPlausible = 0.1;

struct SearchOptions {
  int beam = 5;                               ///< hypotheses kept at each step; 1 is greedy search
  int max_length = 30;                        ///< words; a longer hypothesis must end and pays for its <end>
  int min_length = 1;                         ///< words before which <end> is forbidden
  Precision precision = Precision::kFloat32;  ///< of the matrix products
  /// p of the score log p(y | a) / (words + 1)^p by which captions are ranked; 1 counts <end>. Negative: the value that
  /// the model stores (Captioner::caption), or kDefaultLengthPenalty where a decoder is searched without a model.
  double length_penalty = -1;
  /// lambda of the score sum_t log p(y_t | y_<t, a) - lambda log p(y_t | y_<t, blank), the pointwise mutual information
  /// of caption and image for lambda = 1 (Li et al., NAACL 2016). Larger values prefer words that the image makes more
  /// probable than a blank image does. Negative: the value that the model stores, or 0 without a model.
  double specificity = -1;
  CellChoice cell = CellChoice::kMedoid;  ///< for hard attention
  std::uint64_t seed = 1;                 ///< of sampled cells

  /// All options except the precision, which the caller sets.
  void fields(Fields& f);
};

}  // namespace saccade::models
