#include "app/options/model_option.hpp"

#include <fmt/format.h>

#include "app/assets.hpp"
#include "app/command.hpp"
#include "models/checkpoint.hpp"

namespace saccade::app {

void declare(Fields& f, models::LoadOptions& load) {
  f(load.trust_torchscript, "trust-torchscript",
    "Allow TorchScript files. They execute code: use only files from people you trust.", Affects::kNothing);
}

void check_lengths(const models::SearchOptions& search) {
  if (search.min_length <= search.max_length) return;
  throw UsageError(
      fmt::format("--min-length must be at most --max-length ({}), not {}", search.max_length, search.min_length));
}

std::filesystem::path ModelOption::file() const {
  return model_file(model);
}

models::Captioner ModelOption::open() const {
  return models::load_checkpoint(file(), load);
}

}  // namespace saccade::app
