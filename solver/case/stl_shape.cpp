// From the triangles of a file to a solid: the checks of its surface.
#include <algorithm>
#include <cmath>
#include <map>
#include <memory>
#include <numeric>
#include <tuple>

#include "nondim/expression.hpp"
#include "solver/case/carriers.hpp"
#include "solver/case/input_error.hpp"
#include "solver/case/stl.hpp"
#include "solver/case/triangle_mesh.hpp"

namespace nusselt {

namespace {

constexpr double float_digits = 1e-6;  // of the size: files hold single precision
constexpr std::size_t most_bodies = 10000;

class StlSolid : public Solid {
 public:
  StlSolid(const Facts& facts, TriangleMesh mesh, std::vector<std::string> faces, double volume)
      : Solid(facts), mesh_(std::move(mesh)), faces_(std::move(faces)), volume_(volume) {}

  Nearest nearest(const Position& x) const override {
    const TriangleMesh::Foot foot = mesh_.nearest(x);
    const Position away = x - foot.x;
    const double distance = norm(away);
    const double sign = mesh_.winding(x) > 0.5 ? -1 : 1;
    const Position normal = mesh_.normal(foot.triangle);
    // Above the inside of a triangle, and where rounding would decide, the gradient is its normal.
    if (distance <= facts().tolerance || std::abs(dot(away, normal)) > (1 - 1e-9) * distance) {
      return {sign * distance, normal};
    }
    return {sign * distance, (sign / distance) * away};
  }
  std::vector<Piece> pieces() const override {
    std::vector<Piece> pieces;
    for (int t = 0; t < mesh_.size(); ++t) {
      pieces.push_back({faces_[t], triangle(mesh_.corner(t, 0), mesh_.corner(t, 1), mesh_.corner(t, 2))});
    }
    return pieces;
  }
  std::optional<double> measure() const override { return volume_; }

 private:
  TriangleMesh mesh_;
  std::vector<std::string> faces_;  // of each triangle
  double volume_;
};

struct Edge {
  int forward = 0;  // triangles that pass it from the smaller corner to the larger
  int backward = 0;
};
using Edges = std::map<std::pair<int, int>, Edge>;

/// Reads, mends and judges; messages give places in the unit of the file.
class SurfaceReader {
 public:
  SurfaceReader(const StlFile& stl, double unit, const std::string& file, std::vector<std::string>& notes)
      : stl_(stl), unit_(unit), notes_(notes) {
    place_.file = file;
  }

  Shape shape() {
    weld();
    require_closed(edges());
    TriangleMesh mesh(corners_, triangles_);
    double volume = mesh.volume();
    if (std::abs(volume) <= 1e-12 * std::pow(norm(upper_ - lower_), 3)) {
      refuse("the surface encloses nothing", "it lies on itself; a sheet needs a thickness");
    }
    if (volume < 0) {
      notes_.push_back(place_.file + ": all triangles look inwards; they were turned");
      for (TriangleMesh::Triangle& triangle : triangles_) std::swap(triangle[1], triangle[2]);
      mesh = TriangleMesh(corners_, triangles_);
      volume = -volume;
    }
    require_bodies(mesh);
    Solid::Facts facts = exact_facts(3, lower_, upper_);
    facts.tolerance = float_digits * norm(upper_ - lower_);
    return Shape(std::make_shared<StlSolid>(facts, std::move(mesh), faces_, volume));
  }

 private:
  [[noreturn]] void refuse(const std::string& message, const std::string& hint) const {
    throw InputError(place_, message, hint);
  }

  std::string shown(int corner) const {
    const Position x = (1 / unit_) * corners_[corner];
    return "(" + to_string(x[0]) + ", " + to_string(x[1]) + ", " + to_string(x[2]) + ")";
  }
  std::string shown(const std::pair<int, int>& edge) const { return shown(edge.first) + " to " + shown(edge.second); }

