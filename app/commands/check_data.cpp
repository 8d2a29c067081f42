// saccade check-data: what is wrong with a captions dataset, before anything is learnt from it.

#include <cstdio>

#include <fmt/format.h>

#include "app/command.hpp"
#include "app/data/checked_data.hpp"
#include "app/options/command_line.hpp"
#include "app/options/data_options.hpp"

namespace saccade::app {
namespace {

int run(const std::vector<std::string>& arguments) {
  DataOptions options;
  if (!parse(check_data_command(), arguments, fields_of(options))) return kSuccess;
  options.complete();
  CheckedData data(options);
  CaptionDataset images = data.all();
  data.check_photos(images);
  print_findings(stdout, data.findings());
  std::size_t captions = 0;
  for (const auto& image : images) captions += image.captions.size();
  fmt::print("{} images with {} captions can be used", images.size(), captions);
  if (data.all().size() > 1) {
    const Split split = data.split();
    fmt::print("; of all, {} are train, {} dev, {} test", split.train.size(), split.dev.size(), split.test.size());
  }
  fmt::print("\n{}\n", data.findings().empty() ? "nothing is wrong" : count_by_kind(data.findings()));
  return data.stopping() == 0 || options.skip_broken ? kSuccess : kFailure;
}

}  // namespace

const Command& check_data_command() {
  static const Command command{
      "check-data",
      "check a captions dataset",
      "--images DIR [OPTION...]",
      "Reads all captions and images of a dataset and prints one line per problem. Malformed lines, missing\n"
      "or broken images, and images without a caption set the exit status to 1. Empty and duplicate captions\n"
      "are only reported.\n",
      "",
      declare_options<DataOptions>,
      run};
  return command;
}

}  // namespace saccade::app
