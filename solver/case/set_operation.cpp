#include "solver/case/set_operation.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace nusselt {

namespace {

class Combined : public Solid {
 public:
  Combined(SetOperation operation, std::shared_ptr<const Solid> a, std::shared_ptr<const Solid> b)
      : Solid(facts_of(operation, a->facts(), b->facts())), operation_(operation), a_(std::move(a)), b_(std::move(b)) {}

  Nearest nearest(const Position& x) const override {
    const Nearest a = a_->nearest(x);
    Nearest b = b_->nearest(x);
    if (operation_ == SetOperation::unite) return b.distance < a.distance ? b : a;
    if (operation_ == SetOperation::subtract) b = {-b.distance, -b.normal};
    return b.distance > a.distance ? b : a;
  }

  std::vector<Piece> pieces() const override {
    const double tolerance = std::max(a_->facts().tolerance, b_->facts().tolerance);
    std::vector<Piece> all;
    const auto add = [&](const Solid& from, const std::shared_ptr<const Solid>& other, const Cut& how, bool reverse) {
      for (Piece& piece : from.pieces()) {
        piece.cuts.push_back(how);
        piece.cuts.back().other = other;
        piece.cuts.back().reversed = piece.reversed;
        piece.cuts.back().tolerance = tolerance;
        if (reverse) piece.reversed = !piece.reversed;
        all.push_back(std::move(piece));
      }
    };
    const bool subtract = operation_ == SetOperation::subtract;
    const Cut of_a{
        .keep_inside = operation_ == SetOperation::intersect, .keep_same = !subtract, .keep_opposite = subtract};
    const Cut of_b{.keep_inside = operation_ != SetOperation::unite, .keep_same = false, .keep_opposite = false};
    add(*a_, b_, of_a, false);
    add(*b_, a_, of_b, subtract);
    return all;
  }

 private:
  static Facts facts_of(SetOperation operation, const Facts& a, const Facts& b) {
    Facts facts = a;
    facts.tolerance = std::max(a.tolerance, b.tolerance);
    for (int d = 0; d < 3; ++d) {
      if (operation == SetOperation::unite) {
        facts.lower[d] = std::min(a.lower[d], b.lower[d]);
        facts.upper[d] = std::max(a.upper[d], b.upper[d]);
      } else if (operation == SetOperation::intersect) {
        facts.lower[d] = std::max(a.lower[d], b.lower[d]);
        facts.upper[d] = std::max(facts.lower[d], std::min(a.upper[d], b.upper[d]));
      }
    }
    return facts;
  }

  SetOperation operation_;
  std::shared_ptr<const Solid> a_;
  std::shared_ptr<const Solid> b_;
};

bool keeps(const Cut& cut, const SurfacePoint& point, double distance) {
  if (distance > cut.tolerance) return !cut.keep_inside;
  if (distance < -cut.tolerance) return cut.keep_inside;
  // On the other boundary: what lies a step behind and ahead tells whether it coincides, and how it looks.
  const double step = 50 * cut.tolerance;
  const Position n = cut.reversed ? -point.normal : point.normal;
  const bool behind = cut.other->nearest(point.x - step * n).distance < 0;
  const bool ahead = cut.other->nearest(point.x + step * n).distance < 0;
  if (behind == ahead) return behind == cut.keep_inside;
  return behind ? cut.keep_same : cut.keep_opposite;
}

}  // namespace

std::shared_ptr<const Solid> combined(SetOperation operation, std::shared_ptr<const Solid> a,
                                      std::shared_ptr<const Solid> b) {
  return std::make_shared<Combined>(operation, std::move(a), std::move(b));
}

CutState state_of(const Piece& piece, const SurfacePoint& point) {
  CutState state{true, std::numeric_limits<double>::infinity()};
  for (const Cut& cut : piece.cuts) {
    const double distance = cut.other->nearest(point.x).distance;
    state.safe = std::min(state.safe, std::max(0.0, std::abs(distance) - cut.tolerance));
    if (state.kept) state.kept = keeps(cut, point, distance);
  }
  return state;
}

}  // namespace nusselt
