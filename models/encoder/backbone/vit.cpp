#include <string>
#include <vector>

#include "models/encoder/vision_transformer.hpp"

// Vision transformers as timm publishes them (Dosovitskiy et al. 2021, Steiner et al. 2022), with a LayerNorm after
// the last block. Pixels are normalized with 0.5 unless a config.json has other values.

namespace saccade::models {
namespace {

class Vit : public VisionTransformer {
 public:
  using VisionTransformer::VisionTransformer;

 protected:
  std::vector<TransformerNames> known_names() const override {
    TransformerNames timm;
    timm.library = "timm";
    timm.class_token = "cls_token";
    timm.positions = "pos_embed";
    timm.patches = "patch_embed.proj";
    timm.norm_after = "norm";
    timm.layers = "blocks.";
    timm.norm1 = "norm1";
    timm.qkv = {"attn.qkv"};
    timm.out = "attn.proj";
    timm.norm2 = "norm2";
    timm.in = "mlp.fc1";
    timm.back = "mlp.fc2";
    timm.resampling = {true, 0};
    timm.ignored = {"head.", "head_dist.", "pre_logits."};
    return {timm};
  }
};

}  // namespace

void register_vit(BackboneRegistry& registry) {
  const auto add = [&registry](const char* name, std::int64_t width) {
    TransformerPlan plan;
    plan.name = name;
    plan.width = width;
    plan.normalization = Normalization::kHalf;
    register_transformer<Vit>(registry, plan);
  };
  add("vit-s16", 384);
  add("vit-b16", 768);
}

}  // namespace saccade::models
