#include "models/checkpoint.hpp"

#include <cmath>
#include <utility>

#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include "core/base/error.hpp"
#include "core/base/excerpt.hpp"
#include "core/base/fingerprint.hpp"
#include "core/base/out_of_memory.hpp"
#include "core/base/plain_reason.hpp"
#include "core/text/printable.hpp"
#include "models/kernels/initialization.hpp"
#include "models/weights/checksums.hpp"
#include "models/weights/safetensors.hpp"

namespace saccade::models {
namespace {

using nlohmann::json;
using torch::Tensor;

constexpr const char* kFormat = "saccade 2";
constexpr const char* kFirstFormat = "saccade 1";
constexpr const char* kEncoderPrefix = "encoder.";
constexpr const char* kDecoderPrefix = "decoder.";
const std::string kProgram = std::string(kEncoderPrefix) + kProgramTensor;

std::int64_t count_of(const StateDict& weights) {
  std::int64_t count = 0;
  for (const auto& [name, weight] : weights) count += weight.numel();
  return count;
}

void collect(StateDict& weights, const char* prefix, const torch::nn::Module& module) {
  for (const auto& parameter : module.named_parameters()) {
    weights[prefix + parameter.key()] = compact(parameter.value().detach().to(torch::kCPU));
  }
}

/// A fingerprint of the weights of an encoder.
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

/// Weights of the encoder from the model file next to `path` that its metadata names.
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
    throw Error("{}: shares the encoder of '{}', which is of no use: {}", path.string(), excerpt(name), error.what());
  }
}

/// Loads the program of a TorchScript encoder, whose output determines the shape of the decoder.
void take_program(Encoder& encoder, const StateDict& weights, const std::string& file) {
  if (!encoder.backbone().program().defined()) return;
  StateDict program;
  const auto found = weights.find(kProgram);
  if (found != weights.end()) program[kProgramTensor] = found->second;
  encoder.backbone().load_published(program, file);
}

void restore(torch::nn::Module& module, const char* prefix, const StateDict& weights) {
  for (auto& parameter : module.named_parameters()) {
    parameter.value().set_data(weights.at(prefix + parameter.key()).to(torch::kFloat));
  }
}

json architecture_of(const Captioner& model) {
  EncoderShape encoder = model.encoder->shape();
  DecoderOptions decoder = model.decoder->options();
  json architecture{{"encoder", to_json(chosen_fields_of(encoder))}};
  architecture["decoder"] = to_json(chosen_fields_of(decoder));
  architecture["decoder"]["attention"] = to_json(chosen_fields_of(decoder.attention));
  return architecture;
}

/// Groups the flat options of the first format by component. It supported only an LSTM with global attention.
json nested(const json& flat) {
  DecoderOptions defaults;
  json encoder{
      {"backbone", flat.at("backbone")}, {"stride", flat.at("stride").dump()}, {"input_size", flat.at("input_size")}};
  json decoder = to_json(chosen_fields_of(defaults));
  for (const char* name : {"hidden", "embedding"}) decoder[name] = flat.at(name);
  decoder["attention"] = to_json(chosen_fields_of(defaults.attention));
  for (const char* name : {"attention", "alignment", "alignment_width"}) decoder["attention"][name] = flat.at(name);
  return {{"encoder", encoder}, {"decoder", decoder}};
}

/// Replaces option names of earlier versions.
json with_current_names(json architecture) {
  json& decoder = architecture.at("decoder");
  if (decoder.contains("initial_state") && decoder["initial_state"] == "blind") decoder["initial_state"] = "learned";
  json& attention = decoder.at("attention");
  if (attention.contains("key_positions")) {
    attention["position_embeddings"] = attention["key_positions"];
    attention.erase("key_positions");
  }
  return architecture;
}

/// Renames the tensors of the first format.
StateDict renamed(const StateDict& weights) {
  const std::string before = "decoder.alignment.", now = "decoder.attention.weighting.score.";
  StateDict result;
  for (const auto& [name, weight] : weights) {
    const bool moved = name.rfind(before, 0) == 0;
    result[moved ? now + name.substr(before.size()) : name] = weight;
  }
  return result;
}

