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

/// Hides cells of photos to measure whether words depend on the cells of their maps.
class FaithfulnessProbe {
 public:
  explicit FaithfulnessProbe(std::uint64_t seed) : seed_(seed) {}

  /// Measures the words at these places of a generated caption. pixels: [S, S, 3] from vision::preprocess.
  void read(models::Captioner& model, const torch::Tensor& pixels, const Caption& caption,
            const std::vector<std::size_t>& places);

  const metrics::FaithfulnessSummary& summary() const { return summary_; }

 private:
  std::uint64_t seed_;
  metrics::FaithfulnessSummary summary_;
};

/// Places of the words that are not function words.
std::vector<std::size_t> content_places(const Caption& caption);

/// Prints the areas by order, and the distances.
void print_faithfulness(const WordFindings& findings);

}  // namespace saccade::app
