#include "vision/drawing/fixations.hpp"

#include <algorithm>
#include <cmath>
#include <set>

#include "vision/drawing/cell_frame.hpp"

namespace saccade::vision {
namespace {

constexpr int kGap = 3;  // pixels between discs

std::vector<Fixation> fixations_of(const Caption& caption) {
  std::vector<Fixation> result;
  for (std::size_t word = 0; word < caption.cells.size(); ++word) {
    if (result.empty() || result.back().cell != caption.cells[word])
      result.push_back({caption.cells[word], word, word, {}, 0});
    result.back().last = word;
  }
  return result;
}

/// Keeps `place` at a distance of `radius` from both ends of a side, unless the side is short.
int held(double place, int radius, int side) {
  const int inset = std::min(radius + kGap, side / 6);
  return std::clamp(static_cast<int>(std::lround(place)), inset, side - 1 - inset);
}

bool is_free(cv::Point center, int radius, const std::vector<Fixation>& placed, double share) {
  return std::none_of(placed.begin(), placed.end(), [&](const Fixation& other) {
    return cv::norm(center - other.center) < share * (radius + other.radius + kGap);
  });
}

/// The free place nearest to the center of the cell, searched in rings.
cv::Point find_place(const cv::Rect& cell, int radius, cv::Size picture, const std::vector<Fixation>& placed) {
  constexpr int kDirections = 24;
  const cv::Point2d middle(cell.x + (cell.width - 1) / 2.0, cell.y + (cell.height - 1) / 2.0);
  const double farthest = std::hypot(picture.width, picture.height);
  const auto search = [&](bool within_cell, double share, cv::Point& place) {
    for (double distance = 0; distance <= farthest; distance += radius / 4.0) {
      for (int direction = 0; direction < kDirections; ++direction) {
        const double angle = 2 * CV_PI * direction / kDirections;
        place = {held(middle.x + distance * std::cos(angle), radius, picture.width),
                 held(middle.y + distance * std::sin(angle), radius, picture.height)};
        if (within_cell && !cell.contains(place)) continue;
        if (is_free(place, radius, placed, share)) return true;
      }
      if (within_cell && distance > std::hypot(cell.width, cell.height)) break;
    }
    return false;
  };
  cv::Point place;
  if (search(true, 1, place)) return place;
  for (double share = 1; share > 0; share -= 0.125) {
    if (search(false, share, place)) return place;
  }
  return place;
}

}  // namespace

std::string Fixation::label() const {
  const std::string number = std::to_string(first + 1);
  return first == last ? number : number + "-" + std::to_string(last + 1);
}

std::vector<Fixation> lay_out_fixations(const Caption& caption, cv::Size picture, int radius) {
  std::vector<Fixation> fixations = fixations_of(caption);
  const int shortest = std::min(picture.width / caption.grid.columns, picture.height / caption.grid.rows);
  const int largest = std::clamp(shortest / 2, radius, 2 * radius);
  std::vector<Fixation> placed;
  const auto place = [&](Fixation& fixation) {
    constexpr double kRoomForLetter = 0.36;
    const auto words = static_cast<double>(fixation.last - fixation.first + 1);
    const double size = std::max(std::sqrt(words), kRoomForLetter * static_cast<double>(fixation.label().size()));
    fixation.radius = std::min(static_cast<int>(std::lround(radius * size)), largest);
    fixation.center =
        find_place(cell_rectangle(fixation.cell, caption.grid, picture), fixation.radius, picture, placed);
    placed.push_back(fixation);
  };
  // The first fixation of a cell has precedence.
  std::set<int> seen;
  std::vector<Fixation*> returns;
  for (Fixation& fixation : fixations) {
    if (seen.insert(fixation.cell).second) {
      place(fixation);
    } else {
      returns.push_back(&fixation);
    }
  }
  for (Fixation* fixation : returns) place(*fixation);
  return fixations;
}

}  // namespace saccade::vision
