#include "models/training/noun_head.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "core/base/error.hpp"
#include "core/text/function_words.hpp"
#include "models/kernels/linear.hpp"

namespace saccade::models {

using torch::Tensor;

namespace {

/// log p of z = -log(1 - p), finite for z = 0.
Tensor log_probability(const Tensor& evidence) {
  constexpr double kLeast = 1e-6;
  return at::log(-at::expm1(-evidence.clamp_min(kLeast)));
}

}  // namespace

void NounHeadOptions::fields(Fields& f) {
  f(weight, "nouns-weight", Range{0, 1e6},
    "Set the weight of an auxiliary loss that predicts from the cells which content words people use for the image "
    "(Fang et al. 2015); 0 turns it off.",
    Affects::kResult);
  f(words, "nouns", Range{1, 1e6}, "Predict the N most frequent content words with that loss.", Affects::kResult);
}

NounHead::NounHead(const CaptionDataset& training, const Vocabulary& vocabulary, const NounHeadOptions& options,
                   std::int64_t annotation_width) {
  std::vector<std::set<std::string>> content;
  std::map<std::string, std::int64_t> images_with;
  for (const CaptionedImage& image : training) {
    auto& words = content.emplace_back();
    for (const auto& caption : image.captions) {
      for (const auto& word : caption) {
        if (!is_function_word(word) && vocabulary.index(word) != Vocabulary::kUnknown) words.insert(word);
      }
    }
    for (const auto& word : words) ++images_with[word];
  }
  if (images_with.empty()) throw Error("--nouns-weight: the training captions have no content word to learn");
  std::vector<std::pair<std::int64_t, std::string>> ranked;
  for (const auto& [word, count] : images_with) ranked.emplace_back(-count, word);
  std::sort(ranked.begin(), ranked.end());
  ranked.resize(std::min(ranked.size(), static_cast<std::size_t>(options.words)));
  std::map<std::string, std::int64_t> numbers;
  for (const auto& entry : ranked) {
    numbers.emplace(entry.second, static_cast<std::int64_t>(words_.size()));
    words_.push_back(entry.second);
  }

  constexpr float kFull = 5;  // captions per image
  for (std::size_t i = 0; i < training.size(); ++i) {
    auto& present = present_.emplace_back();
    for (const auto& word : content[i]) {
      const auto found = numbers.find(word);
      if (found != numbers.end()) present.push_back(found->second);
    }
    completeness_.push_back(std::min(1.0F, static_cast<float>(training[i].captions.size()) / kFull));
  }

  const auto count = static_cast<std::int64_t>(words_.size());
  weight = register_parameter("weight", torch::zeros({count, annotation_width}));
  constexpr double kInitialBias = -9;  // with hundreds of cells, p starts at a few percent
  bias = register_parameter("bias", torch::full({count}, kInitialBias));
}

Tensor NounHead::evidence(const Tensor& annotations) const {
  return at::softplus(linear(annotations, weight, bias, Precision::kFloat32)).sum(1);
}

Tensor NounHead::log_probabilities(const Tensor& annotations) const {
  return log_probability(evidence(annotations));
}

Tensor NounHead::loss(const Tensor& annotations, const std::vector<std::size_t>& images) const {
  const auto rows = static_cast<std::int64_t>(images.size());
  Tensor present = torch::zeros({rows, weight.size(0)});
  Tensor absent = torch::ones({rows, weight.size(0)});
  std::size_t words = 0;
  for (std::int64_t row = 0; row < rows; ++row) {
    const std::size_t image = images[static_cast<std::size_t>(row)];
    absent[row].fill_(completeness_[image]);
    for (const std::int64_t word : present_[image]) {
      present.data_ptr<float>()[row * present.size(1) + word] = 1;
      absent.data_ptr<float>()[row * present.size(1) + word] = 0;
    }
    words += present_[image].size();
  }
  const Tensor z = evidence(annotations);
  const Tensor log_p = log_probability(z);
  const Tensor entropy = absent.to(z.device()) * z - present.to(z.device()) * log_p;
  return entropy.sum() / static_cast<double>(std::max<std::size_t>(words, 1));
}

}  // namespace saccade::models
