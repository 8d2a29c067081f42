#include "models/attention.hpp"

#include <functional>
#include <utility>

#include <fmt/ranges.h>

#include "core/error.hpp"

namespace saccade::models {
namespace {

using Maker = std::function<std::shared_ptr<Attention>()>;

/// The registry: a new mechanism is a class and a line here.
const std::vector<std::pair<std::string, Maker>>& registry() {
  static const std::vector<std::pair<std::string, Maker>> entries = {
      {"soft", [] { return std::make_shared<SoftAttention>(); }},
  };
  return entries;
}

}  // namespace

Glimpse SoftAttention::attend(const torch::Tensor& scores, const torch::Tensor& annotations) {
  Glimpse glimpse;
  glimpse.alpha = at::softmax(scores, -1);
  glimpse.context = at::bmm(glimpse.alpha, annotations);
  return glimpse;
}

std::vector<std::string> attention_names() {
  std::vector<std::string> names;
  for (const auto& entry : registry()) names.push_back(entry.first);
  return names;
}

std::shared_ptr<Attention> make_attention(const std::string& name) {
  for (const auto& entry : registry()) {
    if (entry.first == name) return entry.second();
  }
  throw Error("there is no attention '{}'; choose one of {}", name, fmt::join(attention_names(), ", "));
}

}  // namespace saccade::models
