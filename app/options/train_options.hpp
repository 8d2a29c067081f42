#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "app/options/command_line.hpp"
#include "app/options/compute_options.hpp"
#include "app/options/data_sets.hpp"
#include "models/captioner.hpp"
#include "models/training/trainer_options.hpp"

namespace saccade::app {

/// Options of `saccade train`.
struct TrainOptions {
  DataSetOptions data;
  std::vector<DataSet> sets;               ///< the data sets of `data`; set by check()
  std::filesystem::path backbone_weights;  ///< of a new model ...
  std::string start;                       ///< ... or the model to begin with
  bool new_decoder = false;
  bool share_encoder = false;
  bool extend_vocabulary = false;  ///< of the model to begin with, by words of the training captions
  bool force = false;              ///< a finished model at the output is replaced
  std::string license;
  models::EncoderShape encoder;
  models::DecoderOptions decoder;
  models::LoadOptions load;
  int min_count = 5;  ///< words seen fewer times become <unk>
  ComputeOptions compute;
  models::TrainerOptions trainer;

  void fields(Fields& f);

  /// Token unit of all data sets: "words" or "characters".
  const std::string& tokens() const { return sets.front().data.tokens; }

  /// Throws UsageError if options contradict each other. Sets dependent options.
  void check(const Given& given);

  /// Throws UsageError if an option needs attention maps and the model has none.
  void check_maps(const models::Captioner& model) const;

  /// Throws UsageError if a shape option contradicts the start model.
  void check_shape(const Given& given, const models::Captioner& model) const;

 private:
  void refuse_unfreezing(const char* why) const;
  void check_sharing() const;
  void check_mechanisms() const;
  void complete_attention(const Given& given);
};

}  // namespace saccade::app
