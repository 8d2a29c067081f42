#include "models/training/objective.hpp"

#include "core/base/error.hpp"
#include "models/decoder/attention_paths.hpp"
#include "models/decoder/caption_batch.hpp"

namespace saccade::models {

using torch::Tensor;

Objective::Objective(Captioner& model, const CaptionDataset& training, const TrainerOptions& options)
    : model_(model), options_(options), baseline_(model.decoder->query_width()) {
  for (const auto& image : training) {
    auto& captions = captions_.emplace_back();
    for (const auto& words : image.captions) captions.push_back(model.vocabulary.encode(words));
  }
  if (options.loss.boxes_weight > 0) {
    boxes_ = std::make_unique<BoxTargets>(training, *options.boxes, model.vocabulary, model.encoder->grid(),
                                          model.decoder->maps().heads);
    if (boxes_->words() == 0) {
      throw Error("no word of the training captions has a box: a caption must stand in the file of boxes word by word");
    }
  }
}

void Objective::begin_stage() {
  baseline_ = RewardBaseline(model_.decoder->query_width());
}

Loss Objective::loss(const std::vector<std::size_t>& images, const SeenImages& seen, double share, double temperature) {
  const Tensor& annotations = seen.annotations;
  const CaptionBatch batch = captions_of(images);
  UnrollOptions decoding;
  decoding.word_dropout = options_.word_dropout;
  decoding.dropout = options_.dropout;
  decoding.temperature = temperature;
  decoding.precision = options_.precision;
  model_.decoder->train();
  const Tensor teacher = options_.loss.teacher_share > 0 ? taught(annotations, batch) : Tensor();
  MapTargets maps;
  if (boxes_) maps = boxes_->of(images, seen.crops, batch);
  if (!model_.decoder->stochastic()) {
    return caption_loss(model_.decoder->unroll(annotations, batch, decoding), batch, options_.loss,
                        {{}, teacher, maps});
  }
  const bool soft = share < options_.soft_share;
  const AttentionPaths paths = draw_paths(batch, options_.estimator.samples,
                                          soft ? 1 : options_.estimator.expected_share, model_.decoder->maps().maps());
  return lower_bound_loss(model_.decoder->unroll(annotations, batch, paths, decoding), paths, options_.loss,
                          options_.estimator, baseline_, teacher, maps);
}

StateDict Objective::state() const {
  return {{"baseline.averages", baseline_.averages}, {"baseline.weights", baseline_.weights}};
}

CaptionBatch Objective::captions_of(const std::vector<std::size_t>& images) const {
  std::vector<std::vector<std::int64_t>> captions;
  std::vector<std::int64_t> image_of;
  for (std::size_t i = 0; i < images.size(); ++i) {
    for (const auto& words : captions_[images[i]]) {
      captions.push_back(words);
      image_of.push_back(static_cast<std::int64_t>(i));
    }
  }
  return pack(captions, image_of).to(model_.device());
}

/// The teacher's probabilities of the words to say next: [P, V].
Tensor Objective::taught(const Tensor& annotations, const CaptionBatch& batch) const {
  const torch::NoGradGuard no_gradient;
  UnrollOptions decoding;
  decoding.precision = options_.precision;
  options_.teacher->eval();
  return at::softmax(options_.teacher->unroll(annotations.detach(), batch, decoding).logits, -1);
}

}  // namespace saccade::models
