#include "core/metrics/attention.hpp"

#include <algorithm>
#include <cmath>

namespace saccade::metrics {
namespace {

double surprise(double p) {
  return p > 0 ? -p * std::log(p) : 0;
}

/// The cell that word t read, or the one with the largest weight.
std::ptrdiff_t cell_of(const Caption& caption, std::size_t t) {
  if (!caption.cells.empty()) return caption.cells[t];
  const float* alpha = caption.alpha_of(t);
  return std::max_element(alpha, alpha + caption.grid.cells()) - alpha;
}

}  // namespace

double entropy(const float* p, std::size_t count) {
  double sum = 0;
  for (std::size_t i = 0; i < count; ++i) sum += surprise(p[i]);
  return sum;
}

double jensen_shannon_divergence(const float* p, const float* q, std::size_t count) {
  double sum = 0;
  for (std::size_t i = 0; i < count; ++i) {
    const double a = p[i], b = q[i];
    sum += surprise((a + b) / 2) - (surprise(a) + surprise(b)) / 2;
  }
  return std::max(0.0, sum);
}

void AttentionSummary::add(const Caption& caption) {
  if (caption.alpha.empty()) return;  // no attention
  const auto cells = static_cast<std::size_t>(caption.grid.cells());
  for (std::size_t t = 0; t < caption.words.size(); ++t) {
    entropy_ += entropy(caption.alpha_of(t), cells);
    ++words_;
    if (t == 0) continue;
    divergence_ += jensen_shannon_divergence(caption.alpha_of(t - 1), caption.alpha_of(t), cells);
    if (cell_of(caption, t - 1) != cell_of(caption, t)) ++moves_;
    ++steps_;
  }
}

AttentionScores AttentionSummary::scores() const {
  const auto words = static_cast<double>(std::max<std::size_t>(words_, 1));
  const auto steps = static_cast<double>(std::max<std::size_t>(steps_, 1));
  return {entropy_ / words, divergence_ / steps, static_cast<double>(moves_) / steps};
}

}  // namespace saccade::metrics
