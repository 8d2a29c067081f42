#include "core/metrics/grounding.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace saccade::metrics {
namespace {

/// Borders between the cells along one side: count + 1 values from 0 to 1, halfway between cell centers. The first and
/// last cells reach the edges.
std::vector<double> borders(int count, double shift) {
  std::vector<double> places{0};
  for (int i = 1; i < count; ++i) places.push_back(std::clamp((i + shift) / count, 0.0, 1.0));
  places.push_back(1);
  return places;
}

/// Adds the ends of the boxes to the borders, sorted and unique. Coverage is constant between these places.
std::vector<double> with_ends(std::vector<double> places, const std::vector<Box>& boxes, double Box::*begin,
                              double Box::*end) {
  for (const Box& box : boxes) {
    places.push_back(std::clamp(box.*begin, 0.0, 1.0));
    places.push_back(std::clamp(box.*end, 0.0, 1.0));
  }
  std::sort(places.begin(), places.end());
  places.erase(std::unique(places.begin(), places.end()), places.end());
  return places;
}

std::size_t index_of(const std::vector<double>& places, double place) {
  return static_cast<std::size_t>(std::lower_bound(places.begin(), places.end(), std::clamp(place, 0.0, 1.0)) -
                                  places.begin());
}

/// The cell of each span between two places.
std::vector<std::size_t> cells_of(const std::vector<double>& places, const std::vector<double>& cell_borders) {
  std::vector<std::size_t> cells;
  for (std::size_t i = 0; i + 1 < places.size(); ++i) {
    const auto after = std::upper_bound(cell_borders.begin(), cell_borders.end(), places[i]);
    cells.push_back(static_cast<std::size_t>(after - cell_borders.begin()) - 1);
  }
  return cells;
}

/// Area of each cell that the union of the boxes covers (L values).
std::vector<double> covered_areas(const std::vector<Box>& boxes, const Grid& grid, const std::vector<double>& across,
                                  const std::vector<double>& down) {
  const std::vector<double> x = with_ends(across, boxes, &Box::left, &Box::right);
  const std::vector<double> y = with_ends(down, boxes, &Box::top, &Box::bottom);
  const std::vector<std::size_t> column = cells_of(x, across), row = cells_of(y, down);
  // The number of boxes over a rectangle is a 2-D prefix sum of +1 at the start and -1 at the end of each box. `over`
  // holds the sum of the rows so far.
  std::vector<int> change(x.size() * y.size(), 0);
  for (const Box& box : boxes) {
    const std::size_t left = index_of(x, box.left), right = index_of(x, box.right);
    const std::size_t top = index_of(y, box.top), bottom = index_of(y, box.bottom);
    ++change[top * x.size() + left];
    --change[top * x.size() + right];
    --change[bottom * x.size() + left];
    ++change[bottom * x.size() + right];
  }
  std::vector<double> areas(static_cast<std::size_t>(grid.cells()), 0.0);
  std::vector<int> over(x.size(), 0);
  for (std::size_t j = 0; j + 1 < y.size(); ++j) {
    int boxes_here = 0;
    for (std::size_t i = 0; i + 1 < x.size(); ++i) {
      over[i] += change[j * x.size() + i];
      boxes_here += over[i];
      if (boxes_here == 0) continue;
      areas[row[j] * static_cast<std::size_t>(grid.columns) + column[i]] += (x[i + 1] - x[i]) * (y[j + 1] - y[j]);
    }
  }
  return areas;
}

/// Center of the pixel at a place along a side.
double pixel_center(double place) {
  return (std::floor(std::clamp(place * kPointRaster, 0.0, kPointRaster - 1.0)) + 0.5) / kPointRaster;
}

/// 1 if the union of the boxes covers the pixel at a point, else 0.
double covers(const std::vector<Box>& boxes, double point_x, double point_y) {
  const double x = pixel_center(point_x), y = pixel_center(point_y);
  const bool inside = std::any_of(boxes.begin(), boxes.end(), [x, y](const Box& box) {
    return x >= box.left && x <= box.right && y >= box.top && y <= box.bottom;
  });
  return inside ? 1 : 0;
}

/// Areas of the cells and of their covered parts.
struct CellAreas {
  std::vector<double> cell, covered;

  CellAreas(const std::vector<Box>& boxes, const Grid& grid) {
    const std::vector<double> across = borders(grid.columns, grid.shift), down = borders(grid.rows, grid.shift);
    covered = covered_areas(boxes, grid, across, down);
    for (std::size_t r = 0; r + 1 < down.size(); ++r) {
      for (std::size_t c = 0; c + 1 < across.size(); ++c) {
        cell.push_back((across[c + 1] - across[c]) * (down[r + 1] - down[r]));
      }
    }
  }

