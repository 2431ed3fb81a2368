// What the tile engine calls for each tile and layer: plain functions over plain memory, one table of them for each
// instruction set.
//
// Row layout: a row holds the features of one channel at one point, `stride` numbers apart; rows are numbered point by
// point, channel by channel. Features beyond the width are padding: finite, and of no meaning. Columns are those of
// tile_residual.hpp. All row memory is aligned to 64 bytes and strides are whole vectors.
//
// The tables are compiled from the same sources (tile_*.inl) with different compiler flags. Whatever such a source
// file defines has internal linkage, and it calls no inline function of the standard library: the linker keeps one
// copy of those, and it may be one that this processor cannot run.
#pragma once

#include <cstddef>
#include <cstdint>

#include "networks/instruction_set.hpp"

namespace nusselt {

constexpr int max_jet_channels = 10;
constexpr int max_jet_axes = 4;
constexpr int max_features = 2 * max_jet_axes;  ///< that the first layer reads: two of a periodic axis

enum class TileActivation { tanh, sin, swish };

/// A JetSpec in the precision and layout of the kernels: channel 0, `axes` first-order channels (0 for values only),
/// `seconds` second-order channels.
template <class Real>
struct JetShape {
  struct Term {
    int i;  ///< channel of d/dx_i
    int j;
    Real weight;
  };
  int channels = 1;
  int axes = 0;
  int seconds = 0;
  bool diagonal = true;  ///< no mixed derivatives: `weights` says all
  Real weights[max_jet_channels][max_jet_axes] = {};
  const Term* terms = nullptr;
  int term_begin[max_jet_channels + 1] = {};  ///< terms of second-order channel k: [term_begin[k], term_begin[k+1])
};

/// c[m, j] = (or +=) sum_k a[m, k] b[k, j].
template <class Real>
struct TileProduct {
  int rows;
  int width;  ///< true number of columns j; padding is computed along
  int depth;  ///< number of k
  const Real* a;
  std::ptrdiff_t a_stride;
  const Real* b;
  std::ptrdiff_t b_stride;  ///< of an unpacked b
  Real* c;
  std::ptrdiff_t c_stride;
  bool accumulate;
};

/// One pass of an activation over the rows of some points.
template <class Real>
struct ActivationPass {
  const JetShape<Real>* shape;
  int points;
  int width;
  std::ptrdiff_t stride;
  Real* z;           ///< in: pre-activations; out: what the adjoint needs: row 0 is the activation's own, others stay
  Real* a;           ///< activated jets
  const Real* bias;  ///< added to row 0 of every point
  /// For adjoint and tangent: in and out, in place. The adjoint has `repeat` jets for each point.
  Real* g;
  int repeat;
};

/// One pass of a normalization; w and statistics are its tape.
template <class Real>
struct NormPass {
  const JetShape<Real>* shape;
  int points;
  int width;
  std::ptrdiff_t stride;
  int groups;    ///< runs of features, each normalized on its own; they divide the width
  bool centred;  ///< whether the mean is taken off
  Real eps;
  Real* z;  ///< in: linear map without bias; out: normalized, with gain and shift
  Real* w;
  Real* statistics;  ///< [points, groups, norm_statistics]
  Real* scratch;     ///< 2 * channels rows, for adjoint and tangent
  const Real* bias;
  const Real* gamma;
  const Real* beta;
  /// Of given statistics (`standardize`): the mean, and the root of one over variance plus eps.
  const Real* mean;
  const Real* scale;
  Real* g;  ///< for adjoint and tangent: in and out, in place
  int repeat;
  /// For the adjoint: sums over all points if rows_gamma is null.
  Real* gamma_gradient;
  Real* beta_gradient;
  Real* mean_gradient;
  Real* variance_gradient;
  /// For a Jacobian: the gradient of jet n goes to rows_gamma + n * row_stride and so on. Without gain and shift both
  /// are null; `standardize_adjoint` writes rows if rows_mean is not null.
  Real* rows_gamma;
  Real* rows_beta;
  Real* rows_mean;
  Real* rows_variance;
  std::ptrdiff_t row_stride;
  /// For the tangent.
  const Real* bias_tangent;
  const Real* gamma_tangent;
  const Real* beta_tangent;
  const Real* mean_tangent;
  const Real* variance_tangent;
};

constexpr int norm_statistics = 2 * max_jet_channels;

/// The first layer. Its input jet is (x, scale_i e_i, 0); where `axis` is not null feature i is a function of the
/// coordinate axis[i] alone, with the derivatives `first` and `second`.
template <class Real>
struct InputPass {
  const JetShape<Real>* shape;
  int points;
  int inputs;  ///< features
  int width;
  std::ptrdiff_t stride;
  const Real* x;        ///< [points, inputs], mapped
  const Real* scale;    ///< [inputs]
  const int* axis;      ///< [inputs]
  const Real* first;    ///< [points, inputs]
  const Real* second;   ///< [points, inputs]
  const Real* weights;  ///< [inputs, stride]
  const Real* bias;     ///< added here if not null
  Real* z;
  /// For the adjoint: g [points] -> sums, or one row for each jet.
  const Real* g;
  int repeat;
  Real* weight_gradient;  ///< [inputs, stride]
  Real* rows;             ///< jet n: rows + n * row_stride, [width, inputs]
  std::ptrdiff_t row_stride;
};

/// The last layer, between rows and columns.
template <class Real>
struct OutputPass {
  int channels;
  int points;
  int outputs;
  int width;
  std::ptrdiff_t stride;
  const Real* weights;  ///< [outputs, stride]
  const Real* bias;     ///< [outputs]
  const Real* a;
  Real* jet;  ///< columns c * outputs + h
  int columns;
  bool accumulate;
  /// For the adjoint: seeds are columns, e * channels * outputs + c * outputs + h.
  const Real* seeds;
  int repeat;
  Real* g;                ///< rows
  Real* weight_gradient;  ///< [outputs, stride], summed, if not null
};

/// rows[n][o, i] = sum_c g[n, c, o] a[n / repeat, c, i], row n at out + n * row_stride, its block [height, width].
template <class Real>
struct RowsPass {
  int channels;
  int points;
  int repeat;
  int height;
  int width;
  const Real* g;
  std::ptrdiff_t g_stride;
  const Real* a;
  std::ptrdiff_t a_stride;
  Real* out;
  std::ptrdiff_t row_stride;
};

template <class Real>
struct TileKernels {
  int lanes;
  /// [width, depth] row-major -> the panels that `multiply` reads: b[k, j] = w[j, k], or w[k, j] of [depth, width].
  void (*pack_transposed)(const Real* w, int width, int depth, Real* panels);
  void (*pack)(const Real* w, int width, int depth, Real* panels);
  /// Numbers in the panels.
  std::size_t (*panel_size)(int width, int depth);
  /// b is panels.
  void (*multiply)(const TileProduct<Real>& product);
  /// a is transposed: a[m, k] lies at a + k * a_stride + m; b[k, :] at b + k * b_stride.
  void (*multiply_transposed)(const TileProduct<Real>& product);

