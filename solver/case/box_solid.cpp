#include "solver/case/box_solid.hpp"

#include <algorithm>
#include <limits>

#include "solver/case/carriers.hpp"

namespace nusselt {

namespace {

constexpr char axis_letters[] = "xyz";

class BoxSolid : public Solid {
 public:
  BoxSolid(int dimensions, const Position& lower, const Position& upper)
      : Solid(exact_facts(dimensions, lower, upper)) {}

  Nearest nearest(const Position& x) const override {
    const Position& lower = facts().lower;
    const Position& upper = facts().upper;
    Position outside{};
    double inside = -std::numeric_limits<double>::infinity();
    Position inside_normal{};
    for (int d = 0; d < facts().dimensions; ++d) {
      outside[d] = x[d] - std::clamp(x[d], lower[d], upper[d]);
      for (const double sign : {-1.0, 1.0}) {
        const double beyond = sign > 0 ? x[d] - upper[d] : lower[d] - x[d];
        if (beyond <= inside) continue;
        inside = beyond;
        inside_normal = {};
        inside_normal[d] = sign;
      }
    }
    const double distance = norm(outside);
    if (distance > 0) return {distance, unit(outside)};
    return {inside, inside_normal};
  }

  std::vector<Piece> pieces() const override {
    std::vector<Piece> pieces;
    const int dimensions = facts().dimensions;
    const Position extent = facts().upper - facts().lower;
    for (int d = 0; d < dimensions; ++d) {
      std::vector<Position> edges;
      for (int other = 0; other < dimensions; ++other) {
        if (other == d) continue;
        Position edge{};
        edge[other] = extent[other];
        edges.push_back(edge);
      }
      for (const bool upper : {false, true}) {
        Position normal{};
        normal[d] = upper ? 1 : -1;
        Position corner = facts().lower;
        if (upper) corner[d] = facts().upper[d];
        const std::string face = std::string(1, axis_letters[d]) + (upper ? "+" : "-");
        pieces.push_back({face, edges.empty()       ? point_carrier(corner, normal)
                                : edges.size() == 1 ? segment(corner, corner + edges[0], normal)
                                                    : rectangle(corner, edges[0], edges[1], normal)});
      }
    }
    return pieces;
  }

  std::optional<double> measure() const override {
    double product = 1;
    for (int d = 0; d < facts().dimensions; ++d) product *= facts().upper[d] - facts().lower[d];
    return product;
  }
};

}  // namespace

std::shared_ptr<const Solid> box_solid(int dimensions, const Position& lower, const Position& upper) {
  return std::make_shared<BoxSolid>(dimensions, lower, upper);
}

}  // namespace nusselt
