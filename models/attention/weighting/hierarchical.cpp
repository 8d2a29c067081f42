// Hierarchical attention (Yang et al. 2016, with blocks of cells instead of sentences): the weight of a cell is the
// weight of its block times its weight within the block,
//
//     alpha_ti = alpha_tb alpha_t(i|b),   alpha_t(.|b) = softmax over the cells of b of score(h, a_i)
//     alpha_tb = softmax_b of score'(h, s_tb),   s_tb = sum over the cells of b of alpha_t(i|b) a_i
//
// The two scores have separate parameters. Keys are linear in the annotations, so the key of s_tb is the weighted mean
// of the keys of its cells.

#include "core/base/error.hpp"
#include "models/attention/weighting.hpp"

namespace saccade::models {
namespace {

using torch::Tensor;

struct HierarchicalOptions : OptionsOf<HierarchicalOptions> {
  std::int64_t block = 2;

  void fields(Fields& f) override {
    f(block, "block", Range{1, 64}, "Set the side of a block of hierarchical attention, in cells.", Affects::kModel);
  }
};

class HierarchicalWeighting : public Weighting {
 public:
  HierarchicalWeighting(const HierarchicalOptions& options, const WeightingShape& shape)
      : Weighting(shape),
        cell_score_(register_module("cell_score", make_alignment(shape.alignment, shape.scored))),
        block_score_(register_module("block_score", make_alignment(shape.alignment, shape.scored))) {
    if (!cell_score_->reads_content()) {
      throw Error(
          "hierarchical attention judges blocks by what they hold: it needs an alignment score that reads it, "
          "not {}",
          shape.alignment);
    }
    if (!cell_score_->has_affine_keys()) {
      throw Error(
          "hierarchical attention takes the mean of some cells' keys for the key of their mean, which the alignment "
          "score {} does not allow; choose another, such as additive",
          shape.alignment);
    }
    lay_out(shape.grid, options.block);
  }

  std::vector<Tensor> keys(const Tensor& annotations, Precision precision) override {
    return {cell_score_->keys(annotations, precision), block_score_->keys(annotations, precision)};
  }

  Tensor log_weights(const Query& query, const std::vector<Tensor>& keys) override {
    const std::int64_t groups = query.hidden.size(0), beams = query.hidden.size(1), rows = groups * beams;
    const Tensor scores = cell_score_->score(query.hidden, keys[0]).flatten(0, 1) / query.temperature;  // [R, L]
    const auto device = scores.device();
    // The places of each block; places beyond the edge of the grid get no weight.
    const Tensor places = scores.index_select(1, members_.to(device)).view({rows, blocks_, -1});
    const Tensor inside = at::log_softmax(places + beyond_.to(scores.options()), -1);  // log alpha_t(i|b)
    // Keys of the block summaries: [R, blocks, A].
    const Tensor cells = keys[1].index_select(1, members_.to(device)).view({groups, 1, blocks_, inside.size(2), -1});
    const Tensor weights = inside.exp().view({groups, beams, blocks_, 1, -1});
    const Tensor summaries = at::matmul(weights, cells).view({rows, blocks_, -1});
    const Tensor hidden = query.hidden.reshape({rows, 1, -1});
    const Tensor outside = at::log_softmax(block_score_->score(hidden, summaries).squeeze(1) / query.temperature, -1);
    return (inside + outside.unsqueeze(2)).flatten(1).index_select(1, place_of_.to(device)).unsqueeze(1);
  }

 private:
  void lay_out(const Grid& grid, std::int64_t side) {
    const std::int64_t down = (grid.rows + side - 1) / side, across = (grid.columns + side - 1) / side;
    blocks_ = down * across;
    std::vector<std::int64_t> members;
    std::vector<double> beyond;
    std::vector<std::int64_t> place_of(static_cast<std::size_t>(grid.cells()));
    for (std::int64_t block = 0; block < blocks_; ++block) {
      for (std::int64_t place = 0; place < side * side; ++place) {
        const std::int64_t row = block / across * side + place / side, column = block % across * side + place % side;
        const bool exists = row < grid.rows && column < grid.columns;
        const std::int64_t cell = exists ? row * grid.columns + column : 0;
        if (exists) place_of[static_cast<std::size_t>(cell)] = static_cast<std::int64_t>(members.size());
        members.push_back(cell);
        constexpr double kBeyond = -1e4;
        beyond.push_back(exists ? 0 : kBeyond);
      }
    }
    members_ = torch::tensor(members, torch::kLong);
    beyond_ = torch::tensor(beyond, torch::kDouble).view({blocks_, -1});
    place_of_ = torch::tensor(place_of, torch::kLong);
  }

  std::shared_ptr<AlignmentScore> cell_score_, block_score_;
  std::int64_t blocks_ = 0;
  Tensor members_;   // [blocks S] int64: cells, block by block; cell 0 for places beyond the grid
  Tensor beyond_;    // [blocks, S]: large negative at such places, else 0
  Tensor place_of_;  // [L] int64: index of each cell in members_
};

}  // namespace

void register_hierarchical(WeightingRegistry& registry) {
  registry.add("hierarchical", WeightingRegistry::value_type::of<HierarchicalWeighting, HierarchicalOptions>());
}

}  // namespace saccade::models
