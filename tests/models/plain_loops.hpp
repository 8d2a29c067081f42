#pragma once

#include <cmath>
#include <cstddef>
#include <vector>

#include <doctest/doctest.h>
#include <torch/types.h>

// Formulas in plain loops in double precision, independent of the code under test.

namespace saccade::test {

using Vector = std::vector<double>;
using Rows = std::vector<Vector>;

inline Vector vector_of(const torch::Tensor& x) {
  Vector result;
  for (std::int64_t i = 0; i < x.size(0); ++i) result.push_back(x[i].item<double>());
  return result;
}

inline Rows rows_of(const torch::Tensor& matrix) {
  Rows rows;
  for (std::int64_t i = 0; i < matrix.size(0); ++i) rows.push_back(vector_of(matrix[i]));
  return rows;
}

inline double dot(const Vector& a, const Vector& b) {
  REQUIRE(a.size() == b.size());
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += a[i] * b[i];
  return sum;
}

inline Vector times(const Rows& matrix, const Vector& x) {
  Vector result;
  for (const Vector& row : matrix) result.push_back(dot(row, x));
  return result;
}

inline Vector sum(Vector a, const Vector& b) {
  REQUIRE(a.size() == b.size());
  for (std::size_t i = 0; i < a.size(); ++i) a[i] += b[i];
  return a;
}

inline Vector tanh(Vector x) {
  for (double& each : x) each = std::tanh(each);
  return x;
}

inline double sigmoid(double x) {
  return 1 / (1 + std::exp(-x));
}

/// Divides x by the sum of its elements.
inline Vector normalized(Vector x) {
  double all = 0;
  for (const double each : x) all += each;
  for (double& each : x) each /= all;
  return x;
}

/// The sum of the rows of `values`, weighted by softmax(scores).
inline Vector gathered(Vector scores, const Rows& values) {
  REQUIRE(scores.size() == values.size());
  for (double& score : scores) score = std::exp(score);
  scores = normalized(scores);
  Vector result(values[0].size());
  for (std::size_t i = 0; i < values.size(); ++i) {
    for (std::size_t d = 0; d < result.size(); ++d) result[d] += scores[i] * values[i][d];
  }
  return result;
}

/// Layer normalization without gain and bias; epsilon = 1e-5.
inline Vector layer_norm(Vector x) {
  const double count = static_cast<double>(x.size());
  double mean = 0, variance = 0;
  for (const double each : x) mean += each / count;
  for (const double each : x) variance += (each - mean) * (each - mean) / count;
  for (double& each : x) each = (each - mean) / std::sqrt(variance + 1e-5);
  return x;
}

/// Layer normalization with `gain` and `bias`.
inline Vector layer_norm(const Vector& x, const Vector& gain, const Vector& bias) {
  Vector result = layer_norm(x);
  for (std::size_t i = 0; i < x.size(); ++i) result[i] = gain[i] * result[i] + bias[i];
  return result;
}

}  // namespace saccade::test
