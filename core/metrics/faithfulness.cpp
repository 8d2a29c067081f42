#include "core/metrics/faithfulness.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <utility>

#include "core/base/random.hpp"

namespace saccade::metrics {
namespace {

using Order = std::vector<std::size_t>;

/// The photo with the first `count` cells of an order hidden, or with only these visible.
Visible picture_of(const Order& order, std::size_t count, bool grayed) {
  Visible visible(order.size(), grayed);
  for (std::size_t i = 0; i < count; ++i) visible[order[i]] = !grayed;
  return visible;
}

/// Log-probabilities of the words of a caption for the requested images, each computed once.
class Readings {
 public:
  explicit Readings(const CaptionReader& read) : read_(read) {}

  /// Computes the missing ones.
  void need(const std::vector<Visible>& pictures) {
    std::vector<Visible> fresh;
    for (const Visible& picture : pictures) {
      if (known_.try_emplace(picture).second) fresh.push_back(picture);
    }
    if (fresh.empty()) return;
    auto values = read_(fresh);
    for (std::size_t i = 0; i < fresh.size(); ++i) known_[fresh[i]] = std::move(values[i]);
  }

  double operator()(const Visible& picture, std::size_t word) const { return known_.at(picture)[word]; }

 private:
  const CaptionReader& read_;
  std::map<Visible, std::vector<double>> known_;
};

/// Number of hidden cells at each step, from none to all.
std::vector<std::size_t> counts_of(std::size_t cells, std::size_t steps) {
  steps = std::clamp<std::size_t>(steps, 1, cells);
  std::vector<std::size_t> counts;
  for (std::size_t k = 0; k <= steps; ++k) counts.push_back((2 * k * cells + steps) / (2 * steps));  // rounded
  return counts;
}

/// All cells in a random order.
Order shuffled(std::size_t cells, std::uint64_t seed) {
  std::vector<double> keys;
  for (std::size_t i = 0; i < cells; ++i) keys.push_back(static_cast<double>(derived_seed({seed, i})));
  return descending(keys);
}

std::vector<double> negative(std::vector<double> values) {
  for (double& value : values) value = -value;
  return values;
}

}  // namespace

double curve_area(const std::vector<std::size_t>& counts, const std::vector<double>& values, double level) {
  double area = 0;
  for (std::size_t i = 1; i < counts.size(); ++i) {
    area += static_cast<double>(counts[i] - counts[i - 1]) * ((values[i - 1] + values[i]) / 2 - level);
  }
  return area / static_cast<double>(counts.back());
}

std::vector<std::size_t> descending(const std::vector<double>& values) {
  std::vector<std::size_t> order(values.size());
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return values[a] > values[b]; });
  return order;
}

std::vector<double> distances(const Grid& grid, double row, double column) {
  std::vector<double> distances;
  for (int r = 0; r < grid.rows; ++r) {
    for (int c = 0; c < grid.columns; ++c) {
      distances.push_back(std::hypot(r + 0.5 + grid.shift - row, c + 0.5 + grid.shift - column));
    }
  }
  return distances;
}

const std::array<std::string, kCellOrders>& cell_order_names() {
  static const std::array<std::string, kCellOrders> names{"alpha", "random", "centre", "oracle"};
  return names;
}

