#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>
#include <torch/types.h>

#include "app/output/word_findings.hpp"
#include "core/data/dataset.hpp"
#include "core/data/entities.hpp"
#include "core/metrics/bootstrap.hpp"
#include "core/metrics/grounding.hpp"
#include "core/text/caption.hpp"
#include "models/captioner.hpp"

namespace saccade::app {

/// Holds the maps of words against boxes around the things that they name.
class GroundingJudge {
 public:
  /// Reads a file of boxes. Throws Error as Entities does, and when none of `images` is in it.
  GroundingJudge(const std::filesystem::path& boxes, const CaptionDataset& images);

  /// Adds a generated caption to a summary; not when its image has no boxes.
  void read_caption(const std::string& image, const Caption& caption, metrics::GroundingSummary& summary) const;

  /// The same of the cells that its words saw, as maps with all their weight there; nothing where they saw mixtures.
  void read_cells(const std::string& image, Caption caption, metrics::GroundingSummary& summary) const;

  /// The places of a generated caption's words that name something with boxes in this image.
  std::vector<std::size_t> named_places(const std::string& image, const Caption& caption) const;

  /// Has the model say the captions that people wrote of these images, with annotations [N, L, D] under this model.
  /// Their words are those of the file of boxes, where it is known what each phrase names.
  void read_references(models::Captioner& model, const CaptionDataset& images, const torch::Tensor& annotations);

  /// What those came to.
  const metrics::GroundingSummary& references() const { return references_; }

 private:
  Entities entities_;
  metrics::GroundingSummary references_;
};

/// What a summary comes to: means over words, their intervals, the commonest words.
struct GroundingFindings : WordFindings {
  std::string name;  ///< whose maps they are: "beam 5"
  std::vector<metrics::GroundingRow> commonest;
};

/// The findings of a summary, with intervals of a confidence of 0.95 where `bootstrap` has none (0).
GroundingFindings findings_of(const std::string& name, const metrics::GroundingSummary& summary,
                              const metrics::BootstrapOptions& bootstrap);

/// Prints a row for each of these, then the commonest words of the last one.
void print_grounding(const std::string& heading, const std::vector<GroundingFindings>& findings);

/// {"words": .., "photos": .., "confidence": .., "resamples": .., "correctness": {"score": .., "low": .., "high": ..},
/// ..., "commonest": [{"word": .., "times": .., "correctness": .., ...}, ...]}
nlohmann::ordered_json to_json(const GroundingFindings& findings);

}  // namespace saccade::app
