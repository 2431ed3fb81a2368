#include "nondim/rational_matrix.hpp"

#include <numeric>
#include <utility>

namespace nusselt {
namespace {

using IntegerVector = std::vector<std::int64_t>;

std::int64_t dot(const IntegerVector& a, const IntegerVector& b) {
  return std::inner_product(a.begin(), a.end(), b.begin(), std::int64_t{0});
}

void subtract(IntegerVector& a, std::int64_t factor, const IntegerVector& b) {
  for (std::size_t i = 0; i < a.size(); ++i) a[i] -= factor * b[i];
}

// Nearest integer to n / d, d > 0; halves go towards zero, so that a reduction of no use is not done.
std::int64_t nearest_quotient(std::int64_t n, std::int64_t d) {
  const std::int64_t magnitude = (2 * std::abs(n) + d - 1) / (2 * d);
  return n < 0 ? -magnitude : magnitude;
}

// Subtracts integer multiples of one basis vector from another while that makes one of them shorter.
void make_short(std::vector<IntegerVector>& basis) {
  bool changed = true;
  while (changed) {
    changed = false;
    for (std::size_t i = 0; i < basis.size(); ++i) {
      for (std::size_t j = 0; j < basis.size(); ++j) {
        if (i == j) continue;
        const std::int64_t q = nearest_quotient(dot(basis[i], basis[j]), dot(basis[j], basis[j]));
        if (q == 0) continue;
        subtract(basis[i], q, basis[j]);
        changed = true;
      }
    }
  }
}

}  // namespace

RationalMatrix RationalMatrix::from_columns(std::size_t rows, const std::vector<RationalVector>& columns) {
  RationalMatrix matrix(rows, columns.size());
  for (std::size_t j = 0; j < columns.size(); ++j) {
    for (std::size_t i = 0; i < rows; ++i) matrix(i, j) = columns[j].at(i);
  }
  return matrix;
}

std::vector<std::size_t> RationalMatrix::reduce() {
  std::vector<std::size_t> pivots;
  for (std::size_t column = 0; column < columns_ && pivots.size() < rows(); ++column) {
    const std::size_t top = pivots.size();
    std::size_t found = top;
    while (found < rows() && entries_[found][column] == 0) ++found;
    if (found == rows()) continue;
    std::swap(entries_[top], entries_[found]);
    const Rational pivot = entries_[top][column];
    for (Rational& entry : entries_[top]) entry /= pivot;
    for (std::size_t row = 0; row < rows(); ++row) {
      const Rational factor = entries_[row][column];
      if (row == top || factor == 0) continue;
      for (std::size_t j = column; j < columns_; ++j) entries_[row][j] -= factor * entries_[top][j];
    }
    pivots.push_back(column);
  }
  return pivots;
}

std::optional<RationalVector> solve(const RationalMatrix& a, const RationalVector& b) {
  RationalMatrix augmented(a.rows(), a.columns() + 1);
  for (std::size_t i = 0; i < a.rows(); ++i) {
    for (std::size_t j = 0; j < a.columns(); ++j) augmented(i, j) = a(i, j);
    augmented(i, a.columns()) = b.at(i);
  }
  const std::vector<std::size_t> pivots = augmented.reduce();
  if (!pivots.empty() && pivots.back() == a.columns()) return std::nullopt;
  RationalVector x(a.columns());
  for (std::size_t row = 0; row < pivots.size(); ++row) x[pivots[row]] = augmented(row, a.columns());
  return x;
}

std::vector<std::int64_t> primitive(const RationalVector& vector) {
  std::int64_t multiple = 1;
  for (const Rational& entry : vector) multiple = std::lcm(multiple, entry.denominator());
  IntegerVector result;
  std::int64_t divisor = 0;
  for (const Rational& entry : vector) {
    result.push_back(entry.numerator() * (multiple / entry.denominator()));
    divisor = std::gcd(divisor, result.back());
  }
  if (divisor > 1) {
    for (std::int64_t& entry : result) entry /= divisor;
  }
  return result;
}

std::vector<std::vector<std::int64_t>> integer_null_space(const RationalMatrix& matrix) {
  // Column j carries the integer column j of the matrix on top and of the identity below. Unimodular column operations
  // clear the top row by row; the columns with an empty top hold, below, a basis of the whole lattice.
  const std::size_t n = matrix.columns();
  std::vector<IntegerVector> top(n);
  std::vector<IntegerVector> below(n, IntegerVector(n, 0));
  for (std::size_t j = 0; j < n; ++j) below[j][j] = 1;
  for (std::size_t row = 0; row < matrix.rows(); ++row) {
    RationalVector entries(n);
    for (std::size_t j = 0; j < n; ++j) entries[j] = matrix(row, j);
    const IntegerVector integers = primitive(entries);
    for (std::size_t j = 0; j < n; ++j) top[j].push_back(integers[j]);
  }

  std::size_t first = 0;
  for (std::size_t row = 0; row < matrix.rows() && first < n; ++row) {
    for (std::size_t j = first + 1; j < n; ++j) {
      while (top[j][row] != 0) {  // Euclid's algorithm on the two entries
        const std::int64_t q = top[first][row] / top[j][row];
        subtract(top[first], q, top[j]);
        subtract(below[first], q, below[j]);
        std::swap(top[first], top[j]);
        std::swap(below[first], below[j]);
      }
    }
    if (top[first][row] != 0) ++first;
  }
  std::vector<IntegerVector> basis(below.begin() + static_cast<std::ptrdiff_t>(first), below.end());
  make_short(basis);
  return basis;
}

}  // namespace nusselt
