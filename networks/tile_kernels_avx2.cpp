// CMakeLists.txt compiles this file with -mavx2 -mfma where the compiler knows them.
#if defined(__AVX2__) && defined(__FMA__)
#define NUSSELT_VECTOR_BYTES 32
#define NUSSELT_TILE_KERNELS tile_kernels_avx2
#include "networks/tile_kernels.inl"
#else
#include "networks/tile_kernels_of.hpp"
namespace nusselt {
void tile_kernels_avx2(const TileKernels<float>*&, const TileKernels<double>*&) {}
}  // namespace nusselt
#endif
