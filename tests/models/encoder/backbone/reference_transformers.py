"""Computes features of vision transformers and ConvNeXts with random weights by the libraries that publish them.

Usage: reference_transformers.py FOLDER [--golden]

For each case NAME, writes to FOLDER:

- NAME/model.pth or NAME/model.safetensors, the weights as saved by the library
- NAME/config.json, if the library has one
- NAME/S.features [1, D, rows, columns] for each input size S, the features of an image [1, 3, S, S] whose i-th element
  is 1.5 sin(0.37 i), as raw 32-bit floats

FOLDER/cases.txt has one line per case: name, file of the weights, backbone, --backbone-width, --backbone-blocks, stride
and comma-separated input sizes.

With --golden, writes only one small case of each family, as stored in tests/data/backbones.
Exits with 77 if one of the libraries is not installed.
"""

import json
import os
import sys

try:
    import open_clip
    import timm
    import torch
    import torchvision
    import transformers
    from safetensors.torch import save_file
except ImportError as error:
    print(error)
    sys.exit(77)

folder = sys.argv[1]
golden = "--golden" in sys.argv
cases = []


def draw(network, seed):
    """Draws gains, biases, LayerScale and tokens that are not 1, 0 or tiny, so that errors change the features."""
    torch.manual_seed(seed)
    with torch.no_grad():
        for name, parameter in network.named_parameters():
            last = name.rsplit(".", 1)[-1]
            if "gamma" in last or "lambda1" in last or "layer_scale" in last:
                parameter.uniform_(0.2, 1)
            elif parameter.dim() == 1 and last == "weight":
                parameter.uniform_(0.5, 1.5)
            elif parameter.dim() <= 1:
                parameter.normal_(0, 0.2)
            elif "pos" in name or "token" in name:
                parameter.normal_(0, 0.5)
            else:
                parameter.normal_(0, parameter[0].numel() ** -0.5)
            if golden:  # golden weights are stored in half precision
                parameter.copy_(parameter.half())
    return network.eval()


def write(name, state, backbone, width, blocks, stride, features, sizes, config=None, kind="pth"):
    place = os.path.join(folder, name)
    os.makedirs(place)
    if golden:
        state = {key: value.half() if value.is_floating_point() else value for key, value in state.items()
                 if not name.startswith("clip") or key.startswith("visual.")}
    file = "model." + kind
    if kind == "safetensors":
        save_file({key: value.contiguous() for key, value in state.items()}, os.path.join(place, file))
    else:
        torch.save(state, os.path.join(place, file))
    if config is not None:
        with open(os.path.join(place, "config.json"), "w") as out:
            json.dump(config, out)
    for size in sizes:
        image = (1.5 * torch.sin(0.37 * torch.arange(3 * size * size, dtype=torch.float64))).float()
        image = image.reshape(1, 3, size, size)  # computed, so that no file is needed
        with torch.no_grad():
            output = features(image)
        output.contiguous().numpy().tofile(os.path.join(place, f"{size}.features"))
    cases.append(f"{name} {file} {backbone} {width} {blocks} {stride} {','.join(map(str, sizes))}")


def grid(tokens):
    """[1, L, D] -> [1, D, rows, columns]."""
    side = int(tokens.shape[1] ** 0.5)
    return tokens.transpose(1, 2).reshape(1, -1, side, side)


def timm_network(name, seed, size, **options):
    return draw(timm.create_model(name, pretrained=False, img_size=size, dynamic_img_size=True, num_classes=7, **options), seed)


def timm_features(network):
    def features(image):
        return grid(network.forward_features(image)[:, network.num_prefix_tokens:])

    return features


def transformers_state(network):
    """Returns the state dict with the names that save_pretrained writes."""
    import tempfile
    from safetensors.torch import load_file

    with tempfile.TemporaryDirectory() as place:
        network.save_pretrained(place)
        return load_file(os.path.join(place, "model.safetensors"))


def meta_of(state, registers):
    """Converts timm's state dict to Meta's, which has a position for the class token and other register names."""
    state = dict(state)
    if registers:
        state["register_tokens"] = state.pop("reg_token")
        state["pos_embed"] = torch.cat([torch.zeros(1, 1, state["pos_embed"].shape[2]), state["pos_embed"]], 1)
    state["mask_token"] = torch.zeros(1, state["pos_embed"].shape[2])
    return {key: value for key, value in state.items() if not key.startswith("head.")}


