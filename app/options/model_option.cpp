#include "app/options/model_option.hpp"

#include "app/assets.hpp"

namespace saccade::app {

std::filesystem::path ModelOption::file() const {
  return model_file(model);
}

}  // namespace saccade::app
