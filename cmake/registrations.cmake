# A folder of mechanisms: every source file in it registers what it holds, so that adding one is adding a file.
# (Static initialisers would do the same without a list, but a linker drops them from a static library.)
#
#   saccade_registrations(TARGET FOLDER HEADER TYPE NAMESPACE)
#
# FOLDER and HEADER are seen from the root of the project. Each FOLDER/NAME.cpp defines, in NAMESPACE,
# `void register_NAME(TYPE& registry)`; the function made here calls them all: `void register_all(TYPE& registry)`.
# HEADER declares TYPE and that function.
function(saccade_registrations target folder header type namespace)
  file(GLOB files RELATIVE ${PROJECT_SOURCE_DIR}/${folder} CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/${folder}/*.cpp)
  set(text "// Made by CMake from the files of ${folder}.\n#include \"${header}\"\n\nnamespace ${namespace} {\n\n")
  foreach(file ${files})
    get_filename_component(name ${file} NAME_WE)
    string(APPEND text "void register_${name}(${type}& registry);\n")
    string(APPEND calls "  register_${name}(registry);\n")
  endforeach()
  string(APPEND text "\nvoid register_all(${type}& registry) {\n${calls}}\n\n}  // namespace ${namespace}\n")
  set(made ${CMAKE_CURRENT_BINARY_DIR}/registrations/${folder}.cpp)
  file(GENERATE OUTPUT ${made} CONTENT "${text}")
  target_sources(${target} PRIVATE ${made})
endfunction()
