// Karpathy's JSON: an object whose `images` have `filename`, `sentences` with `tokens` or `raw`, and optionally
// `filepath` (the folder) and `split`.

#include <nlohmann/json.hpp>

#include "core/base/error.hpp"
#include "core/base/plain_reason.hpp"
#include "core/data/format.hpp"

namespace saccade {
namespace {

using nlohmann::json;

std::string text_of(const json& sentence) {
  if (!sentence.contains("tokens")) return sentence.at("raw").get<std::string>();
  if (!sentence.at("tokens").is_array()) throw Error("its tokens are no list");
  std::string text;
  for (const auto& token : sentence.at("tokens")) text += token.get<std::string>() + " ";
  return text;
}

void read_image(const json& image, const std::string& place, CaptionsFile& file) {
  std::string name = image.at("filename").get<std::string>();
  const std::string folder = image.value("filepath", "");
  if (!folder.empty() && !name.empty()) name = folder + "/" + name;
  if (image.contains("split")) file.put(name, image.at("split").get<std::string>(), place);
  if (image.at("sentences").empty()) return file.uncaptioned(name, place);
  for (const auto& sentence : image.at("sentences")) file.add(name, text_of(sentence), place);
}

void read(const CaptionsSource& source, CaptionsFile& file) {
  const std::string name = source.path.string();
  try {
    const json root = json::parse(source.text);
    std::size_t number = 0;
    for (const auto& image : root.at("images")) {
      const std::string place = fmt::format("image {}", ++number);
      try {
        read_image(image, place, file);
      } catch (const Error& error) {
        file.malformed(place, error.what());
      } catch (const json::exception& error) {
        file.malformed(place, fmt::format("not as in Karpathy's JSON form of captions: {}", plain_reason(error)));
      }
    }
  } catch (const json::exception& error) {
    throw Error("{}: not as in Karpathy's JSON form of captions: {}", name, plain_reason(error));
  }
}

bool recognizes(const CaptionsSource& source) {
  return first_line(source.text).substr(0, 1) == "{";  // when no other form of JSON is (they come before it)
}

}  // namespace

void register_karpathy(CaptionFormatRegistry& registry) {
  registry.add("karpathy", {recognizes, read});
}

}  // namespace saccade
