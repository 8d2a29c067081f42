#include "models/attention/attention.hpp"

#include <functional>

#include "core/base/registry.hpp"
#include "models/kernels/context_kernel.hpp"

namespace saccade::models {
namespace {

using torch::Tensor;
using Maker = std::function<std::shared_ptr<Attention>()>;

/// The registry: a new mechanism is a class and a line here.
const Registry<Maker>& mechanisms() {
  static const Registry<Maker> registry("attention", {{"soft", [] { return std::make_shared<SoftAttention>(); }},
                                                      {"hard", [] { return std::make_shared<HardAttention>(); }}});
  return registry;
}

}  // namespace

Glimpse SoftAttention::attend(const Tensor& scores, const Tensor& annotations, const Tensor& image,
                              const Selection& /*it sees all cells*/) {
  Glimpse glimpse;
  glimpse.alpha = at::softmax(scores, -1);
  glimpse.context = context_vectors(glimpse.alpha, {}, annotations, image);
  return glimpse;
}

Glimpse HardAttention::attend(const Tensor& scores, const Tensor& annotations, const Tensor& image,
                              const Selection& selection) {
  Glimpse glimpse;
  glimpse.alpha = at::softmax(scores, -1);
  const Tensor weights = glimpse.alpha.detach();
  glimpse.cell = selection.cell.defined()      ? selection.cell
                 : selection.uniform.defined() ? draw_cells(weights, selection.uniform)
                                               : weights.argmax(-1);
  if (selection.expected.defined()) glimpse.cell = glimpse.cell.masked_fill(selection.expected, -1);
  glimpse.context = context_vectors(glimpse.alpha, glimpse.cell, annotations, image);
  return glimpse;
}

Tensor draw_cells(const Tensor& alpha, const Tensor& uniform) {
  // In double precision, so that a rounded sum cannot point beyond the last cell that has weight.
  const Tensor sums = alpha.to(torch::kDouble).cumsum(-1);
  const Tensor all = sums.slice(-1, sums.size(-1) - 1);
  return (sums <= uniform.to(torch::kDouble).unsqueeze(-1) * all).sum(-1);
}

std::vector<std::string> attention_names() {
  return mechanisms().names();
}

std::shared_ptr<Attention> make_attention(const std::string& name) {
  return mechanisms().at(name)();
}

}  // namespace saccade::models