/// Sets the names of mechanisms first, because they determine the other options.
DecoderOptions decoder_options(const json& object) {
  DecoderOptions options;
  options.decoder.choose(object.at("decoder").get<std::string>());
  from_json(object, chosen_fields_of(options));
  const json& attention = object.at("attention");
  options.attention.attention = attention.at("attention").get<std::string>();
  if (attention.contains("weighting")) options.attention.weighting.choose(attention["weighting"].get<std::string>());
  from_json(attention, chosen_fields_of(options.attention));
  return options;
}

/// Throws Error if a weight is NaN or infinite.
void require_finite(const StateDict& weights, const std::string& file) {
  for (const auto& [name, weight] : weights) {
    if (weight.is_floating_point() && !weight.isfinite().all().item<bool>()) {
      throw Error("{}: the model is damaged: its tensor '{}' holds what is no finite number", file, excerpt(name));
    }
  }
}

void require_sensible(const vision::Preprocessing& preprocessing) {
  constexpr float kMost = 1e6F, kLeastScale = 1e-6F;  // a smaller scale would make all images equal
  for (std::size_t i = 0; i < preprocessing.mean.size(); ++i) {
    const float mean = preprocessing.mean[i], scale = preprocessing.scale[i];
    if (std::abs(mean) <= kMost && scale >= kLeastScale && scale <= kMost) continue;  // false for NaN
    throw Error("a mean of {} and a scale of {} in its preprocessing cannot be", mean, scale);
  }
}

/// The words of the vocabulary. Throws Error if one cannot be part of a line of text.
Vocabulary vocabulary_of(const json& part) {
  const auto words = part.get<std::vector<std::string>>();
  if (words.empty()) throw Error("there is no word in its vocabulary");
  for (const auto& word : words) {
    if (printable(word) != word || word.find(' ') != std::string::npos)
      throw Error("a word of the vocabulary holds a blank or a control character");
  }
  return Vocabulary(words);
}

/// Throws Error unless the file has this tensor with this shape. Called before memory is allocated.
void require(const SafetensorsFile& file, const std::string& name, const std::vector<std::int64_t>& shape) {
  if (!file.contains(name) || file.tensor(name).sizes() != at::IntArrayRef(shape)) {
    throw Error("its tensor '{}' has not the shape [{}] that the description asks for", name, fmt::join(shape, ", "));
  }
}

/// A member of the description, which is JSON.
json part_of(const SafetensorsFile& file, const char* name) {
  json part = json::parse(file.text(name), nullptr, /*allow_exceptions=*/false);
  if (part.is_discarded()) throw Error("its '{}' is not JSON", name);
  return part;
}

std::shared_ptr<Encoder> encoder_of(const json& architecture, const LoadOptions& options) {
  EncoderShape encoder;
  from_json(architecture.at("encoder"), fields_of(encoder));
  return std::make_shared<Encoder>(encoder, options);
}

Captioner build(const SafetensorsFile& file, const json& architecture, const std::shared_ptr<Encoder>& encoder) {
  Captioner model{encoder, nullptr, vocabulary_of(part_of(file, "vocabulary")), {}, {}, {}};
  const DecoderOptions decoder = decoder_options(architecture.at("decoder"));
  require(file, "decoder.embedding", {model.vocabulary.size(), decoder.embedding});
  model.decoder = make_decoder(decoder, {model.vocabulary.size(), encoder->annotation_width(), encoder->grid()});

  const auto preprocessing = part_of(file, "preprocessing");
  model.preprocessing.input_size = encoder->shape().input_size;
  preprocessing.at("mean").get_to(model.preprocessing.mean);
  preprocessing.at("scale").get_to(model.preprocessing.scale);
  require_sensible(model.preprocessing);
  if (file.metadata().count("search") != 0) {  // earlier models have none
    const json search = part_of(file, "search");
    search.at("length_penalty").get_to(model.length_penalty);
    if (!(model.length_penalty >= 0 && model.length_penalty <= 10)) {
      throw Error("a length penalty of {} cannot be", model.length_penalty);
    }
    model.specificity = search.value("specificity", 0.0);  // earlier models have none
    if (!(model.specificity >= 0 && model.specificity <= 1)) {
      throw Error("a specificity of {} cannot be", model.specificity);
    }
  }
  return model;
}

}  // namespace

