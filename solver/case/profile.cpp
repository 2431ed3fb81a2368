#include "solver/case/profile.hpp"

#include <algorithm>
#include <cmath>

#include "solver/case/csv.hpp"
#include "solver/case/key_table.hpp"
#include "solver/case/references.hpp"

namespace nusselt {

namespace {

/// Slopes of the cubic at the rows.
std::vector<double> monotone_slopes(const std::vector<double>& x, const std::vector<double>& y) {
  const std::size_t n = x.size();
  std::vector<double> width(n - 1), secant(n - 1), slope(n);
  for (std::size_t i = 0; i + 1 < n; ++i) {
    width[i] = x[i + 1] - x[i];
    secant[i] = (y[i + 1] - y[i]) / width[i];
  }
  if (n == 2) return {secant[0], secant[0]};
  for (std::size_t i = 1; i + 1 < n; ++i) {
    if (secant[i - 1] * secant[i] <= 0) continue;
    const double left = 2 * width[i] + width[i - 1], right = width[i] + 2 * width[i - 1];
    slope[i] = (left + right) / (left / secant[i - 1] + right / secant[i]);
  }
  // Three points, limited to what keeps the cubic monotone.
  const auto at_end = [](double near_width, double far_width, double near, double far) {
    double end = ((2 * near_width + far_width) * near - near_width * far) / (near_width + far_width);
    if (end * near <= 0) return 0.0;
    if (near * far <= 0 && std::abs(end) > 3 * std::abs(near)) end = 3 * near;
    return end;
  };
  slope[0] = at_end(width[0], width[1], secant[0], secant[1]);
  slope[n - 1] = at_end(width[n - 2], width[n - 3], secant[n - 2], secant[n - 3]);
  return slope;
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
// row and without value. At a row the one on its left counts, so the order of the arguments of min and max matters:
// where both are equal the derivative is that of the second.
Expression interpolated(const Expression& coordinate, const std::vector<double>& at, const std::vector<double>& values,
                        const Dimension& dimension) {
  const Expression one = Expression::number(1), zero = Expression::zero();
  const std::size_t last = at.size() - 1;
  const std::vector<double> slopes = monotone_slopes(at, values);
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
    const auto left = [&] { return apply(Function::max, one + in_widths(i, i - 1), zero); };
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
