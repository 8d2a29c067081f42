#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>
#include <torch/types.h>

#include "core/metrics/bootstrap.hpp"
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

/// What a summary comes to.
struct FaithfulnessFindings {
  std::size_t photos = 0;
  std::size_t words = 0;
  metrics::BootstrapOptions bootstrap;
  std::vector<metrics::Interval> scores;
};

/// The findings of a summary, with intervals of a confidence of 0.95 where `bootstrap` has none (0).
FaithfulnessFindings findings_of(const metrics::FaithfulnessSummary& summary, metrics::BootstrapOptions bootstrap);

/// Prints the areas, a row for each order, and the distances.
void print_faithfulness(const FaithfulnessFindings& findings);

/// {"words": .., "photos": .., "confidence": .., "resamples": .., "deletion_alpha": {"score": .., "low": .., "high":
/// ..}, ...}
nlohmann::ordered_json to_json(const FaithfulnessFindings& findings);

}  // namespace saccade::app