std::vector<WordFaithfulness> measure_faithfulness(const Grid& grid, const std::vector<MappedWord>& words,
                                                   const CaptionReader& read, const FaithfulnessOptions& options) {
  if (words.empty()) return {};
  const auto cells = static_cast<std::size_t>(grid.cells());
  const Visible all(cells, true);
  std::vector<Visible> alone(cells, all);  // one hidden cell
  for (std::size_t i = 0; i < cells; ++i) alone[i][i] = false;
  Readings log_p(read);
  std::vector<Visible> pictures = alone;
  pictures.push_back(all);
  log_p.need(pictures);

  const std::vector<double> to_center = distances(grid, grid.rows / 2.0, grid.columns / 2.0);
  std::vector<std::array<Order, kCellOrders>> orders;  // of each word
  for (const MappedWord& word : words) {
    std::vector<double> drop;
    drop.reserve(cells);
    for (const Visible& picture : alone) drop.push_back(-log_p(picture, word.place));
    orders.push_back({descending({word.alpha, word.alpha + cells}), shuffled(cells, options.seed),
                      descending(negative(to_center)), descending(drop)});
  }
  const std::vector<std::size_t> counts = counts_of(cells, options.steps);
  pictures.clear();
  for (const auto& of_word : orders) {
    for (const Order& order : of_word) {
      for (const std::size_t count : counts) {
        for (const bool grayed : {true, false}) pictures.push_back(picture_of(order, count, grayed));
      }
    }
  }
  log_p.need(pictures);

  std::vector<WordFaithfulness> found(words.size());
  for (std::size_t w = 0; w < words.size(); ++w) {
    const std::size_t place = words[w].place;
    const auto area = [&](const Order& order, bool grayed) {
      std::vector<double> values;
      values.reserve(counts.size());
      for (const std::size_t count : counts) values.push_back(log_p(picture_of(order, count, grayed), place));
      return curve_area(counts, values, log_p(all, place));
    };
    for (std::size_t o = 0; o < kCellOrders; ++o) {
      found[w].deletion[o] = area(orders[w][o], /*grayed=*/true);
      found[w].insertion[o] = area(orders[w][o], /*grayed=*/false);
    }
    const auto first = [&](CellOrder order) { return orders[w][static_cast<std::size_t>(order)].front(); };
    const std::size_t worst = first(CellOrder::kOracle), peak = first(CellOrder::kAlpha);
    const auto columns = static_cast<std::size_t>(grid.columns), row = worst / columns;
    const std::vector<double> to_worst = distances(grid, static_cast<double>(row) + 0.5 + grid.shift,
                                                   static_cast<double>(worst % columns) + 0.5 + grid.shift);
    found[w].from_peak = to_worst[peak];
    found[w].from_center = to_center[worst];
    found[w].from_random = std::accumulate(to_worst.begin(), to_worst.end(), 0.0) / static_cast<double>(cells);
  }
  return found;
}

void FaithfulnessSummary::add_photo(const std::vector<WordFaithfulness>& words) {
  Photo photo{static_cast<double>(words.size()), std::vector<double>(2 * kCellOrders + 3, 0.0)};
  for (const WordFaithfulness& word : words) {
    for (std::size_t o = 0; o < kCellOrders; ++o) {
      photo.sums[o] += word.deletion[o];
      photo.sums[kCellOrders + o] += word.insertion[o];
    }
    photo.sums[2 * kCellOrders] += word.from_peak;
    photo.sums[2 * kCellOrders + 1] += word.from_center;
    photo.sums[2 * kCellOrders + 2] += word.from_random;
  }
  photos_.push_back(std::move(photo));
}

std::size_t FaithfulnessSummary::words() const {
  double words = 0;
  for (const Photo& photo : photos_) words += photo.words;
  return static_cast<std::size_t>(words);
}

std::vector<Interval> FaithfulnessSummary::scores(const BootstrapOptions& options) const {
  std::vector<std::string> names;
  for (const char* area : {"deletion_", "insertion_"}) {
    for (const std::string& order : cell_order_names()) names.push_back(area + order);
  }
  for (const char* distance : {"from_peak", "from_centre", "from_random"}) names.emplace_back(distance);
  const auto means = [&](const std::vector<std::uint32_t>& counts) {
    double words = 0;
    std::vector<double> sums(names.size(), 0.0);
    for (std::size_t i = 0; i < photos_.size(); ++i) {
      words += counts[i] * photos_[i].words;
      for (std::size_t column = 0; column < sums.size(); ++column) sums[column] += counts[i] * photos_[i].sums[column];
    }
    for (double& sum : sums) sum /= std::max(words, 1.0);
    return sums;
  };
  return bootstrap(names, photos_.size(), means, options);
}

}  // namespace saccade::metrics
