# All dependencies, with one line of reason each.

# Tensors, automatic differentiation and kernels.
find_package(Torch REQUIRED)
# at::parallel_for runs in one thread in code that is compiled without OpenMP. clang has another OpenMP library than LibTorch.
find_package(OpenMP COMPONENTS CXX)
# Image decoding, resizing and drawing.
find_package(OpenCV 4 REQUIRED COMPONENTS core imgproc imgcodecs)
# The command line.
find_package(Boost 1.74 REQUIRED COMPONENTS program_options)
# JSON: safetensors headers, captions, results.
find_package(nlohmann_json 3.11 REQUIRED)
# Text formatting; std::format needs C++20, and LibTorch 1.13 C++17.
find_package(fmt 9 REQUIRED)
# UTF-8; header-only.
find_path(UTF8_INCLUDE_DIR utf8.h PATH_SUFFIXES utf8cpp REQUIRED)
# Fingerprints of weights, fifty times faster than FNV-1a; header-only.
find_path(XXHASH_INCLUDE_DIR xxhash.h REQUIRED)
# Zip archives of PyTorch files; untrusted input needs a hardened reader.
find_package(PkgConfig REQUIRED)
pkg_check_modules(libzip REQUIRED IMPORTED_TARGET libzip)
# Character classes, lower case and grapheme clusters of all scripts; 0.35 MB instead of 35 MB for ICU.
pkg_check_modules(libutf8proc REQUIRED IMPORTED_TARGET libutf8proc)
# Photos of telephones: HEIC and AVIF, which OpenCV reads none of.
pkg_check_modules(libheif REQUIRED IMPORTED_TARGET libheif)
# ICC profiles: colors of photos become sRGB.
pkg_check_modules(lcms2 REQUIRED IMPORTED_TARGET lcms2)
# Text of all scripts in drawings: shaping and both writing directions (with FreeType, HarfBuzz and FriBidi).
pkg_check_modules(raqm REQUIRED IMPORTED_TARGET raqm)
# The system's font for characters that the bundled font lacks.
pkg_check_modules(fontconfig REQUIRED IMPORTED_TARGET fontconfig)
# JPEG's inks and warnings, PNG's errors, and CMYK TIFF, which OpenCV hides.
find_package(JPEG REQUIRED)
find_package(PNG REQUIRED)
find_package(TIFF REQUIRED)
# The first picture of a GIF, likewise.
find_package(GIF 5 REQUIRED)
# gzip-compressed boxes files.
find_package(ZLIB REQUIRED)
# XMP sidecar files for photo managers (GPL 2 or later, which also applies to distributed binaries).
find_package(exiv2 REQUIRED)
# HTTP for `serve`: routes, forms and answers.
pkg_check_modules(httplib REQUIRED cpp-httplib)
# Stemming for METEOR, which is omitted without it.
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
