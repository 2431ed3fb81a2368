// An independent oracle for the tests of networks/: the same network written as scalar loops in long double, knowing
// nothing of tensors, jets or adjoints, and its derivatives by central differences.
#pragma once

#include <torch/types.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <stdexcept>
#include <string>
#include <vector>

#include "networks/network.hpp"
#include "networks/normal_generator.hpp"

namespace nusselt::testing {

using Real = long double;

inline Real scalar_activation(const std::string& name, Real z) {
  if (name == "tanh") return std::tanh(z);
  if (name == "sin") return std::sin(z);
  if (name == "swish") return z / (1.0L + std::exp(-z));
  throw std::logic_error("no scalar activation " + name);
}

/// Walks the plan of the network, number by number.
class ScalarNetwork {
 public:
  using Reals = std::vector<Real>;

  ScalarNetwork(const NetworkSettings& settings, const torch::Tensor& theta)
      : settings_(settings),
        layout_(settings),
        theta_(theta.data_ptr<double>(), theta.data_ptr<double>() + theta.numel()) {
    NormalGenerator normal(settings.fourier_seed, 1);
    const std::size_t features = settings.inputs + settings.periodic.size();
    for (std::size_t i = 0; i < settings.fourier * features; ++i) {
      frequencies_.push_back(settings.fourier_scale * normal());
    }
  }

  std::vector<Real>& theta() { return theta_; }

