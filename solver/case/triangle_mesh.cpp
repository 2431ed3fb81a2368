#include "solver/case/triangle_mesh.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <numeric>

#include "solver/case/carriers.hpp"

namespace nusselt {

namespace {

constexpr int leaf = 8;
constexpr double far = 3;  // radii, beyond which a branch is a dipole
constexpr double whole = 4 * std::numbers::pi;

/// A. van Oosterom & J. Strackee, IEEE Trans. Biomed. Eng. 30, 1983, 125, doi:10.1109/TBME.1983.325207.
double solid_angle(const Position& a, const Position& b, const Position& c) {
  const double la = norm(a);
  const double lb = norm(b);
  const double lc = norm(c);
  return 2 * std::atan2(dot(a, cross(b, c)), la * lb * lc + dot(a, b) * lc + dot(b, c) * la + dot(c, a) * lb);
}

double square_outside(const Position& x, const Position& lower, const Position& upper) {
  double square = 0;
  for (int d = 0; d < 3; ++d) square += std::pow(x[d] - std::clamp(x[d], lower[d], upper[d]), 2);
  return square;
}

}  // namespace

TriangleMesh::TriangleMesh(std::vector<Position> corners, std::vector<Triangle> triangles)
    : corners_(std::move(corners)), triangles_(std::move(triangles)), order_(triangles_.size()) {
  std::iota(order_.begin(), order_.end(), 0);
  build(0, size());
}

Position TriangleMesh::normal(int t) const {
  return unit(cross(corner(t, 1) - corner(t, 0), corner(t, 2) - corner(t, 0)));
}

double TriangleMesh::volume() const {
  double six = 0;
  const Position origin = branches_.front().centre;
  for (int t = 0; t < size(); ++t) {
    six += dot(corner(t, 0) - origin, cross(corner(t, 1) - origin, corner(t, 2) - origin));
  }
  return six / 6;
}

int TriangleMesh::build(int begin, int end) {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  Branch branch{{infinity, infinity, infinity}, {-infinity, -infinity, -infinity}, {}, {}, 0, begin, end, 0};
  const auto middle = [&](int t) { return (1.0 / 3) * (corner(t, 0) + corner(t, 1) + corner(t, 2)); };
  double area = 0;
  for (int i = begin; i < end; ++i) {
    const int t = order_[i];
    for (int k = 0; k < 3; ++k) {
      for (int d = 0; d < 3; ++d) {
        branch.lower[d] = std::min(branch.lower[d], corner(t, k)[d]);
        branch.upper[d] = std::max(branch.upper[d], corner(t, k)[d]);
      }
    }
    const Position vector = 0.5 * cross(corner(t, 1) - corner(t, 0), corner(t, 2) - corner(t, 0));
    branch.area = branch.area + vector;
    branch.centre = branch.centre + norm(vector) * middle(t);
    area += norm(vector);
  }
  branch.centre = (1 / area) * branch.centre;
  for (int i = begin; i < end; ++i) {
    for (int k = 0; k < 3; ++k) branch.radius = std::max(branch.radius, norm(corner(order_[i], k) - branch.centre));
  }
  const int index = static_cast<int>(branches_.size());
  branches_.push_back(branch);
  if (end - begin <= leaf) return index;
  const Position extent = branch.upper - branch.lower;
  const auto axis = std::max_element(extent.begin(), extent.end()) - extent.begin();
  const int half = (begin + end) / 2;
  std::nth_element(order_.begin() + begin, order_.begin() + half, order_.begin() + end, [&](int a, int b) {
    const double of_a = middle(a)[axis];
    const double of_b = middle(b)[axis];
    return of_a != of_b ? of_a < of_b : a < b;
  });
  build(begin, half);
  const int right = build(half, end);
  branches_[index].right = right;
  return index;
}

TriangleMesh::Foot TriangleMesh::nearest(const Position& x) const {
  double square = std::numeric_limits<double>::infinity();
  Foot best{};
  look_in(0, x, square, best);
  return best;
}

void TriangleMesh::look_in(int index, const Position& x, double& square, Foot& best) const {
  const Branch& branch = branches_[index];
  if (branch.right == 0) {
    for (int i = branch.begin; i < branch.end; ++i) {
      const int t = order_[i];
      const Position p = nearest_on_triangle(x, corner(t, 0), corner(t, 1), corner(t, 2));
      const double here = dot(x - p, x - p);
      if (here >= square) continue;
      square = here;
      best = {p, t};
    }
    return;
  }
  const auto reach = [&](int child) { return square_outside(x, branches_[child].lower, branches_[child].upper); };
  int first = index + 1;
  int second = branch.right;
  if (reach(second) < reach(first)) std::swap(first, second);
  for (const int child : {first, second}) {
    if (reach(child) < square) look_in(child, x, square, best);
  }
}

double TriangleMesh::winding(const Position& x, int without) const { return winding_of(0, x, without) / whole; }

double TriangleMesh::winding_of(int index, const Position& x, int without) const {
  const Branch& branch = branches_[index];
  const Position away = branch.centre - x;
  const double distance = norm(away);
  if (distance > far * branch.radius) return dot(branch.area, away) / (distance * distance * distance);
  if (branch.right != 0) return winding_of(index + 1, x, without) + winding_of(branch.right, x, without);
  double sum = 0;
  for (int i = branch.begin; i < branch.end; ++i) {
    const int t = order_[i];
    if (t != without) sum += solid_angle(corner(t, 0) - x, corner(t, 1) - x, corner(t, 2) - x);
  }
  return sum;
}

}  // namespace nusselt
