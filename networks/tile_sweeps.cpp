#include "networks/tile_sweeps.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <numbers>
#include <utility>

namespace nusselt {

namespace {

TileActivation activation_named(const std::string& name) {
  if (name == "tanh") return TileActivation::tanh;
  return name == "sin" ? TileActivation::sin : TileActivation::swish;
}

}  // namespace

template <class Real>
void TileTask<Real>::read_shape() {
  const JetSpec& spec = given.spec;
  shape.channels = spec.channels();
  shape.axes = spec.first ? spec.axes : 0;
  shape.seconds = static_cast<int>(spec.second.size());
  for (int k = 0; k < shape.seconds; ++k) {
    shape.term_begin[k] = static_cast<int>(terms.size());
    for (const SecondOrder::Term& term : spec.second[k].terms) {
      terms.push_back({spec.first_channel(term.i), spec.first_channel(term.j), static_cast<Real>(term.weight)});
      if (term.i != term.j) shape.diagonal = false;
      if (term.i == term.j) shape.weights[k][term.i] += static_cast<Real>(term.weight);
    }
    shape.term_begin[k + 1] = static_cast<int>(terms.size());
  }
  shape.terms = terms.data();
}

template <class Real>
TileSweeps<Real>::TileSweeps(const Network& network, const TileKernels<Real>& available)
    : layout(network, available),
      kernels_(available),
      layers_(layout.layers()),
      inputs_(layout.inputs()),
      outputs_(layout.outputs()),
      width_(layout.width()),
      stride_(layout.stride()),
      parameters_(layout.count()),
      activation_(activation_named(network.settings().activation)),
      axes_(network.settings().inputs),
      periodic_(axes_, false) {
  const NetworkSettings& settings = network.settings();
  for (const int axis : settings.periodic) periodic_[axis] = true;
  for (int axis = 0; axis < axes_; ++axis) {
    lower_.push_back(static_cast<Real>(settings.lower[axis]));
    const Real range = periodic_[axis] ? Real(2 * std::numbers::pi) : Real(2);
    scale_.push_back(range / (static_cast<Real>(settings.upper[axis]) - lower_.back()));
    if (settings.periodic.empty()) continue;
    axis_of_feature_.insert(axis_of_feature_.end(), periodic_[axis] ? 2 : 1, axis);
  }
}

template <class Real>
InputPass<Real> TileSweeps<Real>::input_pass(const TileTask<Real>& set, int points,
                                             const TileWorker<Real>& worker) const {
  InputPass<Real> pass{};
  pass.shape = &set.shape;
  pass.points = points;
  pass.inputs = inputs_;
  pass.width = width_;
  pass.stride = stride_;
  pass.x = worker.x;
  pass.scale = scale_.data();
  if (embedded()) {
    pass.axis = axis_of_feature_.data();
    pass.first = worker.first;
    pass.second = worker.second;
  }
  return pass;
}

template <class Real>
NormPass<Real> TileSweeps<Real>::norm_pass(const TileTask<Real>& set, int points, std::size_t layer,
                                           const TileWorker<Real>& worker) const {
  NormPass<Real> pass{};
  pass.shape = &set.shape;
  pass.points = points;
  pass.width = width_;
  pass.stride = stride_;
  pass.groups = layout.groups();
  pass.centred = layout.centred();
  pass.eps = layout.eps();
  pass.w = worker.w[layer];
  pass.statistics = worker.statistics[layer];
  pass.scratch = worker.norm_scratch;
  pass.gamma = weights.gamma[layer];
  pass.mean = weights.mean[layer];
  pass.scale = weights.spread[layer];
  return pass;
}

template <class Real>
OutputPass<Real> TileSweeps<Real>::output_pass(const TileTask<Real>& set, int points) const {
  OutputPass<Real> pass{};
  pass.channels = set.shape.channels;
  pass.points = points;
  pass.outputs = outputs_;
  pass.width = width_;
  pass.stride = stride_;
  pass.columns = set.columns;
  return pass;
}

template <class Real>
void TileSweeps<Real>::load_points(const TileTask<Real>& set, std::int64_t first, int points,
                                   TileWorker<Real>& worker) const {
  const Real* x = set.given.x + first * axes_;
  std::size_t feature = 0;
  const auto add = [&](Real value, Real slope, Real curvature) {
    worker.x[feature] = value;
    if (embedded()) worker.first[feature] = slope, worker.second[feature] = curvature;
    ++feature;
  };
  for (int p = 0; p < points; ++p) {
    for (int i = 0; i < axes_; ++i) {
      const Real place = (x[p * axes_ + i] - lower_[i]) * scale_[i];
      if (!periodic_[i]) {
        add(place - Real(1), scale_[i], Real(0));
        continue;
      }
      const Real c = std::cos(place), s = std::sin(place);
      add(c, -scale_[i] * s, -scale_[i] * scale_[i] * c);
      add(s, scale_[i] * c, -scale_[i] * scale_[i] * s);
    }
  }
}

template <class Real>
void TileSweeps<Real>::forward(const TileTask<Real>& set, int points, TileWorker<Real>& worker) const {
  const int channels = set.shape.channels;
  const std::size_t last = layers_.size() - 1;
  for (std::size_t index = 0; index < last; ++index) {
    const bool normed = layers_[index].normed;
    if (index == 0) {
      InputPass<Real> pass = input_pass(set, points, worker);
      pass.weights = weights.forward[0];
      pass.z = worker.z[0];
      kernels_.input(pass);
    } else {
      kernels_.multiply({points * channels, width_, width_, worker.a[index - 1], stride_, weights.forward[index], 0,
                         worker.z[index], stride_, false});
    }
    if (normed) {
      NormPass<Real> pass = norm_pass(set, points, index, worker);
      pass.z = worker.z[index];
      pass.bias = weights.bias[index];
      pass.beta = weights.beta[index];
      (given() ? kernels_.standardize : kernels_.normalize)(pass);
    }
    kernels_.activate[static_cast<int>(activation_)]({&set.shape, points, width_, stride_, worker.z[index],
                                                      worker.a[index], normed ? weights.zeros : weights.bias[index],
                                                      nullptr, 1});
  }
  OutputPass<Real> pass = output_pass(set, points);
  pass.weights = weights.forward[last];
  pass.bias = weights.bias[last];
  pass.a = worker.a[last - 1];
  pass.jet = worker.jet;
  kernels_.output(pass);
}

template <class Real>
void TileSweeps<Real>::tangent(const TileTask<Real>& set, int points, TileWorker<Real>& worker) const {
  const int channels = set.shape.channels;
  const std::size_t last = layers_.size() - 1;
  Real *from = worker.g0, *to = worker.g1;
  for (std::size_t index = 0; index < last; ++index) {
    const bool normed = layers_[index].normed;
    if (index == 0) {
      InputPass<Real> pass = input_pass(set, points, worker);
      pass.weights = direction.forward[0];
      pass.bias = normed ? nullptr : direction.bias[0];
      pass.z = to;
      kernels_.input(pass);
    } else {
      kernels_.multiply(
          {points * channels, width_, width_, from, stride_, weights.forward[index], 0, to, stride_, false});
      kernels_.multiply({points * channels, width_, width_, worker.a[index - 1], stride_, direction.forward[index], 0,
                         to, stride_, true});
    }
    if (normed) {
      NormPass<Real> pass = norm_pass(set, points, index, worker);
      pass.g = to;
      pass.bias_tangent = direction.bias[index];
      pass.gamma_tangent = direction.gamma[index];
      pass.beta_tangent = direction.beta[index];
      pass.mean_tangent = direction.mean[index];
      pass.variance_tangent = direction.spread[index];
      (given() ? kernels_.standardize_tangent : kernels_.normalize_tangent)(pass);
    } else if (index > 0) {
      for (int p = 0; p < points; ++p) {
        Real* row = to + static_cast<std::ptrdiff_t>(p) * channels * stride_;
        for (int j = 0; j < width_; ++j) row[j] += direction.bias[index][j];
      }
    }
    kernels_.activate_tangent[static_cast<int>(activation_)](
        {&set.shape, points, width_, stride_, worker.z[index], worker.a[index], nullptr, to, 1});
    std::swap(from, to);
  }
  OutputPass<Real> pass = output_pass(set, points);
  pass.jet = worker.jet_tangent;
  pass.weights = weights.forward[last];
  pass.a = from;
  kernels_.output(pass);
  pass.weights = direction.forward[last];
  pass.bias = direction.bias[last];
  pass.a = worker.a[last - 1];
  pass.accumulate = true;
  kernels_.output(pass);
}

template <class Real>
JetTile<Real> TileSweeps<Real>::evaluate(const TileTask<Real>& set, std::int64_t first, int points, bool slopes,
                                         TileWorker<Real>& worker) const {
  load_points(set, first, points, worker);
  forward(set, points, worker);
  const JetTile<Real> tile{first, points, set.columns, worker.jet};
  if (slopes) {
    set.given.residual->linearize(tile, worker.residual, worker.slopes, worker.scratch);
  } else {
    set.given.residual->values(tile, worker.residual, worker.scratch);
  }
  return tile;
}

template <class Real>
void TileSweeps<Real>::seed(const TileTask<Real>& set, int points, const Real* factor, TileWorker<Real>& worker) const {
  const int count = set.shape.channels * outputs_;
  std::memset(worker.seeds, 0, sizeof(Real) * count * set.columns);
  const auto& slots = set.given.residual->slots();
  for (std::size_t s = 0; s < slots.size(); ++s) {
    const Real* __restrict slope = worker.slopes + s * set.columns;
    const Real* __restrict weight = factor + slots[s].equation * set.columns;
    Real* __restrict seeds = worker.seeds + (slots[s].channel * outputs_ + slots[s].output) * set.columns;
    for (int p = 0; p < points; ++p) seeds[p] += slope[p] * weight[p];
  }
}

template <class Real>
void TileSweeps<Real>::residual_tangent(const TileTask<Real>& set, int points, TileWorker<Real>& worker) const {
  std::memset(worker.residual, 0, sizeof(Real) * set.equations * set.columns);
  const auto& slots = set.given.residual->slots();
  for (std::size_t s = 0; s < slots.size(); ++s) {
    const Real* __restrict slope = worker.slopes + s * set.columns;
    const Real* __restrict jet = worker.jet_tangent + (slots[s].channel * outputs_ + slots[s].output) * set.columns;
    Real* __restrict change = worker.residual + slots[s].equation * set.columns;
    for (int p = 0; p < points; ++p) change[p] += slope[p] * jet[p];
  }
}

template <class Real>
void TileSweeps<Real>::backward(const TileTask<Real>& set, int points, int repeat, Real* rows,
                                TileWorker<Real>& worker) const {
  const int channels = set.shape.channels;
  const std::size_t last = layers_.size() - 1;
  const int jets = points * repeat;
  Real *g = worker.g0, *next = worker.g1;

  OutputPass<Real> output = output_pass(set, points);
  output.weights = weights.forward[last];
  output.a = worker.a[last - 1];
  output.seeds = worker.seeds;
  output.repeat = repeat;
  output.g = g;
  output.weight_gradient = rows ? nullptr : worker.gradient + layers_[last].packed_weight;
  kernels_.output_adjoint(output);
  if (rows) {
    kernels_.output_rows(output, rows + layers_[last].weight, parameters_);
    for (int n = 0; n < jets; ++n) {
      const Real* seeds = worker.seeds + (n % repeat) * channels * outputs_ * set.columns + n / repeat;
      for (int h = 0; h < outputs_; ++h) rows[n * parameters_ + layers_[last].bias + h] = seeds[h * set.columns];
    }
  }
  for (int h = 0; h < outputs_ && !rows; ++h) {
    Real sum = 0;
    for (int p = 0; p < points; ++p) sum += worker.seeds[h * set.columns + p];
    worker.gradient[layers_[last].packed_bias + h] += sum;
  }

  for (std::size_t index = last; index-- > 0;) {
    const TileLayer& layer = layers_[index];
    kernels_.activate_adjoint[static_cast<int>(activation_)](
        {&set.shape, points, width_, stride_, worker.z[index], worker.a[index], nullptr, g, repeat});
    if (layer.normed) {
      NormPass<Real> pass = norm_pass(set, points, index, worker);
      pass.g = g;
      pass.repeat = repeat;
      const auto row_of = [&](const TileVector& vector) {
        return rows && vector.offset >= 0 ? rows + vector.offset : nullptr;
      };
      pass.rows_gamma = row_of(layer.gamma);
      pass.rows_beta = row_of(layer.beta);
      pass.rows_mean = row_of(layer.mean);
      pass.rows_variance = row_of(layer.variance);
      pass.row_stride = parameters_;
      pass.gamma_gradient = worker.gradient + layer.gamma.packed;
      pass.beta_gradient = worker.gradient + layer.beta.packed;
      pass.mean_gradient = worker.gradient + layer.mean.packed;
      pass.variance_gradient = worker.gradient + layer.variance.packed;
      (given() ? kernels_.standardize_adjoint : kernels_.normalize_adjoint)(pass);
    }
    if (rows) {
      for (int n = 0; n < jets; ++n) {
        std::copy_n(g + static_cast<std::ptrdiff_t>(n) * channels * stride_, width_,
                    rows + n * parameters_ + layer.bias);
      }
    } else {
      kernels_.add_values(g, jets, channels, width_, stride_, worker.gradient + layer.packed_bias);
    }
    if (index == 0) {
      InputPass<Real> pass = input_pass(set, points, worker);
      pass.g = g;
      pass.repeat = repeat;
      if (rows) {
        pass.rows = rows + layer.weight;
        pass.row_stride = parameters_;
        kernels_.input_rows(pass);
      } else {
        pass.weight_gradient = worker.gradient + layer.packed_weight;
        kernels_.input_adjoint(pass);
      }
      return;
    }
    if (rows) {
      kernels_.rows({channels, points, repeat, width_, width_, g, stride_, worker.a[index - 1], stride_,
                     rows + layer.weight, parameters_});
    } else {
      kernels_.multiply_transposed({width_, width_, jets * channels, g, stride_, worker.a[index - 1], stride_,
                                    worker.gradient + layer.packed_weight, stride_, true});
    }
    kernels_.multiply({jets * channels, width_, width_, g, stride_, weights.backward[index], 0, next, stride_, false});
    std::swap(g, next);
  }
}

template <class Real>
double TileSweeps<Real>::half_square(const TileTask<Real>& set, int points, const TileWorker<Real>& worker) const {
  double sum = 0.0;
  for (int e = 0; e < set.equations; ++e) {
    const Real* r = worker.residual + e * set.columns;
    for (int p = 0; p < points; ++p) sum += static_cast<double>(r[p]) * r[p];
  }
  return 0.5 * sum;
}

template struct TileTask<float>;
template struct TileTask<double>;
template class TileSweeps<float>;
template class TileSweeps<double>;

}  // namespace nusselt
