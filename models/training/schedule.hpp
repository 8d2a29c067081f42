#pragma once

#include <cstdint>

namespace saccade::models {

/// Learning rate and temperature over the steps of a stage. `done`: number of finished steps.
class Schedule {
 public:
  /// `steps`: steps of the stage. `warm_up`: share of them with increasing learning rate. `temperature`: initial value.
  Schedule(std::int64_t steps, double warm_up, double temperature);

  /// Finished share of the stage, from 0 to 1.
  double share(std::int64_t done) const;

  /// Factor of the peak learning rate for the next step: linear warm-up to 1, then cosine decay that would
  /// reach 0 one step after the last, so that every step learns.
  double rate(std::int64_t done) const;

  /// Temperature of the attention weights: linear to 1 by the middle of the stage.
  double temperature(std::int64_t done) const;

 private:
  double steps_, warm_up_, temperature_;
};

}  // namespace saccade::models
