// The plan of a network: which operations follow each other, and where their parameters lie. Nothing here needs
// LibTorch, so that the front end counts parameters and work by the same plan that the solver evaluates.
//
//     plain     h = phi(N(W h + b)), `depth` times
//     residual  h = phi(W x + b), then depth - 1 blocks around F(h) = phi(W h + b):
//                 placement pre       h + F(N h), and one N behind the last block (Xiong et al. 2020, arXiv:2002.04745)
//                 placement post      N(h + F(h))
//                 placement sandwich  h + N(F(N h))
//                 placement none      h + F(h)
//               skip skipinit: h + alpha F(..), alpha trained and 0 at the start (De & Smith 2020, arXiv:2002.10444)
//     dense     h_l = phi(N(W_l [x, h_1 .. h_{l-1}] + b_l)), and the outputs read [x, h_1 .. h_depth] (Huang et al.
//               2017, arXiv:1608.06993)
//     modified  U, V = phi(W x + b) with weights of their own, then `depth` times f = phi(N(W h + b)) and
//               h = f U + (1 - f) V (Wang, Teng & Perdikaris 2021, arXiv:2001.04536)
//     pirate    depth / 3 blocks of three such maps, the first two gated by U and V, the third closing the block as
//               x <- alpha h + (1 - alpha) x, alpha trained and 0 at the start; x is first the embedding (Wang, Li,
//               Chen & Perdikaris 2024, arXiv:2402.00326)
// followed by the linear map to the outputs. Several parts side by side, each such a network, are one whose matrices
// have these parts' as blocks and are zero between them. Constants are outputs whose weights are zero: their biases,
// the last trained numbers of theta, are what is trained. N is absent for norm none, and from a map that reads the
// coordinates unless norm_first.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "networks/layout/network_settings.hpp"
#include "networks/layout/subnetwork.hpp"

namespace nusselt {

/// A named part of a flat parameter vector, row-major.
struct ParameterSlice {
  std::string name;  ///< "layer0.weight", "layer0.bias", "norm1.gamma", ...
  std::int64_t offset = 0;
  std::vector<std::int64_t> shape;
  std::int64_t size() const;
};

struct NetworkLayout {
  /// A linear map and where its parameters lie.
  struct Map {
    std::string name;  ///< "layer0", "gate_u"
    int inputs = 0;
    int outputs = 0;                 ///< the last one has the constants among them
    bool activated = true;           ///< an activation follows it, sooner or later
    bool reads_coordinates = false;  ///< its input is the embedding alone
    std::int64_t weight = 0;         ///< [outputs, inputs] and [outputs], offsets in the effective parameters
    std::int64_t bias = 0;
  };
  /// A matrix of theta, and the block of a map's weights that it is; what no block covers is zero, and no parameter.
  struct Matrix {
    int map = 0;
    int part = 0;
    int first_row = 0, rows = 0;  ///< those of constants are in none
    int first_column = 0, columns = 0;
    std::int64_t weight = 0;   ///< [rows, columns] and [rows], offsets in theta
    std::int64_t factor = -1;  ///< [rows], of the reparametrization; -1 without one
    std::int64_t bias = 0;
  };
  /// A normalization and where its parameters lie in the effective parameters.
  struct Norm {
    std::string name;  ///< "norm1"
    int features = 0;
    std::int64_t affine = -1;      ///< gamma [features], beta [features]; -1 without
    std::int64_t statistics = -1;  ///< mean [features], variance [features]; -1 without
  };
  /// One operation. Value 0 is the embedding of the coordinates, value k + 1 what step k computes.
  struct Step {
    enum class Kind {
      linear,         ///< map `index` of a
      norm,           ///< norm `index` of a
      activation,     ///< of a
      add,            ///< a + b
      scaled_add,     ///< a + alpha b, alpha at `parameter`
      mix,            ///< alpha b + (1 - alpha) a
      gate,           ///< a b + (1 - a) c
      concatenation,  ///< [a, b]
    };
    Kind kind;
    std::vector<int> inputs;
    int features = 0;
    int index = -1;
    std::int64_t parameter = -1;  ///< in the effective parameters
  };

  /// Throws SettingError where the settings make no network. `parts`: several networks side by side, none for one.
  explicit NetworkLayout(const NetworkSettings& settings, const std::vector<Subnetwork>& parts = {});

  /// Where theta has the bias of an output.
  std::int64_t output_bias(int output) const;
  /// The part that an output belongs to.
  int part_of(int output) const;
  /// A part's stretch of theta: the parameters that a network alone would have, in its order.
  struct Stretch {
    std::int64_t offset, size;
  };
  Stretch stretch_of(int part) const;

  int embedded = 0;      ///< features of value 0
  bool fourier = false;  ///< whether they are random frequencies
  std::vector<Map> maps;
  std::vector<Norm> norms;
  std::vector<Step> steps;
  std::vector<ParameterSlice> slices;     ///< of theta
  std::vector<ParameterSlice> effective;  ///< of the parameters with plain weights
  std::int64_t parameter_count = 0;       ///< of theta; the last statistics_count of both are statistics
  std::int64_t effective_count = 0;
  std::int64_t statistics_count = 0;
  std::vector<Matrix> matrices;  ///< part by part in the order of the maps; without parts one for each map
  int width = 0;                 ///< features of the hidden values, of all parts

 private:
  int add_step(Step step);
  int add_map(const std::string& name, int from, int outputs, bool activated, int constants = 0);
  int add_norm(const std::string& name, int from);
  /// phi(N(W from + b)); the number of the layer is the number of its weights and of its norm.
  int add_hidden(const NetworkSettings& settings, int from, int outputs);
  int add_scalar(Step::Kind kind, const std::string& name, int from, int branch);
  /// To the effective parameters, to theta, and to both; the offset in the first of them.
  std::int64_t add_effective(const std::string& name, std::vector<std::int64_t> shape);
  std::int64_t add_own(const std::string& name, std::vector<std::int64_t> shape);
  std::int64_t add_slice(const std::string& name, const std::vector<std::int64_t>& shape);
  /// Its weights, factors and biases to theta, under names that begin so.
  void add_matrix(const std::string& prefix, Matrix matrix);
  void add_parts(const NetworkSettings& settings, const std::vector<Subnetwork>& parts);
  /// The matrix that computes an output. Throws std::out_of_range for a constant.
  const Matrix& matrix_of(int output) const;
  int features_of(int value) const { return value == 0 ? embedded : steps[value - 1].features; }

  int add_plain(const NetworkSettings& settings);
  int add_residual(const NetworkSettings& settings);
  int add_dense(const NetworkSettings& settings);
  int add_gated(const NetworkSettings& settings, bool pirate);

  bool affine_ = true;
  bool over_points_ = false;
  bool factored_ = false;
  bool divided_ = false;
  int hidden_ = 0;  ///< hidden maps so far
};

/// Matrix products only, of one loss with full gradient, per point: 3 C 2 Hi Ho for each linear map (forward, adjoint
/// and weight gradient of C channels). A map that reads the coordinates multiplies values only, forward and in its
/// weight gradient, 2 * 2 Hi Ho: the derivatives of its jet are columns of its weight. With random frequencies it has C
/// channels like the others, and no adjoint.
double matrix_flops_per_point(const NetworkLayout& layout, int channels);

}  // namespace nusselt
