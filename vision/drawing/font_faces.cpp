#include "vision/drawing/font_faces.hpp"

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <new>
#include <utf8proc.h>

#include <fontconfig/fontconfig.h>

#include "core/base/error.hpp"
#include "vision/files/quiet_call.hpp"

namespace saccade::vision {
namespace fs = std::filesystem;
namespace {

utf8proc_int32_t number(char32_t code) {
  return static_cast<utf8proc_int32_t>(code);
}

bool is_space(char32_t code) {
  const auto category = utf8proc_category(number(code));
  return code < 0x20 || category == UTF8PROC_CATEGORY_ZS || category == UTF8PROC_CATEGORY_ZL ||
         category == UTF8PROC_CATEGORY_ZP;
}

/// Whether a font must have a glyph to draw the character: joiners, direction marks and variation selectors only steer
/// the shaping of others.
bool needs_glyph(char32_t code) {
  const bool selector = (code >= 0xFE00 && code <= 0xFE0F) || (code >= 0xE0100 && code <= 0xE01EF);
  constexpr char32_t kGraphemeJoiner = 0x034F;
  return !is_space(code) && !selector && code != kGraphemeJoiner &&
         utf8proc_category(number(code)) != UTF8PROC_CATEGORY_CF;
}

/// The distinct characters that need a glyph, in order.
std::u32string needed(std::u32string_view text) {
  std::u32string characters;
  std::copy_if(text.begin(), text.end(), std::back_inserter(characters), needs_glyph);
  std::sort(characters.begin(), characters.end());
  characters.erase(std::unique(characters.begin(), characters.end()), characters.end());
  return characters;
}

bool has_all(FT_Face face, std::u32string_view characters) {
  return std::all_of(characters.begin(), characters.end(),
                     [face](char32_t code) { return FT_Get_Char_Index(face, code) != 0; });
}

/// Han characters look different in Chinese, Japanese and Korean fonts. A word of Han characters alone counts as
/// Chinese, unless the user's locale is of one of the three.
bool prefers_chinese(std::u32string_view characters) {
  const auto between = [](char32_t code, char32_t first, char32_t last) { return code >= first && code <= last; };
  bool han = false;
  for (const char32_t code : characters) {
    if (between(code, 0x3040, 0x30FF) || between(code, 0xAC00, 0xD7AF)) return false;  // kana, Hangul
    han = han || between(code, 0x3400, 0x9FFF) || between(code, 0x20000, 0x3FFFF);
  }
  if (!han) return false;
  FcStrList* const languages = FcStrListCreate(FcGetDefaultLangs());
  bool local = false;
  while (const FcChar8* const language = FcStrListNext(languages)) {
    const std::string name = reinterpret_cast<const char*>(language);
    local = local || name.substr(0, 2) == "zh" || name.substr(0, 2) == "ja" || name.substr(0, 2) == "ko";
  }
  FcStrListDone(languages);
  return !local;
}

/// The file and the index of the font that fontconfig prefers among those that have the most of the characters.
std::pair<std::string, long> match(FcConfig* config, std::u32string_view characters) {
  FcPattern* const pattern = FcPatternCreate();
  FcCharSet* const set = FcCharSetCreate();
  for (const char32_t code : characters) FcCharSetAddChar(set, code);
  FcPatternAddCharSet(pattern, FC_CHARSET, set);
  FcPatternAddBool(pattern, FC_SCALABLE, FcTrue);
  FcPatternAddString(pattern, FC_FAMILY, reinterpret_cast<const FcChar8*>("sans-serif"));
  if (prefers_chinese(characters)) {
    FcPatternAddString(pattern, FC_LANG, reinterpret_cast<const FcChar8*>("zh-cn"));
  }
  FcConfigSubstitute(config, pattern, FcMatchPattern);
  FcDefaultSubstitute(pattern);
  FcResult result = FcResultNoMatch;
  FcPattern* const font = FcFontMatch(config, pattern, &result);
  std::pair<std::string, long> found;
  FcChar8* file = nullptr;
  int index = 0;
  if (font != nullptr && FcPatternGetString(font, FC_FILE, 0, &file) == FcResultMatch) {
    FcPatternGetInteger(font, FC_INDEX, 0, &index);
    found = {reinterpret_cast<const char*>(file), index};
  }
  if (font != nullptr) FcPatternDestroy(font);
  FcCharSetDestroy(set);
  FcPatternDestroy(pattern);
  return found;
}

}  // namespace

std::vector<std::pair<std::size_t, std::size_t>> grapheme_clusters(std::u32string_view text) {
  std::vector<std::pair<std::size_t, std::size_t>> clusters;
  utf8proc_int32_t state = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (i == 0 || utf8proc_grapheme_break_stateful(number(text[i - 1]), number(text[i]), &state)) {
      clusters.emplace_back(i, i);
    }
    clusters.back().second = i + 1;
  }
  return clusters;
}

