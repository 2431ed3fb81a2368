# The programs that fuzz the parsers: nusselt-fuzz-case, -quantity, -equation, -csv, -stl. Clang brings libFuzzer; of the
# libraries only those of the front end are needed. tests/fuzz/run.sh says how long and against which corpus.
if(NOT CMAKE_CXX_COMPILER_ID STREQUAL Clang)
  message(FATAL_ERROR "NUSSELT_FUZZ needs clang, which brings libFuzzer; this is ${CMAKE_CXX_COMPILER_ID}. "
                      "Configure with: cmake --preset fuzz")
endif()
foreach(folder nondim physics layout front)
  target_compile_options(${folder} PRIVATE -fsanitize=fuzzer-no-link)
endforeach()
foreach(entry case quantity equation csv stl)
  add_executable(nusselt-fuzz-${entry} tests/fuzz/target.cpp tests/fuzz/entries.cpp)
  target_compile_definitions(nusselt-fuzz-${entry} PRIVATE NUSSELT_FUZZ_ENTRY="${entry}")
  target_link_libraries(nusselt-fuzz-${entry} PRIVATE nondim physics layout front)
  target_link_options(nusselt-fuzz-${entry} PRIVATE -fsanitize=fuzzer)
endforeach()
