#pragma once

#include <cstddef>
#include <filesystem>
#include <ft2build.h>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>
#include FT_FREETYPE_H

struct _FcConfig;

namespace saccade::vision {

/// Characters as people perceive them (extended grapheme clusters), as pairs of first code point and end.
std::vector<std::pair<std::size_t, std::size_t>> grapheme_clusters(std::u32string_view text);

/// Chooses a font for each character: a given font where it has the glyphs, otherwise the system's font that fontconfig
/// prefers. fontconfig starts at the first character that the given font lacks. Not safe to share between threads.
class FontFaces {
 public:
  /// Throws Error if `file` is not a font.
  explicit FontFaces(const std::filesystem::path& file);

  /// The face of each code point. A word has one face if any font has all of its characters; otherwise each character
  /// has its own. A character that no font has gets the given font, which draws a box.
  std::vector<FT_Face> choose(std::u32string_view text);

  /// The characters so far that no font has, in order of their code points.
  const std::u32string& missing() const { return missing_; }

 private:
  struct CloseLibrary {
    void operator()(FT_Library library) const { FT_Done_FreeType(library); }
  };
  struct CloseFace {
    void operator()(FT_Face face) const { FT_Done_Face(face); }
  };
  struct CloseConfiguration {
    void operator()(_FcConfig* configuration) const;
  };
  using Library = std::unique_ptr<FT_LibraryRec_, CloseLibrary>;
  using Face = std::unique_ptr<FT_FaceRec_, CloseFace>;

  FT_Face open(const std::string& file, long index);
  FT_Face face_with(std::u32string_view characters);
  FT_Face system_face(const std::u32string& characters);
  void choose(std::u32string_view text, FT_Face* faces);
  void note_missing(char32_t code);

  Library library_;
  std::unique_ptr<_FcConfig, CloseConfiguration> fontconfig_;  // from the first character that needs it on
  std::map<std::pair<std::string, long>, Face> faces_;
  FT_Face given_ = nullptr;
  std::map<std::u32string, FT_Face> found_;  // by the characters that a face shall have; null: no font has them all
  std::vector<FT_Face> used_;                // of the system, in the order of their first use
  std::u32string missing_;
};

}  // namespace saccade::vision
