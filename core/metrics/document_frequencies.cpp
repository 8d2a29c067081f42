#include "core/metrics/document_frequencies.hpp"

#include <algorithm>
#include <charconv>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include "core/base/atomic_file.hpp"
#include "core/base/error.hpp"

namespace saccade::metrics {

namespace {

constexpr std::string_view kTitle = "saccade-document-frequencies 1";
constexpr std::string_view kImages = "images ";

/// Removes the next line from `rest` and returns it.
std::string_view next_line(std::string_view& rest) {
  const std::size_t end = rest.find('\n');
  const std::string_view line = rest.substr(0, end);
  rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
  return line;
}

bool parse_number(std::string_view text, std::uint32_t& value) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size();
}

}  // namespace

DocumentFrequencies::DocumentFrequencies(const std::vector<std::vector<Tokens>>& references) {
  for (const std::vector<Tokens>& image : references) add_image(image);
}

void DocumentFrequencies::add_image(const std::vector<Tokens>& references) {
  std::vector<std::uint32_t> numbers;
  for (const Tokens& reference : references) {
    const SentenceNgrams ngrams = index_.count(reference);
    for (const NgramCount& ngram : ngrams.entries()) numbers.push_back(ngram.id);
  }
  std::sort(numbers.begin(), numbers.end());
  numbers.erase(std::unique(numbers.begin(), numbers.end()), numbers.end());
  frequencies_.resize(index_.size(), 0);
  for (const std::uint32_t number : numbers) ++frequencies_[number];
  ++images_;
}

void DocumentFrequencies::save(const std::filesystem::path& path) const {
  AtomicFile file(path);
  file.write(fmt::format("{}\n{}{}\n", kTitle, kImages, images_));
  std::string block;
  index_.for_each([&](std::uint32_t number, const std::string& text) {
    // Such words would break the lines of the file.
    if (text.empty() || text.find_first_of("\t\n\r\v\f") != std::string::npos) {
      throw Error("{}: the n-gram \"{}\" cannot be stored: a word is empty or holds a tab or a line end", path.string(),
                  text);
    }
    fmt::format_to(std::back_inserter(block), "{}\t{}\n", frequency(number), text);
    if (block.size() > (1U << 20)) {
      file.write(block);
      block.clear();
    }
  });
  file.write(block);
  file.commit();
}

DocumentFrequencies DocumentFrequencies::load(const std::filesystem::path& path) {
  const std::string content = read_file(path);
  std::string_view rest = content;
  if (next_line(rest) != kTitle) throw Error("{}: line 1: not a document frequency file", path.string());
  std::string_view line = next_line(rest);
  std::uint32_t images = 0;
  if (line.substr(0, kImages.size()) != kImages || !parse_number(line.substr(kImages.size()), images) || images == 0) {
    throw Error(R"({}: line 2: expected "images " and their number, found "{}")", path.string(), line);
  }
  DocumentFrequencies result;
  result.images_ = images;
  for (std::size_t number = 3; !rest.empty(); ++number) {
    line = next_line(rest);
    const std::size_t tab = line.find('\t');
    std::uint32_t frequency = 0;
    if (tab == std::string_view::npos || !parse_number(line.substr(0, tab), frequency) || frequency > images) {
      throw Error("{}: line {}: expected a number of images up to {}, a tab and an n-gram, found \"{}\"", path.string(),
                  number, images, line);
    }
    const Tokens ngram = split_tokens(line.substr(tab + 1));
    if (ngram.empty() || ngram.size() > kMaximumOrder) {
      throw Error("{}: line {}: an n-gram has 1 to {} words, this one has {}", path.string(), number, kMaximumOrder,
                  ngram.size());
    }
    const std::uint32_t id = result.index_.number(ngram);
    result.frequencies_.resize(result.index_.size(), 0);
    result.frequencies_[id] = frequency;
  }
  return result;
}

}  // namespace saccade::metrics
