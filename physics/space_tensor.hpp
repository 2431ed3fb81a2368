// Scalars, vectors and tensors of second rank over the space axes of a domain, as a text names them: U, grad(T),
// grad(U). Components are Expressions; an operation that its arguments have no meaning for throws RankError.
//
// The gradient of a vector has the direction of differentiation as its first index, so that dot(U, grad(U)) is the
// advection of U and div(grad(U)) its Laplacian.
#pragma once

#include <stdexcept>
#include <string>
#include <vector>

#include "nondim/expression.hpp"

namespace nusselt {

/// What an operator was given and cannot take; `hint` says what to do, or is empty.
class RankError : public std::invalid_argument {
 public:
  explicit RankError(const std::string& message, std::string hint = {})
      : std::invalid_argument(message), hint_(std::move(hint)) {}
  const std::string& hint() const { return hint_; }

 private:
  std::string hint_;
};

struct SpaceTensor {
  int rank = 0;
  std::vector<Expression> parts;  // n^rank, the last index fastest

  static SpaceTensor scalar(const Expression& expression) { return {0, {expression}}; }
  static SpaceTensor vector(std::vector<Expression> components) { return {1, std::move(components)}; }
  /// Of a scalar. Throws RankError that names what stands there, "a scalar is expected, got a vector".
  const Expression& expression() const;
  bool is_scalar() const { return rank == 0; }
  bool is_zero() const { return rank == 0 && parts.front().is_zero(); }
  const Dimension& dimension() const;
  std::size_t size() const;
};

/// "a scalar", "a vector", "the gradient of a vector".
std::string rank_in_words(const SpaceTensor& tensor);

/// Of equal rank; a scalar 0 fits every rank as it fits every dimension. Throws DimensionError as well.
SpaceTensor operator+(const SpaceTensor& a, const SpaceTensor& b);
SpaceTensor operator-(const SpaceTensor& a);
/// At least one of them a scalar.
SpaceTensor operator*(const SpaceTensor& a, const SpaceTensor& b);
SpaceTensor operator/(const SpaceTensor& a, const SpaceTensor& b);

/// The space axes among `axes`.
std::vector<Axis> space_axes(const Axes& axes);
/// Derivative of every component.
SpaceTensor derivative(const SpaceTensor& tensor, Axis axis);
SpaceTensor lap(const SpaceTensor& tensor, const Axes& axes);
/// The outward unit normal of a face, a vector.
SpaceTensor normal(const Axes& axes);
/// Along the outward normal.
SpaceTensor dn(const SpaceTensor& tensor, const Axes& axes);
SpaceTensor grad(const SpaceTensor& tensor, const Axes& axes);
SpaceTensor div(const SpaceTensor& tensor, const Axes& axes);
SpaceTensor dot(const SpaceTensor& a, const SpaceTensor& b);
SpaceTensor transpose(const SpaceTensor& tensor);

}  // namespace nusselt
