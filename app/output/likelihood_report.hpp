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

/// A model that is asked how likely it holds people's captions.
class LikelihoodProbe {
 public:
  /// `samples` paths a caption, where attention is hard. `same_encoder`: as the model whose annotations read() gets.
  LikelihoodProbe(std::string name, models::Captioner model, int samples, bool same_encoder);
  LikelihoodProbe(const LikelihoodProbe&) = delete;
  LikelihoodProbe& operator=(const LikelihoodProbe&) = delete;

  /// The captions of some images, whose files these are and, under that other model, annotations [N, L, D].
  void read(const CaptionDataset& images, const std::vector<std::filesystem::path>& files,
            const torch::Tensor& annotations);

  /// What there is to tell, row by row: soft attention's likelihood, or hard attention's bounds.
  std::vector<std::pair<std::string, models::Estimate>> findings() const;

  /// How many of the words the model does not know, and how likely it holds <unk> there; empty where it knows all.
  std::string unknown_words() const;

 private:
  std::string name_;
  models::Captioner model_;
  int samples_;
  bool same_encoder_;
  models::LikelihoodSummary likelihood_;  // of model_'s decoder
};

/// Prints the findings of all as a table.
void print_likelihood(const std::list<LikelihoodProbe>& probes);

}  // namespace saccade::app