FontFaces::FontFaces(const fs::path& file) {
  std::error_code ignored;
  if (!fs::is_regular_file(file, ignored)) throw Error("{}: there is no such font file", file.string());
  FT_Library library = nullptr;
  if (FT_Init_FreeType(&library) != 0) throw std::bad_alloc();
  library_.reset(library);
  given_ = open(file.string(), 0);
  if (given_ == nullptr) throw Error("{}: not a font that can be read (TrueType or OpenType)", file.string());
}

void FontFaces::CloseConfiguration::operator()(_FcConfig* configuration) const {
  FcConfigDestroy(configuration);
}

FT_Face FontFaces::open(const std::string& file, long index) {
  const auto [place, is_new] = faces_.try_emplace({file, index});
  if (is_new) {
    FT_Face face = nullptr;
    if (FT_New_Face(library_.get(), file.c_str(), index, &face) == 0) place->second.reset(face);
    if (face != nullptr && !FT_IS_SCALABLE(face)) place->second.reset();
  }
  return place->second.get();
}

FT_Face FontFaces::system_face(const std::u32string& characters) {
  const auto [place, is_new] = found_.try_emplace(characters);
  if (!is_new) return place->second;
  // A match among many fonts takes milliseconds, and the words of a script should look alike.
  for (const FT_Face face : used_) {
    if (has_all(face, characters)) return place->second = face;
  }
  if (!fontconfig_) {  // which complains of absent configurations and caches
    call_quietly([this] { fontconfig_.reset(FcInitLoadConfigAndFonts()); });
  }
  if (!fontconfig_) return nullptr;
  const auto [file, index] = match(fontconfig_.get(), characters);
  const FT_Face face = file.empty() ? nullptr : open(file, index);
  if (face == nullptr || !has_all(face, characters)) return nullptr;
  used_.push_back(face);
  return place->second = face;
}

FT_Face FontFaces::face_with(std::u32string_view characters) {
  const std::u32string wanted = needed(characters);
  return has_all(given_, wanted) ? given_ : system_face(wanted);
}

void FontFaces::note_missing(char32_t code) {
  const auto place = std::lower_bound(missing_.begin(), missing_.end(), code);
  if (place == missing_.end() || *place != code) missing_.insert(place, code);
}

void FontFaces::choose(std::u32string_view text, FT_Face* faces) {
  if (const FT_Face face = face_with(text)) {
    std::fill_n(faces, text.size(), face);
    return;
  }
  if (text.size() == 1) {
    note_missing(text.front());
    *faces = given_;
    return;
  }
  // A word without a font of its own falls into characters, and a character into its base and its marks.
  auto parts = grapheme_clusters(text);
  if (parts.size() == 1) {
    parts.clear();
    for (std::size_t i = 0; i < text.size(); ++i) parts.emplace_back(i, i + 1);
  }
  for (const auto& [first, last] : parts) choose(text.substr(first, last - first), faces + first);
}

std::vector<FT_Face> FontFaces::choose(std::u32string_view text) {
  std::vector<FT_Face> faces(text.size(), given_);
  for (std::size_t start = 0; start < text.size();) {
    std::size_t end = start;
    while (end < text.size() && is_space(text[end]) == is_space(text[start])) ++end;
    choose(text.substr(start, end - start), faces.data() + start);
    start = end;
  }
  return faces;
}

}  // namespace saccade::vision