Tensor compact(const Tensor& weight) {
  constexpr double kLargestHalf = 65504;
  const bool fits = weight.numel() == 0 || weight.abs().max().item<double>() < kLargestHalf;
  return fits ? weight.to(torch::kHalf) : weight;
}

void save_checkpoint(const std::filesystem::path& path, const Captioner& model) {
  StateDict weights;
  collect(weights, kEncoderPrefix, *model.encoder);
  const Tensor program = model.encoder->backbone().program();
  if (program.defined()) weights[kProgram] = program;
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
  metadata["search"] = json{{"length_penalty", model.length_penalty}, {"specificity", model.specificity}}.dump();
  metadata["vocabulary"] = json(model.vocabulary.words()).dump();
  metadata[kChecksums] = checksums_of(weights, metadata);
  write_safetensors(path, weights, metadata);
}

Captioner load_checkpoint(const std::filesystem::path& path, const LoadOptions& options) {
  const SafetensorsFile file(path);
  const auto& metadata = file.metadata();
  const auto format = metadata.find("format");
  if (format == metadata.end()) throw Error("{}: a safetensors file, but not a Saccade model", path.string());
  const bool first_format = format->second == kFirstFormat;
  if (format->second != kFormat && !first_format) {
    throw Error("{}: a model of the format '{}'; this program reads '{}' and '{}'", path.string(),
                excerpt(format->second), kFirstFormat, kFormat);
  }
  verify_checksums(file.all(), metadata, path.string());
  const NoInitialization weights_come_from_the_file;
  const auto described = [&path](const auto& make) {
    try {
      return make();
    } catch (const json::type_error&) {
      throw Error("{}: the model's description is damaged: a part of it is of another kind than was written",
                  path.string());
    } catch (const std::exception& error) {  // of nlohmann::json or this project: the file is inconsistent
      rethrow_out_of_memory(error);
      throw Error("{}: the model's description is damaged: {}", path.string(), plain_reason(error));
    }
  };
  const json architecture = described([&] {
    const json stored = part_of(file, "architecture");
    return first_format ? nested(stored) : with_current_names(stored);
  });
  StateDict weights = first_format ? renamed(file.all()) : file.all();
  const auto shares = metadata.find("encoder_file");
  if (shares != metadata.end()) weights.merge(shared_encoder(path, metadata));
  const auto encoder = described([&] {
    const NoInitialization no_more_than_those(count_of(weights));
    return encoder_of(architecture, options);
  });
  take_program(*encoder, weights, path.string());
  Captioner model = described([&] {
    const NoInitialization no_more_than_those(count_of(weights));
    return build(file, architecture, encoder);
  });
  if (shares != metadata.end()) model.encoder_file = shares->second;

  std::map<std::string, std::vector<std::int64_t>> shapes;
  for (const auto& parameter : model.encoder->named_parameters()) {
    shapes[kEncoderPrefix + parameter.key()] = parameter.value().sizes().vec();
  }
  const Tensor program = model.encoder->backbone().program();
  if (program.defined()) shapes[kProgram] = program.sizes().vec();
  for (const auto& parameter : model.decoder->named_parameters()) {
    shapes[kDecoderPrefix + parameter.key()] = parameter.value().sizes().vec();
  }
  check_state_dict(weights, shapes, {}, path.string());
  require_finite(weights, path.string());
  restore(*model.encoder, kEncoderPrefix, weights);
  restore(*model.decoder, kDecoderPrefix, weights);
  model.encoder->channels_last();
  model.encoder->eval();
  model.decoder->eval();
  model.notes = metadata;
  for (const char* ours : {"format", "architecture", "preprocessing", "search", "vocabulary", "encoder_file",
                           "encoder_fingerprint", kChecksums}) {
    model.notes.erase(ours);
  }
  return model;
}

}  // namespace saccade::models
