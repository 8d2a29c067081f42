#include "models/decoder/beam_search.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <utility>

#include "core/base/error.hpp"
#include "core/base/fingerprint.hpp"
#include "core/base/random.hpp"
#include "core/text/vocabulary.hpp"

namespace saccade::models {
namespace {

using torch::Tensor;

constexpr float kImpossible = -std::numeric_limits<float>::infinity();

/// One word of a partial caption, linked to its predecessor.
struct Node {
  std::int64_t parent;  ///< -1: the first word
  std::int64_t word;
  float log_probability;
  std::size_t step;
  std::int64_t row;  ///< row of this word in the attention tensors of its step
};

/// The attention of a step, kept to report the maps of the final captions.
struct Trace {
  Tensor alpha;  ///< [rows, M L], on the CPU, or undefined
  Tensor beta;   ///< [rows], or undefined
  Tensor cell;   ///< [rows, M] int64, or undefined
};

/// Appends a row of a table to a list.
template <typename To, typename From>
void append(std::vector<To>& list, const From* table, std::int64_t row, std::int64_t columns) {
  const From* const first = table + row * columns;
  for (std::int64_t i = 0; i < columns; ++i) list.push_back(static_cast<To>(first[i]));
}

class BeamSearch {
 public:
  BeamSearch(Decoder& decoder, const Tensor& annotations, const SearchOptions& options,
             const std::vector<std::uint64_t>& streams, const Tensor& blank)
      : decoder_(decoder),
        options_(options),
        length_penalty_(options.length_penalty >= 0 ? options.length_penalty : kDefaultLengthPenalty),
        encoded_(decoder.precompute(annotations, options.precision)),
        state_(decoder.start(encoded_)),
        finished_(static_cast<std::size_t>(annotations.size(0))) {
    const std::int64_t images = annotations.size(0);
    running_.resize(static_cast<std::size_t>(images));
    std::iota(running_.begin(), running_.end(), 0);
    words_.assign(running_.size(), Vocabulary::kStart);
    totals_.assign(running_.size(), 0.0F);
    nodes_of_.assign(running_.size(), -1);
    if (options.cell == CellChoice::kSample && decoder.stochastic()) {
      streams_ = streams.empty() ? random_streams(annotations) : streams;
    }
    if (options.specificity > 0) {
      blank_ = decoder.precompute(blank.expand_as(annotations), options.precision);
      blank_state_ = decoder.start(blank_);
    }
  }

  std::vector<std::vector<Hypothesis>> run() {
    for (int t = 0; t <= options_.max_length && !running_.empty(); ++t) advance(t);
    for (auto& hypotheses : finished_) {
      std::stable_sort(hypotheses.begin(), hypotheses.end(),
                       [](const Hypothesis& a, const Hypothesis& b) { return a.score > b.score; });
      hypotheses.resize(std::min(hypotheses.size(),
                                 static_cast<std::size_t>(options_.beam)));  // many hypotheses may end in the last step
    }
    return std::move(finished_);
  }

 private:
  std::size_t width() const { return words_.size() / running_.size(); }

  /// Adds one word to every beam of every unfinished image.
  void advance(int t) {
    const auto images = static_cast<std::int64_t>(running_.size());
    const auto beams = static_cast<std::int64_t>(width());
    const auto device = encoded_.device();
    Step step = decoder_.step(encoded_, state_, torch::tensor(words_, torch::kLong).view({images, beams}).to(device),
                              selection(t));
    state_ = std::move(step.state);
    Trace trace;
    if (step.log_alpha.defined()) trace.alpha = step.log_alpha.exp().flatten(2).flatten(0, 1).to(torch::kCPU);
    if (step.beta.defined()) trace.beta = step.beta.flatten().to(torch::kCPU);
    if (step.cell.defined() && options_.cell != CellChoice::kExpected) {
      trace.cell = step.cell.flatten(0, 1).to(torch::kCPU).contiguous();
    }
    traces_.push_back(std::move(trace));

    Tensor log_p = at::log_softmax(step.logits, -1);
    for (const std::int64_t special : {Vocabulary::kPad, Vocabulary::kStart, Vocabulary::kUnknown}) {
      log_p.select(-1, special).fill_(kImpossible);
    }
    if (t < options_.min_length) log_p.select(-1, Vocabulary::kEnd).fill_(kImpossible);
    if (t > 0) {  // forbid immediate repetition
      log_p.scatter_(-1, torch::tensor(words_, torch::kLong).view({images, beams, 1}).to(device), kImpossible);
    }
    if (t == options_.max_length) {  // all that is left is to end
      const Tensor end = log_p.select(-1, Vocabulary::kEnd).clone();
      log_p.fill_(kImpossible).select(-1, Vocabulary::kEnd).copy_(end);
    }
    const Tensor totals = ranked(log_p) + torch::tensor(totals_).view({images, beams, 1}).to(device);
    // A beam has only one <end>, so twice the beam width leaves enough candidates that continue.
    const std::int64_t candidates =
        std::min<std::int64_t>(2 * static_cast<std::int64_t>(options_.beam), totals.size(1) * totals.size(2));
    const auto [best, place] = totals.reshape({images, -1}).topk(candidates, -1);
    const Tensor chosen_log_p = log_p.reshape({images, -1}).gather(1, place).to(torch::kCPU);
    choose(best.to(torch::kCPU), place.to(torch::kCPU), chosen_log_p, log_p.size(2));
  }

