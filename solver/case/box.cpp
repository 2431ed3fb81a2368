#include "solver/case/box.hpp"

#include <stdexcept>

namespace nusselt {

std::vector<Axis> Box::active_axes() const {
  std::vector<Axis> active;
  for (int axis = 0; axis < axis_count; ++axis) {
    if (axes[axis]) active.push_back(static_cast<Axis>(axis));
  }
  return active;
}

int Box::dimensions() const { return static_cast<int>(active_axes().size()); }

std::vector<Face> Box::faces() const {
  std::vector<Face> all;
  for (Axis axis : active_axes()) {
    all.push_back({axis, false});
    all.push_back({axis, true});
  }
  return all;
}

std::vector<std::string> Box::face_names() const {
  std::vector<std::string> names;
  for (const Face& face : faces()) names.push_back(face.name());
  return names;
}

Face Box::face_named(const std::string& name) const {
  for (const Face& face : faces()) {
    if (face.name() == name) return face;
  }
  throw std::out_of_range("no face '" + name + "'");
}

double Box::measure() const {
  double product = 1;
  for (Axis axis : active_axes()) product *= upper[axis] - lower[axis];
  return product;
}

double Box::measure(const Face& face) const { return measure() / (upper[face.axis] - lower[face.axis]); }

std::vector<std::array<double, axis_count>> Box::midpoints(int cells) const {
  const std::vector<Axis> active = active_axes();
  std::vector<std::array<double, axis_count>> points;
  std::vector<int> index(active.size(), 0);
  while (true) {
    std::array<double, axis_count> point{};
    for (std::size_t d = 0; d < active.size(); ++d) {
      const Axis a = active[d];
      point[a] = lower[a] + (index[d] + 0.5) / cells * (upper[a] - lower[a]);
    }
    points.push_back(point);
    std::size_t d = 0;
    while (d < active.size() && ++index[d] == cells) index[d++] = 0;
    if (d == active.size()) return points;
  }
}

}  // namespace nusselt
