#include <string>
#include <vector>

#include "models/encoder/vision_transformer.hpp"

// The image towers of CLIP (Radford et al. 2021): a LayerNorm before the first block, patches without a bias. The
// annotations are outputs of the last block; the LayerNorm after it is trained for the class token only.

namespace saccade::models {
namespace {

class Clip : public VisionTransformer {
 public:
  using VisionTransformer::VisionTransformer;

 protected:
  /// Files of OpenAI and OpenCLIP have the same names. Those of OpenAI also store the length of texts.
  std::vector<TransformerNames> known_names() const override {
    TransformerNames open_clip;
    open_clip.library = "OpenAI and OpenCLIP";
    open_clip.class_token = "class_embedding";
    open_clip.positions = "positional_embedding";
    open_clip.patches = "conv1";
    open_clip.norm_before = "ln_pre";
    open_clip.layers = "transformer.resblocks.";
    open_clip.norm1 = "ln_1";
    open_clip.qkv = {"attn.in_proj_"};
    open_clip.out = "attn.out_proj";
    open_clip.norm2 = "ln_2";
    open_clip.in = "mlp.c_fc";
    open_clip.back = "mlp.c_proj";
    open_clip.resampling = {true, 0};
    open_clip.plain_shapes = true;
    open_clip.prefixes = {"visual.", ""};
    open_clip.ignored = {"proj", "ln_post."};
    open_clip.part_of_a_whole = true;

    TransformerNames transformers;
    transformers.library = kTransformers;
    transformers.class_token = "embeddings.class_embedding";
    transformers.positions = "embeddings.position_embedding.weight";
    transformers.patches = "embeddings.patch_embedding";
    transformers.norm_before = "pre_layrnorm";  // their spelling
    transformers.layers = "encoder.layers.";
    transformers.norm1 = "layer_norm1";
    transformers.qkv = {"self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj"};
    transformers.out = "self_attn.out_proj";
    transformers.norm2 = "layer_norm2";
    transformers.in = "mlp.fc1";
    transformers.back = "mlp.fc2";
    transformers.plain_shapes = true;
    transformers.prefixes = {"vision_model.", ""};
    transformers.ignored = {"embeddings.position_ids", "post_layernorm."};
    transformers.part_of_a_whole = true;
    return {open_clip, transformers};
  }

  Activation activation_of(const TransformerNames& names, const StateDict& weights) const override {
    const bool of_openai = weights.count("input_resolution") != 0 && weights.count("context_length") != 0;
    return of_openai || names.library == kTransformers ? Activation::kQuickGelu : Activation::kGelu;
  }

 private:
  static constexpr const char* kTransformers = "Hugging Face";
};

}  // namespace

void register_clip(BackboneRegistry& registry) {
  const auto add = [&registry](const char* name, std::int64_t width, std::int64_t blocks, int patch) {
    TransformerPlan plan;
    plan.name = name;
    plan.width = width;
    plan.blocks = blocks;
    plan.patch = patch;
    plan.patch_bias = false;
    plan.norm_before = true;
    plan.norm_after = false;
    plan.epsilon = 1e-5;
    plan.chooses_activation = true;
    plan.normalization = Normalization::kClip;
    register_transformer<Clip>(registry, plan);
  };
  add("clip-vit-b32", 768, 12, 32);
  add("clip-vit-b16", 768, 12, 16);
  add("clip-vit-l14", 1024, 24, 14);
}

}  // namespace saccade::models
