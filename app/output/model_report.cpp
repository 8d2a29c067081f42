#include "app/output/model_report.hpp"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "core/base/error.hpp"
#include "core/text/printable.hpp"
#include "core/text/vocabulary.hpp"

namespace saccade::app {
namespace {

using nlohmann::json;
using nlohmann::ordered_json;

constexpr std::size_t kColumns = 100;
constexpr std::size_t kLabel = 14;  // width of a label with two leading spaces

std::int64_t parameters_of(const torch::nn::Module& module) {
  std::int64_t count = 0;
  for (const auto& parameter : module.parameters()) count += parameter.numel();
  return count;
}

std::uintmax_t bytes_of(const std::filesystem::path& file) {
  std::error_code problem;
  const std::uintmax_t bytes = std::filesystem::file_size(file, problem);
  if (problem) throw Error("{}: {}", file.string(), problem.message());
  return bytes;
}

std::int64_t words_of(const models::Captioner& model) {
  return model.vocabulary.size() - Vocabulary::kSpecials;
}

/// The options that apply to the selected mechanisms.
json options_of(models::EncoderShape encoder) {
  return to_json(chosen_fields_of(encoder));
}

json options_of(models::DecoderOptions decoder) {
  return to_json(chosen_fields_of(decoder));
}

json options_of(models::AttentionOptions attention) {
  return to_json(chosen_fields_of(attention));
}

/// A labeled line, wrapped if long.
class Lines {
 public:
  explicit Lines(std::string first) : all_(std::move(first)) {}

  void add(const std::string& label, const std::string& text) {
    std::string begin = fmt::format("  {:<{}} ", label, kLabel - 3);
    std::istringstream paragraphs(text);
    for (std::string paragraph; std::getline(paragraphs, paragraph);) {
      add_paragraph(begin, paragraph);
      begin.assign(kLabel, ' ');
    }
  }

  const std::string& all() const { return all_; }

 private:
  void add_paragraph(std::string line, const std::string& paragraph) {
    std::istringstream words(printable(paragraph));
    bool first = true;
    for (std::string word; words >> word; first = false) {
      if (!first && line.size() + 1 + word.size() > kColumns) {
        all_ += line + "\n";
        line = std::string(kLabel, ' ') + "  ";
      } else if (!first) {
        line += ' ';
      }
      line += word;
    }
    all_ += line + "\n";
  }

  std::string all_;
};

/// `name value, name value` with names of the command line, without disabled flags.
std::string phrase_of(const json& options) {
  std::string phrase;
  for (const auto& [name, value] : options.items()) {
    if (value == false) continue;
    std::string option = name;
    std::replace(option.begin(), option.end(), '_', '-');
    if (value != true) option += " " + (value.is_string() ? value.get<std::string>() : value.dump());
    phrase += (phrase.empty() ? "" : ", ") + option;
  }
  return phrase;
}

std::string kind_of(const models::Captioner& model) {
  const models::DecoderOptions& decoder = model.decoder->options();
  const models::AttentionOptions& attention = decoder.attention;
  const std::string looks = attention.attention == "none"
                                ? "no attention"
                                : fmt::format("{} attention, {}, {} scores", attention.attention,
                                              attention.weighting.name(), attention.alignment);
  return fmt::format("{}; {} decoder; {} encoder", looks, decoder.decoder.name(), model.encoder->shape().backbone);
}

/// The scores of the best epoch from the notes; nothing if the note has another format.
std::optional<std::string> scores_in(const std::string& note) {
  try {
    const json summary = json::parse(note);
    const auto bleu = summary.at("bleu").get<std::vector<double>>();
    std::string scores = "BLEU";
    for (std::size_t n = 0; n < bleu.size(); ++n)
      scores += fmt::format("{}{:.2f}", n == 0 ? " " : " / ", 100 * bleu[n]);
    return fmt::format("{}, CIDEr-D {:.2f} on the dev images, by epoch {} ({})", scores,
                       100 * summary.at("cider_d").get<double>(), summary.at("epoch").get<int>(),
                       summary.at("stage").get<std::string>());
  } catch (const json::exception&) {
    return std::nullopt;
  }
}

}  // namespace

std::string model_text(const std::filesystem::path& file, const models::Captioner& model) {
  const Grid grid = model.encoder->grid();
  const int side = model.preprocessing.input_size;
  Lines lines(printable(file.string()) + "\n");
  lines.add("model", kind_of(model));
  lines.add("size", fmt::format("{:.1f} MB{}", static_cast<double>(bytes_of(file)) / 1e6,
                                model.encoder_file.empty() ? "" : "; the encoder is in " + model.encoder_file));
  lines.add("parameters", fmt::format("{:.2f} million of the encoder, {:.2f} million of the decoder",
                                      static_cast<double>(parameters_of(*model.encoder)) / 1e6,
                                      static_cast<double>(parameters_of(*model.decoder)) / 1e6));
  lines.add("photos", fmt::format("{} x {} pixels, seen as {} x {} cells of {} numbers", side, side, grid.rows,
                                  grid.columns, model.encoder->annotation_width()));
  lines.add("words", fmt::format("{}, and {} marks", words_of(model), Vocabulary::kSpecials));
  lines.add("encoder", phrase_of(options_of(model.encoder->shape())));
  lines.add("decoder", phrase_of(options_of(model.decoder->options())));
  lines.add("attention", phrase_of(options_of(model.decoder->options().attention)));
  for (const auto& [note, text] : model.notes) {
    const auto scores = note == "training_summary" ? scores_in(text) : std::nullopt;
    lines.add(scores ? "scores" : printable(note), scores.value_or(text));
  }
  return lines.all();
}

std::string model_json(const std::filesystem::path& file, const models::Captioner& model) {
  const Grid grid = model.encoder->grid();
  ordered_json object{
      {"path", file.string()},
      {"bytes", bytes_of(file)},
      {"words", words_of(model)},
      {"parameters", {{"encoder", parameters_of(*model.encoder)}, {"decoder", parameters_of(*model.decoder)}}},
      {"input_size", model.preprocessing.input_size},
      {"grid", {{"rows", grid.rows}, {"columns", grid.columns}}},
      {"annotation_width", model.encoder->annotation_width()},
      {"encoder", options_of(model.encoder->shape())},
      {"decoder", options_of(model.decoder->options())},
      {"attention", options_of(model.decoder->options().attention)}};
  if (!model.encoder_file.empty()) object["encoder_file"] = model.encoder_file;
  object["notes"] = model.notes;
  return object.dump(-1, ' ', false, ordered_json::error_handler_t::replace);
}

}  // namespace saccade::app
