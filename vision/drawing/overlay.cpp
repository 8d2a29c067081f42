#include "vision/drawing/overlay.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>

#include <opencv2/imgproc.hpp>

#include "core/base/error.hpp"
#include "vision/drawing/cell_frame.hpp"

namespace saccade::vision {
namespace {

constexpr int kLevels = 256;

/// Share of the photo's color that is kept.
constexpr int kColorKept = 64;  // of 256

struct Tint {
  std::array<int, 3> color;  // BGR, times opacity
  int photo;                 // 1 - opacity
};

/// One tint per weight level, in 1/256. The opacity is proportional to the weight.
std::array<Tint, kLevels> tints(double opacity) {
  const cv::Mat colors = color_scale(kLevels);
  std::array<Tint, kLevels> result{};
  for (int level = 0; level < kLevels; ++level) {
    const double share = static_cast<double>(level) / (kLevels - 1);
    const int covered = static_cast<int>(std::lround(256 * opacity * share));
    Tint& tint = result[static_cast<std::size_t>(level)];
    const auto& color = colors.at<cv::Vec3b>(0, level);
    for (int channel = 0; channel < 3; ++channel) {
      tint.color[static_cast<std::size_t>(channel)] = covered * color[channel];
    }
    tint.photo = 256 - covered;
  }
  return result;
}

/// Rounds and clamps; NaN counts as zero.
std::size_t level_of(float value) {
  if (!(value > 0)) return 0;
  // NOLINTNEXTLINE(bugprone-incorrect-roundings): accurate enough, and runs for every pixel
  return value < kLevels - 1 ? static_cast<std::size_t>(value + 0.5F) : kLevels - 1;
}

}  // namespace

cv::Mat color_scale(int length) {
  // Omits both ends of the color map: black would darken the photo, and pale yellow disappears on snow and sky.
  constexpr double kFirst = 30, kLast = 238;
  cv::Mat ramp(1, length, CV_8UC1);
  for (int i = 0; i < length; ++i) {
    const double share = static_cast<double>(i) / std::max(1, length - 1);
    ramp.at<unsigned char>(0, i) = cv::saturate_cast<unsigned char>(kFirst + share * (kLast - kFirst));
  }
  cv::Mat colors;
  cv::applyColorMap(ramp, colors, cv::COLORMAP_INFERNO);
  return colors;
}

void require_attention(const Caption& caption) {
  const auto cells = static_cast<std::size_t>(std::max(caption.grid.cells(), 0));
  if (!caption.cells.empty() && caption.cells.size() != caption.words.size()) {
    throw Error("a caption of {} words cannot have seen {} cells: each word sees one, or none does",
                caption.words.size(), caption.cells.size());
  }
  if (caption.words.empty()) return;
  if (cells == 0 || caption.alpha.size() != caption.words.size() * cells) {
    throw Error("a caption of {} words on a grid of {} cells cannot have {} attention weights", caption.words.size(),
                cells, caption.alpha.size());
  }
  for (const int cell : caption.cells) {
    if (cell < 0 || cell >= caption.grid.cells()) {
      throw Error("a word cannot have seen cell {} of a grid of {} cells, numbered from 0", cell, cells);
    }
  }
}

cv::Mat lay_over(const cv::Mat& photo, const cv::Mat& weights, float full, const OverlayOptions& options) {
  if (photo.type() != CV_8UC3 || photo.size() != weights.size()) {
    throw Error("weights can be laid only over an 8-bit BGR photo of their own size");
  }
  const std::array<Tint, kLevels> table = tints(std::clamp(options.opacity, 0.0, 1.0));
  const float to_level = static_cast<float>(kLevels - 1) / full;
  cv::Mat result(photo.size(), CV_8UC3);
  cv::parallel_for_(cv::Range(0, photo.rows), [&](const cv::Range& rows) {
    for (int row = rows.start; row < rows.end; ++row) {
      const auto* source = photo.ptr<cv::Vec3b>(row);
      const auto* weight = weights.ptr<float>(row);
      auto* target = result.ptr<cv::Vec3b>(row);
      for (int column = 0; column < photo.cols; ++column) {
        const cv::Vec3b& pixel = source[column];
        const int gray = (29 * pixel[0] + 150 * pixel[1] + 77 * pixel[2]) >> 8;
        const Tint& tint = table[level_of(weight[column] * to_level)];
        for (int channel = 0; channel < 3; ++channel) {
          const int faded = gray + (((pixel[channel] - gray) * kColorKept) >> 8);
          const int value = (tint.color[static_cast<std::size_t>(channel)] + tint.photo * faded) >> 8;
          target[column][channel] = static_cast<unsigned char>(value);
        }
      }
    }
  });
  return result;
}

cv::Mat lay_word_over(const cv::Mat& photo, const Caption& caption, std::size_t word, const OverlayOptions& options) {
  const cv::Mat weights = heatmap(caption.alpha_of(word), caption.grid, photo.size(), options.smooth);
  cv::Mat result = lay_over(photo, weights, full_weight(caption, word, options.scale), options);
  if (!caption.cells.empty()) frame_cell(result, caption.cells[word], caption.grid);
  return result;
}

cv::Mat word_overlay(const cv::Mat& photo, const Caption& caption, std::size_t word, const Geometry& geometry,
                     const OverlayOptions& options) {
  require_attention(caption);
  if (word >= caption.words.size())
    throw Error("the caption has {} words; there is no word {}", caption.words.size(), word);
  if (photo.size() != geometry.original) throw Error("the photo is not of the size that was captioned");
  return lay_word_over(photo, caption, word, options);
}

}  // namespace saccade::vision
