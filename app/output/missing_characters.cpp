#include "app/output/missing_characters.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include <fmt/format.h>

#include "core/text/unicode.hpp"

namespace saccade::app {

std::string missing_characters_note(const vision::Font& font) {
  constexpr std::size_t kShown = 5;
  const std::u32string missing = font.missing();
  if (missing.empty()) return "";
  std::string shown;
  for (std::size_t i = 0; i < std::min(kShown, missing.size()); ++i) {
    if (i > 0) shown += ", ";
    append_utf8(shown, missing[i]);
    shown += fmt::format(" (U+{:04X})", static_cast<std::uint32_t>(missing[i]));
  }
  return fmt::format("no installed font has {}{}{}; boxes stand for {} in pictures; install a font for {}",
                     missing.size() == 1 ? "the character " : fmt::format("{} characters: ", missing.size()), shown,
                     missing.size() > kShown ? ", ..." : "", missing.size() == 1 ? "it" : "them",
                     missing.size() == 1 ? "its script" : "their scripts");
}

}  // namespace saccade::app