  /// [3]: by TileActivation
  void (*activate[3])(const ActivationPass<Real>& pass);
  void (*activate_adjoint[3])(const ActivationPass<Real>& pass);
  void (*activate_tangent[3])(const ActivationPass<Real>& pass);

  void (*normalize)(const NormPass<Real>& pass);
  void (*normalize_adjoint)(const NormPass<Real>& pass);
  void (*normalize_tangent)(const NormPass<Real>& pass);
  /// With given statistics.
  void (*standardize)(const NormPass<Real>& pass);
  void (*standardize_adjoint)(const NormPass<Real>& pass);
  void (*standardize_tangent)(const NormPass<Real>& pass);

  void (*input)(const InputPass<Real>& pass);
  void (*input_adjoint)(const InputPass<Real>& pass);
  void (*input_rows)(const InputPass<Real>& pass);

  void (*output)(const OutputPass<Real>& pass);
  void (*output_adjoint)(const OutputPass<Real>& pass);

  void (*rows)(const RowsPass<Real>& pass);
  /// [outputs, width] of jet n at out + n * row_stride
  void (*output_rows)(const OutputPass<Real>& pass, Real* out, std::ptrdiff_t row_stride);
  /// sum[j] += sum over points of row 0
  void (*add_values)(const Real* g, int points, int channels, int width, std::ptrdiff_t stride, Real* sum);

  /// The activation alone: y, and its first three derivatives, for tests.
  void (*derivatives[3])(const Real* z, int count, Real* y, Real* first, Real* second, Real* third);
};

/// nullptr where this build has no such kernels.
template <class Real>
const TileKernels<Real>* tile_kernels(InstructionSet instructions);

}  // namespace nusselt