  Reals operator()(const Reals& x) const {
    using Kind = NetworkLayout::Step::Kind;
    std::vector<Reals> values{embedded(x)};
    for (const NetworkLayout::Step& step : layout_.steps) {
      const Reals& a = values[step.inputs[0]];
      Reals y = a;
      if (step.kind == Kind::linear) y = linear(layout_.maps[step.index], a);
      if (step.kind == Kind::norm) y = normed(layout_.norms[step.index], a);
      if (step.kind == Kind::activation) {
        for (Real& value : y) value = scalar_activation(settings_.activation, value);
      }
      if (step.inputs.size() > 1) {
        const Reals& b = values[step.inputs[1]];
        const Real alpha = step.parameter < 0 ? 0 : own(step.parameter);
        for (std::size_t h = 0; h < a.size() && step.kind != Kind::concatenation; ++h) {
          if (step.kind == Kind::add) y[h] = a[h] + b[h];
          if (step.kind == Kind::scaled_add) y[h] = a[h] + alpha * b[h];
          if (step.kind == Kind::mix) y[h] = alpha * b[h] + (1 - alpha) * a[h];
          if (step.kind == Kind::gate) y[h] = a[h] * b[h] + (1 - a[h]) * values[step.inputs[2]][h];
        }
        if (step.kind == Kind::concatenation) y.insert(y.end(), b.begin(), b.end());
      }
      values.push_back(y);
    }
    return values.back();
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

  /// d3(output)/dx_i dx_j dx_k, error O(step^2).
  Real third(std::vector<Real> x, int output, const ThirdOrder::Term& along, Real step) const {
    const Real centre = x[along.i];
    x[along.i] = centre + step;
    const Real plus = second(x, output, along.j, along.k, step);
    x[along.i] = centre - step;
    return (plus - second(x, output, along.j, along.k, step)) / (2 * step);
  }

  /// One channel of the jet.
  Real channel(const std::vector<Real>& x, int output, const JetSpec& spec, int channel, Real step) const {
    if (channel == 0) return (*this)(x)[output];
    if (channel <= spec.axes) return first(x, output, channel - 1, step);
    Real sum = 0;
    const int seconds = static_cast<int>(spec.second.size());
    if (channel > spec.axes + seconds) {
      for (const ThirdOrder::Term& term : spec.third[channel - 1 - spec.axes - seconds].terms) {
        sum += term.weight * third(x, output, term, step);
      }
      return sum;
    }
    for (const SecondOrder::Term& term : spec.second[channel - 1 - spec.axes].terms) {
      sum += term.weight * second(x, output, term.i, term.j, step);
    }
    return sum;
  }

 private:
  Reals embedded(const Reals& x) const {
    const Real pi = std::acos(Real(-1));
    Reals e;
    for (int i = 0; i < settings_.inputs; ++i) {
      const Real fraction = (x[i] - settings_.lower[i]) / (settings_.upper[i] - settings_.lower[i]);
      if (std::count(settings_.periodic.begin(), settings_.periodic.end(), i) > 0) {
        e.push_back(std::cos(2 * pi * fraction));
        e.push_back(std::sin(2 * pi * fraction));
      } else {
        e.push_back(2 * fraction - 1);
      }
    }
    if (settings_.fourier == 0) return e;
    Reals result(2 * settings_.fourier);
    for (int k = 0; k < settings_.fourier; ++k) {
      Real phase = 0;
      for (std::size_t i = 0; i < e.size(); ++i) phase += frequencies_[k * e.size() + i] * e[i];
      result[k] = std::cos(phase);
      result[settings_.fourier + k] = std::sin(phase);
    }
    return result;
  }

  /// Row by row: lengths of weight_norm, exponentials of weight_fact.
  Reals linear(const NetworkLayout::Map& map, const Reals& a) const {
    Reals z;
    for (int o = 0; o < map.outputs; ++o) {
      const Real* v = &theta_[map.own_weight + std::int64_t{o} * map.inputs];
      Real product = 0, square = 0;
      for (int i = 0; i < map.inputs; ++i) {
        product += v[i] * a[i];
        square += v[i] * v[i];
      }
      if (settings_.reparam == "weight_norm") product *= theta_[map.own_factor + o] / std::sqrt(square);
      if (settings_.reparam == "weight_fact") product *= std::exp(theta_[map.own_factor + o]);
      z.push_back(product + theta_[map.own_bias + o]);
    }
    return z;
  }

  Reals normed(const NetworkLayout::Norm& norm, Reals z) const {
    const int size = norm.features;
    if (norm.statistics >= 0) {
      for (int h = 0; h < size; ++h) {
        z[h] = (z[h] - own(norm.statistics + h)) / std::sqrt(own(norm.statistics + size + h) + settings_.norm_eps);
      }
    } else {
      const int group = settings_.norm == "group" ? size / settings_.norm_groups : size;
      for (int begin = 0; begin < size; begin += group) {
        Real mean = 0, square = 0;
        for (int h = begin; h < begin + group && settings_.norm != "rms"; ++h) mean += z[h] / group;
        for (int h = begin; h < begin + group; ++h) square += (z[h] - mean) * (z[h] - mean) / group;
        for (int h = begin; h < begin + group; ++h) z[h] = (z[h] - mean) / std::sqrt(square + settings_.norm_eps);
      }
    }
    for (int h = 0; h < size && norm.affine >= 0; ++h) {
      z[h] = own(norm.affine + h) * z[h] + own(norm.affine + size + h);
    }
    return z;
  }

  /// The number of theta that has this offset among the effective parameters, and is no weight.
  Real own(std::int64_t offset) const {
    std::size_t k = 0;
    while (k + 1 < layout_.effective.size() && layout_.effective[k + 1].offset <= offset) ++k;
    for (const ParameterSlice& slice : layout_.slices) {
      if (slice.name == layout_.effective[k].name) return theta_[slice.offset + offset - layout_.effective[k].offset];
    }
    throw std::logic_error("no such parameter");
  }

  NetworkSettings settings_;
  NetworkLayout layout_;
  std::vector<Real> theta_;
  std::vector<Real> frequencies_;
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

/// Networks of every norm, reparametrization, block and embedding, with a name each.
inline std::vector<std::pair<std::string, NetworkSettings>> every_kind(int inputs) {
  std::vector<std::pair<std::string, NetworkSettings>> kinds;
  const auto add = [&](const std::string& name, const std::string& norm, auto change) {
    NetworkSettings settings = small_settings(inputs, "tanh", norm);
    settings.width = 6;
    change(settings);
    kinds.emplace_back(name, settings);
  };
  for (const char* norm : {"layer", "rms", "group", "batch", "instance"}) {
    add(norm, norm, [](auto&) {});
    add(std::string(norm) + ", first, bare", norm, [](auto& s) {
      s.norm_first = true;
      s.norm_affine = false;
      s.first_bias = 1.0;
    });
  }
  for (const char* reparam : {"weight_norm", "weight_fact"}) {
    add(reparam, "layer", [&](auto& s) { s.reparam = reparam; });
  }
  for (const char* placement : {"pre", "post", "sandwich", "none"}) {
    add(std::string("residual, ") + placement, "layer", [&](auto& s) {
      s.block = "residual";
      s.placement = placement;
    });
  }
  add("residual, skipinit", "none", [](auto& s) {
    s.block = "residual";
    s.skip = "skipinit";
  });
  add("dense", "group", [](auto& s) { s.block = "dense"; });
  add("modified", "rms", [](auto& s) { s.block = "modified"; });
  add("modified, batch, weight_fact", "batch", [](auto& s) {
    s.block = "modified";
    s.norm_first = true;
    s.reparam = "weight_fact";
  });
  const auto pirate = [](auto& s) {
    s.block = "pirate";
    s.depth = 6;
    s.fourier = 4;
    s.fourier_seed = 3;
  };
  add("pirate", "none", pirate);
  add("pirate, layer, weight_norm", "layer", [&](auto& s) {
    pirate(s);
    s.reparam = "weight_norm";
    s.norm_first = true;
  });
  add("fourier", "none", [](auto& s) {
    s.fourier = 5;
    s.fourier_scale = 1.5;
  });
  add("periodic", "none", [&](auto& s) { s.periodic = {inputs - 1}; });
  add("fourier of periodic", "layer", [&](auto& s) {
    s.fourier = 3;
    s.periodic = {0};
  });
  return kinds;
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

/// Third derivatives: pure, mixed, and forms of several, beside a second-order channel that they do not need.
inline JetSpec third_order_spec(int axes) {
  std::vector<ThirdOrder> third{ThirdOrder::derivative(0, 0, 0)};
  ThirdOrder general{{{0, 0, 0, -0.6}}};
  for (int j = 1; j < axes; ++j) {
    third.push_back(ThirdOrder::derivative(j, 0, 0));
    general.terms.push_back({j, j, j, 0.4 + j});
    general.terms.push_back({0, j, j, 0.9});
  }
  if (axes == 3) third.push_back(ThirdOrder::derivative(2, 0, 1));
  third.push_back(general);
  return JetSpec::third_order(axes, {SecondOrder::laplacian(std::vector<double>(axes, 0.7))}, third);
}

/// all_specs, and third derivatives.
inline std::vector<JetSpec> specs_of_every_order(int axes) {
  std::vector<JetSpec> specs = all_specs(axes);
  specs.push_back(third_order_spec(axes));
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
