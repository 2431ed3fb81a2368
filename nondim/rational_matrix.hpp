// Small exact linear algebra over the rational numbers, for exponents. Floating point would have to guess whether a
// pivot is zero and which fraction 0.333... meant.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "nondim/dimension.hpp"

namespace nusselt {

using RationalVector = std::vector<Rational>;

class RationalMatrix {
 public:
  RationalMatrix(std::size_t rows, std::size_t columns) : columns_(columns), entries_(rows, RationalVector(columns)) {}
  /// `columns[j]` is column j; all of them have `rows` entries.
  static RationalMatrix from_columns(std::size_t rows, const std::vector<RationalVector>& columns);

  std::size_t rows() const { return entries_.size(); }
  std::size_t columns() const { return columns_; }
  Rational& operator()(std::size_t row, std::size_t column) { return entries_[row][column]; }
  const Rational& operator()(std::size_t row, std::size_t column) const { return entries_[row][column]; }

  /// Brings this matrix to reduced row echelon form; returns the pivot column of each leading row.
  std::vector<std::size_t> reduce();

 private:
  std::size_t columns_;
  std::vector<RationalVector> entries_;
};

/// One solution of A x = b (free unknowns zero), or nothing when b is not in the column space.
std::optional<RationalVector> solve(const RationalMatrix& a, const RationalVector& b);

/// The smallest integer multiple of a rational vector: times the least common multiple of the denominators, divided by
/// the greatest common divisor of the numerators.
std::vector<std::int64_t> primitive(const RationalVector& vector);

/// A basis of all integer vectors in the null space, pairwise reduced to small entries; as many as columns minus rank.
/// It is saturated: the vectors of a reduced echelon form, made primitive, may generate a sublattice only.
std::vector<std::vector<std::int64_t>> integer_null_space(const RationalMatrix& matrix);

}  // namespace nusselt
