#include "models/checkpoint.hpp"

#include <algorithm>
#include <utility>

#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include "core/base/error.hpp"
#include "core/base/fingerprint.hpp"
#include "models/kernels/initialisation.hpp"
#include "models/weights/safetensors.hpp"

namespace saccade::models {
namespace {

using nlohmann::json;
using torch::Tensor;

constexpr const char* kFormat = "saccade 1";
constexpr const char* kEncoderPrefix = "encoder.";
constexpr const char* kDecoderPrefix = "decoder.";

/// Half precision, unless a weight would overflow in it.
Tensor compact(const Tensor& weight) {
  constexpr double kLargestHalf = 65504;
  const bool fits = weight.numel() == 0 || weight.abs().max().item<double>() < kLargestHalf;
  return fits ? weight.to(torch::kHalf) : weight;
}

void collect(StateDict& weights, const char* prefix, const torch::nn::Module& module) {
  for (const auto& parameter : module.named_parameters()) {
    weights[prefix + parameter.key()] = compact(parameter.value().detach().to(torch::kCPU));
  }
}

/// What an encoder's weights are, in short.
template <typename Print = Fingerprint>
std::string fingerprint_of(const StateDict& weights) {
  Print fingerprint;
  for (const auto& [name, weight] : weights) {
    fingerprint.add(name);
    const Tensor plain = weight.contiguous();
    fingerprint.add({static_cast<const char*>(plain.data_ptr()), plain.nbytes()});
  }
  return fingerprint.text();
}

bool has_fingerprint(const StateDict& weights, const std::string& fingerprint) {
  const bool is_earlier = fingerprint.rfind("xxh3-", 0) != 0;
  return fingerprint == (is_earlier ? fingerprint_of<EarlierFingerprint>(weights) : fingerprint_of(weights));
}

/// The encoder's weights from the model file beside `path` that its metadata names.
StateDict shared_encoder(const std::filesystem::path& path, const std::map<std::string, std::string>& metadata) {
  const std::string& name = metadata.at("encoder_file");
  const auto place = path.parent_path() / name;
  try {
    if (name.empty() || std::filesystem::path(name).filename() != name || name == "." || name == "..") {
      throw Error("that is not the plain name of a file");
    }
    const SafetensorsFile file(place);
    StateDict weights;
    for (const auto& tensor : file.names()) {
      if (tensor.rfind(kEncoderPrefix, 0) == 0) weights[tensor] = file.tensor(tensor);
    }
    const auto fingerprint = metadata.find("encoder_fingerprint");
    if (fingerprint == metadata.end() || !has_fingerprint(weights, fingerprint->second)) {
      throw Error("{}: holds another encoder than the one that this model was trained with", place.string());
    }
    return weights;
  } catch (const Error& error) {
    throw Error("{}: shares the encoder of '{}', which is of no use: {}", path.string(), name, error.what());
  }
}

void restore(torch::nn::Module& module, const char* prefix, const StateDict& weights) {
  for (auto& parameter : module.named_parameters()) {
    parameter.value().set_data(weights.at(prefix + parameter.key()).to(torch::kFloat));
  }
}

json architecture_of(const Captioner& model) {
  const EncoderShape& encoder = model.encoder->shape();
  const DecoderShape& decoder = model.decoder->shape();
  return {{"backbone", encoder.backbone},     {"stride", stride_of(encoder.map)},
          {"input_size", encoder.input_size}, {"embedding", decoder.embedding},
          {"hidden", decoder.hidden},         {"alignment_width", decoder.alignment_width},
          {"alignment", decoder.alignment},   {"attention", decoder.attention}};
}

/// A number from the file: it sizes memory, so it is believed only within reason.
std::int64_t number(const json& architecture, const char* name, std::int64_t most) {
  if (!architecture.at(name).is_number_integer()) throw Error("'{}' is not a whole number", name);
  const auto value = architecture.at(name).get<std::int64_t>();
  if (value < 1 || value > most) throw Error("'{}' is {}, out of the range 1 to {}", name, value, most);
  return value;
}

/// The words, each fit to stand in a line of text.
Vocabulary vocabulary_of(const std::string& text) {
  const auto words = json::parse(text).get<std::vector<std::string>>();
  for (const auto& word : words) {
    const bool plain = std::all_of(word.begin(), word.end(), [](unsigned char c) { return c > ' ' && c != 0x7F; });
    if (!plain) throw Error("a word of the vocabulary holds a blank or a control character");
  }
  return Vocabulary(words);
}

/// Throws unless the file holds this tensor in this shape: asked before memory of that size is taken.
void require(const SafetensorsFile& file, const std::string& name, const std::vector<std::int64_t>& shape) {
  if (!file.contains(name) || file.tensor(name).sizes() != at::IntArrayRef(shape)) {
    throw Error("its tensor '{}' has not the shape [{}] that the description asks for", name, fmt::join(shape, ", "));
  }
}

Captioner build(const SafetensorsFile& file) {
  const auto& metadata = file.metadata();
  const auto architecture = json::parse(metadata.at("architecture"));
  constexpr std::int64_t kWidest = 1 << 13;
  constexpr std::int64_t kLargestInput = 1024;
  const std::int64_t stride = number(architecture, "stride", 32);
  if (stride != 16 && stride != 32) throw Error("'stride' is {}, neither 16 nor 32", stride);
  EncoderShape encoder;
  encoder.backbone = architecture.at("backbone").get<std::string>();
  encoder.map = stride == 32 ? FeatureMap::kStride32 : FeatureMap::kStride16;
  encoder.input_size = static_cast<int>(number(architecture, "input_size", kLargestInput));

  Captioner model{std::make_shared<Encoder>(encoder), nullptr, vocabulary_of(metadata.at("vocabulary")), {}, {}, {}};
  DecoderShape decoder;
  decoder.vocabulary = model.vocabulary.size();
  decoder.annotation = model.encoder->annotation_width();
  decoder.cells = model.encoder->grid().cells();
  decoder.embedding = number(architecture, "embedding", kWidest);
  decoder.hidden = number(architecture, "hidden", kWidest);
  decoder.alignment_width = number(architecture, "alignment_width", kWidest);
  decoder.alignment = architecture.at("alignment").get<std::string>();
  decoder.attention = architecture.at("attention").get<std::string>();
  require(file, "decoder.embedding", {decoder.vocabulary, decoder.embedding});
  require(file, "decoder.lstm_state", {4 * decoder.hidden, decoder.hidden + decoder.annotation});
  model.decoder = std::make_shared<Decoder>(decoder);

  const auto preprocessing = json::parse(metadata.at("preprocessing"));
  model.preprocessing.input_size = encoder.input_size;
  preprocessing.at("mean").get_to(model.preprocessing.mean);
  preprocessing.at("scale").get_to(model.preprocessing.scale);
  return model;
}

}  // namespace

void save_checkpoint(const std::filesystem::path& path, const Captioner& model) {
  StateDict weights;
  collect(weights, kEncoderPrefix, *model.encoder);
  auto metadata = model.notes;
  if (!model.encoder_file.empty()) {
    metadata["encoder_file"] = model.encoder_file;
    metadata["encoder_fingerprint"] = fingerprint_of(weights);
    weights.clear();
  }
  collect(weights, kDecoderPrefix, *model.decoder);
  metadata["format"] = kFormat;
  metadata["architecture"] = architecture_of(model).dump();
  metadata["preprocessing"] = json{{"mean", model.preprocessing.mean}, {"scale", model.preprocessing.scale}}.dump();
  metadata["vocabulary"] = json(model.vocabulary.words()).dump();
  write_safetensors(path, weights, metadata);
}

Captioner load_checkpoint(const std::filesystem::path& path) {
  const SafetensorsFile file(path);
  const auto& metadata = file.metadata();
  const auto format = metadata.find("format");
  if (format == metadata.end()) throw Error("{}: a safetensors file, but not a Saccade model", path.string());
  if (format->second != kFormat) {
    throw Error("{}: a model of the format '{}'; this program reads '{}'", path.string(), format->second, kFormat);
  }
  const NoInitialisation weights_come_from_the_file;
  Captioner model = [&] {
    try {
      return build(file);
    } catch (const std::exception& error) {  // JSON's, the map's, ours: all say that the file contradicts itself
      throw Error("{}: the model's description is damaged: {}", path.string(), error.what());
    }
  }();

  StateDict weights = file.all();
  const auto shares = metadata.find("encoder_file");
  if (shares != metadata.end()) {
    model.encoder_file = shares->second;
    weights.merge(shared_encoder(path, metadata));
  }
  std::map<std::string, std::vector<std::int64_t>> shapes;
  for (const auto& parameter : model.encoder->named_parameters()) {
    shapes[kEncoderPrefix + parameter.key()] = parameter.value().sizes().vec();
  }
  for (const auto& parameter : model.decoder->named_parameters()) {
    shapes[kDecoderPrefix + parameter.key()] = parameter.value().sizes().vec();
  }
  check_state_dict(weights, shapes, {}, path.string());
  restore(*model.encoder, kEncoderPrefix, weights);
  restore(*model.decoder, kDecoderPrefix, weights);
  model.encoder->channels_last();
  model.encoder->eval();
  model.decoder->eval();
  model.notes = metadata;
  for (const char* ours :
       {"format", "architecture", "preprocessing", "vocabulary", "encoder_file", "encoder_fingerprint"}) {
    model.notes.erase(ours);
  }
  return model;
}

}  // namespace saccade::models
