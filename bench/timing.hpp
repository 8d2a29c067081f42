#pragma once

#include <algorithm>
#include <chrono>
#include <iostream>
#include <string>
#include <utility>
#include <vector>

#include <boost/program_options.hpp>
#include <fmt/format.h>

#include "core/base/fields.hpp"
#include "models/kernels/runtime.hpp"

namespace saccade::bench {

/// Same settings as the program: keep freed memory, use `threads` threads.
inline void settle(int threads) {
  models::keep_freed_memory();
  models::set_threads(threads);
}

/// Wall-clock times of repeated calls.
class Timings {
 public:
  /// Times one call.
  template <typename Work>
  void time(Work&& work) {
    const auto begin = std::chrono::steady_clock::now();
    std::forward<Work>(work)();
    const std::chrono::duration<double, std::milli> taken = std::chrono::steady_clock::now() - begin;
    milliseconds_.push_back(taken.count());
  }

  double median() const {
    auto sorted = milliseconds_;
    std::sort(sorted.begin(), sorted.end());
    const std::size_t middle = sorted.size() / 2;
    return sorted.size() % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }
  double least() const { return *std::min_element(milliseconds_.begin(), milliseconds_.end()); }
  double most() const { return *std::max_element(milliseconds_.begin(), milliseconds_.end()); }
  std::size_t count() const { return milliseconds_.size(); }

 private:
  std::vector<double> milliseconds_;
};

/// Prints one line for bench/run: name, tab, median in milliseconds, tab, details. `divisor`: items per timed call.
inline void report(const std::string& name, const Timings& timings, double divisor = 1) {
  fmt::print("{}\t{:.3f}\tms (from {:.1f} to {:.1f}, {} times)\n", name, timings.median() / divisor,
             timings.least() / divisor, timings.most() / divisor, timings.count());
  std::fflush(stdout);
}

/// Sets an option of the library by its name.
template <typename Options>
void set_option(Options& options, const std::string& name, const std::string& value) {
  const Fields fields = fields_of(options);
  for (const Field& field : fields.all()) {
    if (field.name == name) field.take(value);
  }
}

/// Adds the options of a struct, which must stay in place.
template <typename Options>
void add_options(boost::program_options::options_description& description, Options& options) {
  const Fields fields = fields_of(options);
  for (const Field& field : fields.all()) {
    auto* value = boost::program_options::value<std::string>()->default_value(field.text())->notifier(field.take);
    if (field.type == Field::Type::kFlag) value->implicit_value("true");
    description.add_options()(field.name.c_str(), value, field.help.c_str());
  }
}

/// Parses the command line. Returns false after printing --help.
inline bool parse(int count, char** words, boost::program_options::options_description options) {
  namespace po = boost::program_options;
  options.add_options()("help", "print this and exit");
  po::variables_map values;
  po::store(po::parse_command_line(count, words, options), values);
  if (values.count("help") != 0) {
    std::cout << options;
    return false;
  }
  po::notify(values);
  return true;
}

}  // namespace saccade::bench
