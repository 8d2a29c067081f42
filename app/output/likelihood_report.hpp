#pragma once

#include <filesystem>
#include <list>
#include <string>
#include <utility>
#include <vector>

#include <torch/types.h>

#include "core/data/dataset.hpp"
#include "models/captioner.hpp"
#include "models/decoder/likelihood.hpp"

namespace saccade::app {

/// Measures the likelihood of references under a model.
class LikelihoodProbe {
 public:
  /// `samples`: paths per caption, for hard attention. `same_encoder`: whether annotations for read() come from the
  /// same encoder.
  LikelihoodProbe(std::string name, models::Captioner model, int samples, bool same_encoder);
  LikelihoodProbe(const LikelihoodProbe&) = delete;
  LikelihoodProbe& operator=(const LikelihoodProbe&) = delete;

  /// Adds the captions of some images, with their files and annotations [N, L, D].
  void read(const CaptionDataset& images, const std::vector<std::filesystem::path>& files,
            const torch::Tensor& annotations);

  /// Rows of the report: the likelihood of soft attention, or the bounds of hard attention.
  std::vector<std::pair<std::string, models::Estimate>> findings() const;

  /// Number of unknown words and their likelihood as <unk>; empty if all words are known.
  std::string unknown_words() const;

 private:
  std::string name_;
  models::Captioner model_;
  int samples_;
  bool same_encoder_;
  models::LikelihoodSummary likelihood_;  // for the decoder of model_
};

/// Prints all results as a table.
void print_likelihood(const std::list<LikelihoodProbe>& probes);

}  // namespace saccade::app
