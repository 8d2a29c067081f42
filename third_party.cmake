# Every library that Saccade stands on, and nothing else. One line of reason each.

# Tensors, automatic differentiation and the kernels beneath both.
find_package(Torch REQUIRED)
# Pixels: decoding, resizing, drawing; freetype (a contrib module) draws the words with a real font.
find_package(OpenCV 4 REQUIRED COMPONENTS core imgproc imgcodecs OPTIONAL_COMPONENTS freetype)
# The command line.
find_package(Boost 1.74 REQUIRED COMPONENTS program_options)
# JSON: safetensors headers, captions, results.
find_package(nlohmann_json 3.11 REQUIRED)
# Text formatting: std::format is C++20, and LibTorch 1.13 wants C++17.
find_package(fmt 9 REQUIRED)
# Reading and writing UTF-8; headers only.
find_path(UTF8_INCLUDE_DIR utf8.h PATH_SUFFIXES utf8cpp REQUIRED)
# Fingerprints of weights, fifty times faster than a plain loop over the bytes; headers only.
find_path(XXHASH_INCLUDE_DIR xxhash.h REQUIRED)
# The zip container of PyTorch's files, which may come from anywhere: a hardened reader beats our own.
find_package(PkgConfig REQUIRED)
pkg_check_modules(libzip REQUIRED IMPORTED_TARGET libzip)
# Character classes, lower case and grapheme clusters of all scripts; 0.35 MB, where ICU is 35 MB.
pkg_check_modules(libutf8proc REQUIRED IMPORTED_TARGET libutf8proc)
# Photos of telephones: HEIC and AVIF, which OpenCV reads none of.
pkg_check_modules(libheif REQUIRED IMPORTED_TARGET libheif)
# The first picture of a GIF, likewise.
find_package(GIF 5 REQUIRED)
# Compressed text: files of boxes come in gzip.
find_package(ZLIB REQUIRED)
# XMP beside photos, which photo managers read (GPL 2 or later, and so are programs that are handed on with it).
find_package(exiv2 REQUIRED)
# Stems of words, for METEOR; without it there is no METEOR.
find_library(STEMMER_LIBRARY stemmer)
find_path(STEMMER_INCLUDE_DIR libstemmer.h)
if(STEMMER_LIBRARY AND STEMMER_INCLUDE_DIR AND NOT TARGET stemmer::stemmer)
  add_library(stemmer::stemmer UNKNOWN IMPORTED)
  set_target_properties(stemmer::stemmer PROPERTIES
    IMPORTED_LOCATION ${STEMMER_LIBRARY}
    INTERFACE_INCLUDE_DIRECTORIES ${STEMMER_INCLUDE_DIR})
endif()
# Tests.
if(SACCADE_TESTS)
  find_package(doctest 2.4 REQUIRED)
endif()
