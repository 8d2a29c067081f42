#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "app/options/data_options.hpp"
#include "core/base/fields.hpp"

namespace saccade::app {

/// One of the data sets that a training or a check reads.
struct DataSet {
  std::string name;  ///< in logs; the folder of the images where it is not given
  DataOptions data;
  std::filesystem::path train_list, dev_list;  ///< both, or neither: then the split is the captions' own, or drawn
  std::filesystem::path boxes, dev_boxes;      ///< entities files of the training and the dev images
  double weight = 1;                           ///< how often an epoch shows each training image, on average

  /// The keys of a manifest.
  void fields(Fields& f);
};

/// The data sets of a command, and their common options.
struct DataSetOptions {
  DataSet single;                    ///< from --images and related options
  std::vector<std::string> several;  ///< of --data: manifests, or descriptions `key=value,...`

  /// Declares --images, --captions and the other options of a single data set but for lists and boxes, and --data.
  void fields(Fields& f);

  /// All data sets, each with an images' folder and a name that no other has. Throws UsageError when there is none or
  /// when --images and --data are both given, and Error naming a manifest and the entry that is wrong in it.
  std::vector<DataSet> sets() const;
};

/// The data sets of a manifest, which is a JSON array of objects: {"name": "coco", "images": "coco/images",
/// "captions": "coco/captions.json", "weight": 0.5}. Further keys are "format", "train-list", "dev-list", "boxes" and
/// "dev-boxes". Paths are relative to the manifest's folder. Throws Error naming the entry that is wrong.
std::vector<DataSet> read_manifest(const std::filesystem::path& file);

}  // namespace saccade::app
