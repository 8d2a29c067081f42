#include "app/options/data_sets.hpp"

#include <algorithm>
#include <set>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "app/command.hpp"
#include "core/base/atomic_file.hpp"
#include "core/base/error.hpp"
#include "core/base/excerpt.hpp"
#include "core/data/format.hpp"

namespace saccade::app {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

/// Sets one key of a description. Throws Error that does not name the description.
void set_key(DataSet& set, const std::string& key, const std::string& value) {
  const Fields fields = fields_of(set);
  std::string known;
  for (const Field& field : fields.all()) {
    if (field.name == key) return field.take(value);
    known += (known.empty() ? "" : ", ") + field.name;
  }
  throw Error("there is no key '{}'; the keys are {}", excerpt(key), known);
}

/// `key=value,key=value`. Throws UsageError.
DataSet described(const std::string& text) {
  DataSet set;
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find(',', begin), text.size());
    const std::string part = text.substr(begin, end - begin);
    const std::size_t equals = part.find('=');
    try {
      if (equals == std::string::npos) throw Error("'{}' is not of the form key=value", excerpt(part));
      set_key(set, part.substr(0, equals), part.substr(equals + 1));
    } catch (const Error& error) {
      throw UsageError(fmt::format("--data {}: {}", excerpt(text), error.what()));
    }
    begin = end + 1;
  }
  if (set.data.images.empty()) throw UsageError(fmt::format("--data {}: the key images is missing", excerpt(text)));
  return set;
}

void complete(DataSet& set, const DataOptions& common) {
  set.data.split_seed = common.split_seed;
  set.data.skip_broken = common.skip_broken;
  set.data.tokens = common.tokens;
  set.data.report = common.report;
  set.data.complete();
  if (!set.name.empty()) return;
  const fs::path folder = set.data.images.has_filename() ? set.data.images : set.data.images.parent_path();
  set.name = folder.filename().string();
}

}  // namespace

void DataSet::fields(Fields& f) {
  constexpr auto kNothing = Affects::kNothing;
  std::vector<std::string> formats = caption_formats().names();
  formats.insert(formats.begin(), "auto");
  f(name, "name", "NAME", "Name of the data set in logs.", kNothing);
  f(data.images, "images", "DIR", "Folder of the images.", kNothing);
  f(data.captions, "captions", "FILE", "Captions.", kNothing);
  f(data.format, "format", std::move(formats), "Format of the captions.", kNothing);
  f(train_list, "train-list", "FILE", "Names of the training images.", kNothing);
  f(dev_list, "dev-list", "FILE", "Names of the dev images.", kNothing);
  f(boxes, "boxes", "FILE", "Boxes of the training images.", kNothing);
  f(dev_boxes, "dev-boxes", "FILE", "Boxes of the dev images.", kNothing);
  f(weight, "weight", Range{0, 1000}, "How often an epoch shows each training image.", kNothing);
}

void DataSetOptions::fields(Fields& f) {
  single.data.fields(f);
  f(several, "data", "SET",
    "Read several data sets instead of --images: manifests (a JSON array of objects with the keys name, images, "
    "captions, format, train-list, dev-list, boxes, dev-boxes and weight) or descriptions `images=DIR,captions=FILE,"
    "weight=0.5` with the same keys.",
    Affects::kNothing);
}

std::vector<DataSet> DataSetOptions::sets() const {
  std::vector<DataSet> sets;
  if (several.empty()) {
    sets.push_back(single);
  } else {
    const std::pair<const char*, fs::path> others[] = {
        {"images", single.data.images},    {"captions", single.data.captions},
        {"train-list", single.train_list}, {"dev-list", single.dev_list},
        {"boxes", single.boxes},           {"dev-boxes", single.dev_boxes}};
    for (const auto& [option, path] : others) {
      if (path.empty()) continue;
      throw UsageError(fmt::format("--{} describes a single data set; with --data, use the key {}", option, option));
    }
    if (single.data.format != DataOptions().format) {
      throw UsageError("--format describes a single data set; with --data, use the key format");
    }
  }
  for (const std::string& word : several) {
    if (word.find('=') != std::string::npos && !fs::exists(word)) {
      sets.push_back(described(word));
    } else {
      for (DataSet& set : read_manifest(word)) sets.push_back(std::move(set));
    }
  }
  if (sets.size() > 1 && !single.data.report.empty()) {
    throw UsageError("--report lists what is left out of one data set; check several one by one");
  }
  std::set<std::string> names;
  for (DataSet& set : sets) {
    if (set.train_list.empty() != set.dev_list.empty()) {
      throw UsageError("--train-list and --dev-list require each other; give both or neither");
    }
    complete(set, single.data);
    if (!names.insert(set.name).second) {
      throw UsageError(fmt::format("two data sets are named '{}'; give each a name of its own", excerpt(set.name)));
    }
  }
  return sets;
}

std::vector<DataSet> read_manifest(const fs::path& file) {
  const std::string content = read_file(file);
  const json entries = json::parse(without_byte_order_mark(content), nullptr, /*allow_exceptions=*/false);
  if (!entries.is_array() || entries.empty()) {
    throw Error("{}: not a manifest of data sets: it must be a JSON array of objects", file.string());
  }
  std::vector<DataSet> sets;
  for (const json& entry : entries) {
    const std::string place = fmt::format("{}: data set {}", file.string(), sets.size() + 1);
    if (!entry.is_object()) throw Error("{}: must be an object, like {{\"images\": \"photos\"}}", place);
    DataSet set;
    for (const auto& [key, value] : entry.items()) {
      if (!value.is_string() && !value.is_number())
        throw Error("{}: '{}' must be a text or a number", place, excerpt(key));
      try {
        set_key(set, key, value.is_string() ? value.get<std::string>() : value.dump());
      } catch (const Error& error) {
        throw Error("{}: {}", place, error.what());
      }
    }
    if (set.data.images.empty()) throw Error("{}: \"images\", the folder of its images, is missing", place);
    for (fs::path* path :
         {&set.data.images, &set.data.captions, &set.train_list, &set.dev_list, &set.boxes, &set.dev_boxes}) {
      if (!path->empty()) *path = file.parent_path() / *path;  // keeps absolute paths
    }
    sets.push_back(std::move(set));
  }
  return sets;
}

}  // namespace saccade::app
