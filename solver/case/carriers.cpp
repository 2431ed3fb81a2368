#include "solver/case/carriers.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace nusselt {

namespace {

constexpr double turn = 2 * std::numbers::pi;

class PointCarrier : public Carrier {
 public:
  PointCarrier(const Position& x, const Position& normal)
      : Carrier({.parameters = 0, .measure = 1, .speed = 0, .centre = x}), normal_(normal) {}
  SurfacePoint at(double, double) const override { return {facts().centre, normal_, 1}; }
  double distance(const Position& x) const override { return norm(x - facts().centre); }

 private:
  Position normal_;
};

class Segment : public Carrier {
 public:
  Segment(const Position& from, const Position& to, const Position& normal)
      : Carrier({.parameters = 1,
                 .measure = norm(to - from),
                 .speed = norm(to - from),
                 .centre = 0.5 * (from + to),
                 .radius = 0.5 * norm(to - from)}),
        from_(from),
        to_(to),
        normal_(normal) {}
  SurfacePoint at(double u, double) const override { return {(1 - u) * from_ + u * to_, normal_, facts().measure}; }
  double distance(const Position& x) const override { return norm(x - nearest_on_segment(x, from_, to_)); }

 private:
  Position from_, to_, normal_;
};

class Circle : public Carrier {
 public:
  Circle(const Position& centre, double radius)
      : Carrier({.parameters = 1,
                 .measure = turn * radius,
                 .speed = turn * radius,
                 .centre = centre,
                 .radius = radius,
                 .u_closed = true}) {}
  SurfacePoint at(double u, double) const override {
    const Position n = {std::cos(turn * u), std::sin(turn * u), 0};
    return {facts().centre + facts().radius * n, n, facts().measure};
  }
  double distance(const Position& x) const override { return std::abs(norm(x - facts().centre) - facts().radius); }
};

class Rectangle : public Carrier {
 public:
  Rectangle(const Position& corner, const Position& along, const Position& across, const Position& normal)
      : Carrier({.parameters = 2,
                 .measure = norm(along) * norm(across),
                 .speed = norm(along),
                 .across = norm(across),
                 .centre = corner + 0.5 * (along + across),
                 .radius = 0.5 * norm(along + across)}),
        corner_(corner),
        along_(along),
        across_(across),
        normal_(normal) {}
  SurfacePoint at(double u, double v) const override {
    return {corner_ + u * along_ + v * across_, normal_, facts().measure};
  }
  double distance(const Position& x) const override {
    const Position r = x - corner_;
    const double u = std::clamp(dot(r, along_) / dot(along_, along_), 0.0, 1.0);
    const double v = std::clamp(dot(r, across_) / dot(across_, across_), 0.0, 1.0);
    return norm(r - u * along_ - v * across_);
  }

 private:
  Position corner_, along_, across_, normal_;
};

/// u runs from the corner a to the opposite edge, v along that edge.
class Triangle : public Carrier {
 public:
  Triangle(const Position& a, const Position& b, const Position& c)
      : Carrier({.parameters = 2,
                 .measure = 0.5 * norm(cross(b - a, c - a)),
                 .speed = std::max(norm(b - a), norm(c - a)),
                 .across = norm(c - b),
                 .centre = (1.0 / 3) * (a + b + c),
                 .radius = (1.0 / 3) * std::max({norm(b + c - 2 * a), norm(c + a - 2 * b), norm(a + b - 2 * c)}),
                 .grows = true}),
        a_(a),
        b_(b),
        c_(c) {}
  SurfacePoint at(double u, double v) const override {
    return {a_ + u * ((b_ - a_) + v * (c_ - b_)), unit(cross(b_ - a_, c_ - a_)), 2 * u * facts().measure};
  }
  double distance(const Position& x) const override { return norm(x - nearest_on_triangle(x, a_, b_, c_)); }

 private:
  Position a_, b_, c_;
};

/// u runs from the centre outwards, v around.
class Cap : public Carrier {
 public:
  Cap(double height, double radius, bool upwards)
      : Carrier({.parameters = 2,
                 .measure = 0.5 * turn * radius * radius,
                 .speed = radius,
                 .across = turn * radius,
                 .centre = {0, 0, height},
                 .radius = radius,
                 .v_closed = true,
                 .grows = true}),
        normal_{0, 0, upwards ? 1.0 : -1.0} {}
  SurfacePoint at(double u, double v) const override {
    const double r = u * facts().radius;
    return {{r * std::cos(turn * v), r * std::sin(turn * v), facts().centre[2]}, normal_, 2 * u * facts().measure};
  }
  double distance(const Position& x) const override {
    const double beyond = std::max(0.0, std::hypot(x[0], x[1]) - facts().radius);
    return std::hypot(beyond, x[2] - facts().centre[2]);
  }

