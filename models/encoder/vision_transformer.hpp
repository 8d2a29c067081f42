#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "models/encoder/backbone.hpp"
#include "models/encoder/naming.hpp"

// Common parts of vision transformers (Dosovitskiy et al. 2021): DINOv2, CLIP and ViT. Each family is a file in
// models/encoder/backbone that selects parts and lists the tensor names of published files.

namespace saccade::models {

/// Architecture of a network.
struct TransformerPlan {
  std::string name;  ///< name of the backbone
  std::int64_t width = 384;
  std::int64_t blocks = 12;
  int patch = 16;            ///< side of a patch in pixels
  int registers = 0;         ///< number of register tokens (Darcet et al. 2024)
  bool patch_bias = true;    ///< bias of the patch projection
  bool scaled = false;       ///< LayerScale (Touvron et al. 2021): learned gains of the residual branches
  bool norm_before = false;  ///< a LayerNorm before the first block
  bool norm_after = true;    ///< a LayerNorm after the last block
  double epsilon = 1e-6;     ///< epsilon of all LayerNorms
  Activation activation = Activation::kGelu;
  bool chooses_activation = false;  ///< published networks of this family differ in the activation
  Normalization normalization = Normalization::kImageNet;
};

/// Interpolation of learned positions. Libraries differ, which affects the features.
struct Resampling {
  bool antialias = false;
  /// Meta's DINOv2 without registers scales by (cells + offset) / published cells, instead of the exact ratio.
  double offset = 0;
};

/// Tensor names of a library. Layers have ".weight" and ".bias" appended ("weight" and "bias" if the name ends in "_").
/// An empty name means that the network does not have the tensor.
struct TransformerNames {
  std::string library;  ///< name of the library for messages
  std::string class_token, positions, registers, patches, norm_before, norm_after;
  std::string layers;  ///< prefix of the block number, which is followed by a dot and the name of the part
  std::string norm1;
  std::vector<std::string> qkv;  ///< one layer, or one each for queries, keys and values
  std::string out, scale1, norm2, in, back, scale2;
  Resampling resampling;
  bool class_position = true;      ///< the first row of the positions belongs to the class token
  bool plain_shapes = false;       ///< class token [W] and positions [n, W]; else [1, 1, W] and [1, n, W]
  std::vector<std::string> marks;  ///< unused tensors that identify files of the library
  std::vector<std::string> prefixes{""}, ignored;  ///< as in NamingScheme
  bool part_of_a_whole = false;
};

/// Width of a head in all supported networks.
constexpr std::int64_t kHeadWidth = 64;

/// One block: x + g_1 W_o attention(norm(x)), then x + g_2 W_2 f(W_1 norm(x)).
class TransformerBlock : public torch::nn::Module {
 public:
  explicit TransformerBlock(const TransformerPlan& plan);

  /// x [B, T, W] -> [B, T, W]. Overwrites x if gradients are disabled.
  torch::Tensor forward(torch::Tensor x, Activation activation, Precision precision);

  torch::Tensor norm1, norm1_bias, qkv, qkv_bias, out, out_bias, scale1;  ///< qkv [3 W, W]: queries, keys, values
  torch::Tensor norm2, norm2_bias, in, in_bias, back, back_bias, scale2;  ///< in [4 W, W], back [W, 4 W]

 private:
  struct Rounded;

  torch::Tensor forward_with_gradients(const torch::Tensor& x, Activation activation, Precision precision) const;
  torch::Tensor forward_in_place(torch::Tensor x, Activation activation) const;
  torch::Tensor forward_rounded(torch::Tensor x, Activation activation);
  std::shared_ptr<const Rounded> rounded();

  double epsilon_;
  std::mutex mutex_;  // for rounded_, because several threads may encode
  std::shared_ptr<const Rounded> rounded_;
};

/// A vision transformer with one annotation per patch, in row-major order, without class token and registers.
/// EncoderShape::class_token appends the class token to each annotation.
class VisionTransformer : public Backbone {
 public:
  /// `plan`: architecture of the named backbone, whose width, depth, activation and normalization `shape` can override.
  /// Throws Error if the width is not a multiple of 64, or for a feature map other than kAuto.
  VisionTransformer(TransformerPlan plan, const EncoderShape& shape);

  torch::Tensor forward(torch::Tensor images) override;
  std::int64_t channels() const override;
  Grid grid(int input_size) const override;
  PixelNormalization normalization() const override { return normalization_; }
  void load_published(const StateDict& weights, const std::string& file) override;
  void load_file(const std::filesystem::path& file) override;
  void complete(EncoderShape& shape) const override;
  /// Interpolates learned positions bicubically, once.
  void resize(int input_size) override;
  void set_precision(Precision precision) override { precision_ = precision; }
  bool rounds() const override { return precision_ != Precision::kFloat32; }
  /// The patch projection with the positions, the blocks, and the last LayerNorm, if any.
  std::vector<std::vector<torch::Tensor>> stages() override;

 protected:
  /// Naming schemes of published files.
  virtual std::vector<TransformerNames> known_names() const = 0;
  /// Default activation for weights with this naming scheme.
  virtual Activation activation_of(const TransformerNames& /*names*/, const StateDict& /*weights*/) const {
    return Activation::kAuto;
  }

  const TransformerPlan& plan() const { return plan_; }

 private:
  torch::Tensor tokens(const torch::Tensor& images);

  /// The naming scheme of a library with these names.
  NamingScheme scheme(const TransformerNames& names);
  /// `of_class`: the first row of published positions belongs to the class token.
  void take_positions(const torch::Tensor& published, Resampling resampling, bool of_class);

  TransformerPlan plan_;
  int input_size_;
  bool class_token_;
  Activation activation_;  // kAuto: that of the plan
  Normalization normalization_choice_;
  PixelNormalization normalization_;
  Precision precision_ = Precision::kFloat32;
  torch::Tensor patches_, patches_bias_;  // [W, 3, P, P], [W]
  torch::Tensor special_;                 // [1 + registers, W]: class token with its position, then registers
  torch::Tensor positions_;               // [L, W]: positions of the patches for this input size
  torch::Tensor norm_before_, norm_before_bias_, norm_after_, norm_after_bias_;  // [W]
  std::vector<std::shared_ptr<TransformerBlock>> blocks_;
};

/// Registers a network of a family, which is a subclass of VisionTransformer.
template <typename Family>
void register_transformer(BackboneRegistry& registry, const TransformerPlan& plan) {
  BackboneKind kind;
  kind.make = [plan](const EncoderShape& shape, const LoadOptions& /*weights only*/) {
    return std::make_shared<Family>(plan, shape);
  };
  kind.multiple = plan.patch;
  kind.options = {"class-token", "normalization", "backbone-width", "backbone-blocks"};
  if (plan.chooses_activation) kind.options.emplace_back("backbone-activation");
  kind.map = FeatureMap::kAuto;
  registry.add(plan.name, std::move(kind));
}

/// Interpolates positions [n n, W] of a square grid bicubically to [side side, W].
torch::Tensor resampled_positions(const torch::Tensor& positions, std::int64_t side, Resampling resampling);

}  // namespace saccade::models
