#include "tests/models/tiny_model.hpp"

#include <cmath>
#include <limits>
#include <set>

#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>

#include "core/base/error.hpp"

namespace saccade::test {

using torch::Tensor;

void DecoderPlan::set(const std::string& option, const std::string& value) {
  const Fields fields = fields_of(options);
  for (const Field& field : fields.all()) {
    if (field.name != option) continue;
    field.take(value);
    return;
  }
  throw Error("there is no option '{}'", option);
}

DecoderPlan tiny_plan() {
  DecoderPlan plan;
  plan.shape = {12, 6, {2, 2}};
  plan.options.embedding = 8;
  plan.set("hidden", "16");
  plan.options.attention.alignment_width = 5;
  return plan;
}

std::string text_of(const Options& options) {
  std::string text;
  for (const auto& [option, value] : options) text += (text.empty() ? "--" : " --") + option + " " + value;
  return text;
}

DecoderPlan plan_with(const Options& options) {
  DecoderPlan plan = tiny_plan();
  plan.shape.grid = {3, 3};
  for (const auto& [option, value] : Options{{"window", "1"},
                                             {"crossing-words", "3"},
                                             {"block", "2"},
                                             {"heads", "2"},
                                             {"alignment-width", "6"},
                                             {"layers", "2"},
                                             {"word-heads", "2"},
                                             {"refiner-width", "8"},
                                             {"refiner-heads", "2"}}) {
    plan.set(option, value);
  }
  for (const auto& [option, value] : options) plan.set(option, value);
  return plan;
}

std::vector<Options> every_mechanism(const std::string& attention) {
  std::vector<Options> all;
  for (const char* decoder : {"lstm", "transformer"}) {
    for (const auto& weighting : models::weighting_registry().names()) {
      const char* alignment = weighting == "multi-head" ? "scaled-dot" : "additive";
      all.push_back({{"decoder", decoder}, {"weighting", weighting}, {"alignment", alignment}});
    }
    if (attention == "soft") {
      all.push_back({{"decoder", decoder}, {"attention", "none"}});
      all.push_back({{"decoder", decoder}, {"attention", "none"}, {"mean-context", "true"}});
    }
    all.push_back({{"decoder", decoder}, {"refiner-layers", "2"}});
  }
  all.push_back({{"placement", "after"}});
  all.push_back({{"placement", "after"}, {"weighting", "local-m"}});
  if (attention == "soft") all.push_back({{"placement", "after"}, {"attention", "none"}, {"mean-context", "true"}});
  for (Options& options : all) options.insert(options.begin(), {"attention", attention});
  return all;
}

std::shared_ptr<models::Decoder> tiny_decoder(std::uint64_t seed) {
  return tiny_decoder(seed, tiny_plan());
}

std::shared_ptr<models::Decoder> tiny_decoder(std::uint64_t seed, const DecoderPlan& plan) {
  torch::manual_seed(seed);
  auto decoder = models::make_decoder(plan.options, plan.shape);
  const torch::NoGradGuard no_gradient;
  for (auto& entry : decoder->named_parameters()) {
    // Biases that start at zero are randomized too, so that a missing bias causes a failure.
    if (entry.key().find("bias") != std::string::npos) entry.value().add_(at::randn_like(entry.value()), 0.3);
  }
  parameter(*decoder, "output").mul_(4);  // makes the predictions more confident than those of a new model
  decoder->eval();
  return decoder;
}

Tensor parameter(const torch::nn::Module& module, const std::string& name) {
  const auto parameters = module.named_parameters();
  const Tensor* const found = parameters.find(name);
  if (found == nullptr) throw Error("the module has no parameter '{}'", name);
  return *found;
}

void set_output_bias(const models::Decoder& decoder, std::int64_t word, float bias) {
  const torch::NoGradGuard no_gradient;
  parameter(decoder, "output_bias")[word].fill_(bias);
}

models::Captioner tiny_captioner(const std::vector<std::string>& words, std::uint64_t seed) {
  models::EncoderShape encoder;
  encoder.backbone = "efficientnet-lite0";
  encoder.map = models::FeatureMap::kStride16;
  encoder.input_size = 32;
  models::Captioner model{std::make_shared<models::Encoder>(encoder), nullptr, Vocabulary(words), {}, {}, {}};
  randomize(*model.encoder, seed);
  model.encoder->channels_last();
  model.encoder->eval();
  model.preprocessing.input_size = encoder.input_size;
  DecoderPlan plan = tiny_plan();
  plan.shape = {model.vocabulary.size(), model.encoder->annotation_width(), model.encoder->grid()};
  model.decoder = tiny_decoder(seed, plan);
  return model;
}

void randomize(torch::nn::Module& backbone, std::uint64_t seed) {
  torch::manual_seed(seed);
  const torch::NoGradGuard no_gradient;
  for (auto& entry : backbone.named_parameters()) {
    Tensor& weight = entry.value();
    const double inputs = weight.dim() > 1 ? static_cast<double>(weight[0].numel()) : 100;
    weight.normal_(0, std::sqrt(2 / inputs));  // He et al. 2015: keeps the variance constant across layers
  }
}

CaptionDataset write_pictures(const std::filesystem::path& folder, int count) {
  struct Color {
    const char* name;
    cv::Scalar blue_green_red;
  };
  const Color colors[] = {
      {"red", {0, 0, 255}}, {"green", {0, 200, 0}}, {"blue", {255, 0, 0}}, {"yellow", {0, 255, 255}}};
  CaptionDataset dataset;
  std::filesystem::create_directories(folder);
  for (int i = 0; i < count; ++i) {
    const bool light = i < 4;
    cv::Mat picture(40, 48, CV_8UC3, light ? cv::Scalar(230, 230, 230) : cv::Scalar(20, 20, 20));
    cv::circle(picture, {24, 20}, 14, colors[i % 4].blue_green_red, cv::FILLED);
    const std::string name = std::to_string(i) + ".png";
    cv::imwrite((folder / name).string(), picture);
    dataset.push_back(
        {name, {{"one", colors[i % 4].name, "ball", "on", light ? "light" : "dark", "ground"}}, folder / name});
  }
  return dataset;
}

std::vector<std::string> words_of(const CaptionDataset& dataset) {
  std::set<std::string> words;
  for (const auto& image : dataset) {
    for (const auto& caption : image.captions) words.insert(caption.begin(), caption.end());
  }
  return {words.begin(), words.end()};
}

double difference(const Tensor& a, const Tensor& b) {
  if (a.sizes() != b.sizes()) return std::numeric_limits<double>::infinity();
  return a.numel() == 0 ? 0
                        : (a.detach().to(torch::kDouble) - b.detach().to(torch::kDouble)).abs().max().item<double>();
}

Tensor weights(const Tensor& log_alpha) {
  return log_alpha.exp().squeeze(-2);
}

bool same_parameters(const torch::nn::Module& a, const torch::nn::Module& b) {
  const auto ours = a.named_parameters();
  const auto theirs = b.named_parameters();
  if (ours.size() != theirs.size()) return false;
  for (const auto& entry : ours) {
    const Tensor* const other = theirs.find(entry.key());
    if (other == nullptr || !entry.value().equal(*other)) return false;
  }
  return true;
}

}  // namespace saccade::test
