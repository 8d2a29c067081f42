#include "models/training/signature.hpp"

#include <doctest/doctest.h>

using saccade::models::difference_of_signatures;

TEST_CASE("signatures that are the same have no difference") {
  CHECK(difference_of_signatures("a=1\nb: 2\n", "a=1\nb: 2\n").empty());
}

TEST_CASE("options that differ are told with both values, and weights that follow from them are not") {
  CHECK(difference_of_signatures("a=1\nb=x\nweights: 2\n", "a=1\nb=y\nweights: 3\n") == "it was begun with b=x, not y");
  CHECK(difference_of_signatures("a=1\nb=x\n", "a=2\nb=y\n") == "it was begun with a=1, not 2; b=x, not y");
  CHECK(difference_of_signatures("gone=1\n", "") == "it was begun with gone=1, which is no option of this one");
}

TEST_CASE("where no option differs, the data that differ are told") {
  CHECK(difference_of_signatures("a=1\ndev images: 2\n", "a=1\ndev images: 3\n") ==
        "it was begun with other dev images");
}

TEST_CASE("a signature of another version differs, whatever it says") {
  CHECK(difference_of_signatures("1 2 3 4", "a=1\n") == "it was begun with other options");
  CHECK(difference_of_signatures("", "a=1\n") == "it was begun with other options");
}