  double part(std::size_t i) const { return cell[i] > 0 ? covered[i] / cell[i] : 0; }
};

}  // namespace

std::vector<double> coverage(const std::vector<Box>& boxes, const Grid& grid) {
  const CellAreas areas(boxes, grid);
  std::vector<double> parts;
  for (std::size_t i = 0; i < areas.cell.size(); ++i) parts.push_back(areas.part(i));
  return parts;
}

WordGrounding ground(const std::vector<Box>& boxes, const float* alpha, const Grid& grid) {
  const CellAreas areas(boxes, grid);
  WordGrounding result;
  for (std::size_t i = 0; i < areas.cell.size(); ++i) {
    result.correctness += alpha[i] * areas.part(i);
    result.uniform += areas.covered[i];
  }
  const auto heaviest = static_cast<int>(std::max_element(alpha, alpha + grid.cells()) - alpha);
  const int row = heaviest / grid.columns, column = heaviest % grid.columns;
  const double x = (column + 0.5 + grid.shift) / grid.columns;
  const double y = (row + 0.5 + grid.shift) / grid.rows;
  result.pointing = covers(boxes, x, y);
  result.center = covers(boxes, 0.5, 0.5);
  return result;
}

std::vector<GroundedWord> ground_caption(const AnnotatedPhoto& photo, const Caption& caption) {
  const auto boxes_of = boxes_by_word(photo);
  std::vector<GroundedWord> words;
  for (std::size_t t = 0; t < caption.words.size(); ++t) {
    const auto found = boxes_of.find(caption.words[t]);
    if (found == boxes_of.end()) continue;
    words.push_back({caption.words[t], ground(found->second, caption.alpha_of(t), caption.grid)});
  }
  return words;
}

std::vector<GroundedWord> ground_reference(const AnnotatedPhoto& photo, const AnnotatedCaption& caption,
                                           const float* alpha, const Grid& grid) {
  std::vector<GroundedWord> words;
  for (const Phrase& phrase : caption.phrases) {
    const auto boxes = photo.boxes.find(phrase.entity);
    if (boxes == photo.boxes.end()) continue;
    const float* map = alpha + phrase.last * static_cast<std::size_t>(grid.cells());
    words.push_back({caption.words[phrase.last], ground(boxes->second, map, grid)});
  }
  return words;
}

void GroundingSummary::Sums::add(const WordGrounding& more, double times, double words_more) {
  words += times * words_more;
  sum.correctness += times * more.correctness;
  sum.uniform += times * more.uniform;
  sum.pointing += times * more.pointing;
  sum.center += times * more.center;
}

WordGrounding GroundingSummary::Sums::mean() const {
  const double n = std::max(words, 1.0);
  return {sum.correctness / n, sum.uniform / n, sum.pointing / n, sum.center / n};
}

void GroundingSummary::add_photo(const std::vector<GroundedWord>& words) {
  Sums& photo = photos_.emplace_back();
  for (const GroundedWord& word : words) {
    photo.add(word.measure, 1, 1);
    words_[word.word].add(word.measure, 1, 1);
  }
}

/// The sums of the corpus in which photo i occurs counts[i] times.
GroundingSummary::Sums GroundingSummary::total(const std::vector<std::uint32_t>& counts) const {
  Sums all;
  for (std::size_t i = 0; i < photos_.size(); ++i) all.add(photos_[i].sum, counts[i], photos_[i].words);
  return all;
}

std::size_t GroundingSummary::words() const {
  return static_cast<std::size_t>(total(std::vector<std::uint32_t>(photos_.size(), 1)).words);
}

std::vector<Interval> GroundingSummary::scores(const BootstrapOptions& options) const {
  return bootstrap(
      {"correctness", "uniform", "pointing", "centre"}, photos_.size(),
      [this](const std::vector<std::uint32_t>& counts) {
        const WordGrounding mean = total(counts).mean();
        return std::vector<double>{mean.correctness, mean.uniform, mean.pointing, mean.center};
      },
      options);
}

std::vector<GroundingRow> GroundingSummary::commonest(std::size_t count) const {
  std::vector<GroundingRow> rows;
  for (const auto& [word, sums] : words_) rows.push_back({word, static_cast<std::size_t>(sums.words), sums.mean()});
  std::stable_sort(rows.begin(), rows.end(),
                   [](const GroundingRow& a, const GroundingRow& b) { return a.times > b.times; });
  rows.resize(std::min(count, rows.size()));
  return rows;
}

}  // namespace saccade::metrics
