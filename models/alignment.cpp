#include "models/alignment.hpp"

#include <functional>
#include <utility>

#include <fmt/ranges.h>

#include "core/error.hpp"
#include "models/additive_score.hpp"
#include "models/content_score.hpp"
#include "models/dot_score.hpp"
#include "models/general_score.hpp"
#include "models/location_score.hpp"

namespace saccade::models {
namespace {

using Maker = std::function<std::shared_ptr<AlignmentScore>(const AlignmentShape&)>;

template <typename Score>
std::shared_ptr<AlignmentScore> make(const AlignmentShape& shape) {
  return std::make_shared<Score>(shape);
}

/// The registry: a new score is a class and a line here.
const std::vector<std::pair<std::string, Maker>>& registry() {
  static const std::vector<std::pair<std::string, Maker>> entries = {
      {"additive", make<AdditiveScore>}, {"dot", make<DotScore>},         {"scaled-dot", make<ScaledDotScore>},
      {"general", make<GeneralScore>},   {"content", make<ContentScore>}, {"location", make<LocationScore>},
  };
  return entries;
}

}  // namespace

std::vector<std::string> alignment_names() {
  std::vector<std::string> names;
  for (const auto& entry : registry()) names.push_back(entry.first);
  return names;
}

std::shared_ptr<AlignmentScore> make_alignment(const std::string& name, const AlignmentShape& shape) {
  for (const auto& entry : registry()) {
    if (entry.first == name) return entry.second(shape);
  }
  throw Error("there is no alignment score '{}'; choose one of {}", name, fmt::join(alignment_names(), ", "));
}

}  // namespace saccade::models
