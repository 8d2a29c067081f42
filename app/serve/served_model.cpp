#include "app/serve/served_model.hpp"

#include <algorithm>
#include <filesystem>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "app/assets.hpp"
#include "app/output/model_report.hpp"
#include "models/checkpoint.hpp"

namespace saccade::app {

std::vector<std::unique_ptr<ServedModel>> open_models(const ServeOptions& options) {
  using nlohmann::ordered_json;
  std::vector<std::unique_ptr<ServedModel>> models;
  const torch::Device device = options.compute.device();
  for (const std::string& word : options.models) {
    const std::filesystem::path file = model_file(word);
    const std::string name = std::filesystem::path(word).stem().string();
    if (std::any_of(models.begin(), models.end(), [&](const auto& model) { return model->name == name; })) {
      throw UsageError(fmt::format("--model: two models are named '{}'; rename one of the files", name));
    }
    auto captioner = models::load_checkpoint(file, options.load);
    ordered_json description{{"name", name}, {"default", models.empty()}};
    const ordered_json report = ordered_json::parse(model_json(file, captioner));
    for (const auto& [key, value] : report.items()) {
      if (key != "path" && key != "encoder_file") description[key] = value;  // locations of files are private
    }
    captioner.to(device);
    captioner.encoder->set_precision(options.compute.precision());
    captioner.decoder->eval();
    captioner.precompute_blank();  // requests may ask for specificity
    models.push_back(std::make_unique<ServedModel>(ServedModel{
        name, std::move(captioner), description.dump(-1, ' ', false, ordered_json::error_handler_t::replace)}));
  }
  return models;
}

}  // namespace saccade::app
