#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace saccade {

/// The records of a table of text, one after the other. A field in quotation marks may hold separators, line ends and,
/// doubled, quotation marks; between bars a quotation mark is a letter like any other.
class CsvRecords {
 public:
  /// `text` must outlive this.
  CsvRecords(std::string_view text, char separator) : rest_(text), separator_(separator) {}

  /// The fields of the next record that is not blank, without blanks around them; false after the last one.
  bool next(std::vector<std::string>& fields);

  /// The line in which the record read last begins, from 1.
  std::size_t line() const { return line_; }

  /// Whether a quotation mark of that record is never closed, so that it goes on to the end of the text.
  bool unclosed() const { return unclosed_; }

  /// The text of that record, with its quotation marks and without its line end.
  std::string_view text() const;

  /// Reads that record again as its first line alone, in which a quotation mark is a letter like any other.
  void reread_line(std::vector<std::string>& fields);

  char separator() const { return separator_; }

 private:
  bool read_field(std::vector<std::string>& fields);

  std::string_view rest_, record_;
  char separator_;
  std::size_t line_ = 1, next_line_ = 1;
  bool unclosed_ = false, literal_ = false;
};

/// The text as a field between commas.
std::string csv_field(const std::string& text);

}  // namespace saccade
