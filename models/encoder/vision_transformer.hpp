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

// Vision transformers (Dosovitskiy et al. 2021): what DINOv2, CLIP and ViT have in common. A family is a file in
// models/encoder/backbone that says which of the parts below it has and what published files call them.

namespace saccade::models {

/// How a family's networks differ from each other and from those of other families.
struct TransformerPlan {
  std::string name;  ///< of the backbone
  std::int64_t width = 384;
  std::int64_t blocks = 12;
  int patch = 16;            ///< pixels of a patch's side
  int registers = 0;         ///< tokens beside the class token that are no patches (Darcet et al. 2024)
  bool patch_bias = true;    ///< of the patches' projection
  bool scaled = false;       ///< LayerScale (Touvron et al. 2021): what a block adds is multiplied by learned gains
  bool norm_before = false;  ///< a LayerNorm before the first block
  bool norm_after = true;    ///< a LayerNorm behind the last block
  double epsilon = 1e-6;     ///< of every LayerNorm
  Activation activation = Activation::kGelu;
  bool chooses_activation = false;  ///< published networks of this family have one or another
  Normalization normalization = Normalization::kImageNet;
};

/// How learned positions come to another grid. Libraries differ, and so do features.
struct Resampling {
  bool antialias = false;
  /// Meta's DINOv2 without registers scales by (cells + offset) / published cells, in place of the exact ratio.
  double offset = 0;
};

/// What a library calls the tensors of a vision transformer, each with ".weight" and ".bias" behind it where it is a
/// layer (only "weight" and "bias" behind a name that ends in "_"). An empty name: the network has no such tensor.
struct TransformerNames {
  std::string library;  ///< for messages
  std::string class_token, positions, registers, patches, norm_before, norm_after;
  std::string layers;  ///< what stands before the number of a block; names of its parts follow the number and a dot
  std::string norm1;
  std::vector<std::string> qkv;  ///< one layer, or queries, keys and values apart
  std::string out, scale1, norm2, in, back, scale2;
  Resampling resampling;
  bool class_position = true;      ///< the first row of the positions is the class token's
  bool plain_shapes = false;       ///< class token [W] and positions [n, W]; else [1, 1, W] and [1, n, W]
  std::vector<std::string> marks;  ///< tensors without use by which the library's files are known
  std::vector<std::string> prefixes{""}, ignored;  ///< as in NamingScheme
  bool part_of_a_whole = false;
};

/// Heads are 64 wide in every network that is read here.
constexpr std::int64_t kHeadWidth = 64;

/// One block: x + g_1 W_o attention(norm(x)), then x + g_2 W_2 f(W_1 norm(x)).
class TransformerBlock : public torch::nn::Module {
 public:
  explicit TransformerBlock(const TransformerPlan& plan);

  /// x [B, T, W] -> [B, T, W]. Without gradients x is overwritten.
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
  std::mutex mutex_;  // of rounded_: several threads may encode
  std::shared_ptr<const Rounded> rounded_;
};

/// A vision transformer whose patches are the cells of the grid: an annotation for each, in the order of reading. The
/// class token and the registers are left out; EncoderShape::class_token appends the class token to every annotation.
class VisionTransformer : public Backbone {
 public:
  /// `plan` is that of the name; the shape may ask for another width, depth, activation or normalization. Throws Error
  /// when the width is no multiple of 64, or a feature map is asked for other than kAuto.
  VisionTransformer(TransformerPlan plan, const EncoderShape& shape);

  torch::Tensor forward(torch::Tensor images) override;
  std::int64_t channels() const override;
  Grid grid(int input_size) const override;
  PixelNormalization normalization() const override { return normalization_; }
  void load_published(const StateDict& weights, const std::string& file) override;
  void load_file(const std::filesystem::path& file) override;
  void complete(EncoderShape& shape) const override;
  /// Learned positions are interpolated bicubically, once.
  void resize(int input_size) override;
  void set_precision(Precision precision) override { precision_ = precision; }
  bool rounds() const override { return precision_ != Precision::kFloat32; }
  /// The patches' projection with the positions, the blocks one by one, and the last LayerNorm where there is one.
  std::vector<std::vector<torch::Tensor>> stages() override;

 protected:
  /// What published files call the tensors.
  virtual std::vector<TransformerNames> known_names() const = 0;
  /// The activation where neither the user nor a config says one, of weights that came by this scheme.
  virtual Activation activation_of(const TransformerNames& /*names*/, const StateDict& /*weights*/) const {
    return Activation::kAuto;
  }

  const TransformerPlan& plan() const { return plan_; }

 private:
  torch::Tensor tokens(const torch::Tensor& images);

  /// The scheme of a library that uses these names.
  NamingScheme scheme(const TransformerNames& names);
  /// The first row of published positions is the class token's where `of_class`.
  void take_positions(const torch::Tensor& published, Resampling resampling, bool of_class);

  TransformerPlan plan_;
  int input_size_;
  bool class_token_;
  Activation activation_;  // kAuto: the plan's
  Normalization normalization_choice_;
  PixelNormalization normalization_;
  Precision precision_ = Precision::kFloat32;
  torch::Tensor patches_, patches_bias_;  // [W, 3, P, P], [W]
  torch::Tensor special_;                 // [1 + registers, W]: the class token with its position, the registers
  torch::Tensor positions_;               // [L, W]: of the patches, on the grid of the input size
  torch::Tensor norm_before_, norm_before_bias_, norm_after_, norm_after_bias_;  // [W]
  std::vector<std::shared_ptr<TransformerBlock>> blocks_;
};

/// Adds a network of a family, a class that is derived from VisionTransformer.
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
