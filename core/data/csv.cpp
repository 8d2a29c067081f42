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
    record_ = rest_;
    unclosed_ = false;
    while (read_field(fields)) continue;
  } while (fields.size() == 1 && fields[0].empty());
  return true;
}

std::string_view CsvRecords::text() const {
  std::string_view text = record_.substr(0, record_.size() - rest_.size());
  if (!text.empty() && text.back() == '\n') text.remove_suffix(1);
  return text;
}

void CsvRecords::reread_line(std::vector<std::string>& fields) {
  rest_ = record_;
  next_line_ = line_;
  fields.clear();
  unclosed_ = false;
  literal_ = true;
  while (read_field(fields)) continue;
  literal_ = false;
}

/// Reads a field and its separator. Returns false if it was the last of the record.
bool CsvRecords::read_field(std::vector<std::string>& fields) {
  std::string field;
  bool quoted = separator_ != '|' && !literal_ && rest_.substr(0, 1) == "\"";
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
