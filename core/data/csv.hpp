#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace saccade {

/// Reads the records of a table. A field in quotation marks may contain separators, line ends and doubled quotation
/// marks. If the separator is a bar, quotation marks have no special meaning.
class CsvRecords {
 public:
  /// `text` must outlive this object.
  CsvRecords(std::string_view text, char separator) : rest_(text), separator_(separator) {}

  /// Reads the fields of the next record that is not blank, trimmed. Returns false after the last one.
  bool next(std::vector<std::string>& fields);

  /// First line of the current record, from 1.
  std::size_t line() const { return line_; }

  /// Whether the current record has an unclosed quotation mark, so that it extends to the end of the text.
  bool unclosed() const { return unclosed_; }

  /// Text of the current record, with quotation marks, without the line end.
  std::string_view text() const;

  /// Reads only the first line of the current record again, without special meaning of quotation marks.
  void reread_line(std::vector<std::string>& fields);

  char separator() const { return separator_; }

 private:
  bool read_field(std::vector<std::string>& fields);

  std::string_view rest_, record_;
  char separator_;
  std::size_t line_ = 1, next_line_ = 1;
  bool unclosed_ = false, literal_ = false;
};

/// Quotes a field for a comma-separated table.
std::string csv_field(const std::string& text);

}  // namespace saccade
