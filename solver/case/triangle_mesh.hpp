// A closed triangulated surface: nearest point and winding number, both by one tree of bounding boxes.
#pragma once

#include <array>
#include <vector>

#include "solver/case/position.hpp"

namespace nusselt {

class TriangleMesh {
 public:
  using Triangle = std::array<int, 3>;  // corners, counter-clockwise seen from outside

  /// At least one triangle, none of them without area.
  TriangleMesh(std::vector<Position> corners, std::vector<Triangle> triangles);

  int size() const { return static_cast<int>(triangles_.size()); }
  const Position& corner(int triangle, int k) const { return corners_[triangles_[triangle][k]]; }
  Position normal(int triangle) const;
  /// By the divergence theorem; negative when the triangles look inwards.
  double volume() const;

  struct Foot {
    Position x;
    int triangle;
  };
  Foot nearest(const Position& x) const;

  /// How often the surface goes around x: 1 inside, 0 outside, a half on it (A. Jacobson, L. Kavan, O. Sorkine-Hornung,
  /// ACM Trans. Graph. 32(4), 2013, 33, doi:10.1145/2461912.2461916), with far parts as dipoles (G. Barill et al., ACM
  /// Trans. Graph. 37(4), 2018, 43, doi:10.1145/3197517.3201337); off by 0.03 at most where that was measured. The
  /// triangle `without` is left out.
  double winding(const Position& x, int without = -1) const;

 private:
  struct Branch {
    Position lower;
    Position upper;
    Position centre;  // mean of the triangles by area
    Position area;    // sum of the vector areas
    double radius;    // of a ball about the centre that holds them
    int begin;        // in order_
    int end;
    int right;  // the other child; the left one follows its parent; 0 in a leaf
  };
  int build(int begin, int end);
  void look_in(int branch, const Position& x, double& square, Foot& best) const;
  double winding_of(int branch, const Position& x, int without) const;

  std::vector<Position> corners_;
  std::vector<Triangle> triangles_;
  std::vector<int> order_;
  std::vector<Branch> branches_;
};

}  // namespace nusselt
