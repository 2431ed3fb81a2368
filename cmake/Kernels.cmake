# nusselt_kernels: the CUDA kernels of networks/*.cu, where LibTorch has CUDA and an nvcc of its CUDA's major version is
# there. A toolkit is never required: without one a GPU computes with LibTorch's own operations.
#
# The kernels see plain memory only, so their static CUDA runtime and LibTorch's shared one need not be one version.
set(NUSSELT_KERNELS OFF)
if(NOT TARGET wheel_torch_cuda)
  return()
endif()
if(NOT CMAKE_CUDA_COMPILER AND NOT DEFINED ENV{CUDACXX})
  find_program(NUSSELT_NVCC nvcc HINTS "$ENV{CUDA_HOME}/bin" "$ENV{CUDA_PATH}/bin" /usr/local/cuda/bin)
  if(NUSSELT_NVCC)
    set(CMAKE_CUDA_COMPILER ${NUSSELT_NVCC})
  endif()
endif()
if(NOT DEFINED CMAKE_CUDA_ARCHITECTURES)
  # Machine code for Ampere and Hopper; what is newer compiles the second one's PTX when it starts.
  set(CMAKE_CUDA_ARCHITECTURES 80-real 90)
endif()
include(CheckLanguage)
check_language(CUDA)
if(NOT CMAKE_CUDA_COMPILER)
  message(STATUS "No CUDA compiler: a GPU computes with LibTorch's operations alone")
  return()
endif()
set(CMAKE_CUDA_FLAGS_RELEASE "-O2 -DNDEBUG" CACHE STRING "Flags of nvcc for a Release build")
enable_language(CUDA)
string(REGEX MATCH "^[0-9]+" nvcc_major "${CMAKE_CUDA_COMPILER_VERSION}")
if(torch_cuda_version AND NOT torch_cuda_version MATCHES "^${nvcc_major}\\.")
  message(STATUS "nvcc ${CMAKE_CUDA_COMPILER_VERSION} and LibTorch's CUDA ${torch_cuda_version} differ: a GPU computes "
                 "with LibTorch's operations alone")
  return()
endif()

set(CMAKE_CUDA_STANDARD 17)
file(GLOB nusselt_kernel_sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/networks/*.cu)
add_library(nusselt_kernels STATIC ${nusselt_kernel_sources})
target_include_directories(nusselt_kernels PRIVATE ${PROJECT_SOURCE_DIR})
set(NUSSELT_KERNELS ON)
message(STATUS "CUDA kernels by nvcc ${CMAKE_CUDA_COMPILER_VERSION} for ${CMAKE_CUDA_ARCHITECTURES}")
