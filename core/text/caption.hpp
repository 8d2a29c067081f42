#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "core/base/grid.hpp"

namespace saccade {

/// The attention maps of a decoder for each word: the heads of all layers, first layer first.
struct MapLayout {
  int layers = 1;
  int heads = 1;  ///< heads per layer; 0: no attention

  int maps() const { return layers * heads; }
};

/// A generated caption of T words with the attention maps of each word over L = grid.cells() cells.
struct Caption {
  std::vector<std::string> words;        ///< T words, without <start> and <end>
  std::vector<float> log_probabilities;  ///< T values, log p(y_t | y_<t, a)
  float log_probability = 0;             ///< log p(y | a) of the whole caption, including <end>
  std::vector<float> beta;               ///< T values, gate of the context vector (the mean if it is a vector)
  std::vector<float> alpha;              ///< T x L attention weights, row-major; each row sums to 1; empty without maps
  std::vector<int> cells;                ///< T values, the cell that each word read; empty for soft attention
  Grid grid;
  bool characters = false;  ///< words of scripts without spaces are characters, which text() joins

  MapLayout layout;
  std::vector<float> every_alpha;  ///< T x M x L, the M = layout.maps() maps of each word, if M > 1
  std::vector<int> every_cell;     ///< T x M, if M > 1

  /// Sets alpha and cells to those of a head (from 1; 0: the mean over the heads, without cells) of a layer (from 1; 0:
  /// the last). Throws Error if the head or layer does not exist.
  void show_map(int layer, int head);

  /// The attention weights of word t: L values.
  const float* alpha_of(std::size_t t) const { return alpha.data() + t * static_cast<std::size_t>(grid.cells()); }

  /// The words joined by spaces, or without spaces between characters.
  std::string text() const;
};

}  // namespace saccade
