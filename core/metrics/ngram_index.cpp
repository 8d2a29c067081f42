#include "core/metrics/ngram_index.hpp"

#include <algorithm>

#include "core/base/error.hpp"

namespace saccade::metrics {

namespace {

std::uint64_t key_of(std::uint32_t prefix, std::uint32_t word) {
  return (std::uint64_t{prefix} << 32) | word;
}

/// Spreads neighboring keys over the table: linear probing degrades on runs.
std::uint64_t scatter(std::uint64_t key) {
  key ^= key >> 32;
  key *= 0x9e3779b97f4a7c15U;
  key ^= key >> 29;
  key *= 0xbf58476d1ce4e5b9U;
  return key ^ (key >> 32);
}

}  // namespace

std::uint32_t NgramIndex::Table::find(std::uint64_t key) const {
  if (slots_.empty()) return kNone;
  const std::size_t mask = slots_.size() - 1;
  for (std::size_t at = scatter(key) & mask; slots_[at].number != kNone; at = (at + 1) & mask) {
    if (slots_[at].key == key) return slots_[at].number;
  }
  return kNone;
}

void NgramIndex::Table::place(const Slot& slot) {
  const std::size_t mask = slots_.size() - 1;
  std::size_t at = scatter(slot.key) & mask;
  while (slots_[at].number != kNone) at = (at + 1) & mask;
  slots_[at] = slot;
}

void NgramIndex::Table::insert(std::uint64_t key, std::uint32_t number) {
  if (2 * (used_ + 1) > slots_.size()) {  // at most half full
    std::vector<Slot> old(std::max<std::size_t>(64, 2 * slots_.size()));
    old.swap(slots_);
    for (const Slot& slot : old) {
      if (slot.number != kNone) place(slot);
    }
  }
  place({key, number});
  ++used_;
}

NgramIndex::NgramIndex(const NgramIndex* base)
    : base_(base), first_(base == nullptr ? 0 : static_cast<std::uint32_t>(base->size())), next_(first_) {}

std::uint32_t NgramIndex::next_number() {
  if (next_ == kNone) throw Error("the corpus holds more than {} different n-grams", kNone);
  return next_++;
}

std::uint32_t NgramIndex::find_word(const std::string& word) const {
  if (base_ != nullptr) {
    const std::uint32_t number = base_->find_word(word);
    if (number != kNone) return number;
  }
  const auto found = words_.find(word);
  return found == words_.end() ? kNone : found->second;
}

std::uint32_t NgramIndex::find_ngram(std::uint32_t prefix, std::uint32_t word) const {
  // The base can know an n-gram only when it knows both of its parts.
  if (base_ != nullptr && prefix < first_ && word < first_) {
    const std::uint32_t number = base_->find_ngram(prefix, word);
    if (number != kNone) return number;
  }
  return ngrams_.find(key_of(prefix, word));
}

std::uint32_t NgramIndex::number_word(const std::string& word) {
  const std::uint32_t found = find_word(word);
  if (found != kNone) return found;
  return words_.emplace(word, next_number()).first->second;
}

std::uint32_t NgramIndex::number_ngram(std::uint32_t prefix, std::uint32_t word) {
  const std::uint32_t found = find_ngram(prefix, word);
  if (found != kNone) return found;
  const std::uint32_t number = next_number();
  ngrams_.insert(key_of(prefix, word), number);
  return number;
}

std::uint32_t NgramIndex::number(const Tokens& ngram) {
  if (ngram.empty() || ngram.size() > kMaximumOrder) {
    throw Error("an n-gram has 1 to {} words, this one has {}", kMaximumOrder, ngram.size());
  }
  std::uint32_t number = number_word(ngram[0]);
  for (std::size_t i = 1; i < ngram.size(); ++i) number = number_ngram(number, number_word(ngram[i]));
  return number;
}

SentenceNgrams NgramIndex::count(const Tokens& sentence) {
  SentenceNgrams result;
  result.length_ = sentence.size();
  result.counts_.reserve(kMaximumOrder * sentence.size());

  std::vector<std::uint32_t> words(sentence.size());
  std::transform(sentence.begin(), sentence.end(), words.begin(),
                 [this](const auto& word) { return number_word(word); });

  std::vector<std::uint32_t> ngrams = words;  // ngrams[i]: the n-gram that starts at token i
  std::vector<std::uint32_t> sorted;
  for (std::size_t n = 1; n <= kMaximumOrder; ++n) {
    const std::size_t positions = sentence.size() >= n ? sentence.size() - n + 1 : 0;
    ngrams.resize(positions);
    if (n > 1) {
      for (std::size_t i = 0; i < positions; ++i) ngrams[i] = number_ngram(ngrams[i], words[i + n - 1]);
    }
    sorted = ngrams;
    std::sort(sorted.begin(), sorted.end());
    const std::size_t begin = result.counts_.size();
    for (const std::uint32_t id : sorted) {
      if (result.counts_.size() > begin && result.counts_.back().id == id) {
        ++result.counts_.back().count;
      } else {
        result.counts_.push_back({id, 1});
      }
    }
    result.begin_[n] = static_cast<std::uint32_t>(result.counts_.size());
  }
  result.counts_.shrink_to_fit();
  return result;
}

void NgramIndex::for_each(const std::function<void(std::uint32_t, const std::string&)>& visit) const {
  if (base_ != nullptr) throw Error("an index that extends another cannot be listed on its own");
  std::vector<const std::string*> words(size(), nullptr);
  for (const auto& [word, number] : words_) words[number] = &word;
  std::vector<std::uint64_t> keys(size(), 0);
  for (const Table::Slot& slot : ngrams_.slots()) {
    if (slot.number != kNone) keys[slot.number] = slot.key;
  }
  std::string text;
  for (std::uint32_t number = 0; number < next_; ++number) {
    std::array<const std::string*, kMaximumOrder> reversed{};
    std::size_t length = 0;
    std::uint32_t at = number;
    for (; words[at] == nullptr; at = static_cast<std::uint32_t>(keys[at] >> 32)) {
      reversed[length++] = words[static_cast<std::uint32_t>(keys[at])];
    }
    text = *words[at];
    while (length > 0) (text += ' ') += *reversed[--length];
    visit(number, text);
  }
}

}  // namespace saccade::metrics
