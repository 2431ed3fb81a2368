# nusselt_torch: the LibTorch of the system, Debian's package libtorch-dev (1.13, CPU).
find_package(Torch 1.13 REQUIRED)
add_library(nusselt_torch INTERFACE)
target_link_libraries(nusselt_torch INTERFACE ${TORCH_LIBRARIES})
target_include_directories(nusselt_torch SYSTEM INTERFACE ${TORCH_INCLUDE_DIRS})
message(STATUS "LibTorch ${Torch_VERSION} of the system")
