#include "models/encoder/vision_transformer.hpp"

#include <cmath>
#include <utility>

#include <torch/version.h>

#include "core/base/error.hpp"
#include "models/encoder/published_config.hpp"
#include "models/kernels/initialization.hpp"
#include "models/weights/weights_file.hpp"

namespace saccade::models {
namespace {

using torch::Tensor;

/// A tensor for weights, without initialization if they will be loaded. Limits its size to that of the file.
Tensor new_matrix(std::int64_t rows, std::int64_t columns) {
  return NoInitialization::active() ? NoInitialization::empty(rows, columns) : torch::zeros({rows, columns});
}

Tensor new_vector(std::int64_t size) {
  return new_matrix(1, size).squeeze(0);
}

Tensor normalized(const Tensor& x, const Tensor& gain, const Tensor& bias, double epsilon) {
  return at::layer_norm(x, {x.size(-1)}, gain, bias, epsilon);
}

constexpr double kQuick = 1.702;

Tensor activated(const Tensor& x, Activation activation) {
  return activation == Activation::kQuickGelu ? x * at::sigmoid(kQuick * x) : at::gelu(x);
}

/// The same in place.
void activate(Tensor& x, Activation activation) {
  if (activation == Activation::kQuickGelu) {
    x.mul_(at::sigmoid(kQuick * x));
  } else {
    at::gelu_(x);
  }
}

/// Self-attention: queries, keys and values [B, T, 3 W] -> [B, T, W].
Tensor attended(const Tensor& qkv) {
  const std::int64_t width = qkv.size(2) / 3;
  const Tensor parts = qkv.view({qkv.size(0), qkv.size(1), 3, width / kHeadWidth, kHeadWidth}).permute({2, 0, 3, 1, 4});
#if TORCH_VERSION_MAJOR >= 2
  const Tensor mixed = at::scaled_dot_product_attention(parts[0], parts[1], parts[2]);
#else
  const Tensor scores =
      at::matmul(parts[0] * (1 / std::sqrt(static_cast<double>(kHeadWidth))), parts[1].transpose(-1, -2));
  const Tensor mixed = at::matmul(at::softmax(scores, -1), parts[2]);
#endif
  return mixed.transpose(1, 2).flatten(2);
}

}  // namespace

TransformerBlock::TransformerBlock(const TransformerPlan& plan) : epsilon_(plan.epsilon) {
  const std::int64_t w = plan.width;
  norm1 = register_parameter("norm1", new_vector(w));
  norm1_bias = register_parameter("norm1_bias", new_vector(w));
  qkv = register_parameter("qkv", new_matrix(3 * w, w));
  qkv_bias = register_parameter("qkv_bias", new_vector(3 * w));
  out = register_parameter("out", new_matrix(w, w));
  out_bias = register_parameter("out_bias", new_vector(w));
  norm2 = register_parameter("norm2", new_vector(w));
  norm2_bias = register_parameter("norm2_bias", new_vector(w));
  in = register_parameter("in", new_matrix(4 * w, w));
  in_bias = register_parameter("in_bias", new_vector(4 * w));
  back = register_parameter("back", new_matrix(w, 4 * w));
  back_bias = register_parameter("back_bias", new_vector(w));
  if (plan.scaled) {
    scale1 = register_parameter("scale1", new_vector(w));
    scale2 = register_parameter("scale2", new_vector(w));
  }
}

/// Weights of the products in bfloat16, multiplied by LayerScale where it follows. Recomputed if a weight changes.
struct TransformerBlock::Rounded {
  Tensor qkv, qkv_bias, out, out_bias, in, in_bias, back, back_bias;
  std::vector<std::pair<const void*, std::int64_t>> made_from;  // address and version of each weight
};

Tensor TransformerBlock::forward(Tensor x, Activation activation, Precision precision) {
  if (torch::GradMode::is_enabled()) {
    // An optimizer may write to the weights without a new version.
    const std::lock_guard<std::mutex> lock(mutex_);
    rounded_.reset();
    return forward_with_gradients(x, activation, precision);
  }
  return precision == Precision::kBfloat16 ? forward_rounded(std::move(x), activation)
                                           : forward_in_place(std::move(x), activation);
}

Tensor TransformerBlock::forward_with_gradients(const Tensor& x, Activation activation, Precision precision) const {
  const auto scaled = [](const Tensor& y, const Tensor& gain) { return gain.defined() ? y * gain : y; };
  const Tensor mixed = attended(linear(normalized(x, norm1, norm1_bias, epsilon_), qkv, qkv_bias, precision));
  const Tensor y = x + scaled(linear(mixed, out, out_bias, precision), scale1);
  const Tensor hidden =
      activated(linear(normalized(y, norm2, norm2_bias, epsilon_), in, in_bias, precision), activation);
  return y + scaled(linear(hidden, back, back_bias, precision), scale2);
}

Tensor TransformerBlock::forward_in_place(Tensor x, Activation activation) const {
  const auto add = [&x](const Tensor& y, const Tensor& gain) { gain.defined() ? x.addcmul_(y, gain) : x.add_(y); };
  add(at::linear(attended(at::linear(normalized(x, norm1, norm1_bias, epsilon_), qkv, qkv_bias)), out, out_bias),
      scale1);
  Tensor hidden = at::linear(normalized(x, norm2, norm2_bias, epsilon_), in, in_bias);
  activate(hidden, activation);
  add(at::linear(hidden, back, back_bias), scale2);
  return x;
}

/// The same with products in bfloat16; the residual stream stays in float32.
Tensor TransformerBlock::forward_rounded(Tensor x, Activation activation) {
  const std::shared_ptr<const Rounded> low = rounded();
  const auto rounded_norm = [&](const Tensor& gain, const Tensor& bias) {
    return normalized(x, gain, bias, epsilon_).to(torch::kBFloat16);
  };
  x.add_(at::linear(attended(at::linear(rounded_norm(norm1, norm1_bias), low->qkv, low->qkv_bias)), low->out,
                    low->out_bias));
  Tensor hidden = at::linear(rounded_norm(norm2, norm2_bias), low->in, low->in_bias);
  activate(hidden, activation);
  x.add_(at::linear(hidden, low->back, low->back_bias));
  return x;
}

std::shared_ptr<const TransformerBlock::Rounded> TransformerBlock::rounded() {
  std::vector<std::pair<const void*, std::int64_t>> made_from;
  for (const auto& weight : parameters()) made_from.emplace_back(weight.data_ptr(), weight._version());
  const std::lock_guard<std::mutex> lock(mutex_);
  if (rounded_ != nullptr && rounded_->made_from == made_from) return rounded_;
  const auto low = [](const Tensor& weight) { return weight.detach().to(torch::kBFloat16); };
  const auto scaled = [&low](const Tensor& weight, const Tensor& gain) {
    if (!gain.defined()) return low(weight);
    return low(weight.dim() == 2 ? weight * gain.unsqueeze(1) : weight * gain);
  };
  rounded_ = std::make_shared<const Rounded>(
      Rounded{low(qkv), low(qkv_bias), scaled(out, scale1), scaled(out_bias, scale1), low(in), low(in_bias),
              scaled(back, scale2), scaled(back_bias, scale2), std::move(made_from)});
  return rounded_;
}

VisionTransformer::VisionTransformer(TransformerPlan plan, const EncoderShape& shape)
    : plan_(plan),
      input_size_(shape.input_size),
      class_token_(shape.class_token),
      activation_(shape.activation),
      normalization_choice_(shape.normalization) {
  if (shape.map != FeatureMap::kAuto) {
    throw Error("{} has a cell for each patch of {} x {} pixels; leave out --stride", shape.backbone, plan.patch,
                plan.patch);
  }
  if (shape.width != 0) plan_.width = shape.width;
  if (shape.blocks != 0) plan_.blocks = shape.blocks;
  if (plan_.width % kHeadWidth != 0) {
    throw Error("a vision transformer's width must be a multiple of {}, not {}", kHeadWidth, plan_.width);
  }
  const bool chosen = shape.normalization != Normalization::kAuto;
  normalization_ = pixel_normalization(chosen ? shape.normalization : plan_.normalization);

  const std::int64_t w = plan_.width;
  const std::int64_t side = plan_.patch;
  patches_ = register_parameter("patches", new_matrix(w, 3 * side * side).view({w, 3, side, side}));
  if (plan_.patch_bias) patches_bias_ = register_parameter("patches_bias", new_vector(w));
  special_ = register_parameter("special", new_matrix(1 + plan_.registers, w));
  positions_ = register_parameter("positions", new_matrix(grid(input_size_).cells(), w));
  if (plan_.norm_before) {
    norm_before_ = register_parameter("norm_before", new_vector(w));
    norm_before_bias_ = register_parameter("norm_before_bias", new_vector(w));
  }
  for (std::int64_t i = 0; i < plan_.blocks; ++i) {
    blocks_.push_back(register_module(fmt::format("block{}", i), std::make_shared<TransformerBlock>(plan_)));
  }
  if (plan_.norm_after) {
    norm_after_ = register_parameter("norm_after", new_vector(w));
    norm_after_bias_ = register_parameter("norm_after_bias", new_vector(w));
  }
}

std::int64_t VisionTransformer::channels() const {
  return class_token_ ? 2 * plan_.width : plan_.width;
}

Grid VisionTransformer::grid(int input_size) const {
  const int side = input_size / plan_.patch;
  return {side, side, 0};
}

/// Class token, registers and patches before the first block, [B, 1 + registers + L, W].
Tensor VisionTransformer::tokens(const Tensor& images) {
  const std::int64_t side = plan_.patch, rows = images.size(2) / side, columns = images.size(3) / side;
  const Tensor pixels = images.permute({0, 2, 3, 1})
                            .reshape({images.size(0), rows, side, columns, side * 3})
                            .transpose(2, 3)
                            .reshape({images.size(0), rows * columns, side * side * 3});
  const Tensor weight = patches_.permute({0, 2, 3, 1}).reshape({plan_.width, -1});
  const Tensor patches = linear(pixels, weight, patches_bias_, precision_) + positions_;
  const Tensor x = at::cat({special_.unsqueeze(0).expand({images.size(0), -1, -1}), patches}, 1);
  return plan_.norm_before ? normalized(x, norm_before_, norm_before_bias_, plan_.epsilon) : x;
}

Tensor VisionTransformer::forward(Tensor images) {
  const Grid cells = grid(static_cast<int>(images.size(2)));
  const Activation activation = activation_ == Activation::kAuto ? plan_.activation : activation_;
  Tensor x = tokens(images);
  for (const auto& block : blocks_) x = block->forward(std::move(x), activation, precision_);
  if (plan_.norm_after) x = normalized(x, norm_after_, norm_after_bias_, plan_.epsilon);
  Tensor annotations = x.narrow(1, special_.size(0), cells.cells());
  if (class_token_) annotations = at::cat({annotations, x.narrow(1, 0, 1).expand_as(annotations)}, 2);
  return annotations.transpose(1, 2).reshape({x.size(0), channels(), cells.rows, cells.columns});
}

void VisionTransformer::load_published(const StateDict& weights, const std::string& file) {
  const std::vector<TransformerNames> known = known_names();
  std::vector<NamingScheme> schemes;
  for (const auto& names : known) schemes.push_back(scheme(names));
  special_.detach().zero_();
  const std::size_t chosen = load_by_name(schemes, weights, plan_.name, file);
  if (activation_ == Activation::kAuto) activation_ = activation_of(known[chosen], weights);
}

NamingScheme VisionTransformer::scheme(const TransformerNames& names) {
  const std::int64_t w = plan_.width;
  NamingScheme scheme;
  scheme.name = names.library;
  scheme.prefixes = names.prefixes;
  scheme.ignored = names.ignored;
  scheme.part_of_a_whole = names.part_of_a_whole;
  const auto tensor = [&](const std::string& name, const Tensor& target) {
    scheme.tensors.push_back({name, target.sizes().vec(), into(target)});
  };
  const auto layer = [&](const std::string& name, const Tensor& weight, const Tensor& bias) {
    const std::string dotted = name.back() == '_' ? name : name + '.';
    tensor(dotted + "weight", weight);
    if (bias.defined()) tensor(dotted + "bias", bias);
  };
  using Shape = std::vector<std::int64_t>;
  scheme.tensors.push_back({names.class_token, names.plain_shapes ? Shape{w} : Shape{1, 1, w},
                            [this](const Tensor& token) { special_.detach()[0] += token.flatten(); }});
  scheme.tensors.push_back(
      {names.positions, names.plain_shapes ? Shape{kAnySize, w} : Shape{1, kAnySize, w},
       [this, names](const Tensor& published) {
         take_positions(published.reshape({-1, plan_.width}), names.resampling, names.class_position);
       }});
  if (plan_.registers > 0) {
    scheme.tensors.push_back(
        {names.registers, {1, plan_.registers, w}, into(special_.detach().narrow(0, 1, plan_.registers))});
  }
  layer(names.patches, patches_, patches_bias_);
  if (plan_.norm_before) layer(names.norm_before, norm_before_, norm_before_bias_);
  if (plan_.norm_after) layer(names.norm_after, norm_after_, norm_after_bias_);
  for (const auto& mark : names.marks) scheme.tensors.push_back({mark, {1, w}, {}});
  for (std::size_t i = 0; i < blocks_.size(); ++i) {
    const TransformerBlock& block = *blocks_[i];
    const std::string prefix = fmt::format("{}{}.", names.layers, i);
    layer(prefix + names.norm1, block.norm1, block.norm1_bias);
    const auto weights = block.qkv.detach().chunk(static_cast<std::int64_t>(names.qkv.size()));
    const auto biases = block.qkv_bias.detach().chunk(static_cast<std::int64_t>(names.qkv.size()));
    for (std::size_t part = 0; part < names.qkv.size(); ++part) {
      layer(prefix + names.qkv[part], weights[part], biases[part]);
    }
    layer(prefix + names.out, block.out, block.out_bias);
    layer(prefix + names.norm2, block.norm2, block.norm2_bias);
    layer(prefix + names.in, block.in, block.in_bias);
    layer(prefix + names.back, block.back, block.back_bias);
    if (!plan_.scaled) continue;
    tensor(prefix + names.scale1, block.scale1);
    tensor(prefix + names.scale2, block.scale2);
  }
  return scheme;
}

void VisionTransformer::load_file(const std::filesystem::path& file) {
  const PublishedConfig config = published_config(file);
  if (activation_ == Activation::kAuto && config.activation && plan_.chooses_activation) {
    activation_ = *config.activation;
  }
  if (normalization_choice_ == Normalization::kAuto && config.normalization) {
    normalization_ = *config.normalization;
  }
  load_published(read_weights(file), file.string());
}

void VisionTransformer::complete(EncoderShape& shape) const {
  shape.activation = activation_;
}

void VisionTransformer::resize(int input_size) {
  const torch::NoGradGuard no_gradient;
  positions_.set_data(resampled_positions(positions_.detach(), grid(input_size).rows, {}));
  input_size_ = input_size;
}

std::vector<std::vector<Tensor>> VisionTransformer::stages() {
  std::vector<std::vector<Tensor>> parts{parameters(/*recurse=*/false)};
  for (const auto& block : blocks_) parts.push_back(block->parameters());
  if (plan_.norm_after) {
    for (int i = 0; i < 2; ++i) parts.front().pop_back();  // it was registered last
    parts.push_back({norm_after_, norm_after_bias_});
  }
  return parts;
}

void VisionTransformer::take_positions(const Tensor& published, Resampling resampling, bool of_class) {
  Tensor positions = published;
  if (of_class && published.size(0) > 0) {
    special_.detach()[0] += positions[0];
    positions = positions.narrow(0, 1, positions.size(0) - 1);
  }
  positions_.detach().copy_(resampled_positions(positions, grid(input_size_).rows, resampling));
}

Tensor resampled_positions(const Tensor& positions, std::int64_t side, Resampling resampling) {
  const auto published = static_cast<std::int64_t>(std::lround(std::sqrt(static_cast<double>(positions.size(0)))));
  if (published < 1 || published * published != positions.size(0)) {
    throw Error("its {} position embeddings are not those of a square grid", positions.size(0));
  }
  if (published == side) return positions.clone();
  const Tensor map = positions.t().reshape({1, positions.size(1), published, published});
  Tensor resampled;
  if (resampling.antialias) {
    resampled = at::_upsample_bicubic2d_aa(map, {side, side}, /*align_corners=*/false);
  } else if (resampling.offset != 0) {
    const double scale = (static_cast<double>(side) + resampling.offset) / static_cast<double>(published);
    resampled = at::upsample_bicubic2d(map, {side, side}, /*align_corners=*/false, scale, scale);
  } else {
    resampled = at::upsample_bicubic2d(map, {side, side}, /*align_corners=*/false);
  }
  return resampled.reshape({positions.size(1), side * side}).t().contiguous();
}

}  // namespace saccade::models
