// The kernels of the tile engine for one instruction set. A file that includes this defines NUSSELT_VECTOR_BYTES, the
// size of a vector register, and NUSSELT_TILE_KERNELS, the name of its function in tile_kernels_of.hpp.
#include "networks/tile_affine.inl"
#include "networks/tile_edges.inl"
#include "networks/tile_kernels_of.hpp"
#include "networks/tile_norm.inl"
#include "networks/tile_pointwise.inl"
#include "networks/tile_product.inl"

namespace nusselt {
namespace {

template <class Real>
constexpr TileKernels<Real> table = {
    Full<Real>::count,
    &pack_panels<Real, true>,
    &pack_panels<Real, false>,
    &panel_size<Real>,
    &multiply<Real>,
    &multiply_transposed<Real>,
    {&activate<Real, Tanh>, &activate<Real, Sin>, &activate<Real, Swish>},
    {&activate_adjoint<Real, Tanh>, &activate_adjoint<Real, Sin>, &activate_adjoint<Real, Swish>},
    {&activate_tangent<Real, Tanh>, &activate_tangent<Real, Sin>, &activate_tangent<Real, Swish>},
    &normalize<Real>,
    &normalize_adjoint<Real>,
    &normalize_tangent<Real>,
    &standardize<Real>,
    &standardize_adjoint<Real>,
    &standardize_tangent<Real>,
    &input<Real>,
    &input_adjoint<Real>,
    &input_rows<Real>,
    &output<Real>,
    &output_adjoint<Real>,
    &rows<Real>,
    &output_rows<Real>,
    &add_values<Real>,
    {&derivatives<Real, Tanh>, &derivatives<Real, Sin>, &derivatives<Real, Swish>},
};

}  // namespace

void NUSSELT_TILE_KERNELS(const TileKernels<float>*& single, const TileKernels<double>*& twice) {
  single = &table<float>;
  twice = &table<double>;
}

}  // namespace nusselt
