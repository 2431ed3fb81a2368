// One function for each instruction set that this build has kernels for; both pointers stay null where it has none.
#pragma once

#include "networks/tile_kernels.hpp"

namespace nusselt {

void tile_kernels_portable(const TileKernels<float>*& single, const TileKernels<double>*& twice);
void tile_kernels_avx2(const TileKernels<float>*& single, const TileKernels<double>*& twice);
void tile_kernels_avx512(const TileKernels<float>*& single, const TileKernels<double>*& twice);

}  // namespace nusselt
