#include "models/captioner.hpp"

#include <utility>

namespace saccade::models {

torch::Device Captioner::device() const {
  return decoder->parameters().front().device();
}

void Captioner::to(torch::Device device) {
  encoder->to(device);
  decoder->to(device);
}

void Captioner::resize(int input_size) {
  encoder->resize(input_size);
  decoder = resized(*decoder, encoder->grid());
  preprocessing.input_size = input_size;
  blank = torch::Tensor();
}

void Captioner::precompute_blank() {
  blank = encode(torch::zeros({1, preprocessing.input_size, preprocessing.input_size, 3}));
}

torch::Tensor Captioner::encode(const torch::Tensor& pixels) {
  const torch::NoGradGuard no_gradient;
  return encoder->forward(pixels.to(device()));
}

std::string tokens_of(const std::map<std::string, std::string>& notes) {
  const auto found = notes.find(kTokensNote);
  return found == notes.end() ? "words" : found->second;
}

std::vector<std::vector<Caption>> Captioner::caption(const torch::Tensor& annotations, SearchOptions options,
                                                     const std::vector<std::uint64_t>& streams) {
  if (options.length_penalty < 0) options.length_penalty = length_penalty;
  if (options.specificity < 0) options.specificity = specificity;
  torch::Tensor blank_annotations = blank;
  if (options.specificity > 0 && !blank.defined()) {
    blank_annotations = encode(torch::zeros({1, preprocessing.input_size, preprocessing.input_size, 3}));
  }
  if (decoder->is_training()) decoder->eval();  // nothing is written otherwise: other threads may caption too
  std::vector<std::vector<Caption>> captions;
  const bool characters = tokens() == "characters";
  for (auto& hypotheses : beam_search(*decoder, annotations.to(device()), options, streams, blank_annotations)) {
    auto& of_image = captions.emplace_back();
    for (auto& hypothesis : hypotheses) {
      Caption caption;
      for (const std::int64_t word : hypothesis.words) caption.words.push_back(vocabulary.word(word));
      caption.log_probabilities = std::move(hypothesis.log_probabilities);
      caption.log_probability = hypothesis.log_probability;
      caption.beta = std::move(hypothesis.beta);
      caption.grid = encoder->grid();
      caption.characters = characters;
      caption.layout = decoder->maps();
      if (caption.layout.maps() <= 1) {
        caption.alpha = std::move(hypothesis.alpha);
        caption.cells = std::move(hypothesis.cells);
      } else {
        caption.every_alpha = std::move(hypothesis.alpha);
        caption.every_cell = std::move(hypothesis.cells);
        caption.show_map(/*layer=*/0, /*head=*/0);
      }
      of_image.push_back(std::move(caption));
    }
  }
  return captions;
}

}  // namespace saccade::models
