#include "solver/case/profile.hpp"

#include <algorithm>
#include <cmath>

#include "solver/case/csv.hpp"
#include "solver/case/key_table.hpp"
#include "solver/case/references.hpp"

namespace nusselt {

namespace {

/// Slopes at the rows of the cubic spline without a knot at the second row and the last but one.
std::vector<double> spline_slopes(const std::vector<double>& width, const std::vector<double>& secant) {
  const std::size_t n = width.size() + 1;
  if (n == 2) return {secant[0], secant[0]};
  std::vector<double> below(n), middle(n), above(n), right(n);
  for (std::size_t i = 1; i + 1 < n; ++i) {
    below[i] = width[i];
    middle[i] = 2 * (width[i - 1] + width[i]);
    above[i] = width[i - 1];
    right[i] = 3 * (width[i] * secant[i - 1] + width[i - 1] * secant[i]);
  }
  if (n == 3) {
    middle[0] = above[0] = middle[2] = below[2] = 1;  // a parabola
    right[0] = 2 * secant[0];
    right[2] = 2 * secant[1];
  } else {
    const auto end = [](double near, double far, double near_secant, double far_secant) {
      const double both = near + far;
      return ((near + 2 * both) * far * near_secant + near * near * far_secant) / both;
    };
    middle[0] = width[1];
    above[0] = width[0] + width[1];
    right[0] = end(width[0], width[1], secant[0], secant[1]);
    middle[n - 1] = width[n - 3];
    below[n - 1] = width[n - 2] + width[n - 3];
    right[n - 1] = end(width[n - 2], width[n - 3], secant[n - 2], secant[n - 3]);
  }
  for (std::size_t i = 1; i < n; ++i) {
    const double factor = below[i] / middle[i - 1];
    middle[i] -= factor * above[i - 1];
    right[i] -= factor * right[i - 1];
  }
  std::vector<double> slope(n);
  for (std::size_t i = n; i-- > 0;) slope[i] = (right[i] - (i + 1 < n ? above[i] * slope[i + 1] : 0)) / middle[i];
  return slope;
}

/// The same, no steeper than three times the flatter of the straight lines beside a row.
std::vector<double> limited_slopes(const std::vector<double>& x, const std::vector<double>& y) {
  std::vector<double> width, secant;
  for (std::size_t i = 0; i + 1 < x.size(); ++i) {
    width.push_back(x[i + 1] - x[i]);
    secant.push_back((y[i + 1] - y[i]) / width[i]);
  }
  std::vector<double> slopes = spline_slopes(width, secant);
  for (std::size_t i = 0; i < slopes.size(); ++i) {
    const double left = secant[i == 0 ? 0 : i - 1], right = secant[std::min(i, secant.size() - 1)];
    const double most = 3 * std::min(std::abs(left), std::abs(right));
    // Between rows that rise, or fall, so does the cubic.
    const double lowest = left > 0 && right > 0 ? 0 : -most, highest = left < 0 && right < 0 ? 0 : most;
    slopes[i] = std::clamp(slopes[i], lowest, highest);
  }
  return slopes;
}

/// The axis whose column the table has, of those that vary on the face.
Axis profile_axis(const CsvTable& table, const Node& node, const std::string& key, const Box& box, const Face& face) {
  std::string varying;
  std::vector<Axis> found;
  for (const Axis axis : box.active_axes()) {
    if (axis == face.axis) continue;
    varying += std::string(varying.empty() ? "" : ", ") + axis_names[axis];
    if (table.has(axis_names[axis])) found.push_back(axis);
  }
  if (found.size() == 1) return found.front();
  throw InputError(node.place,
                   key + ": a profile is along one coordinate, and " + quote(node.text) +
                       (found.empty() ? " has no column of one" : " has columns of several"),
                   "on " + face.name() + " what varies is " + varying);
}

}  // namespace

// Two kinds of pieces: steps from value to value without a slope at either end, and bumps with a slope of one at one
// row and without value. At a row the one on its left counts, at the first row the one on its right. So the order of
// the arguments of min and max matters: where both are equal the derivative is that of the second.
Expression interpolated(const Expression& coordinate, const std::vector<double>& at, const std::vector<double>& values,
                        const Dimension& dimension) {
  const Expression one = Expression::number(1), zero = Expression::zero();
  const std::size_t last = at.size() - 1;
  const std::vector<double> slopes = limited_slopes(at, values);
  const auto from = [&](std::size_t row) {
    return at[row] == 0 ? coordinate : coordinate - Expression::number(at[row], coordinate.dimension());
  };
  const auto in_widths = [&](std::size_t row, std::size_t interval) {
    return from(row) / Expression::number(at[interval + 1] - at[interval], coordinate.dimension());
  };
  Expression result = Expression::number(values.front(), dimension);
  for (std::size_t i = 0; i < last; ++i) {
    if (values[i + 1] == values[i]) continue;
    Expression s = in_widths(i, i);
    if (i > 0) s = apply(Function::max, s, zero);
    if (i + 1 < last) s = apply(Function::min, one, s);
    result = result + Expression::number(values[i + 1] - values[i], dimension) * s * s *
                          (Expression::number(3) - Expression::number(2) * s);
  }
  for (std::size_t i = 0; i <= last; ++i) {
    if (slopes[i] == 0) continue;
    const auto right = [&] { return apply(Function::max, zero, one - in_widths(i, i)); };
    const auto left = [&] {
      const Expression rising = one + in_widths(i, i - 1);
      return i == 1 ? rising : apply(Function::max, rising, zero);
    };
    const Expression near = i == 0 ? right() : i == last ? left() : apply(Function::min, right(), left());
    result = result + Expression::number(slopes[i], dimension / coordinate.dimension()) * from(i) * near * near;
  }
  return result;
}

Expression read_profile(const Node& node, const std::string& key, const System::Field& field, const System& system,
                        const Box& box, const Face& face, const std::string& folder) {
  const Node* file = node.find("file");
  if (file == nullptr) {
    throw InputError(node.place, key + ": no file", "a profile reads {file: inlet.csv}, with columns y [m],u [m/s]");
  }
  const CsvTable table = CsvTable::read(data_file(*file, key + ".file", folder));
  const Node* column = node.find("column");
  const std::vector<double> values =
      table.in_si(column == nullptr ? field.name : column->text, field.symbol.dimension());
  const Axis axis = profile_axis(table, *file, key, box, face);
  const Expression coordinate = system.coordinate(axis);
  const std::vector<double> at = table.in_si(axis_names[axis], coordinate.dimension());
  const auto refuse = [&](const std::string& message, const std::string& hint) {
    throw InputError(file->place, key + ": " + file->text + ": " + message, hint);
  };
  if (at.size() < 2) refuse("a profile needs at least 2 rows, got " + std::to_string(at.size()), "");
  if (at.size() > most_profile_rows) {
    refuse(std::to_string(at.size()) + " rows, a profile has at most " + std::to_string(most_profile_rows),
           "leave out rows: between them it is a cubic");
  }
  for (std::size_t i = 1; i < at.size(); ++i) {
    if (at[i] > at[i - 1]) continue;
    refuse(std::string(axis_names[axis]) + " must increase from row to row, got " + to_string(at[i - 1]) +
               " and then " + to_string(at[i]) + " " + coordinate.dimension().unit(),
           "sort the rows by " + std::string(axis_names[axis]));
  }
  const double slack = 1e-9 * (box.upper[axis] - box.lower[axis]);
  if (at.front() > box.lower[axis] + slack || at.back() < box.upper[axis] - slack) {
    const std::string unit = " " + coordinate.dimension().unit();
    refuse("the rows reach from " + std::string(axis_names[axis]) + " = " + to_string(at.front()) + unit + " to " +
               to_string(at.back()) + unit + ", the face from " + to_string(box.lower[axis]) + unit + " to " +
               to_string(box.upper[axis]) + unit,
           "nothing is extrapolated: add rows at the ends");
  }
  return interpolated(coordinate, at, values, field.symbol.dimension());
}

}  // namespace nusselt
