# nusselt_version: the header `nusselt_version.hpp` with the release and what `git describe` says, asked at every build
# and rewritten only when it changed. Run as a script (cmake -P) it is that question; included, it sets the target up.
if(CMAKE_SCRIPT_MODE_FILE)
  execute_process(COMMAND git -C ${SOURCE_DIR} describe --always --dirty --tags
                  OUTPUT_VARIABLE GIT_DESCRIPTION OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET RESULT_VARIABLE failed)
  if(failed OR NOT GIT_DESCRIPTION)
    set(GIT_DESCRIPTION unknown)
  endif()
  configure_file(${CMAKE_CURRENT_LIST_DIR}/nusselt_version.hpp.in ${HEADER} @ONLY)
  return()
endif()

set(version_header ${PROJECT_BINARY_DIR}/generated/nusselt_version.hpp)
add_custom_target(nusselt_version_header
  COMMAND ${CMAKE_COMMAND} -D SOURCE_DIR=${PROJECT_SOURCE_DIR} -D HEADER=${version_header} -D VERSION=${PROJECT_VERSION}
          -P ${CMAKE_CURRENT_LIST_FILE}
  BYPRODUCTS ${version_header} VERBATIM COMMENT "Asking git for the version")
add_library(nusselt_version INTERFACE)
target_include_directories(nusselt_version INTERFACE ${PROJECT_BINARY_DIR}/generated)
add_dependencies(nusselt_version nusselt_version_header)
