// An independent oracle for the tests of networks/: the same network written as scalar loops in long double, knowing
// nothing of tensors, jets or adjoints, and its derivatives by central differences.
#pragma once

#include <torch/types.h>

#include <cmath>
#include <functional>
#include <stdexcept>
#include <string>
#include <vector>

#include "networks/network.hpp"

namespace nusselt::testing {

using Real = long double;

inline Real scalar_activation(const std::string& name, Real z) {
  if (name == "tanh") return std::tanh(z);
  if (name == "sin") return std::sin(z);
  if (name == "swish") return z / (1.0L + std::exp(-z));
  throw std::logic_error("no scalar activation " + name);
}

class ScalarNetwork {
 public:
  ScalarNetwork(const NetworkSettings& settings, const torch::Tensor& theta)
      : settings_(settings), theta_(theta.data_ptr<double>(), theta.data_ptr<double>() + theta.numel()) {}

  std::vector<Real>& theta() { return theta_; }

  std::vector<Real> operator()(const std::vector<Real>& x) const {
    std::vector<Real> a;
    for (std::size_t i = 0; i < x.size(); ++i) {
      const Real lower = settings_.lower[i], upper = settings_.upper[i];
      a.push_back(2 * (x[i] - lower) / (upper - lower) - 1);
    }
    std::size_t at = 0;
    for (int layer = 0; layer <= settings_.depth; ++layer) {
      const std::size_t size = layer == settings_.depth ? settings_.outputs : settings_.width;
      std::vector<Real> z(size, 0);
      for (Real& sum : z) {
        for (Real input : a) sum += theta_[at++] * input;
      }
      for (Real& sum : z) sum += theta_[at++];
      if (settings_.norm == "layer" && layer > 0 && layer < settings_.depth) {
        Real mean = 0, variance = 0;
        for (Real value : z) mean += value / size;
        for (Real value : z) variance += (value - mean) * (value - mean) / size;
        for (std::size_t h = 0; h < size; ++h) {
          z[h] = theta_[at + h] * (z[h] - mean) / std::sqrt(variance + settings_.norm_eps) + theta_[at + size + h];
        }
        at += 2 * size;
      }
      if (layer < settings_.depth) {
        for (Real& value : z) value = scalar_activation(settings_.activation, value);
      }
      a = z;
    }
    return a;
  }

  /// d(output)/dx_i, error O(step^2).
  Real first(std::vector<Real> x, int output, int i, Real step) const {
    const Real centre = x[i];
    x[i] = centre + step;
    const Real plus = (*this)(x)[output];
    x[i] = centre - step;
    return (plus - (*this)(x)[output]) / (2 * step);
  }

  /// d2(output)/dx_i dx_j, error O(step^2).
  Real second(std::vector<Real> x, int output, int i, int j, Real step) const {
    const Real centre = x[i];
    if (i == j) {
      const Real middle = (*this)(x)[output];
      x[i] = centre + step;
      const Real plus = (*this)(x)[output];
      x[i] = centre - step;
      return (plus - 2 * middle + (*this)(x)[output]) / (step * step);
    }
    x[i] = centre + step;
    const Real plus = first(x, output, j, step);
    x[i] = centre - step;
    return (plus - first(x, output, j, step)) / (2 * step);
  }

  /// One channel of the jet.
  Real channel(const std::vector<Real>& x, int output, const JetSpec& spec, int channel, Real step) const {
    if (channel == 0) return (*this)(x)[output];
    if (channel <= spec.axes) return first(x, output, channel - 1, step);
    Real sum = 0;
    for (const SecondOrder::Term& term : spec.second[channel - 1 - spec.axes].terms) {
      sum += term.weight * second(x, output, term.i, term.j, step);
    }
    return sum;
  }

 private:
  NetworkSettings settings_;
  std::vector<Real> theta_;
};

/// A small network whose box is neither centred nor of unit size.
inline NetworkSettings small_settings(int inputs, const std::string& activation, const std::string& norm) {
  NetworkSettings settings;
  settings.inputs = inputs;
  settings.outputs = 3;
  settings.depth = 3;
  settings.width = 7;
  settings.activation = activation;
  settings.norm = norm;
  settings.lower = std::vector<double>{-0.5, 0.2, 1.0};
  settings.upper = std::vector<double>{1.0, 0.9, 3.5};
  settings.lower.resize(inputs);
  settings.upper.resize(inputs);
  return settings;
}

/// Initial parameters with every bias, gain and shift moved off its neutral value.
inline torch::Tensor generic_parameters(const Network& network, std::uint64_t seed) {
  torch::Tensor theta = network.initial_parameters(seed);
  double* numbers = theta.data_ptr<double>();
  for (std::int64_t p = 0; p < theta.numel(); ++p) numbers[p] += 0.2 * std::sin(1.0 + 2.7 * static_cast<double>(p));
  return theta;
}

/// Deterministic points inside the box.
inline torch::Tensor scattered_points(const NetworkSettings& settings, std::int64_t count) {
  torch::Tensor x = at::empty({count, settings.inputs}, at::kDouble);
  auto rows = x.accessor<double, 2>();
  for (std::int64_t n = 0; n < count; ++n) {
    for (int axis = 0; axis < settings.inputs; ++axis) {
      const double fraction = std::fmod(0.37 + 0.618033988749895 * static_cast<double>(n + 1) * (axis + 1), 1.0);
      rows[n][axis] = settings.lower[axis] + fraction * (settings.upper[axis] - settings.lower[axis]);
    }
  }
  return x;
}

/// A smooth, sign-changing, deterministic tensor.
inline torch::Tensor wave(at::IntArrayRef shape, double phase) {
  torch::Tensor t = at::empty(shape, at::kDouble);
  double* numbers = t.data_ptr<double>();
  for (std::int64_t p = 0; p < t.numel(); ++p) numbers[p] = std::sin(phase + 1.3 * static_cast<double>(p));
  return t;
}

/// Every kind of channel: values, first, pure seconds, mixed, collapsed with unequal weights, all together.
inline std::vector<JetSpec> all_specs(int axes) {
  SecondOrder collapsed;
  SecondOrder general;
  for (int i = 0; i < axes; ++i) {
    collapsed.terms.push_back({i, i, 0.5 + i});
    for (int j = 0; j < axes; ++j) general.terms.push_back({i, j, 0.3 - 0.4 * i + 0.7 * j});
  }
  std::vector<JetSpec> specs{JetSpec::values(axes), JetSpec::first_order(axes), JetSpec::pure_seconds(axes),
                             JetSpec::second_order(axes, {collapsed}), JetSpec::second_order(axes, {general})};
  JetSpec everything = JetSpec::pure_seconds(axes);
  for (int j = 1; j < axes; ++j) everything.second.push_back(SecondOrder::derivative(0, j));
  everything.second.push_back(collapsed);
  everything.second.push_back(general);
  specs.push_back(everything);
  return specs;
}

/// max |a - b| / max |b|
inline double relative_difference(const torch::Tensor& a, const torch::Tensor& b) {
  return (a - b).abs().max().item<double>() / b.abs().max().item<double>();
}

/// The what() of the std::exception that `action` throws, or "" if it throws none.
inline std::string message_of(const std::function<void()>& action) {
  try {
    action();
  } catch (const std::exception& error) {
    return error.what();
  }
  return "";
}

}  // namespace nusselt::testing
