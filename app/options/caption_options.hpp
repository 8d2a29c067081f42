#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "app/options/command_line.hpp"
#include "app/options/compute_options.hpp"
#include "app/options/many_photos_options.hpp"
#include "app/options/model_option.hpp"
#include "app/output/pictures.hpp"
#include "models/captioner.hpp"
#include "models/decoder/search_options.hpp"

namespace saccade::app {

/// What `saccade caption` may be told.
struct CaptionOptions {
  std::vector<std::string> photos;
  ModelOption model;
  models::SearchOptions search;
  int top = 1;  ///< captions a picture
  bool json = false;
  int samples = 1;  ///< captions a picture, of cells drawn at random
  int head = 0;     ///< whose maps are drawn and told, from 1; 0: the mean over the heads
  int layer = 0;    ///< likewise, of a Transformer; 0: the last
  PictureOptions pictures;
  std::filesystem::path page;  ///< to look at in a browser; none where empty
  std::string compare;         ///< a second model to show on the page
  ManyPhotosOptions many;
  ComputeOptions compute{"float32"};  ///< alike on every machine
  bool beam_given = false;            ///< set by check

  void fields(Fields& f);

  /// Throws UsageError when options do not go together; sets what follows from others.
  void check(const Given& given);

  /// How captions of this model are searched: as the options say, and otherwise by its own defaults. Drawn cells are
  /// searched with a beam of 1 unless another was given: a wider one keeps the lucky draws, which are no longer draws
  /// from p(s | a).
  models::SearchOptions search_of(const models::Captioner& captioner) const;

  /// Throws UsageError when the model has no use for what was given.
  void check_model(const Given& given, const models::Captioner& captioner) const;
};

}  // namespace saccade::app
