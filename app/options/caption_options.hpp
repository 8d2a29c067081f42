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

/// Options of `saccade caption`.
struct CaptionOptions {
  std::vector<std::string> photos;
  ModelOption model;
  models::SearchOptions search;
  int top = 1;  ///< number of best captions per photo
  bool json = false;
  int samples = 1;  ///< captions per photo with sampled cells
  int head = 0;     ///< head whose maps are shown, from 1; 0: the mean over the heads
  int layer = 0;    ///< layer of a Transformer whose maps are shown, from 1; 0: the last
  PictureOptions pictures;
  std::filesystem::path page;  ///< web page to write, or empty
  std::string compare;         ///< a second model to show on the page
  ManyPhotosOptions many;
  ComputeOptions compute{"float32"};  ///< the same results on every machine
  bool beam_given = false;            ///< set by check

  void fields(Fields& f);

  /// Throws UsageError if options contradict each other. Sets dependent options.
  void check(const Given& given);

  /// Search options for a model: the given options, otherwise the defaults of the model. Sampled cells use a beam of 1
  /// unless one is given, because a wider beam selects among samples, which are then no longer draws from p(s | a).
  models::SearchOptions search_of(const models::Captioner& captioner) const;

  /// Throws UsageError if a given option does not apply to the model.
  void check_model(const Given& given, const models::Captioner& captioner) const;
};

}  // namespace saccade::app
