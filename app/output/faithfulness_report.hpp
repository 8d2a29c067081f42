#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include <torch/types.h>

#include "app/output/word_findings.hpp"
#include "core/metrics/faithfulness.hpp"
#include "core/text/caption.hpp"
#include "models/captioner.hpp"

namespace saccade::app {

/// Greys photos cell by cell to see whether the words of their captions depend on where their maps lie.
class FaithfulnessProbe {
 public:
  explicit FaithfulnessProbe(std::uint64_t seed) : seed_(seed) {}

  /// The words at these places of the model's caption of a photo, pixels [S, S, 3] as vision::preprocess makes them.
  void read(models::Captioner& model, const torch::Tensor& pixels, const Caption& caption,
            const std::vector<std::size_t>& places);

  const metrics::FaithfulnessSummary& summary() const { return summary_; }

 private:
  std::uint64_t seed_;
  metrics::FaithfulnessSummary summary_;
};

/// The places of a caption's words that are no function words.
std::vector<std::size_t> content_places(const Caption& caption);

/// Prints the areas, a row for each order, and the distances.
void print_faithfulness(const WordFindings& findings);

}  // namespace saccade::app
