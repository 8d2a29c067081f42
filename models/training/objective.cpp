#include "models/training/objective.hpp"

#include "core/base/error.hpp"
#include "models/decoder/attention_paths.hpp"
#include "models/decoder/caption_batch.hpp"
#include "models/training/occlusion_target.hpp"

namespace saccade::models {

using torch::Tensor;

Objective::Objective(Captioner& model, const TrainingSets& sets, const TrainerOptions& options)
    : model_(model), options_(options), baseline_(model.decoder->query_width()) {
  const CaptionDataset training = training_images(sets);
  for (const auto& image : training) {
    auto& captions = captions_.emplace_back();
    for (const auto& words : image.captions) captions.push_back(model.vocabulary.encode(words));
  }
  if (options.nouns.weight > 0) {
    nouns_ = std::make_shared<NounHead>(training, model.vocabulary, options.nouns, model.encoder->annotation_width());
    nouns_->to(model.device());
  }
  if (options.loss.boxes_weight > 0) {
    boxes_ = std::make_unique<BoxTargets>(training, training_boxes(sets), model.vocabulary, model.encoder->grid(),
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
  Loss loss = decoder_loss(images, seen, share, temperature);
  if (nouns_) loss.total = loss.total + options_.nouns.weight * nouns_->loss(seen.annotations, images);
  return loss;
}

Loss Objective::decoder_loss(const std::vector<std::size_t>& images, const SeenImages& seen, double share,
                             double temperature) {
  const Tensor& annotations = seen.annotations;
  const CaptionBatch batch = captions_of(images);
  UnrollOptions decoding;
  decoding.word_dropout = options_.word_dropout;
  decoding.dropout = options_.dropout;
  decoding.temperature = temperature;
  decoding.precision = options_.precision;
  const Tensor teacher = options_.loss.teacher_share > 0 ? taught(seen, batch) : Tensor();
  MapTargets maps;
  if (boxes_) maps = boxes_->of(images, seen.crops, batch);
  const Tensor drops = seen.hidden.defined() ? drops_of(seen, batch) : Tensor();
  model_.decoder->train();
  if (!model_.decoder->stochastic()) {
    const Unrolled unrolled = model_.decoder->unroll(annotations, batch, decoding);
    Loss loss = caption_loss(unrolled, batch, options_.loss, {{}, teacher, maps});
    if (drops.defined()) add_occlusion(loss, unrolled, drops, hidden_of(seen, batch));
    return loss;
  }
  const bool soft = share < options_.soft_share;
  const AttentionPaths paths = draw_paths(batch, options_.estimator.samples,
                                          soft ? 1 : options_.estimator.expected_share, model_.decoder->maps().maps());
  const Unrolled unrolled = model_.decoder->unroll(annotations, batch, paths, decoding);
  Loss loss = lower_bound_loss(unrolled, paths, options_.loss, options_.estimator, baseline_, teacher, maps);
  if (drops.defined()) {
    const Tensor& word = paths.repeated.position;
    add_occlusion(loss, unrolled, drops.index_select(0, word) * paths.repeated.shares(),
                  hidden_of(seen, batch).index_select(0, word));
  }
  return loss;
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

/// Drop of the log-probability of each word when a block of its image is hidden: [P].
Tensor Objective::drops_of(const SeenImages& seen, const CaptionBatch& batch) const {
  model_.decoder->eval();
  return occlusion_drops(model_, seen.annotations, seen.occluded, batch, options_.precision);
}

/// The hidden cells for each word: [P, L].
Tensor Objective::hidden_of(const SeenImages& seen, const CaptionBatch& batch) {
  return seen.hidden.index_select(0, batch.image.index_select(0, batch.row));
}

void Objective::add_occlusion(Loss& loss, const Unrolled& unrolled, const Tensor& drops, const Tensor& hidden) const {
  const Tensor term = occlusion_loss(unrolled.log_alpha, drops, hidden, model_.decoder->maps().heads);
  loss.total = loss.total + options_.loss.occlusion_weight * term;
}

/// The teacher's word probabilities: [P, V].
Tensor Objective::taught(const SeenImages& seen, const CaptionBatch& batch) const {
  const torch::NoGradGuard no_gradient;
  UnrollOptions decoding;
  decoding.precision = options_.precision;
  Decoder& teacher = *options_.teacher->decoder;
  teacher.eval();
  const Tensor& annotations = seen.taught.defined() ? seen.taught : seen.annotations;
  return at::softmax(teacher.unroll(annotations.detach(), batch, decoding).logits, -1);
}

}  // namespace saccade::models
