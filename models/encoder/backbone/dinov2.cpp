#include <string>
#include <vector>

#include "models/encoder/vision_transformer.hpp"

// DINOv2 (Oquab et al. 2024), with or without registers (Darcet et al. 2024): patches of 14 pixels, LayerScale, and a
// LayerNorm after the last block. Published positions are for 37 x 37 patches (518 pixels).

namespace saccade::models {
namespace {

constexpr int kRegisters = 4;

class DinoV2 : public VisionTransformer {
 public:
  using VisionTransformer::VisionTransformer;

 protected:
  /// Files of Meta and timm differ in the name of the registers, the position of the class token, and the interpolation
  /// of positions. Without registers, a mask token identifies files of Meta.
  std::vector<TransformerNames> known_names() const override {
    const bool registers = plan().registers > 0;
    TransformerNames meta;
    meta.library = "Meta";
    meta.class_token = "cls_token";
    meta.positions = "pos_embed";
    meta.registers = "register_tokens";
    meta.patches = "patch_embed.proj";
    meta.norm_after = "norm";
    meta.layers = "blocks.";
    meta.norm1 = "norm1";
    meta.qkv = {"attn.qkv"};
    meta.out = "attn.proj";
    meta.scale1 = "ls1.gamma";
    meta.norm2 = "norm2";
    meta.in = "mlp.fc1";
    meta.back = "mlp.fc2";
    meta.scale2 = "ls2.gamma";
    meta.resampling = registers ? Resampling{true, 0} : Resampling{false, 0.1};
    meta.marks = {"mask_token"};

    TransformerNames timm = meta;
    timm.library = "timm";
    timm.registers = "reg_token";
    timm.resampling = {true, 0};
    timm.class_position = !registers;
    timm.marks = {};
    timm.ignored = {"head."};

    TransformerNames transformers = meta;
    transformers.library = "Hugging Face";
    transformers.class_token = "embeddings.cls_token";
    transformers.positions = "embeddings.position_embeddings";
    transformers.registers = "embeddings.register_tokens";
    transformers.patches = "embeddings.patch_embeddings.projection";
    transformers.norm_after = "layernorm";
    transformers.layers = "encoder.layer.";
    transformers.qkv = {"attention.attention.query", "attention.attention.key", "attention.attention.value"};
    transformers.out = "attention.output.dense";
    transformers.scale1 = "layer_scale1.lambda1";
    transformers.scale2 = "layer_scale2.lambda1";
    transformers.resampling = {registers, 0};
    transformers.marks = {};
    transformers.ignored = {"embeddings.mask_token"};
    transformers.prefixes = {"", "dinov2.", "dinov2_with_registers."};
    transformers.part_of_a_whole = true;

    TransformerNames in_memory = transformers;  // of transformers 5, in a state dict that was not saved by it
    in_memory.qkv = {"attention.q_proj", "attention.k_proj", "attention.v_proj"};
    in_memory.out = "attention.o_proj";
    return {meta, timm, transformers, in_memory};
  }
};

}  // namespace

void register_dinov2(BackboneRegistry& registry) {
  const auto add = [&registry](const char* name, std::int64_t width, std::int64_t blocks, int registers) {
    TransformerPlan plan;
    plan.name = name;
    plan.width = width;
    plan.blocks = blocks;
    plan.patch = 14;
    plan.registers = registers;
    plan.scaled = true;
    register_transformer<DinoV2>(registry, plan);
  };
  add("dinov2-s14", 384, 12, 0);
  add("dinov2-b14", 768, 12, 0);
  add("dinov2-l14", 1024, 24, 0);
  add("dinov2-s14-reg", 384, 12, kRegisters);
  add("dinov2-b14-reg", 768, 12, kRegisters);
  add("dinov2-l14-reg", 1024, 24, kRegisters);
}

}  // namespace saccade::models