class MetaPositions(torch.nn.Module):
    """timm's DINOv2 with positions resampled as in Meta's repository."""

    def __init__(self, network, published, registers):
        super().__init__()
        self.network, self.published, self.registers = network, published, registers

    def forward(self, image):
        n = self.network
        x = n.patch_embed(image)
        x = x.flatten(1, 2) if x.dim() == 4 else x
        side = image.shape[2] // 14
        positions = n.pos_embed if self.registers else n.pos_embed[:, 1:]
        class_position = 0 if self.registers else n.pos_embed[:, :1]
        if side != self.published:
            square = positions.reshape(1, self.published, self.published, -1).permute(0, 3, 1, 2)
            if self.registers:
                square = torch.nn.functional.interpolate(square, size=(side, side), mode="bicubic", antialias=True)
            else:
                scale = (side + 0.1) / self.published
                square = torch.nn.functional.interpolate(square, scale_factor=(scale, scale), mode="bicubic")
            positions = square.permute(0, 2, 3, 1).flatten(1, 2)
        special = [n.cls_token + class_position] + ([n.reg_token] if self.registers else [])
        x = torch.cat([*special, x + positions], 1)
        for block in n.blocks:
            x = block(x)
        return grid(n.norm(x)[:, n.num_prefix_tokens:])


