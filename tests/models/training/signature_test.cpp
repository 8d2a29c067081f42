#include "models/training/signature.hpp"

#include <doctest/doctest.h>

using saccade::models::difference_of_signatures;

TEST_CASE("equal signatures have no difference") {
  CHECK(difference_of_signatures("a=1\nb: 2\n", "a=1\nb: 2\n").empty());
}

TEST_CASE("different options are reported with both values") {
  CHECK(difference_of_signatures("a=1\nb=x\nweights: 2\n", "a=1\nb=y\nweights: 3\n") == "it was begun with b=x, not y");
  CHECK(difference_of_signatures("a=1\nb=x\n", "a=2\nb=y\n") == "it was begun with a=1, not 2; b=x, not y");
  CHECK(difference_of_signatures("gone=1\n", "") == "it was begun with gone=1, which is no option of this one");
}

TEST_CASE("different data is reported if the options match") {
  CHECK(difference_of_signatures("a=1\ndev images: 2\n", "a=1\ndev images: 3\n") ==
        "it was begun with other dev images");
}

TEST_CASE("a signature of another version differs") {
  CHECK(difference_of_signatures("1 2 3 4", "a=1\n") == "it was begun with other options");
  CHECK(difference_of_signatures("", "a=1\n") == "it was begun with other options");
}