 private:
  Position normal_;
};

/// u runs along the axis, v around.
class Mantle : public Carrier {
 public:
  Mantle(double height, double radius)
      : Carrier({.parameters = 2,
                 .measure = turn * radius * height,
                 .speed = height,
                 .across = turn * radius,
                 .centre = {0, 0, 0.5 * height},
                 .radius = std::hypot(0.5 * height, radius),
                 .v_closed = true}),
        height_(height),
        radius_(radius) {}
  SurfacePoint at(double u, double v) const override {
    const Position n = {std::cos(turn * v), std::sin(turn * v), 0};
    return {{radius_ * n[0], radius_ * n[1], u * height_}, n, facts().measure};
  }
  double distance(const Position& x) const override {
    const double beyond = std::max({0.0, -x[2], x[2] - height_});
    return std::hypot(beyond, std::hypot(x[0], x[1]) - radius_);
  }

 private:
  double height_, radius_;
};

class SphereCarrier : public Carrier {
 public:
  SphereCarrier(const Position& centre, double radius)
      : Carrier({.parameters = 2,
                 .measure = 2 * turn * radius * radius,
                 .speed = turn * radius,
                 .across = 2 * radius,
                 .centre = centre,
                 .radius = radius,
                 .u_closed = true}) {}
  SurfacePoint at(double u, double v) const override {
    const double z = 2 * v - 1;
    const double r = std::sqrt(std::max(0.0, 1 - z * z));
    const Position n = {r * std::cos(turn * u), r * std::sin(turn * u), z};
    return {facts().centre + facts().radius * n, n, facts().measure};
  }
  double distance(const Position& x) const override { return std::abs(norm(x - facts().centre) - facts().radius); }
};

}  // namespace

std::shared_ptr<const Carrier> point_carrier(const Position& x, const Position& normal) {
  return std::make_shared<PointCarrier>(x, normal);
}
std::shared_ptr<const Carrier> segment(const Position& from, const Position& to, const Position& normal) {
  return std::make_shared<Segment>(from, to, normal);
}
std::shared_ptr<const Carrier> circle(const Position& centre, double radius) {
  return std::make_shared<Circle>(centre, radius);
}
std::shared_ptr<const Carrier> rectangle(const Position& corner, const Position& along, const Position& across,
                                         const Position& normal) {
  return std::make_shared<Rectangle>(corner, along, across, normal);
}
std::shared_ptr<const Carrier> triangle(const Position& a, const Position& b, const Position& c) {
  return std::make_shared<Triangle>(a, b, c);
}
std::shared_ptr<const Carrier> cap(double height, double radius, bool upwards) {
  return std::make_shared<Cap>(height, radius, upwards);
}
std::shared_ptr<const Carrier> mantle(double height, double radius) { return std::make_shared<Mantle>(height, radius); }
std::shared_ptr<const Carrier> sphere_carrier(const Position& centre, double radius) {
  return std::make_shared<SphereCarrier>(centre, radius);
}

Position nearest_on_segment(const Position& x, const Position& from, const Position& to) {
  const Position along = to - from;
  const double square = dot(along, along);
  const double t = square > 0 ? std::clamp(dot(x - from, along) / square, 0.0, 1.0) : 0;
  return (1 - t) * from + t * to;
}

Position nearest_on_triangle(const Position& x, const Position& a, const Position& b, const Position& c) {
  const Position ab = b - a;
  const Position ac = c - a;
  const double d1 = dot(ab, x - a);
  const double d2 = dot(ac, x - a);
  if (d1 <= 0 && d2 <= 0) return a;
  const double d3 = dot(ab, x - b);
  const double d4 = dot(ac, x - b);
  if (d3 >= 0 && d4 <= d3) return b;
  const double d5 = dot(ab, x - c);
  const double d6 = dot(ac, x - c);
  if (d6 >= 0 && d5 <= d6) return c;
  const double of_c = d1 * d4 - d3 * d2;
  if (of_c <= 0 && d1 >= 0 && d3 <= 0) return a + d1 / (d1 - d3) * ab;
  const double of_b = d5 * d2 - d1 * d6;
  if (of_b <= 0 && d2 >= 0 && d6 <= 0) return a + d2 / (d2 - d6) * ac;
  const double of_a = d3 * d6 - d5 * d4;
  if (of_a <= 0 && d4 >= d3 && d5 >= d6) return b + (d4 - d3) / ((d4 - d3) + (d5 - d6)) * (c - b);
  const double sum = of_a + of_b + of_c;
  return a + of_b / sum * ab + of_c / sum * ac;
}

}  // namespace nusselt
