// CMakeLists.txt compiles this file with -mavx512f and its companions where the compiler knows them.
#if defined(__AVX512F__) && defined(__AVX512DQ__) && defined(__FMA__)
#define NUSSELT_VECTOR_BYTES 64
#define NUSSELT_TILE_KERNELS tile_kernels_avx512
#include "networks/tile_kernels.inl"
#else
#include "networks/tile_kernels_of.hpp"
namespace nusselt {
void tile_kernels_avx512(const TileKernels<float>*&, const TileKernels<double>*&) {}
}  // namespace nusselt
#endif
