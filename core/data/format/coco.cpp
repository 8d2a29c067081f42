// COCO's annotations: an object whose `images` have `id` and `file_name`, and whose `annotations` have `image_id` and
// `caption`.

#include "core/data/coco_files.hpp"
#include "core/data/format.hpp"

namespace saccade {
namespace {

void read(const CaptionsSource& source, CaptionsFile& file) {
  const auto fault = [&file](const std::string& place, const std::string& what) { file.malformed(place, what); };
  for (const auto& image : read_coco_annotations({source.path, std::string(source.text)}, fault).images) {
    const std::string place = "image " + image.id;
    if (image.captions.empty()) {
      file.uncaptioned(image.file.empty() ? image.id : image.file, place);
      continue;
    }
    if (image.file.empty()) {
      file.malformed(place, "there is no \"file_name\"");
      continue;
    }
    for (const auto& caption : image.captions) file.add(image.file, caption, place);
  }
}

bool recognizes(const CaptionsSource& source) {
  if (first_line(source.text).substr(0, 1) != "{") return false;
  constexpr std::string_view kKey = "\"annotations\"";
  const std::size_t key = source.text.find(kKey);
  if (key == std::string_view::npos) return false;
  const std::size_t next = source.text.find_first_not_of(" \t\r\n", key + kKey.size());
  return next != std::string_view::npos && source.text[next] == ':';
}

}  // namespace

void register_coco(CaptionFormatRegistry& registry) {
  registry.add("coco", {recognizes, read});
}

}  // namespace saccade
