#include "models/training/schedule.hpp"

#include <doctest/doctest.h>

using saccade::models::Schedule;

TEST_CASE("the learning rate has a linear warm-up and a cosine decay") {
  const Schedule schedule(100, 0.1, 1);
  CHECK(schedule.rate(0) == doctest::Approx(0.1));
  CHECK(schedule.rate(4) == doctest::Approx(0.5));
  CHECK(schedule.rate(9) == doctest::Approx(1));
  CHECK(schedule.rate(54) == doctest::Approx(0.5));
  CHECK(schedule.rate(99) == doctest::Approx(0));
  CHECK(Schedule(1, 0, 1).rate(0) == doctest::Approx(1));
}

TEST_CASE("the temperature falls to 1 by the middle of the stage and stays there") {
  const Schedule schedule(100, 0.1, 3);
  CHECK(schedule.share(25) == doctest::Approx(0.25));
  CHECK(schedule.temperature(0) == doctest::Approx(3));
  CHECK(schedule.temperature(25) == doctest::Approx(2));
  CHECK(schedule.temperature(50) == doctest::Approx(1));
  CHECK(schedule.temperature(99) == doctest::Approx(1));
}
