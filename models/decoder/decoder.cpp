#include "models/decoder/decoder.hpp"

#include <utility>
#include <vector>

#include "core/base/error.hpp"
#include "models/kernels/initialization.hpp"

namespace saccade::models {

using torch::Tensor;

EncoderMemory EncoderMemory::select(const Tensor& index) const {
  EncoderMemory selected{{}, weights};
  for (const Memory& memory : memories) selected.memories.push_back(memory.select(index));
  return selected;
}

State State::select(const Tensor& index, std::int64_t images) const {
  State selected{{}, step};
  for (const Tensor& row : rows) {
    auto sizes = row.sizes().vec();
    sizes[0] = images;
    sizes[1] = index.size(0) / images;
    selected.rows.push_back(row.flatten(0, 1).index_select(0, index).view(sizes));
  }
  return selected;
}

EncoderMemory Decoder::precompute(const Tensor& annotations, Precision precision) {
  return prepare(refiner_ ? refiner_->forward(annotations, precision) : annotations, precision);
}

Unrolled Decoder::unroll(const Tensor& annotations, const CaptionBatch& batch, const UnrollOptions& options) {
  return unroll_refined(refiner_ ? refiner_->forward(annotations, options.precision) : annotations, batch, nullptr,
                        options);
}

Unrolled Decoder::unroll(const Tensor& annotations, const CaptionBatch& batch, const AttentionPaths& paths,
                         const UnrollOptions& options) {
  return unroll_refined(refiner_ ? refiner_->forward(annotations, options.precision) : annotations, batch, &paths,
                        options);
}

void Decoder::set_attention(const std::string& name) {
  if (name != "soft" && name != "hard") throw Error("a decoder goes on with soft or hard attention, not '{}'", name);
  set_reading(name == "hard" ? Reading::kDraw : Reading::kExpectation);
  options_->attention.attention = name;
}

void Decoder::force(const std::shared_ptr<MapForcer>& forcer) {
  for (const auto& module : modules(/*include_self=*/false)) {
    if (const auto attention = std::dynamic_pointer_cast<Attention>(module)) attention->force(forcer);
  }
}

const DecoderRegistry& decoder_registry() {
  static const DecoderRegistry registry = [] {
    DecoderRegistry all("decoder");
    register_all(all);
    return all;
  }();
  return registry;
}

namespace {

/// Interpolates a table [L, ...] from one grid to another.
Tensor interpolated(const Tensor& table, const Grid& from, const Grid& to) {
  const Tensor map = table.reshape({1, from.rows, from.columns, -1}).permute({0, 3, 1, 2});
  const Tensor result = at::upsample_bilinear2d(map, {to.rows, to.columns}, /*align_corners=*/false);
  std::vector<std::int64_t> sizes = table.sizes().vec();
  sizes[0] = to.cells();
  return result.permute({0, 2, 3, 1}).reshape(sizes);
}

}  // namespace

DecoderOptions::DecoderOptions() : decoder(decoder_registry(), "decoder", "Set the decoder network.", "lstm") {}

void DecoderOptions::fields(Fields& f) {
  decoder.fields(f);
  f(embedding, "embedding", Range{1, 8192}, "Set the width of the word embedding.", Affects::kModel);
  refiner.fields(f);
  attention.fields(f);
}

void DecoderOptions::chosen_fields(Fields& f) {
  decoder.chosen_fields(f);
  f(embedding, "embedding", Range{1, 8192}, "", Affects::kModel);
  refiner.fields(f);
}

std::shared_ptr<Decoder> make_decoder(const DecoderOptions& options, const DecoderShape& shape) {
  std::shared_ptr<Refiner> refiner;
  DecoderContext context{shape, options.embedding, options.attention};
  if (options.refiner.layers > 0) {
    refiner = std::make_shared<Refiner>(options.refiner, shape.annotation, shape.grid);
    context.shape.annotation = options.refiner.width;
  }
  auto decoder = options.decoder.make(context);
  decoder->options_ = std::make_shared<DecoderOptions>(options);
  decoder->shape_ = shape;
  if (refiner) decoder->refiner_ = decoder->register_module("refiner", refiner);
  return decoder;
}

std::shared_ptr<Decoder> resized(const Decoder& decoder, const Grid& grid) {
  const torch::NoGradGuard no_gradient;
  const NoInitialization all_are_copied;
  DecoderShape shape = decoder.shape();
  const Grid before = std::exchange(shape.grid, grid);
  auto result = make_decoder(decoder.options(), shape);
  const auto from = decoder.parameters();
  auto to = result->parameters();
  for (std::size_t i = 0; i < to.size(); ++i) {
    to[i].copy_(from[i].sizes() == to[i].sizes() ? from[i] : interpolated(from[i], before, grid));
  }
  return result;
}

std::shared_ptr<Decoder> extended(const Decoder& decoder, std::int64_t words) {
  const torch::NoGradGuard no_gradient;
  DecoderShape shape = decoder.shape();
  if (words < shape.vocabulary) throw Error("a vocabulary of {} words cannot shrink to {}", shape.vocabulary, words);
  shape.vocabulary = words;
  auto result = make_decoder(decoder.options(), shape);
  const auto from = decoder.parameters();
  auto to = result->parameters();
  for (std::size_t i = 0; i < to.size(); ++i) to[i].narrow(0, 0, from[i].size(0)).copy_(from[i]);
  return result;
}

}  // namespace saccade::models
