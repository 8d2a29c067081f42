#pragma once

namespace saccade {

/// The annotation grid: the cells of the encoder's feature map, in row-major order from the top left.
struct Grid {
  int rows = 0;
  int columns = 0;
  /// Offset of the centers of the receptive fields from the centers of the tiles, to the right and down, in cells. It
  /// is not 0 if a network pads its input unevenly.
  double shift = 0;

  int cells() const { return rows * columns; }
};

}  // namespace saccade
