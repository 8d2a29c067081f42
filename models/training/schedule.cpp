#include "models/training/schedule.hpp"

#include <algorithm>
#include <cmath>

namespace saccade::models {

Schedule::Schedule(std::int64_t steps, double warm_up, double temperature)
    : steps_(static_cast<double>(steps)), warm_up_(warm_up), temperature_(temperature) {}

double Schedule::share(std::int64_t done) const {
  return static_cast<double>(done) / steps_;
}

double Schedule::rate(std::int64_t done) const {
  const double step = static_cast<double>(done) + 1;
  const double warm = std::max(1.0, warm_up_ * steps_);
  if (step < warm) return step / warm;
  constexpr double kPi = 3.14159265358979323846;
  return 0.5 * (1 + std::cos(kPi * (step - warm) / (steps_ - warm + 1)));
}

double Schedule::temperature(std::int64_t done) const {
  const double cooled = std::min(1.0, 2 * share(done));
  return temperature_ + cooled * (1 - temperature_);
}

}  // namespace saccade::models
