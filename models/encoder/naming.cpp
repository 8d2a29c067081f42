#include "models/encoder/naming.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include <fmt/ranges.h>

#include "core/base/error.hpp"

namespace saccade::models {
namespace {

bool begins_with(const std::string& text, const std::string& beginning) {
  return text.compare(0, beginning.size(), beginning) == 0;
}

StateDict without_module(const StateDict& weights) {
  const std::string module = "module.";
  StateDict result;
  for (const auto& [name, tensor] : weights) {
    if (!begins_with(name, module)) return weights;
    result[name.substr(module.size())] = tensor;
  }
  return result;
}

/// How well a file fits a scheme with one of its prefixes.
struct Fit {
  std::size_t scheme = 0;
  std::string prefix;
  double share = -1;   ///< of the scheme's tensors that are there
  std::string faults;  ///< empty: it fits
};

std::string faults_by(const NamingScheme& scheme, const std::string& prefix, const StateDict& weights) {
  std::map<std::string, std::vector<std::int64_t>> shapes;
  for (const auto& tensor : scheme.tensors) shapes[prefix + tensor.name] = tensor.shape;
  std::set<std::string> ignored;
  for (const auto& entry : weights) {
    const std::string& name = entry.first;
    const bool outside = scheme.part_of_a_whole && !prefix.empty() && !begins_with(name, prefix);
    const bool ignores = std::any_of(scheme.ignored.begin(), scheme.ignored.end(),
                                     [&](const std::string& each) { return begins_with(name, prefix + each); });
    if (shapes.count(name) == 0 && (outside || ignores)) ignored.insert(name);
  }
  return faults_of(weights, shapes, ignored);
}

Fit fit_of(std::size_t index, const NamingScheme& scheme, const std::string& prefix, const StateDict& weights) {
  const auto there = std::count_if(scheme.tensors.begin(), scheme.tensors.end(), [&](const PublishedTensor& tensor) {
    return weights.count(prefix + tensor.name) != 0;
  });
  return {index, prefix, static_cast<double>(there) / static_cast<double>(scheme.tensors.size()),
          faults_by(scheme, prefix, weights)};
}

}  // namespace

std::function<void(const torch::Tensor&)> into(torch::Tensor target) {
  return [target = std::move(target)](const torch::Tensor& from) {
    target.detach().copy_(from.reshape(target.sizes()));  // of a view, so that a parameter's part may be filled
  };
}

std::size_t load_by_name(const std::vector<NamingScheme>& schemes, const StateDict& weights,
                         const std::string& backbone, const std::string& file) {
  const StateDict named = without_module(weights);
  Fit nearest;
  for (std::size_t i = 0; i < schemes.size() && (nearest.share < 0 || !nearest.faults.empty()); ++i) {
    for (const auto& prefix : schemes[i].prefixes) {
      Fit fit = fit_of(i, schemes[i], prefix, named);
      if (fit.faults.empty() || fit.share > nearest.share) nearest = std::move(fit);
      if (nearest.faults.empty()) break;
    }
  }
  const NamingScheme& scheme = schemes[nearest.scheme];
  if (!nearest.faults.empty()) {
    throw Error(
        "{}: does not hold {} under any known names; nearest are those of {}: {}; choose the --backbone that "
        "the file is of, or rename its tensors",
        file, backbone, scheme.name, nearest.faults);
  }
  const torch::NoGradGuard no_gradient;
  for (const auto& tensor : scheme.tensors) {
    const torch::Tensor& found = named.at(nearest.prefix + tensor.name);
    if (!found.is_floating_point()) {
      throw Error("{}: its tensor '{}' does not hold floating-point numbers", file, nearest.prefix + tensor.name);
    }
    if (!tensor.take) continue;
    try {
      tensor.take(found.to(torch::kFloat));
    } catch (const Error& error) {
      throw Error("{}: {}", file, error.what());
    }
  }
  return nearest.scheme;
}

}  // namespace saccade::models
