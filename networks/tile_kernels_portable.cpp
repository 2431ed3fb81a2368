// For any processor: 16 bytes are a register of SSE2, NEON and AltiVec alike.
#define NUSSELT_VECTOR_BYTES 16
#define NUSSELT_TILE_KERNELS tile_kernels_portable
#include "networks/tile_kernels.inl"
