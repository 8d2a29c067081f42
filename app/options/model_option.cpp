#include "app/options/model_option.hpp"

#include "app/assets.hpp"
#include "models/checkpoint.hpp"

namespace saccade::app {

void declare(Fields& f, models::LoadOptions& load) {
  f(load.trust_torchscript, "trust-torchscript",
    "Open TorchScript files too. Their code is executed: do so only with files of people you trust.",
    Affects::kNothing);
}

std::filesystem::path ModelOption::file() const {
  return model_file(model);
}

models::Captioner ModelOption::open() const {
  return models::load_checkpoint(file(), load);
}

}  // namespace saccade::app
