#include "core/metrics/score_table.hpp"

#include <iterator>

#include <fmt/format.h>

#include "core/base/atomic_file.hpp"
#include "core/base/error.hpp"
#include "core/data/csv.hpp"

namespace saccade::metrics {

std::string score_table(const Scores& scores, const std::vector<std::string>& captions) {
  if (!captions.empty() && captions.size() != scores.ids.size()) {
    throw Error("{} captions for the scores of {} images", captions.size(), scores.ids.size());
  }
  std::string text = "id";
  for (const std::string& name : scores.names) (text += ',') += name;
  if (!captions.empty()) text += ",caption";
  text += '\n';
  for (std::size_t image = 0; image < scores.ids.size(); ++image) {
    text += csv_field(scores.ids[image]);
    for (std::size_t column = 0; column < scores.names.size(); ++column) {
      fmt::format_to(std::back_inserter(text), ",{}", scores.image_score(image, column));
    }
    if (!captions.empty()) {
      text += ',';
      text += csv_field(captions[image]);
    }
    text += '\n';
  }
  return text;
}

void write_score_table(const std::filesystem::path& path, const Scores& scores,
                       const std::vector<std::string>& captions) {
  write_file(path, score_table(scores, captions));
}

}  // namespace saccade::metrics
