# Installs the program with its assets, and the libraries as a CMake package: find_package(saccade) defines
# saccade::core, saccade::vision and saccade::models.
option(SACCADE_INSTALL "Make the install target" ${PROJECT_IS_TOP_LEVEL})
if(NOT SACCADE_INSTALL)
  return()
endif()
include(CMakePackageConfigHelpers)

# The program, with the path of LibTorch if it is not in a system folder.
set_target_properties(saccade PROPERTIES INSTALL_RPATH_USE_LINK_PATH ON)
install(TARGETS saccade RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR} COMPONENT program)
install(DIRECTORY assets/ DESTINATION ${CMAKE_INSTALL_DATADIR}/saccade COMPONENT program)
install(FILES LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR} COMPONENT program)

# Manual page and completions, which the program generates.
install(CODE "
  set(saccade_program \"$<TARGET_FILE:saccade>\")
  set(work \"${CMAKE_CURRENT_BINARY_DIR}/documents\")
  set(mandir \"${CMAKE_INSTALL_MANDIR}\")
  set(datadir \"${CMAKE_INSTALL_DATADIR}\")" COMPONENT program)
install(SCRIPT cmake/install_documents.cmake COMPONENT program)

# The service; administrators enable it.
install(FILES cmake/saccade.service DESTINATION lib/systemd/system COMPONENT program)

# Libraries and headers.
set_target_properties(saccade_options PROPERTIES EXPORT_NAME options)
install(TARGETS saccade_options saccade_core saccade_vision saccade_models EXPORT saccade-targets
  ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT development)
install(DIRECTORY core vision models DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/saccade COMPONENT development
  FILES_MATCHING PATTERN "*.hpp")

# CMake package.
set(SACCADE_PACKAGE_DIR ${CMAKE_INSTALL_LIBDIR}/cmake/saccade)
set(SACCADE_OPENCV_COMPONENTS core imgproc imgcodecs)
list(JOIN SACCADE_OPENCV_COMPONENTS " " SACCADE_OPENCV_COMPONENTS)
set(SACCADE_WITH_OPENMP FALSE)
if(OpenMP_CXX_FOUND)
  set(SACCADE_WITH_OPENMP TRUE)
endif()
set(SACCADE_WITH_STEMMER FALSE)
if(TARGET stemmer::stemmer)
  set(SACCADE_WITH_STEMMER TRUE)
endif()
configure_package_config_file(cmake/saccade-config.cmake.in saccade-config.cmake
  INSTALL_DESTINATION ${SACCADE_PACKAGE_DIR} NO_SET_AND_CHECK_MACRO)
write_basic_package_version_file(saccade-config-version.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/saccade-config.cmake ${CMAKE_CURRENT_BINARY_DIR}/saccade-config-version.cmake
  DESTINATION ${SACCADE_PACKAGE_DIR} COMPONENT development)
install(EXPORT saccade-targets NAMESPACE saccade:: DESTINATION ${SACCADE_PACKAGE_DIR} COMPONENT development)
