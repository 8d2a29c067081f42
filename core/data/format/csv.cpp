// A table with a header: `image,caption` (Kaggle's Flickr8k), `image_name| comment_number| comment` (Flickr30k), with
// semicolons or tabs.

#include "core/data/csv.hpp"

#include <algorithm>
#include <filesystem>
#include <optional>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/base/image_name.hpp"
#include "core/data/format.hpp"

namespace saccade {
namespace {

/// The columns of image and caption.
struct Header {
  std::size_t columns = 0;
  std::size_t image = 0, caption = 0;
  std::optional<std::size_t> split;
};

std::optional<std::size_t> find(const std::vector<std::string>& header, std::initializer_list<const char*> names) {
  for (const char* name : names) {
    const auto found = std::find(header.begin(), header.end(), name);
    if (found != header.end()) return static_cast<std::size_t>(found - header.begin());
  }
  return std::nullopt;
}

std::vector<std::string> in_lower_case(std::vector<std::string> names) {
  for (auto& name : names) {
    std::transform(name.begin(), name.end(), name.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  }
  return names;
}

/// names: in lower case.
std::optional<Header> header_of(const std::vector<std::string>& names) {
  const auto image = find(names, kImageKeys), caption = find(names, kCaptionKeys);
  if (!image || !caption) return std::nullopt;
  return Header{names.size(), *image, *caption, find(names, {"split"})};
}

/// The separator with which the first line is a known header.
std::optional<char> separator_of(std::string_view text) {
  constexpr std::size_t kLongestHeader = 1000;
  if (first_line(text).size() > kLongestHeader) return std::nullopt;
  for (const char separator : {',', '|', ';', '\t'}) {
    std::vector<std::string> fields;
    if (CsvRecords(first_line(text), separator).next(fields) && header_of(in_lower_case(fields))) return separator;
  }
  return std::nullopt;
}

/// The images of lines after the first of a record that look like rows. A stray quotation mark has made them part of
/// the record.
std::vector<std::string> swallowed_images(const CsvRecords& table, const Header& header, const std::string& own_image) {
  std::vector<std::string> images;
  std::vector<std::string> fields;
  for_each_line(table.text(), [&](std::string_view line, std::size_t number) {
    if (number == 1 || !CsvRecords(line, table.separator()).next(fields) || fields.size() < header.columns) return;
    const std::filesystem::path image = fields[header.image];
    const bool alike = !image.extension().empty() && image.extension() == std::filesystem::path(own_image).extension();
    if (image != own_image && (alike || has_image_extension(image))) images.push_back(image.string());
  });
  return images;
}

/// Adds a finding about a stray quotation mark that made these rows part of another.
std::string stray_mark(const std::string& own_image, const std::vector<std::string>& images) {
  constexpr std::size_t kNamed = 5;
  std::vector<std::string> named(images.begin(),
                                 images.begin() + static_cast<std::ptrdiff_t>(std::min(images.size(), kNamed)));
  return fmt::format(
      "a quotation mark opens the caption{} and is not closed in this line, so that the {} of {}{} would be part of "
      "it; "
      "close the quotation mark or double it",
      own_image.empty() ? "" : " of " + own_image, images.size() == 1 ? "row" : "rows", fmt::join(named, ", "),
      images.size() > kNamed ? fmt::format(" and {} more", images.size() - kNamed) : "");
}

void read(const CaptionsSource& source, CaptionsFile& file) {
  CsvRecords table(source.text, separator_of(source.text).value_or(','));
  std::vector<std::string> fields;
  table.next(fields);
  fields = in_lower_case(std::move(fields));
  const auto header = header_of(fields);
  if (!header) return file.malformed("line 1", "a header was expected that names the columns: image,caption");
  for (const std::size_t column : {header->image, header->caption}) {
    if (std::count(fields.begin(), fields.end(), fields[column]) > 1) {
      return file.malformed("line 1", fmt::format("the header names the column '{}' twice", fields[column]));
    }
  }
  while (table.next(fields)) {
    std::string place = fmt::format("line {}", table.line());
    if (table.text().find('\n') != std::string_view::npos) {
      const std::string own_image = fields.size() > header->image ? fields[header->image] : "";
      const std::vector<std::string> swallowed = swallowed_images(table, *header, own_image);
      if (!swallowed.empty()) {
        file.malformed(place, stray_mark(own_image, swallowed));
        table.reread_line(fields);  // so that the following rows are read
        continue;
      }
    }
    if (table.unclosed()) {
      file.malformed(place, "a quotation mark is opened and never closed");
      continue;
    }
    if (fields.size() < header->columns) {
      file.malformed(place, fmt::format("{} columns, but the header has {}", fields.size(), header->columns));
      continue;
    }
    // Handwritten tables often lack quotation marks around captions with commas.
    if (header->caption + 1 == header->columns) {
      for (std::size_t i = header->columns; i < fields.size(); ++i) {
        fields[header->caption] += std::string(1, table.separator()) + fields[i];
      }
    } else if (fields.size() > header->columns) {
      file.malformed(place, fmt::format("{} columns, but the header has {}", fields.size(), header->columns));
      continue;
    }
    if (header->split && !fields[*header->split].empty()) {
      file.put(fields[header->image], fields[*header->split], place);
    }
    file.add(fields[header->image], fields[header->caption], std::move(place));
  }
}

bool recognizes(const CaptionsSource& source) {
  return separator_of(source.text).has_value();
}

}  // namespace

void register_csv(CaptionFormatRegistry& registry) {
  registry.add("csv", {recognizes, read});
}

}  // namespace saccade
