// An axis-aligned box in SI: the domain of a case. Its faces are named by the axis and the side, `x-`, `x+`, `y-`, ...
// Time is one more axis: t- is the domain at the start, t+ at the end.
#pragma once

#include <array>
#include <string>
#include <vector>

#include "nondim/expression.hpp"

namespace nusselt {

/// A face by its name: of the box where `label` is empty, else of a region or a shape (domain.hpp). Axis and side have
/// a meaning where it is flat.
struct Face {
  Axis axis;
  bool upper;
  std::string label = {};
  std::string name() const { return label.empty() ? std::string(axis_names[axis]) + (upper ? "+" : "-") : label; }
  /// Component of the outward normal along the face's axis.
  double sign() const { return upper ? 1 : -1; }
  bool operator==(const Face&) const = default;
};

struct Box {
  Axes axes{};
  std::array<double, axis_count> lower{};
  std::array<double, axis_count> upper{};
  Axes periodic{};  // axes whose two faces are one and the same

  int dimensions() const;
  /// The axes of the domain in order: the inputs of the network.
  std::vector<Axis> active_axes() const;
  std::vector<Face> faces() const;
  /// Throws std::out_of_range when the box has no face of that name.
  Face face_named(const std::string& name) const;
  std::vector<std::string> face_names() const;
  /// Length, area or volume of the box, times the duration of an unsteady case; for a face that of the box without the
  /// face's axis.
  double measure() const;
  double measure(const Face& face) const;
  /// The midpoints of a grid with so many cells along each axis.
  std::vector<std::array<double, axis_count>> midpoints(int cells) const;
};

}  // namespace nusselt
