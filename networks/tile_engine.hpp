// The fast path of training on a CPU: a tile of points stays in cache through all layers.
//
// Forward jets, residual, adjoint and parameter gradient are one pass over a tile, and nothing is kept per point; so
// memory does not grow with the number of points. Tiles are dealt out to threads by number, and partial sums are added
// in a fixed order: the same threads give the same bits, whatever the scheduler does. No call allocates after the first
// of its kind.
//
// The parameters theta [P] are those with plain weights (Network::effective); statistics of a normalization over points
// are parameters like others.
//
// Rows of a residual vector are numbered set by set, point by point, equation by equation; R = sum over sets of N * E.
// The algebra of the jets and of their adjoints is that of activation.hpp and of the norm_*.cpp.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "networks/instruction_set.hpp"
#include "networks/jet.hpp"
#include "networks/network.hpp"
#include "networks/tile_residual.hpp"

namespace nusselt {

/// Points and the residual that must vanish there.
template <class Real>
struct TileSet {
  const Real* x = nullptr;  ///< [N, D] in the network's coordinates
  std::int64_t points = 0;
  JetSpec spec;  ///< what the residual needs; a set of Dirichlet conditions needs values only
  const TileResidual<Real>* residual = nullptr;
};

template <class Real>
class TileEngine {
 public:
  struct Options {
    InstructionSet instructions = best_instruction_set();
    int threads = 1;
    int tile = 0;  ///< points per tile; 0 lets the engine choose by width and channels
  };
  /// Throws std::invalid_argument with `refusal` where that is not empty.
  TileEngine(const Network& network, const std::vector<TileSet<Real>>& sets, const Options& options);
  ~TileEngine();
  TileEngine(const TileEngine&) = delete;
  TileEngine& operator=(const TileEngine&) = delete;

  /// Why the engine cannot serve such a network; empty where it can.
  static std::string refusal(const NetworkSettings& settings, const JetSpec& spec);

  std::int64_t rows() const;
  /// Bytes of working memory, over all threads.
  std::size_t memory() const;

  /// r [R]
  void residual(const Real* theta, Real* r);
  /// 1/2 |r|^2
  double loss(const Real* theta);
  /// 1/2 |r|^2 and its gradient [P]
  double gradient(const Real* theta, Real* gradient);
  /// J v [R] for v [P]
  void push(const Real* theta, const Real* v, Real* out);
  /// J^T w [P] for w [R]
  void pull(const Real* theta, const Real* w, Real* out);
  /// J^T J v [P], in one pass
  void product(const Real* theta, const Real* v, Real* out);
  /// Rows of the points [begin, begin + count) of one set: r [count * E] and J [count * E, P].
  void jacobian(const Real* theta, std::size_t set, std::int64_t begin, std::int64_t count, Real* r, Real* rows);

 private:
  struct Implementation;
  std::unique_ptr<Implementation> implementation_;
};

extern template class TileEngine<float>;
extern template class TileEngine<double>;

}  // namespace nusselt
