#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace saccade {

/// The annotation grid: the cells of the encoder's feature map, numbered row by row from the top left.
struct Grid {
  int rows = 0;
  int columns = 0;
  /// How far what a cell sees lies to the right of its tile and below it, in cells. Where a network pads its pictures
  /// unevenly, the receptive fields of its cells are not centered on the tiles that the cells would make.
  double shift = 0;

  int cells() const { return rows * columns; }
};

/// The maps that a decoder has for each word: heads of layers, the layers from the first to the last.
struct MapLayout {
  int layers = 1;
  int heads = 1;  ///< of each layer; 0: it looks nowhere

  int maps() const { return layers * heads; }
};

/// One generated caption: T words, and for every word where the model looked (L = grid.cells() cells).
struct Caption {
  std::vector<std::string> words;        ///< T words, without <start> and <end>
  std::vector<float> log_probabilities;  ///< T values, log p(y_t | y_<t, a)
  float log_probability = 0;             ///< log p(y | a) of the whole caption, the final <end> included
  std::vector<float> beta;               ///< T values, the gate on the context vector (the mean, where it is a vector)
  std::vector<float> alpha;              ///< T x L attention weights, row-major; every row sums to 1. Empty: no maps
  std::vector<int> cells;                ///< T values, the one cell that each word saw; empty where it saw a mixture
  Grid grid;
  bool characters = false;  ///< its words are characters where its script has no spaces: text() joins them

  MapLayout layout;
  std::vector<float> every_alpha;  ///< T x M x L: the M = layout.maps() maps of each word, where there are several
  std::vector<int> every_cell;     ///< T x M, likewise

  /// Lets alpha and cells be those of one head (from 1; 0: the mean over the heads, which sees no one cell) of one
  /// layer (from 1; 0: the last). Throws Error when there is no such head or layer.
  void show_map(int layer, int head);

  /// The attention weights of word t: L values.
  const float* alpha_of(std::size_t t) const { return alpha.data() + t * static_cast<std::size_t>(grid.cells()); }

  /// The words joined by single spaces; where they are characters, without a space between two of them.
  std::string text() const;
};

}  // namespace saccade
