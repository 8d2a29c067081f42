# `cpack` in the build folder creates Debian packages: saccade (the program and its models) and libsaccade-dev (libraries
# and headers).
if(NOT SACCADE_INSTALL)
  return()
endif()

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME saccade)
set(CPACK_PACKAGE_CONTACT "The Saccade authors")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS
  OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
set(CPACK_STRIP_FILES ON)
set(CPACK_COMPONENTS_ALL program development)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)

set(CPACK_DEBIAN_PROGRAM_PACKAGE_NAME saccade)
set(CPACK_DEBIAN_PROGRAM_PACKAGE_SECTION graphics)
set(CPACK_COMPONENT_PROGRAM_DESCRIPTION
  "Saccade captions photos and shows which part of the photo each word attended
to. It includes two trained models, works offline, and trains and evaluates
models on your own captions.")
set(CPACK_DEBIAN_PROGRAM_PACKAGE_SHLIBDEPS ON)
# LibTorch works with any BLAS, but this build of OpenBLAS shares its threads and is much faster.
set(CPACK_DEBIAN_PROGRAM_PACKAGE_DEPENDS "libopenblas0-openmp | libblas.so.3")
set(CPACK_DEBIAN_PROGRAM_PACKAGE_SUGGESTS "wordnet-base")  # synonyms for METEOR

set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_NAME libsaccade-dev)
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_SECTION libdevel)
set(CPACK_COMPONENT_DEVELOPMENT_DESCRIPTION
  "Static libraries and headers for find_package(saccade) in CMake.")
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_DEPENDS
  "libtorch-dev, libopencv-dev, nlohmann-json3-dev, libfmt-dev, libheif-dev, liblcms2-dev, libjpeg62-turbo-dev, libpng-dev, libtiff-dev, libgif-dev, libraqm-dev, libfontconfig-dev, libutf8proc-dev, libzip-dev, zlib1g-dev, \
libstemmer-dev, pkg-config")
include(CPack)
