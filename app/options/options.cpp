#include "app/options/options.hpp"

#include <algorithm>
#include <cstdio>
#include <exception>
#include <sstream>
#include <thread>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "app/command.hpp"
#include "models/kernels/runtime.hpp"

namespace saccade::app {
namespace po = boost::program_options;

std::optional<po::variables_map> parse(const std::vector<std::string>& arguments,
                                       const po::options_description& options, const Positional& positional,
                                       const std::string& usage, const std::string& epilogue) {
  po::options_description all = options;
  all.add_options()("help,h", "print this and exit");
  try {
    po::positional_options_description places;
    if (positional.values != nullptr) {
      all.add_options()(positional.name, po::value(positional.values));
      places.add(positional.name, -1);
    }
    po::variables_map values;
    // Without guessing an option is taken by its whole name only: a typing error is not another option.
    using namespace po::command_line_style;
    constexpr int kStyle = unix_style & ~allow_guessing;
    po::store(po::command_line_parser(arguments).options(all).positional(places).style(kStyle).run(), values);
    if (values.count("help") != 0) {
      std::ostringstream text;
      text << options;
      std::fputs(fmt::format("{}\n\n{}{}", usage, text.str(), epilogue).c_str(), stdout);
      return std::nullopt;
    }
    po::notify(values);
    return values;
  } catch (const po::error& error) {
    throw UsageError(error.what());
  }
}

void check_range(const char* option, double value, double low, double high) {
  if (!(value >= low && value <= high)) {
    throw UsageError(fmt::format("--{} must be from {} to {}, not {}", option, low, high, value));
  }
}

void check_name(const char* option, const std::string& name, const std::vector<std::string>& choices) {
  if (std::find(choices.begin(), choices.end(), name) != choices.end()) return;
  throw UsageError(fmt::format("--{} must be one of {}, not '{}'", option, fmt::join(choices, ", "), name));
}

void use_threads(int threads) {
  if (threads <= 0) threads = static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
  models::set_threads(threads);
  if (threads > 1 && models::has_foreign_threads()) {
    std::fputs(
        "saccade: warning: OpenBLAS with threads of its own is loaded, which is up to three times slower here; install "
        "libopenblas0-openmp and let the alternatives libblas.so.3 and liblapack.so.3 point to it\n",
        stderr);
  }
}

}  // namespace saccade::app
