#include "core/data/entities.hpp"

#include <algorithm>
#include <set>
#include <string_view>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "core/base/error.hpp"
#include "core/data/compressed_lines.hpp"
#include "core/text/tokenizer.hpp"

namespace saccade {
namespace {

using nlohmann::json;

// Limits above any real photo. Computing time grows with the square of the number of boxes.
constexpr std::size_t kMostBoxes = 1000;
constexpr std::size_t kMostWords = 200;

const json& member(const json& object, const char* name, json::value_t type, const char* what) {
  if (!object.is_object()) throw Error("an object was expected in the place of {}", object.type_name());
  const auto found = object.find(name);
  if (found == object.end()) throw Error("there is no \"{}\"", name);
  if (found->type() != type) throw Error("\"{}\" is not {}", name, what);
  return *found;
}

std::string text_in(const json& object, const char* name) {
  return member(object, name, json::value_t::string, "a string");
}

const json& array_in(const json& object, const char* name) {
  return member(object, name, json::value_t::array, "an array");
}

std::size_t whole_in(const json& object, const char* name) {
  return member(object, name, json::value_t::number_unsigned, "a whole number that is not negative");
}

std::vector<std::string> texts_in(const json& object, const char* name) {
  std::vector<std::string> texts;
  for (const json& text : array_in(object, name)) {
    if (!text.is_string()) throw Error("\"{}\" holds what is not a string", name);
    texts.push_back(text);
  }
  return texts;
}

/// Converts [xmin, ymin, xmax, ymax] in pixels to fractions of the photo.
Box box_of(const json& numbers, double width, double height) {
  const bool four = numbers.is_array() && numbers.size() == 4 &&
                    std::all_of(numbers.begin(), numbers.end(), [](const json& x) { return x.is_number(); });
  if (!four) throw Error("a box is not four numbers");
  const double left = numbers[0], top = numbers[1], right = numbers[2], bottom = numbers[3];
  if (left > right || top > bottom) throw Error("a box ends before it begins: {}", numbers.dump());
  return {left / width, top / height, right / width, bottom / height};
}

std::map<std::string, std::vector<Box>> boxes_of(const json& photo) {
  const std::size_t width = whole_in(photo, "width"), height = whole_in(photo, "height");
  if (width == 0 || height == 0) throw Error("the photo is {} x {} pixels", width, height);
  std::map<std::string, std::vector<Box>> boxes;
  std::size_t count = 0;
  for (const auto& [entity, list] : member(photo, "boxes", json::value_t::object, "an object").items()) {
    if (!list.is_array()) throw Error("the boxes of entity \"{}\" are not an array", entity);
    count += list.size();
    if (count > kMostBoxes) throw Error("the photo has more than {} boxes", kMostBoxes);
    for (const json& box : list) {
      boxes[entity].push_back(box_of(box, static_cast<double>(width), static_cast<double>(height)));
    }
  }
  return boxes;
}

AnnotatedCaption caption_of(const json& object) {
  AnnotatedCaption caption;
  caption.words = texts_in(object, "words");
  if (caption.words.size() > kMostWords) throw Error("a caption has more than {} words", kMostWords);
  for (const json& part : array_in(object, "phrases")) {
    Phrase phrase{whole_in(part, "first"), whole_in(part, "last"), text_in(part, "entity"), texts_in(part, "types")};
    if (phrase.first > phrase.last || phrase.last >= caption.words.size()) {
      throw Error("a phrase of words {} to {} in a caption of {} words", phrase.first, phrase.last,
                  caption.words.size());
    }
    caption.phrases.push_back(std::move(phrase));
  }
  return caption;
}

AnnotatedPhoto photo_of(const std::string& line) {
  const json object = [&line] {
    try {
      return json::parse(line);
    } catch (const json::exception&) {
      throw Error("bad JSON");
    }
  }();
  AnnotatedPhoto photo{text_in(object, "image"), boxes_of(object), {}};
  for (const json& caption : array_in(object, "captions")) photo.captions.push_back(caption_of(caption));
  return photo;
}

std::size_t characters(std::string_view utf8) {
  const auto begins = [](char byte) { return (static_cast<unsigned char>(byte) & 0xC0) != 0x80; };
  return static_cast<std::size_t>(std::count_if(utf8.begin(), utf8.end(), begins));
}

/// The word in lower case. Returns nothing if it contains other characters than letters.
std::string letters_of(const std::string& word) {
  const auto digit = [](char byte) { return byte >= '0' && byte <= '9'; };
  const std::vector<std::string> tokens = tokenize(word);
  const bool whole = tokens.size() == 1 && characters(tokens.front()) == characters(word);
  return whole && std::none_of(word.begin(), word.end(), digit) ? tokens.front() : std::string();
}

}  // namespace

Entities::Entities(const std::filesystem::path& file) {
  CompressedLines lines(file);
  for (std::string line; lines.next(line);) {
    if (line.find_first_not_of(" \t") == std::string::npos) continue;
    try {
      AnnotatedPhoto photo = photo_of(line);
      if (!place_.emplace(photo.image, photos_.size()).second) throw Error("'{}' is there already", photo.image);
      photos_.push_back(std::move(photo));
    } catch (const Error& error) {
      throw Error("{}: {}", lines.place(), error.what());
    }
  }
  if (photos_.empty()) throw Error("{}: there is no photo in the file", file.string());
}

const AnnotatedPhoto* Entities::find(const std::filesystem::path& image) const {
  const auto found = place_.find(image.filename().string());
  return found == place_.end() ? nullptr : &photos_[found->second];
}

AnnotatedCaption tokenize(const AnnotatedCaption& caption) {
  AnnotatedCaption spoken;
  std::vector<std::size_t> begin;  // index of the first token of each word, and the end of the last
  for (const std::string& word : caption.words) {
    begin.push_back(spoken.words.size());
    for (std::string& token : tokenize(word)) spoken.words.push_back(std::move(token));
  }
  begin.push_back(spoken.words.size());
  for (const Phrase& phrase : caption.phrases) {
    const std::size_t first = begin[phrase.first], end = begin[phrase.last + 1];
    if (first < end) spoken.phrases.push_back({first, end - 1, phrase.entity, phrase.types});
  }
  return spoken;
}

std::map<std::string, std::vector<Box>> boxes_by_word(const AnnotatedPhoto& photo) {
  std::map<std::string, std::set<std::string>> named;
  for (const AnnotatedCaption& caption : photo.captions) {
    for (const Phrase& phrase : caption.phrases) {
      if (photo.boxes.count(phrase.entity) == 0) continue;
      const std::string word = letters_of(caption.words[phrase.last]);
      if (!word.empty()) named[word].insert(phrase.entity);
    }
  }
  std::map<std::string, std::vector<Box>> boxes;
  for (const auto& [word, entities] : named) {
    for (const std::string& entity : entities) {
      const std::vector<Box>& more = photo.boxes.at(entity);
      boxes[word].insert(boxes[word].end(), more.begin(), more.end());
    }
  }
  return boxes;
}

}  // namespace saccade
