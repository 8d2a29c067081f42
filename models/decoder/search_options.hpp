#pragma once

#include <cstdint>

#include "core/base/fields.hpp"
#include "core/base/registry.hpp"
#include "models/kernels/linear.hpp"

namespace saccade::models {

/// What hard attention does when captions are generated.
enum class CellChoice {
  kMedoid,    ///< sees the cell whose annotation vector is nearest to the expectation
  kArgmax,    ///< sees the likeliest cell
  kExpected,  ///< sees the expectation, as soft attention does
  kSample,    ///< sees a cell drawn from alpha, each beam its own
};

constexpr const char* kCellHelp =
    "What hard attention sees: the cell nearest to the mean of all by their weights (medoid), the likeliest cell "
    "(argmax), a cell drawn by its weight (sample), or that mean itself (expected).";

/// By their names: medoid, argmax, sample, expected.
const Registry<CellChoice>& cell_choices();

struct SearchOptions {
  int beam = 5;                               ///< hypotheses kept at every step; 1 is greedy search
  int max_length = 30;                        ///< words; a hypothesis that has not ended by then is cut there
  int min_length = 1;                         ///< <end> is forbidden before so many words
  Precision precision = Precision::kFloat32;  ///< of the products
  double length_penalty = 0.6;            ///< p of the score log p(y | a) / (words + 1)^p by which captions are ranked
  CellChoice cell = CellChoice::kMedoid;  ///< where attention is hard
  std::uint64_t seed = 1;                 ///< of drawn cells; an image's draws do not depend on the images beside it

  /// All but the precision, which is the caller's to choose.
  void fields(Fields& f);
};

}  // namespace saccade::models
