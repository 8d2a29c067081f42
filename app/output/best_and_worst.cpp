#include "app/output/best_and_worst.hpp"

#include <algorithm>
#include <cstdio>
#include <string>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "app/assets.hpp"
#include "app/output/missing_characters.hpp"
#include "core/metrics/score_table.hpp"
#include "vision/drawing/gallery.hpp"
#include "vision/files/image.hpp"
#include "vision/files/image_writer.hpp"

namespace saccade::app {

void write_best_and_worst(const std::filesystem::path& path, int best, int worst, const std::filesystem::path& images,
                          const std::vector<ScoredItem>& items, const metrics::Scores& scores) {
  const std::vector<std::size_t> order = metrics::rank_images(scores, "cider_d");
  const std::size_t column = scores.column("cider_d");
  std::vector<std::size_t> chosen;
  const auto count = [&order](int wanted) {
    return static_cast<std::ptrdiff_t>(std::min(order.size(), static_cast<std::size_t>(wanted)));
  };
  chosen.insert(chosen.end(), order.rbegin(), order.rbegin() + count(best));
  chosen.insert(chosen.end(), order.begin(), order.begin() + count(worst));
  std::vector<vision::GalleryItem> shown;
  for (const std::size_t i : chosen) {
    vision::GalleryItem item{vision::read_image(images / items[i].id),
                             fmt::format("{}", fmt::join(items[i].hypothesis, " ")),
                             {fmt::format("CIDEr-D {:.1f}", 100 * scores.image_score(i, column))}};
    for (const auto& reference : items[i].references) {
      item.lines.push_back(fmt::format("\u2013 {}", fmt::join(reference, " ")));
    }
    shown.push_back(std::move(item));
  }
  const vision::Font font(bundled_font());
  vision::write_image(path, vision::gallery(shown, font));
  const std::string note = missing_characters_note(font);
  if (!note.empty()) std::fputs(fmt::format("saccade: note: {}\n", note).c_str(), stderr);
}

}  // namespace saccade::app
