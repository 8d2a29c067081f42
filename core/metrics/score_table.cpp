#include "core/metrics/score_table.hpp"

#include <iterator>

#include <fmt/format.h>

#include "core/base/atomic_file.hpp"
#include "core/base/error.hpp"

namespace saccade::metrics {

namespace {

void append_field(std::string& text, const std::string& field) {
  if (field.find_first_of(",\"\r\n") == std::string::npos) {
    text += field;
    return;
  }
  text += '"';
  for (const char c : field) {
    if (c == '"') text += '"';
    text += c;
  }
  text += '"';
}

}  // namespace

std::string score_table(const Scores& scores, const std::vector<std::string>& captions) {
  if (!captions.empty() && captions.size() != scores.ids.size()) {
    throw Error("{} captions for the scores of {} images", captions.size(), scores.ids.size());
  }
  std::string text = "id";
  for (const std::string& name : scores.names) (text += ',') += name;
  if (!captions.empty()) text += ",caption";
  text += '\n';
  for (std::size_t image = 0; image < scores.ids.size(); ++image) {
    append_field(text, scores.ids[image]);
    for (std::size_t column = 0; column < scores.names.size(); ++column) {
      fmt::format_to(std::back_inserter(text), ",{}", scores.image_score(image, column));
    }
    if (!captions.empty()) {
      text += ',';
      append_field(text, captions[image]);
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
