#include "models/attention/alignment.hpp"

#include <functional>

#include "core/base/registry.hpp"
#include "models/attention/alignment/additive_score.hpp"
#include "models/attention/alignment/content_score.hpp"
#include "models/attention/alignment/dot_score.hpp"
#include "models/attention/alignment/general_score.hpp"
#include "models/attention/alignment/location_score.hpp"

namespace saccade::models {
namespace {

using Maker = std::function<std::shared_ptr<AlignmentScore>(const AlignmentShape&)>;

template <typename Score>
std::shared_ptr<AlignmentScore> make(const AlignmentShape& shape) {
  return std::make_shared<Score>(shape);
}

/// The registry: a new score is a class and a line here.
const Registry<Maker>& scores() {
  static const Registry<Maker> registry("alignment score", {{"additive", make<AdditiveScore>},
                                                            {"dot", make<DotScore>},
                                                            {"scaled-dot", make<ScaledDotScore>},
                                                            {"general", make<GeneralScore>},
                                                            {"content", make<ContentScore>},
                                                            {"location", make<LocationScore>}});
  return registry;
}

}  // namespace

std::vector<std::string> alignment_names() {
  return scores().names();
}

std::shared_ptr<AlignmentScore> make_alignment(const std::string& name, const AlignmentShape& shape) {
  return scores().at(name)(shape);
}

}  // namespace saccade::models
