# nusselt_blas: OpenBLAS, which also holds LAPACK. Debian's LibTorch calls whatever `libblas.so.3` resolves to; when
# that is the reference BLAS, every matrix product is some 20 times slower and nothing else tells. So this file does.
set(BLA_VENDOR OpenBLAS)
find_package(BLAS REQUIRED)
add_library(nusselt_blas INTERFACE)
target_link_libraries(nusselt_blas INTERFACE BLAS::BLAS)

find_library(NUSSELT_LIBBLAS NAMES libblas.so.3 NO_CACHE)
if(NUSSELT_LIBBLAS)
  file(REAL_PATH ${NUSSELT_LIBBLAS} blas_in_use)
  if(blas_in_use MATCHES "openblas-openmp|mkl|blis")
    message(STATUS "BLAS: ${blas_in_use}")
  elseif(blas_in_use MATCHES "openblas")
    message(WARNING "BLAS is ${blas_in_use}, OpenBLAS with threads of its own beside LibTorch's: slower, and runs use "
                    "more threads than they say. Install and choose the OpenMP flavour:\n"
                    "  apt-get install libopenblas-dev libopenblas-openmp-dev libopenblas0-openmp\n"
                    "  update-alternatives --config libblas.so.3-${CMAKE_LIBRARY_ARCHITECTURE}")
  else()
    message(WARNING "BLAS is ${blas_in_use}, which is not an optimized one: LibTorch will be about 20 times slower. "
                    "Install OpenBLAS and configure again:\n"
                    "  apt-get install libopenblas-dev libopenblas-openmp-dev libopenblas0-openmp\n"
                    "and if this warning stays, choose it with\n"
                    "  update-alternatives --config libblas.so.3-${CMAKE_LIBRARY_ARCHITECTURE}")
  endif()
endif()
