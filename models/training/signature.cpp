#include "models/training/signature.hpp"

#include <map>
#include <sstream>
#include <vector>

#include <ATen/Parallel.h>
#include <fmt/ranges.h>

#include "core/base/fingerprint.hpp"

namespace saccade::models {
namespace {

constexpr const char* kMachine = "machine: ";

using Lines = std::vector<std::pair<std::string, std::string>>;  // parts before and after the separator

void add(Fingerprint& print, const CaptionDataset& dataset) {
  for (const auto& image : dataset) {
    print.add(image.name);
    print.add(fmt::format("{}", image.captions.size()));
    for (const auto& caption : image.captions) print.add(fmt::format("{}", fmt::join(caption, " ")));
  }
}

/// Of the training or the dev images of all sets.
std::string fingerprint_of(const TrainingSets& sets, CaptionDataset TrainingSet::*part) {
  Fingerprint print;
  for (const TrainingSet& set : sets) {
    print.add(fmt::format("{}", (set.*part).size()));
    add(print, set.*part);
  }
  return print.text();
}

void add(Fingerprint& print, const torch::nn::Module& module) {
  for (const auto& parameter : module.named_parameters()) {
    print.add(parameter.key());
    const torch::Tensor plain = parameter.value().detach().to(torch::kCPU).contiguous();
    print.add({static_cast<const char*>(plain.data_ptr()), plain.nbytes()});
  }
}

/// Fingerprint of all weights and of a TorchScript program.
std::string fingerprint_of(const Captioner& model) {
  Fingerprint print;
  model.encoder->add_to(print);
  add(print, *model.decoder);
  return print.text();
}

std::string fingerprint_of(const Vocabulary& vocabulary) {
  Fingerprint print;
  for (const auto& word : vocabulary.words()) print.add(word);
  return print.text();
}

void add(Fingerprint& print, const Entities& entities) {
  for (const AnnotatedPhoto& photo : entities.photos()) {
    print.add(photo.image);
    for (const auto& [entity, boxes] : photo.boxes) {
      print.add(entity);
      for (const Box& box : boxes) print.add(fmt::format("{} {} {} {}", box.left, box.top, box.right, box.bottom));
    }
    for (const AnnotatedCaption& caption : photo.captions) {
      print.add(fmt::format("{}", fmt::join(caption.words, " ")));
      for (const Phrase& phrase : caption.phrases) print.add(fmt::format("{} {}", phrase.last, phrase.entity));
    }
  }
}

std::string fingerprint_of_boxes(const TrainingSets& sets) {
  Fingerprint print;
  for (const TrainingSet& set : sets) {
    print.add(set.boxes ? "boxes" : "none");
    if (set.boxes) add(print, *set.boxes);
  }
  return print.text();
}

/// "1 0.5": how often an epoch shows the images of each set.
std::string weights_of(const TrainingSets& sets) {
  std::vector<double> weights;
  for (const TrainingSet& set : sets) weights.push_back(set.weight);
  return fmt::format("{}", fmt::join(weights, " "));
}

Lines lines_with(const std::string& separator, const std::string& signature) {
  Lines lines;
  std::istringstream stream(signature);
  for (std::string line; std::getline(stream, line);) {
    const std::size_t end = line.find(separator);
    if (end != std::string::npos) lines.emplace_back(line.substr(0, end), line.substr(end + separator.size()));
  }
  return lines;
}

}  // namespace

std::string model_signature(const Captioner& model) {
  EncoderShape encoder = model.encoder->shape();
  DecoderOptions decoder = model.decoder->options();
  return signature_of(chosen_fields_of(encoder)) + signature_of(chosen_fields_of(decoder)) +
         signature_of(chosen_fields_of(decoder.attention));
}

std::string training_signature(const Captioner& model, const TrainingSets& sets, const TrainerOptions& options) {
  TrainerOptions declared = options;  // those who only read options declare them all the same
  const auto& [size, mean, scale] = model.preprocessing;
  const bool taught = options.loss.teacher_share > 0;
  return fmt::format("{}{}precision={}\n", model_signature(model), signature_of(fields_of(declared)),
                     options.precision == Precision::kBfloat16 ? "bfloat16" : "float32") +
         fmt::format("training images or captions: {}\ndev images or captions: {}\nweights of the data sets: {}\n",
                     fingerprint_of(sets, &TrainingSet::training), fingerprint_of(sets, &TrainingSet::dev),
                     weights_of(sets)) +
         fmt::format("words in its vocabulary: {}\npreprocessing of the images: {} {} {}\n",
                     fingerprint_of(model.vocabulary), size, fmt::join(mean, " "), fmt::join(scale, " ")) +
         fmt::format("weights to begin with: {}\nweights of the teacher: {}\n", fingerprint_of(model),
                     taught ? fingerprint_of(*options.teacher) : "none") +
         fmt::format("boxes: {}\n", options.loss.boxes_weight > 0 ? fingerprint_of_boxes(sets) : "none") +
         fmt::format("{}{}, {} threads\n", kMachine, model.device().str(), at::get_num_threads());
}

std::string machine_of_signature(const std::string& signature) {
  const std::size_t line = signature.rfind(kMachine);
  if (line == std::string::npos) return {};
  const std::size_t begin = line + std::char_traits<char>::length(kMachine);
  return signature.substr(begin, signature.find('\n', begin) - begin);
}

std::string difference_of_signatures(const std::string& begun_anywhere, const std::string& asked_anywhere) {
  const auto of_training = [](const std::string& signature) { return signature.substr(0, signature.rfind(kMachine)); };
  const std::string begun = of_training(begun_anywhere), asked = of_training(asked_anywhere);
  if (begun == asked) return {};
  std::vector<std::string> differences;
  for (const char* separator : {"=", ": "}) {
    const bool option = *separator == '=';
    const Lines before = lines_with(separator, begun), now = lines_with(separator, asked);
    const std::map<std::string, std::string> values(now.begin(), now.end());
    for (const auto& [name, value] : before) {
      const auto found = values.find(name);
      if (found != values.end() && found->second == value) continue;
      if (!option) {
        differences.push_back("other " + name);
      } else if (found == values.end()) {
        differences.push_back(fmt::format("{}={}, which is no option of this one", name, value));
      } else {
        differences.push_back(fmt::format("{}={}, not {}", name, value, found->second));
      }
    }
    if (!differences.empty()) break;
  }
  if (differences.empty()) differences.emplace_back("other options");  // of another version of the program
  return fmt::format("it was begun with {}", fmt::join(differences, "; "));
}

}  // namespace saccade::models