  /// Equal corners become one; triangles without area and those that stand twice are left out.
  void weld() {
    std::vector<Position> all;
    for (const StlFile::Triangle& triangle : stl_.triangles) {
      for (Position corner : triangle.corners) {
        for (double& c : corner) c += 0.0;  // -0 is 0
        all.push_back(corner);
      }
    }
    std::vector<Position> distinct = all;
    std::sort(distinct.begin(), distinct.end());
    distinct.erase(std::unique(distinct.begin(), distinct.end()), distinct.end());
    for (const Position& corner : distinct) corners_.push_back(unit_ * corner);
    lower_ = upper_ = corners_.front();
    for (const Position& corner : corners_) {
      for (int d = 0; d < 3; ++d) {
        if (!std::isfinite(corner[d]))
          refuse("a corner is beyond the range of numbers in metres", "is the unit right?");
        lower_[d] = std::min(lower_[d], corner[d]);
        upper_[d] = std::max(upper_[d], corner[d]);
      }
    }
    const double size = norm(upper_ - lower_);
    std::map<TriangleMesh::Triangle, int> seen;
    int flat = 0;
    int twice = 0;
    for (std::size_t t = 0; t < stl_.triangles.size(); ++t) {
      TriangleMesh::Triangle triangle;
      for (int k = 0; k < 3; ++k) {
        triangle[k] =
            static_cast<int>(std::lower_bound(distinct.begin(), distinct.end(), all[3 * t + k]) - distinct.begin());
      }
      const Position area =
          cross(corners_[triangle[1]] - corners_[triangle[0]], corners_[triangle[2]] - corners_[triangle[0]]);
      if (norm(area) <= 1e-14 * size * size) {
        ++flat;
        continue;
      }
      std::rotate(triangle.begin(), std::min_element(triangle.begin(), triangle.end()), triangle.end());
      if (seen[triangle]++ > 0) {
        ++twice;
        continue;
      }
      triangles_.push_back(triangle);
      const int solid = stl_.triangles[t].solid;
      const std::string& name = stl_.solids[solid];
      faces_.push_back(stl_.solids.size() == 1 ? "" : name.empty() ? std::to_string(solid + 1) : name);
    }
    const auto left_out = [&](int count, const std::string& why) {
      if (count == 0) return;
      notes_.push_back(place_.file + ": " + std::to_string(count) + (count == 1 ? " triangle " : " triangles ") + why +
                       (count == 1 ? " was left out" : " were left out"));
    };
    left_out(flat, "without area");
    left_out(twice, "standing twice");
    if (triangles_.empty()) refuse("no triangle has an area", "");
  }

  Edges edges() const {
    Edges edges;
    for (const TriangleMesh::Triangle& triangle : triangles_) {
      for (int k = 0; k < 3; ++k) {
        const int a = triangle[k];
        const int b = triangle[(k + 1) % 3];
        Edge& edge = edges[std::minmax(a, b)];
        ++(a < b ? edge.forward : edge.backward);
      }
    }
    return edges;
  }

  void require_closed(const Edges& edges) const {
    const auto report = [&](const auto& wrong, const std::string& one, const std::string& many,
                            const std::string& hint) {
      int count = 0;
      const std::pair<int, int>* first = nullptr;
      for (const auto& [ends, edge] : edges) {
        if (!wrong(edge)) continue;
        if (count++ == 0) first = &ends;
      }
      if (count == 0) return;
      refuse((count == 1 ? one : std::to_string(count) + many) + ", the first from " + shown(*first), hint);
    };
    report([](const Edge& e) { return e.forward + e.backward == 1; },
           "the surface is not closed: 1 edge belongs to one triangle only",
           " edges belong to one triangle only: the surface is not closed",
           "close the holes in the program that made it; corners that shall be the same must be so to the last digit");
    report([](const Edge& e) { return e.forward + e.backward > 2; }, "1 edge belongs to more than two triangles",
           " edges belong to more than two triangles", "let it be the surface of one body, without walls inside");
    report([](const Edge& e) { return e.forward != e.backward; },
           "1 edge has two triangles that look to opposite sides",
           " edges have two triangles that look to opposite sides",
           "let the program that made it orient the triangles alike");
  }

  /// Each connected body is the outer or an inner boundary of the solid: on it the winding number is a half.
  void require_bodies(const TriangleMesh& mesh) const {
    std::vector<int> root(corners_.size());
    std::iota(root.begin(), root.end(), 0);
    const auto find = [&](int i) {
      while (root[i] != i) i = root[i] = root[root[i]];
      return i;
    };
    for (const TriangleMesh::Triangle& triangle : triangles_) {
      root[find(triangle[1])] = find(triangle[0]);
      root[find(triangle[2])] = find(triangle[0]);
    }
    std::map<int, int> bodies;  // one triangle of each
    for (int t = 0; t < mesh.size(); ++t) bodies.emplace(find(triangles_[t][0]), t);
    if (bodies.size() > most_bodies) refuse("more than " + std::to_string(most_bodies) + " separate bodies", "");
    for (const auto& [corner, t] : bodies) {
      const double winding = mesh.winding((1.0 / 3) * (mesh.corner(t, 0) + mesh.corner(t, 1) + mesh.corner(t, 2)), t);
      if (std::abs(winding - 0.5) < 0.25) continue;
      const std::string which = "the body at " + shown(triangles_[t][0]);
      if (winding < 0) refuse(which + " looks inwards", "orient its triangles as those of the others");
      refuse(which + " lies inside another one",
             "join the bodies where the file is made, or turn this one to be a hollow");
    }
  }

  const StlFile& stl_;
  double unit_;
  std::vector<std::string>& notes_;
  Place place_;
  std::vector<Position> corners_;
  std::vector<TriangleMesh::Triangle> triangles_;
  std::vector<std::string> faces_;
  Position lower_{};
  Position upper_{};
};

}  // namespace

Shape stl_shape(const StlFile& stl, double unit, const std::string& file, std::vector<std::string>& notes) {
  return SurfaceReader(stl, unit, file, notes).shape();
}

}  // namespace nusselt
