#include "core/data/csv.hpp"

namespace saccade {
namespace {

std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t\r");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r") - first + 1);
}

}  // namespace

bool CsvRecords::next(std::vector<std::string>& fields) {
  do {
    if (rest_.empty()) return false;
    fields.clear();
    line_ = next_line_;
    while (read_field(fields)) continue;
  } while (fields.size() == 1 && fields[0].empty());
  return true;
}

/// Reads one field and what follows it; false when that ended the record.
bool CsvRecords::read_field(std::vector<std::string>& fields) {
  std::string field;
  bool quoted = separator_ != '|' && rest_.substr(0, 1) == "\"";
  if (quoted) rest_.remove_prefix(1);
  while (!rest_.empty()) {
    const char c = rest_.front();
    rest_.remove_prefix(1);
    if (c == '\n') ++next_line_;
    if (quoted && c == '"') {
      quoted = rest_.substr(0, 1) == "\"";
      if (!quoted) continue;
      rest_.remove_prefix(1);
    } else if (!quoted && (c == separator_ || c == '\n')) {
      fields.emplace_back(trimmed(field));
      return c == separator_;
    }
    field += c;
  }
  fields.emplace_back(trimmed(field));
  unclosed_ = quoted;
  return false;
}

std::string csv_field(const std::string& text) {
  if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
  std::string field = "\"";
  for (const char c : text) {
    if (c == '"') field += '"';
    field += c;
  }
  return field + '"';
}

}  // namespace saccade
