#include "models/weights/state_dict.hpp"

#include <algorithm>
#include <cstddef>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/base/error.hpp"
#include "core/base/excerpt.hpp"

namespace saccade::models {
namespace {

constexpr std::size_t kNamedAtMost = 3;

/// "2 missing (a, b)", and " and 5 more" where the list is cut.
std::string summary(const char* kind, const std::vector<std::string>& names) {
  const auto end = names.begin() + static_cast<std::ptrdiff_t>(std::min(names.size(), kNamedAtMost));
  const std::string more =
      names.size() > kNamedAtMost ? fmt::format(" and {} more", names.size() - kNamedAtMost) : std::string();
  return fmt::format("{} {} ({}{})", names.size(), kind, fmt::join(names.begin(), end, ", "), more);
}

bool fits(at::IntArrayRef sizes, const std::vector<std::int64_t>& expected) {
  if (sizes.size() != expected.size()) return false;
  for (std::size_t i = 0; i < sizes.size(); ++i) {
    if (expected[i] != kAnySize && sizes[i] != expected[i]) return false;
  }
  return true;
}

std::string text_of(at::IntArrayRef shape) {
  std::vector<std::string> sizes;
  for (const std::int64_t size : shape) sizes.push_back(size == kAnySize ? "any" : fmt::format("{}", size));
  return fmt::format("[{}]", fmt::join(sizes, ", "));
}

}  // namespace

std::string faults_of(const StateDict& weights, const std::map<std::string, std::vector<std::int64_t>>& expected_shapes,
                      const std::set<std::string>& ignored) {
  std::vector<std::string> missing;
  std::vector<std::string> misshapen;
  std::vector<std::string> unexpected;
  for (const auto& [name, shape] : expected_shapes) {
    if (ignored.count(name) != 0) continue;
    const auto found = weights.find(name);
    if (found == weights.end()) {
      missing.push_back(excerpt(name));
    } else if (!fits(found->second.sizes(), shape)) {
      misshapen.push_back(
          fmt::format("{} is {}, expected {}", excerpt(name), text_of(found->second.sizes()), text_of(shape)));
    }
  }
  for (const auto& entry : weights) {
    if (expected_shapes.count(entry.first) == 0 && ignored.count(entry.first) == 0) {
      unexpected.push_back(excerpt(entry.first));
    }
  }
  std::vector<std::string> faults;
  if (!missing.empty()) faults.push_back(summary("missing", missing));
  if (!misshapen.empty()) faults.push_back(summary("of another shape", misshapen));
  if (!unexpected.empty()) faults.push_back(summary("not expected", unexpected));
  return fmt::format("{}", fmt::join(faults, "; "));
}

void check_state_dict(const StateDict& weights, const std::map<std::string, std::vector<std::int64_t>>& expected_shapes,
                      const std::set<std::string>& ignored, const std::string& file) {
  const std::string faults = faults_of(weights, expected_shapes, ignored);
  if (!faults.empty()) throw Error("{}: its tensors do not fit the model: {}", file, faults);
}

}  // namespace saccade::models
