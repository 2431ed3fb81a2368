// Whether a temperature is a level, 20 degC, or a difference of levels, 5 K.
//
// A sum carries the sum of its terms' weights, 1 for a level and 0 for a difference: level - level is a difference,
// level + difference a level, and (level + level)/2 a level again. A quantity in kelvin can be either, and what it goes
// into is open.
#pragma once

#include <cmath>
#include <cstddef>
#include <optional>

namespace nusselt {

enum class TemperatureKind { either, level, difference };

class TemperatureWeight {
 public:
  TemperatureWeight() = default;
  explicit TemperatureWeight(TemperatureKind kind)
      : weight_(kind == TemperatureKind::level ? 1 : 0), open_(kind == TemperatureKind::either) {}

  /// `place` is that of the operator, which is guilty when neither a level nor a difference comes out.
  TemperatureWeight plus(const TemperatureWeight& other, double sign, std::size_t place) const {
    TemperatureWeight sum;
    sum.weight_ = weight_ + sign * other.weight_;
    sum.open_ = open_ || other.open_;
    sum.subtracts_ = sign < 0;
    if (!sum.means_something()) sum.guilty_ = place;
    return sum;
  }
  TemperatureWeight times(double factor) const {
    TemperatureWeight scaled = *this;
    scaled.weight_ *= factor;
    if (scaled.means_something()) scaled.guilty_.reset();
    return scaled;
  }

  TemperatureKind kind() const {
    if (open_ || !means_something()) return TemperatureKind::either;
    return near(0) ? TemperatureKind::difference : TemperatureKind::level;
  }
  bool open() const { return open_; }
  double weight() const { return weight_; }
  bool means_something() const { return open_ || near(0) || near(1); }
  /// The operator that made what is neither a level nor a difference, and whether it subtracts.
  const std::optional<std::size_t>& guilty() const { return guilty_; }
  bool subtracts() const { return subtracts_; }

 private:
  bool near(double weight) const { return std::abs(weight_ - weight) < 1e-9; }
  double weight_ = 0;
  bool open_ = true;
  bool subtracts_ = false;
  std::optional<std::size_t> guilty_;
};

}  // namespace nusselt
