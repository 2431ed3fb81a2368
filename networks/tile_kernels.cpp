#include "networks/tile_kernels.hpp"

#include <type_traits>

#include "networks/tile_kernels_of.hpp"

namespace nusselt {

template <class Real>
const TileKernels<Real>* tile_kernels(InstructionSet instructions) {
  const TileKernels<float>* single = nullptr;
  const TileKernels<double>* twice = nullptr;
  switch (instructions) {
    case InstructionSet::portable:
      tile_kernels_portable(single, twice);
      break;
    case InstructionSet::avx2:
      tile_kernels_avx2(single, twice);
      break;
    case InstructionSet::avx512:
      tile_kernels_avx512(single, twice);
      break;
  }
  if constexpr (std::is_same_v<Real, float>) {
    return single;
  } else {
    return twice;
  }
}

template const TileKernels<float>* tile_kernels<float>(InstructionSet);
template const TileKernels<double>* tile_kernels<double>(InstructionSet);

}  // namespace nusselt
