#pragma once

#include <cstdint>

namespace saccade::models {

/// What changes from step to step of a stage. `done`: the steps that lie behind.
class Schedule {
 public:
  /// `steps`: of the whole stage. `warm_up`: share of them in which the learning rate rises. `temperature`: at first.
  Schedule(std::int64_t steps, double warm_up, double temperature);

  /// The share of the stage that is done, from 0 to 1.
  double share(std::int64_t done) const;

  /// What the next step's peak learning rates are multiplied by: a straight line up to 1, then a cosine that reaches 0
  /// one step after the last, so that every step learns.
  double rate(std::int64_t done) const;

  /// Of the attention weights: from the first one in a straight line to 1, halfway through the stage.
  double temperature(std::int64_t done) const;

 private:
  double steps_, warm_up_, temperature_;
};

}  // namespace saccade::models
