"""Computes features of torchvision's residual networks with random weights.

Usage: reference_resnet.py FOLDER

For N in 18, 34, 50 and 101, writes to FOLDER the state dict N.pth, the input N.input [3, 224, 224] and the outputs of
layer3 and layer4, N.16 [D, 14, 14] and N.32 [D, 7, 7], as raw 32-bit floats. Exits with 77 if torch or torchvision is
not installed.
"""

import os
import sys

try:
    import torch
    import torchvision
except ImportError as error:
    print(error)
    sys.exit(77)

folder = sys.argv[1]
for depth in (18, 34, 50, 101):
    torch.manual_seed(depth)
    network = getattr(torchvision.models, f"resnet{depth}")()
    for module in network.modules():
        if isinstance(module, torch.nn.BatchNorm2d):  # not 0 or 1, so that errors change the features
            module.running_mean.normal_(0, 0.1)
            module.running_var.uniform_(0.5, 1.5)
            torch.nn.init.uniform_(module.weight, 0.5, 1)
            torch.nn.init.normal_(module.bias, 0, 0.1)
    network.eval()
    torch.save(network.state_dict(), os.path.join(folder, f"{depth}.pth"))
    image = torch.randn(1, 3, 224, 224)
    with torch.no_grad():
        x = network.maxpool(network.relu(network.bn1(network.conv1(image))))
        layer3 = network.layer3(network.layer2(network.layer1(x)))
        layer4 = network.layer4(layer3)
    for name, tensor in (("input", image), ("16", layer3), ("32", layer4)):
        tensor.numpy().tofile(os.path.join(folder, f"{depth}.{name}"))
