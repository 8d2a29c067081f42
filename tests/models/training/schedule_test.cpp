#include "models/training/schedule.hpp"

#include <algorithm>

#include <doctest/doctest.h>

using saccade::models::Schedule;

TEST_CASE("the learning rate has a linear warm-up and a cosine decay") {
  const Schedule schedule(100, 0.1, 1);
  CHECK(schedule.rate(0) == doctest::Approx(0.1));
  CHECK(schedule.rate(4) == doctest::Approx(0.5));
  CHECK(schedule.rate(9) == doctest::Approx(1));
  CHECK(schedule.rate(9 + 91) == doctest::Approx(0).epsilon(1e-9));
  CHECK(Schedule(100, 0.09, 1).rate(54) == doctest::Approx(0.5));
  CHECK(Schedule(1, 0, 1).rate(0) == doctest::Approx(1));
}

TEST_CASE("no step has a learning rate of 0") {
  for (const int steps : {1, 2, 3, 4, 10, 1000}) {
    for (const double warm_up : {0.0, 0.05, 0.5, 1.0}) {
      const Schedule schedule(steps, warm_up, 1);
      double largest = 0;
      for (int done = 0; done < steps; ++done) {
        CAPTURE(steps);
        CAPTURE(warm_up);
        CAPTURE(done);
        CHECK(schedule.rate(done) > 0);
        CHECK(schedule.rate(done) <= 1);
        largest = std::max(largest, schedule.rate(done));
      }
      CHECK(largest > 0.85);  // a warm-up may end between two steps
    }
  }
}

TEST_CASE("the temperature falls to 1 by the middle of the stage and stays there") {
  const Schedule schedule(100, 0.1, 3);
  CHECK(schedule.share(25) == doctest::Approx(0.25));
  CHECK(schedule.temperature(0) == doctest::Approx(3));
  CHECK(schedule.temperature(25) == doctest::Approx(2));
  CHECK(schedule.temperature(50) == doctest::Approx(1));
  CHECK(schedule.temperature(99) == doctest::Approx(1));
}
