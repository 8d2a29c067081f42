#include "app/output/caption_record.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "app/output/caption_json.hpp"
#include "core/data/csv.hpp"
#include "core/data/format.hpp"
#include "core/text/printable.hpp"

namespace saccade::app {
namespace {

using Paths = std::optional<std::vector<std::string>>;

constexpr const char* kCsvHeader = "path,rank,caption,log_probability,seed\n";

std::string seed_text(const CaptionRecord& c, const char* before) {
  return c.seed ? fmt::format("{}{}", before, *c.seed) : "";
}

std::string text_line(const CaptionRecord& c) {
  const std::string score = c.one_of_several ? fmt::format("\tlog p {:.3f}", c.caption.log_probability) : "";
  return fmt::format("{}\t{}{}{}\n", printable(c.path.string()), printable(c.caption.text()), score,
                     seed_text(c, "\tseed "));
}

Paths text_paths(std::string_view text) {
  std::vector<std::string> paths;
  bool ours = true;
  for_each_line(text, [&](std::string_view line, std::size_t) {
    const std::size_t tab = line.find('\t');
    ours = ours && tab != std::string_view::npos;
    if (ours) paths.emplace_back(line.substr(0, tab));
  });
  return ours ? Paths(paths) : std::nullopt;
}

std::string csv_line(const CaptionRecord& c) {
  return fmt::format("{},{},{},{:.4f},{}\n", csv_field(printable(c.path.string())), c.rank, csv_field(c.caption.text()),
                     c.caption.log_probability, seed_text(c, ""));
}

Paths csv_paths(std::string_view text) {
  const std::string_view header = kCsvHeader;
  if (text.substr(0, header.size()) != header) return std::nullopt;
  CsvRecords records(text.substr(header.size()), ',');
  std::vector<std::string> paths, fields;
  while (records.next(fields)) paths.push_back(fields.front());
  return paths;
}

std::string json_line(const CaptionRecord& c) {
  return caption_json(c) + "\n";
}

Paths json_paths(std::string_view text) {
  std::vector<std::string> paths;
  bool ours = true;
  for_each_line(text, [&](std::string_view line, std::size_t) {
    const auto object = nlohmann::json::parse(line, nullptr, /*allow_exceptions=*/false);
    ours = ours && object.is_object() && object.contains("path") && object.contains("log_probability");
    if (ours) paths.push_back(path_key(path_in(object)));
  });
  return ours ? Paths(paths) : std::nullopt;
}

}  // namespace

const Registry<RecordFormat>& record_formats() {
  static const Registry<RecordFormat> registry("form of captions", {{"text", {"", text_line, text_paths}},
                                                                    {"csv", {kCsvHeader, csv_line, csv_paths}},
                                                                    {"jsonl", {"", json_line, json_paths}}});
  return registry;
}

const RecordFormat& record_format_of(const std::filesystem::path& file) {
  const std::string extension = file.extension().string();
  if (extension == ".txt") return record_formats().at("text");
  if (extension == ".csv" || extension == ".jsonl") return record_formats().at(extension.substr(1));
  throw Error("{}: unknown extension; use .csv, .jsonl or .txt", file.string());
}

std::string path_key(const std::filesystem::path& path) {
  return printable(path.string());
}

}  // namespace saccade::app