  /// Applies the specificity to the log-probabilities of a step, [images, beams, V].
  Tensor ranked(const Tensor& log_p) {
    if (options_.specificity <= 0) return log_p;
    const Tensor words = torch::tensor(words_, torch::kLong).view({log_p.size(0), log_p.size(1)}).to(log_p.device());
    Selection expected;
    expected.likeliest = true;
    expected.expected = torch::ones({words.numel()}, torch::TensorOptions(torch::kBool).device(log_p.device()));
    Step step = decoder_.step(blank_, blank_state_, words, expected);
    blank_state_ = std::move(step.state);
    const Tensor implausible = log_p < log_p.amax(-1, /*keepdim=*/true) + std::log(kPlausible);
    return (log_p - options_.specificity * at::log_softmax(step.logits, -1)).masked_fill_(implausible, kImpossible);
  }

  /// How the beams select their cells at step t.
  Selection selection(int t) const {
    const auto images = static_cast<std::int64_t>(running_.size());
    const auto beams = static_cast<std::int64_t>(width());
    const auto device = encoded_.device();
    const std::int64_t maps = decoder_.maps().maps();
    Selection selection;
    selection.likeliest = options_.cell != CellChoice::kMedoid;  // also with expected: its cell is never read
    if (options_.cell == CellChoice::kExpected) {
      selection.expected = torch::ones({images * beams}, torch::TensorOptions(torch::kBool).device(device));
    } else if (!streams_.empty()) {
      std::vector<float> uniform;
      for (const std::size_t image : running_) {
        for (std::int64_t k = 0; k < beams; ++k) {
          for (std::int64_t map = 0; map < maps; ++map) {
            const std::uint64_t bits = derived_seed({options_.seed, streams_[image], static_cast<std::uint64_t>(t),
                                                     static_cast<std::uint64_t>(k), static_cast<std::uint64_t>(map)});
            uniform.push_back(static_cast<float>(bits >> 40) * 0x1p-24F);
          }
        }
      }
      selection.uniform = torch::tensor(uniform).view({images * beams, maps}).to(device);
    }
    return selection;
  }

  /// Divides the candidates of each image, [images, candidates], into finished captions and next beams.
  void choose(const Tensor& best, const Tensor& place, const Tensor& log_p, std::int64_t vocabulary) {
    const auto total_of = best.accessor<float, 2>();
    const auto place_of = place.accessor<std::int64_t, 2>();
    const auto log_p_of = log_p.accessor<float, 2>();
    const auto beams = static_cast<std::int64_t>(width());
    const auto wanted = static_cast<std::size_t>(options_.beam);
    std::vector<std::size_t> running;
    std::vector<std::int64_t> words, nodes_of, image_rows, state_rows;
    std::vector<float> totals;

    for (std::int64_t i = 0; i < static_cast<std::int64_t>(running_.size()); ++i) {
      auto& finished = finished_[running_[static_cast<std::size_t>(i)]];
      const std::size_t first = words.size();
      if (std::isnan(total_of[i][0])) {  // NaN sorts first
        throw Error("the model's numbers overflow on this picture, so that it has no caption: is the model damaged?");
      }
      for (std::int64_t rank = 0; rank < best.size(1) && words.size() - first < wanted; ++rank) {
        if (total_of[i][rank] == kImpossible) break;
        const std::int64_t row = i * beams + place_of[i][rank] / vocabulary;
        const std::int64_t word = place_of[i][rank] % vocabulary;
        const std::int64_t parent = nodes_of_[static_cast<std::size_t>(row)];
        if (word == Vocabulary::kEnd) {
          // Accept <end> only among the best `beam` candidates.
          if (rank < options_.beam) finished.push_back(hypothesis(parent, total_of[i][rank], log_p_of[i][rank]));
          continue;
        }
        nodes_.push_back({parent, word, log_p_of[i][rank], traces_.size() - 1, row});
        words.push_back(word);
        nodes_of.push_back(static_cast<std::int64_t>(nodes_.size()) - 1);
        totals.push_back(total_of[i][rank]);
        state_rows.push_back(row);
      }
      if (finished.size() >= wanted || words.size() == first) {
        if (finished.empty()) finish_truncated(static_cast<std::size_t>(i));
        words.resize(first);
        nodes_of.resize(first);
        totals.resize(first);
        state_rows.resize(first);
        continue;
      }
      while (words.size() - first < wanted) {  // tiny vocabulary: pad the beam with impossible candidates
        words.push_back(words[first]);
        nodes_of.push_back(nodes_of[first]);
        totals.push_back(kImpossible);
        state_rows.push_back(state_rows[first]);
      }
      running.push_back(running_[static_cast<std::size_t>(i)]);
      image_rows.push_back(i);
    }

    const bool some_left = running.size() < running_.size();
    running_ = std::move(running);
    words_ = std::move(words);
    nodes_of_ = std::move(nodes_of);
    totals_ = std::move(totals);
    if (running_.empty()) return;
    const auto device = encoded_.device();
    const Tensor rows = torch::tensor(state_rows, torch::kLong).to(device);
    const auto left = static_cast<std::int64_t>(running_.size());
    state_ = state_.select(rows, left);
    if (options_.specificity > 0) blank_state_ = blank_state_.select(rows, left);
    if (!some_left) return;
    const Tensor images = torch::tensor(image_rows, torch::kLong).to(device);
    encoded_ = encoded_.select(images);
    if (options_.specificity > 0) blank_ = blank_.select(images);
  }

