#include "models/decoder/caption_batch.hpp"

#include <vector>

#include <doctest/doctest.h>

using namespace saccade;
using models::CaptionBatch;
using models::pack;
using Numbers = std::vector<std::int64_t>;

namespace {

Numbers numbers(const torch::Tensor& tensor) {
  return {tensor.data_ptr<std::int64_t>(), tensor.data_ptr<std::int64_t>() + tensor.numel()};
}

}  // namespace

TEST_CASE("captions are packed longest first, step by step") {
  //                               <start> ... <end>
  const CaptionBatch batch = pack({{1, 7, 2}, {1, 4, 5, 6, 2}, {1, 8, 9, 2}}, {0, 1, 0});
  CHECK(batch.captions() == 3);
  CHECK(numbers(batch.order) == Numbers{1, 2, 0});
  CHECK(numbers(batch.image) == Numbers{1, 0, 0});
  CHECK(batch.active == Numbers{3, 3, 2, 1});
  //                                      step 1   step 2   step 3 step 4
  CHECK(numbers(batch.inputs) == Numbers{1, 1, 1, 4, 8, 7, 5, 9, 6});
  CHECK(numbers(batch.targets) == Numbers{4, 8, 7, 5, 9, 2, 6, 2, 2});
  CHECK(numbers(batch.row) == Numbers{0, 1, 2, 0, 1, 2, 0, 1, 0});
}

TEST_CASE("captions of one length keep their order") {
  const CaptionBatch batch = pack({{1, 4, 2}, {1, 5, 2}, {1, 6, 2}}, {2, 1, 0});
  CHECK(numbers(batch.order) == Numbers{0, 1, 2});
  CHECK(numbers(batch.image) == Numbers{2, 1, 0});
  CHECK(numbers(batch.targets) == Numbers{4, 5, 6, 2, 2, 2});
}

TEST_CASE("a caption without words has an <end> to predict") {
  const CaptionBatch batch = pack({{1, 2}}, {0});
  CHECK(batch.active == Numbers{1});
  CHECK(numbers(batch.inputs) == Numbers{1});
  CHECK(numbers(batch.targets) == Numbers{2});
}

TEST_CASE("a batch moves to a device") {
  const CaptionBatch batch = pack({{1, 4, 2}, {1, 2}}, {0, 1});
  const CaptionBatch moved = batch.to(torch::kCPU);
  CHECK(numbers(moved.order) == numbers(batch.order));
  CHECK(numbers(moved.image) == numbers(batch.image));
  CHECK(numbers(moved.inputs) == numbers(batch.inputs));
  CHECK(numbers(moved.targets) == numbers(batch.targets));
  CHECK(numbers(moved.row) == numbers(batch.row));
  CHECK(moved.active == batch.active);
}

TEST_CASE("a repeated batch has adjacent copies of each caption") {
  const CaptionBatch batch =
      pack({{1, 7, 2}, {1, 4, 5, 2}}, {3, 5});  // the second caption comes first because it is longer
  const models::RepeatedBatch repeated = models::repeat(batch, torch::tensor({2, 3}, torch::kLong));
  CHECK(numbers(repeated.row) == Numbers{0, 0, 1, 1, 1});
  CHECK(repeated.batch.active == Numbers{5, 5, 2});
  CHECK(numbers(repeated.batch.image) == Numbers{5, 5, 3, 3, 3});
  CHECK(numbers(repeated.batch.order) == Numbers{1, 1, 0, 0, 0});
  //                                              step 1         step 2         step 3
  CHECK(numbers(repeated.batch.targets) == Numbers{4, 4, 7, 7, 7, 5, 5, 2, 2, 2, 2, 2});
  CHECK(numbers(repeated.batch.inputs) == Numbers{1, 1, 1, 1, 1, 4, 4, 7, 7, 7, 5, 5});
  CHECK(numbers(repeated.batch.row) == Numbers{0, 1, 2, 3, 4, 0, 1, 2, 3, 4, 0, 1});
  CHECK(numbers(repeated.position) == Numbers{0, 0, 1, 1, 1, 2, 2, 3, 3, 3, 4, 4});
}