def dinov2(name, timm_name, width, blocks, sizes, published, registers, seed, kinds=("meta", "timm", "transformers")):
    label = f"{name}-{width}x{blocks}"
    options = {"embed_dim": width, "depth": blocks, "num_heads": width // 64}
    if "meta" in kinds or "timm" in kinds:
        network = timm_network(timm_name, seed, published, **options)
        state = network.state_dict()
        if "meta" in kinds:
            write(f"{label}-meta", meta_of(state, registers), name, width, blocks, "auto",
                  MetaPositions(network, published // 14, registers), sizes)
        if "timm" in kinds:
            write(f"{label}-timm", state, name, width, blocks, "auto", timm_features(network), sizes,
                  {"pretrained_cfg": {"mean": [0.485, 0.456, 0.406], "std": [0.229, 0.224, 0.225]}}, "safetensors")
    if "transformers" not in kinds:
        return
    family = "Dinov2WithRegisters" if registers else "Dinov2"
    config = getattr(transformers, family + "Config")(
        hidden_size=width, num_hidden_layers=blocks, num_attention_heads=width // 64, image_size=published, patch_size=14)
    network = draw(getattr(transformers, family + "Model")(config), seed + 1)

    def features(image):
        return grid(network(image).last_hidden_state[:, 1 + (4 if registers else 0):])

    write(f"{label}-transformers", transformers_state(network), name, width, blocks, "auto", features, sizes,
          config.to_dict(), "safetensors")
    write(f"{label}-transformers-memory", network.state_dict(), name, width, blocks, "auto", features, sizes,
          config.to_dict())


def vit(name, timm_name, width, blocks, sizes, published, seed):
    network = timm_network(timm_name, seed, published, embed_dim=width, depth=blocks, num_heads=width // 64)
    write(f"{name}-{width}x{blocks}-timm", network.state_dict(), name, width, blocks, "auto", timm_features(network), sizes)
    if golden:
        return
    write(f"{name}-{width}x{blocks}-timm-safetensors", network.state_dict(), name, width, blocks, "auto",
          timm_features(network), sizes, {"pretrained_cfg": {"mean": [0.5] * 3, "std": [0.5] * 3}}, "safetensors")


def last_tokens(network, image):
    """Returns the last block's output for the patches in an OpenCLIP image tower."""
    kept = []
    hook = network.visual.transformer.register_forward_hook(lambda module, inputs, output: kept.append(output))
    network.visual(image)
    hook.remove()
    tokens = kept[0]
    return grid(tokens[:, 1:] if tokens.shape[0] == image.shape[0] else tokens.transpose(0, 1)[:, 1:])


def clip(name, patch, width, blocks, sizes, published, seed, kinds=("openai", "openclip", "transformers")):
    label = f"{name}-{width}x{blocks}"
    text = {"context_length": 8, "vocab_size": 16, "width": 64, "heads": 1, "layers": 1}

    def network_of(size, quick):
        vision = {"image_size": size, "layers": blocks, "width": width, "patch_size": patch}
        return open_clip.model.CLIP(64, vision, text, quick_gelu=quick).eval()

    for library, quick in (("openclip", False), ("openai", True)):
        if library not in kinds and (library != "openclip" or "golden" not in kinds):
            continue
        network = draw(network_of(published, quick), seed + quick)
        state = network.state_dict()

        def features(image):
            if image.shape[2] == published:
                return last_tokens(network, image)
            other, resized = network_of(image.shape[2], quick), dict(state)
            open_clip.model.resize_pos_embed(resized, other)
            other.load_state_dict(resized)
            return last_tokens(other, image)

        if library == "openclip":
            write(f"{label}-openclip", state, name, width, blocks, "auto", features, sizes)
            if "golden" in kinds:
                return
            write(f"{label}-openclip-safetensors", state, name, width, blocks, "auto", features, sizes,
                  kind="safetensors")
            continue
        # The state dict of OpenAI's package contains three numbers in addition to the weights.
        numbers = {"input_resolution": torch.tensor(published), "context_length": torch.tensor(8),
                   "vocab_size": torch.tensor(16)}
        write(f"{label}-openai", {**state, **numbers}, name, width, blocks, "auto", features, sizes)

        class Archive(torch.nn.Module):
            def __init__(self):
                super().__init__()
                self.visual, self.token_embedding = network.visual, network.token_embedding
                self.logit_scale = network.logit_scale
                for key, value in numbers.items():
                    self.register_buffer(key, value)

            def forward(self, image, words):
                return self.visual(image), self.token_embedding(words) * self.logit_scale.exp()

        write(f"{label}-openai-archive", {}, name, width, blocks, "auto", features, sizes)
        with torch.no_grad():
            traced = torch.jit.trace(
                Archive(), (torch.zeros(1, 3, published, published), torch.zeros(1, 8, dtype=torch.long)))
        traced.save(os.path.join(folder, f"{label}-openai-archive", "model.pth"))
    if "transformers" not in kinds:
        return
    for activation in ("quick_gelu", "gelu"):
        config = transformers.CLIPVisionConfig(
            hidden_size=width, num_hidden_layers=blocks, num_attention_heads=width // 64, intermediate_size=4 * width,
            image_size=published, patch_size=patch, hidden_act=activation)
        network = draw(transformers.CLIPVisionModel(config), seed + 2)

        def features(image):
            return grid(network(image, interpolate_pos_encoding=True).last_hidden_state[:, 1:])

        suffix = "" if activation == "quick_gelu" else "-gelu"
        write(f"{label}-transformers{suffix}", transformers_state(network), name, width, blocks, "auto", features,
              sizes, config.to_dict() if suffix else None, "safetensors")
    write(f"{label}-transformers-memory", network.state_dict(), name, width, blocks, "auto", features, sizes,
          config.to_dict())


def convnext(name, width, blocks, sizes, seed):
    label = f"{name}-{width}x{blocks}"
    widths, depths = [width * 2**i for i in range(4)], [3, 3, blocks, 3]
    for stride in (32, 16):
        network = draw(timm.create_model("convnext_tiny", pretrained=False, depths=depths, dims=widths, num_classes=7,
                                         output_stride=stride), seed)
        write(f"{label}-timm" + ("" if stride == 32 else "-full"), network.state_dict(), name, width, blocks,
              "32" if stride == 32 else "16-full", network.forward_features, sizes, None, "safetensors")
    if golden:
        return
    write(f"{label}-timm-16", network.state_dict(), name, width, blocks, "16",
          lambda image: network.stages[:3](network.stem(image)), sizes)
    settings = [torchvision.models.convnext.CNBlockConfig(w, o, d)
                for w, o, d in zip(widths, widths[1:] + [None], depths)]
    network = draw(torchvision.models.ConvNeXt(settings, num_classes=7), seed + 1)
    write(f"{label}-torchvision", network.state_dict(), name, width, blocks, "32", network.features, sizes)


if golden:
    dinov2("dinov2-s14", "vit_small_patch14_dinov2", 64, 2, (42, 56), 56, False, 1, ("meta",))
    dinov2("dinov2-s14-reg", "vit_small_patch14_reg4_dinov2", 64, 2, (42, 56), 56, True, 2, ("timm",))
    clip("clip-vit-b32", 32, 64, 2, (64, 96), 96, 3, ("golden",))
    vit("vit-s16", "vit_small_patch16_224", 64, 2, (48, 64), 64, 4)
    convnext("convnext-tiny", 8, 2, (64, 96), 5)
else:
    dinov2("dinov2-s14", "vit_small_patch14_dinov2", 384, 12, (224, 518), 518, False, 1)
    dinov2("dinov2-s14-reg", "vit_small_patch14_reg4_dinov2", 384, 12, (224, 518), 518, True, 2)
    for name, timm_name, width, blocks in (("dinov2-b14", "vit_base_patch14_dinov2", 768, 2),
                                           ("dinov2-l14", "vit_large_patch14_dinov2", 1024, 2)):
        dinov2(name, timm_name, width, blocks, (98, 224), 518, False, 3)
        dinov2(name + "-reg", timm_name.replace("dinov2", "reg4_dinov2"), width, blocks, (98, 224), 518, True, 4)
    clip("clip-vit-b32", 32, 768, 12, (224, 288), 224, 5)
    clip("clip-vit-b16", 16, 768, 2, (224, 288), 224, 6)
    clip("clip-vit-l14", 14, 1024, 2, (224, 280), 224, 7)
    vit("vit-s16", "vit_small_patch16_224", 384, 12, (224, 288), 224, 8)
    vit("vit-b16", "vit_base_patch16_224", 768, 2, (224, 288), 224, 9)
    convnext("convnext-tiny", 96, 9, (224, 288), 10)
    convnext("convnext-small", 96, 27, (224, 256), 11)
    convnext("convnext-base", 128, 27, (224, 256), 12)

with open(os.path.join(folder, "cases.txt"), "w") as out:
    out.write("\n".join(cases) + "\n")