  /// Accepts the unfinished beams of the i-th running image as truncated captions.
  void finish_truncated(std::size_t i) {
    const std::size_t beams = width();
    auto& finished = finished_[running_[i]];
    for (std::size_t k = i * beams; k < (i + 1) * beams; ++k) {
      if (totals_[k] != kImpossible && finished.size() < static_cast<std::size_t>(options_.beam)) {
        finished.push_back(hypothesis(nodes_of_[k], totals_[k], /*end=*/0));
      }
    }
  }

  /// Returns the caption that ends in `node`. `end`: log-probability of its <end>.
  Hypothesis hypothesis(std::int64_t node, float total, float end) const {
    std::vector<const Node*> path;
    for (; node >= 0; node = path.back()->parent) path.push_back(&nodes_[static_cast<std::size_t>(node)]);
    Hypothesis result;
    result.score = total / std::pow(static_cast<double>(path.size() + 1), length_penalty_);
    for (auto word = path.rbegin(); word != path.rend(); ++word) {
      const Trace& trace = traces_[(*word)->step];
      const std::int64_t row = (*word)->row;
      result.words.push_back((*word)->word);
      result.log_probabilities.push_back((*word)->log_probability);
      result.log_probability += (*word)->log_probability;
      if (trace.beta.defined()) result.beta.push_back(trace.beta.data_ptr<float>()[row]);
      if (trace.alpha.defined()) append(result.alpha, trace.alpha.data_ptr<float>(), row, trace.alpha.size(1));
      if (trace.cell.defined()) append(result.cells, trace.cell.data_ptr<std::int64_t>(), row, trace.cell.size(1));
    }
    result.log_probability += end;
    return result;
  }

  Decoder& decoder_;
  const SearchOptions& options_;
  double length_penalty_;
  std::vector<std::uint64_t> streams_;  // of random numbers, one per image; empty unless cells are sampled
  EncoderMemory encoded_;               // of the running images
  State state_;                         // of [running, beams]
  EncoderMemory blank_;                 // of as many blank images; for specificity
  State blank_state_;
  std::vector<Node> nodes_;
  std::vector<Trace> traces_;
  std::vector<std::size_t> running_;    // unfinished images
  std::vector<std::int64_t> words_;     // running x beams: last words
  std::vector<std::int64_t> nodes_of_;  // running x beams
  std::vector<float> totals_;           // running x beams
  std::vector<std::vector<Hypothesis>> finished_;
};

}  // namespace

std::vector<std::vector<Hypothesis>> beam_search(Decoder& decoder, const Tensor& annotations,
                                                 const SearchOptions& options,
                                                 const std::vector<std::uint64_t>& streams, const Tensor& blank) {
  if (options.beam < 1 || options.beam > 1000) throw Error("the beam must be from 1 to 1000, not {}", options.beam);
  if (options.max_length < 1) throw Error("the longest caption must have at least 1 word, not {}", options.max_length);
  const torch::NoGradGuard no_gradient;
  if (!streams.empty() && streams.size() != static_cast<std::size_t>(annotations.size(0))) {
    throw Error("there must be a stream of random numbers for each of {} images, not {}", annotations.size(0),
                streams.size());
  }
  if (options.specificity > 0 && !blank.defined()) throw Error("specificity needs the annotations of a blank image");
  return BeamSearch(decoder, annotations, options, streams, blank).run();
}

std::vector<std::uint64_t> random_streams(const Tensor& images) {
  std::vector<std::uint64_t> streams;
  const Tensor values = images.detach().to(torch::kCPU).contiguous();
  for (std::int64_t n = 0; n < values.size(0); ++n) {
    const Tensor image = values[n];
    Fingerprint print;
    print.add({static_cast<const char*>(image.data_ptr()), image.nbytes()});
    streams.push_back(print.number());
  }
  return streams;
}

}  // namespace saccade::models
