#include "physics/space_tensor.hpp"

#include <algorithm>
#include <functional>

namespace nusselt {

namespace {

SpaceTensor by_part(const SpaceTensor& tensor, const std::function<Expression(const Expression&)>& f) {
  SpaceTensor result{tensor.rank, {}};
  for (const Expression& part : tensor.parts) result.parts.push_back(f(part));
  return result;
}

/// Components along one axis of a tensor of second rank.
std::size_t extent(const SpaceTensor& tensor) {
  std::size_t n = 1;
  while (tensor.rank == 2 && n * n < tensor.parts.size()) ++n;
  return tensor.rank == 2 ? n : tensor.parts.size();
}

}  // namespace

const Expression& SpaceTensor::expression() const {
  if (rank != 0) throw RankError("expected a scalar, got " + rank_in_words(*this));
  return parts.front();
}

const Dimension& SpaceTensor::dimension() const {
  // A zero fits every dimension, so another component says which it is.
  for (const Expression& part : parts) {
    if (!part.is_zero()) return part.dimension();
  }
  return parts.front().dimension();
}

std::size_t SpaceTensor::size() const {
  std::size_t size = 0;
  for (const Expression& part : parts) size += part.size();
  return size;
}

std::string rank_in_words(const SpaceTensor& tensor) {
  return tensor.rank == 0 ? "a scalar" : tensor.rank == 1 ? "a vector" : "a tensor such as the gradient of a vector";
}

SpaceTensor operator+(const SpaceTensor& a, const SpaceTensor& b) {
  if (a.rank != b.rank) {
    if (a.is_zero()) return b;
    if (b.is_zero()) return a;
    throw RankError(rank_in_words(a) + " and " + rank_in_words(b));
  }
  // One component may be zero: the dimensions are compared as those of the whole.
  if (a.dimension() != b.dimension() &&
      std::any_of(a.parts.begin(), a.parts.end(), [](const Expression& e) { return !e.is_zero(); }) &&
      std::any_of(b.parts.begin(), b.parts.end(), [](const Expression& e) { return !e.is_zero(); })) {
    throw DimensionError("cannot add", a.dimension(), b.dimension());
  }
  SpaceTensor result{a.rank, {}};
  for (std::size_t i = 0; i < a.parts.size(); ++i) result.parts.push_back(a.parts[i] + b.parts[i]);
  return result;
}

SpaceTensor operator-(const SpaceTensor& a) {
  return by_part(a, [](const Expression& e) { return -e; });
}

SpaceTensor operator*(const SpaceTensor& a, const SpaceTensor& b) {
  if (a.rank > 0 && b.rank > 0) {
    throw RankError("cannot multiply " + rank_in_words(a) + " by " + rank_in_words(b),
                    "the inner product is dot(a, b)");
  }
  if (a.rank == 0) return by_part(b, [&](const Expression& e) { return a.parts.front() * e; });
  return by_part(a, [&](const Expression& e) { return e * b.parts.front(); });
}

SpaceTensor operator/(const SpaceTensor& a, const SpaceTensor& b) {
  if (b.rank > 0) throw RankError("cannot divide by " + rank_in_words(b));
  return by_part(a, [&](const Expression& e) { return e / b.parts.front(); });
}

std::vector<Axis> space_axes(const Axes& axes) {
  std::vector<Axis> space;
  for (int axis = 0; axis < axis_t; ++axis) {
    if (axes[axis]) space.push_back(static_cast<Axis>(axis));
  }
  return space;
}

SpaceTensor derivative(const SpaceTensor& tensor, Axis axis) {
  return by_part(tensor, [&](const Expression& e) { return derivative(e, axis); });
}

SpaceTensor lap(const SpaceTensor& tensor, const Axes& axes) {
  return by_part(tensor, [&](const Expression& e) {
    std::vector<Expression> terms;
    for (Axis axis : space_axes(axes)) terms.push_back(derivative(derivative(e, axis), axis));
    return sum(terms);
  });
}

SpaceTensor normal(const Axes& axes) {
  std::vector<Expression> components;
  for (Axis axis : space_axes(axes)) components.push_back(Expression::normal(axis));
  return SpaceTensor::vector(components);
}

SpaceTensor dn(const SpaceTensor& tensor, const Axes& axes) {
  return by_part(tensor, [&](const Expression& e) {
    std::vector<Expression> terms;
    for (Axis axis : space_axes(axes)) terms.push_back(Expression::normal(axis) * derivative(e, axis));
    return sum(terms);
  });
}

SpaceTensor grad(const SpaceTensor& tensor, const Axes& axes) {
  if (tensor.rank > 1) {
    throw RankError("grad() of " + rank_in_words(tensor) + " has no meaning here", "grad() takes a scalar or a vector");
  }
  SpaceTensor result{tensor.rank + 1, {}};
  for (Axis axis : space_axes(axes)) {
    for (const Expression& part : tensor.parts) result.parts.push_back(derivative(part, axis));
  }
  return result;
}

SpaceTensor div(const SpaceTensor& tensor, const Axes& axes) {
  if (tensor.rank == 0) {
    throw RankError("div() of a scalar has no meaning",
                    "div() takes a vector, such as k*grad(T); grad() takes a scalar");
  }
  const std::vector<Axis> space = space_axes(axes);
  const std::size_t n = space.size();
  SpaceTensor result{tensor.rank - 1, {}};
  for (std::size_t i = 0; i < tensor.parts.size() / n; ++i) {
    std::vector<Expression> terms;
    for (std::size_t j = 0; j < n; ++j)
      terms.push_back(derivative(tensor.parts[j * (tensor.parts.size() / n) + i], space[j]));
    result.parts.push_back(sum(terms));
  }
  return result;
}

SpaceTensor dot(const SpaceTensor& a, const SpaceTensor& b) {
  if (a.rank == 0 || b.rank == 0) {
    throw RankError("dot() of " + rank_in_words(a) + " and " + rank_in_words(b) + " has no meaning",
                    "dot() takes vectors; a scalar multiplies with *");
  }
  if (a.rank + b.rank > 3) throw RankError("dot() of two tensors is not known", "write the components out");
  const std::size_t n = a.rank == 1 ? extent(a) : extent(b);
  const auto contracted = [&](const std::function<Expression(std::size_t)>& term) {
    std::vector<Expression> terms;
    for (std::size_t j = 0; j < n; ++j) terms.push_back(term(j));
    return sum(terms);
  };
  if (a.rank + b.rank == 2) {
    return SpaceTensor::scalar(contracted([&](std::size_t j) { return a.parts[j] * b.parts[j]; }));
  }
  SpaceTensor result{1, {}};
  for (std::size_t i = 0; i < n; ++i) {
    result.parts.push_back(contracted([&](std::size_t j) {
      return a.rank == 1 ? a.parts[j] * b.parts[j * n + i] : a.parts[i * n + j] * b.parts[j];
    }));
  }
  return result;
}

SpaceTensor transpose(const SpaceTensor& tensor) {
  if (tensor.rank != 2) {
    throw RankError("transpose() of " + rank_in_words(tensor) + " has no meaning",
                    "transpose() takes the gradient of a vector");
  }
  const std::size_t n = extent(tensor);
  SpaceTensor result{2, {}};
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j < n; ++j) result.parts.push_back(tensor.parts[j * n + i]);
  }
  return result;
}

}  // namespace nusselt
