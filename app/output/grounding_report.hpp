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

/// Compares maps of words with boxes of the named objects.
class GroundingJudge {
 public:
  /// Reads a boxes file. Throws Error like Entities, or if it contains none of `images`.
  GroundingJudge(const std::filesystem::path& boxes, const CaptionDataset& images);

  /// Adds a generated caption to a summary, unless its image has no boxes.
  void read_caption(const std::string& image, const Caption& caption, metrics::GroundingSummary& summary) const;

  /// The same for the cells that its words read, as maps with a single cell; nothing for weighted means.
  void read_cells(const std::string& image, Caption caption, metrics::GroundingSummary& summary) const;

  /// Places of the words of a generated caption that name boxed objects of this image.
  std::vector<std::size_t> named_places(const std::string& image, const Caption& caption) const;

  /// Scores the reference maps of these images by teacher forcing. annotations: [N, L, D]. The words come from the
  /// boxes file, which knows the object of each phrase.
  void read_references(models::Captioner& model, const CaptionDataset& images, const torch::Tensor& annotations);

  /// The summary of the references.
  const metrics::GroundingSummary& references() const { return references_; }

 private:
  Entities entities_;
  metrics::GroundingSummary references_;
};

/// Results of a summary: means over words, intervals and the most frequent words.
struct GroundingFindings : WordFindings {
  std::string name;  ///< name of the trial, for example "beam 5"
  std::vector<metrics::GroundingRow> commonest;
};

/// The results of a summary. The confidence is 0.95 if `bootstrap` has none (0).
GroundingFindings findings_of(const std::string& name, const metrics::GroundingSummary& summary,
                              const metrics::BootstrapOptions& bootstrap);

/// Prints one row each, then the most frequent words of the last.
void print_grounding(const std::string& heading, const std::vector<GroundingFindings>& findings);

/// {"words": .., "photos": .., "confidence": .., "resamples": .., "correctness": {"score": .., "low": .., "high": ..},
/// ..., "commonest": [{"word": .., "times": .., "correctness": .., ...}, ...]}
nlohmann::ordered_json to_json(const GroundingFindings& findings);

}  // namespace saccade::app
