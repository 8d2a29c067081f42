// saccade check-data: checks captions datasets before training.

#include <algorithm>
#include <cstdio>
#include <iterator>
#include <set>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "app/command.hpp"
#include "app/data/checked_data.hpp"
#include "app/options/command_line.hpp"
#include "app/options/data_sets.hpp"
#include "core/text/printable.hpp"

namespace saccade::app {
namespace {

/// The photos of a part that can be read.
CaptionDataset part_of(const CaptionDataset& images, const std::vector<std::string>& names) {
  const std::set<std::string> wanted(names.begin(), names.end());
  CaptionDataset part;
  std::copy_if(images.begin(), images.end(), std::back_inserter(part),
               [&wanted](const CaptionedImage& image) { return wanted.count(image.name) != 0; });
  return part;
}

struct CheckDataOptions : DataSetOptions {
  void fields(Fields& f) {
    DataSetOptions::fields(f);
    single.data.token_fields(f);
  }
};

/// Prints the problems of a data set. Returns whether it can be used without --skip-broken.
bool check(const DataSet& set) {
  CheckedData data(set.data);
  CaptionDataset images = data.all();
  data.check_photos(images);
  Split split;
  if (data.all().size() > 1) {
    split = data.split();
    const CaptionDataset training = part_of(images, split.train);
    data.warn_of_shared(training, part_of(images, split.dev), "dev", stderr);
    data.warn_of_shared(training, part_of(images, split.test), "test", stderr);
  }
  data.write_report();
  print_findings(stdout, data.findings());
  std::size_t captions = 0;
  for (const auto& image : images) captions += image.captions.size();
  fmt::print("{} images with {} captions can be used", images.size(), captions);
  if (data.all().size() > 1) {
    fmt::print("; of all, {} are train, {} dev, {} test", split.train.size(), split.dev.size(), split.test.size());
  }
  const std::string found = count_by_kind(data.findings()), others = count_others(data.findings());
  fmt::print("\n{}{}{}\n", found.empty() ? "nothing is wrong" : found, others.empty() ? "" : "; ", others);
  return data.stopping() == 0 || set.data.skip_broken;
}

int run(const std::vector<std::string>& arguments) {
  CheckDataOptions options;
  if (!parse(check_data_command(), arguments, fields_of(options))) return kSuccess;
  const std::vector<DataSet> sets = options.sets();
  bool sound = true;
  for (const DataSet& set : sets) {
    if (sets.size() > 1) fmt::print("{}{}:\n", &set == &sets.front() ? "" : "\n", printable(set.name));
    sound = check(set) && sound;
  }
  return sound ? kSuccess : kFailure;
}

}  // namespace

const Command& check_data_command() {
  static const Command command{
      "check-data",
      "check a captions dataset",
      "[OPTION...]",
      "Reads all captions and images of a dataset and prints one line per problem. Malformed lines, missing\n"
      "or broken images, and images whose captions are all empty set the exit status to 1. All else is only\n"
      "reported: empty and duplicate captions, images without a text, unknown splits, unsegmented captions.\n",
      "",
      declare_options<CheckDataOptions>,
      run};
  return command;
}

}  // namespace saccade::app
