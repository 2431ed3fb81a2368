// Conditions on means and integrals over a face or the whole domain: a mass flow, a mean pressure.
//
// An equation between them, sum_i a_i mean(f_i) + b = 0 with a_i and b without place, says that the residual
// sum_i a_i f_i + b vanishes in the mean; an integral is its measure times a mean. So a condition of this kind is a
// residual at points like any other, of which only the mean over the points of a moment counts.
#pragma once

#include "physics/equation_text.hpp"
#include "solver/case/domain.hpp"

namespace nusselt {

/// What `at: domain` stands for; the domain has no such face.
inline const Face whole_domain{axis_x, false, "domain"};

/// Whether an entry of a condition is an equation with mean() or integral() in it.
bool states_a_mean(const Entry& entry);

/// An equation of means over a face that lies in `domain`, or over `whole_domain`.
class MeanEquation {
 public:
  /// `scope`: what the text may name. Throws TextError: means of two kinds of place, products of means, fields and
  /// coordinates outside of a mean, derivatives that networks do not give.
  MeanEquation(const std::string& text, const Face& face, Scope scope);
  /// What vanishes in the mean, where the place of all means has this measure (length, area or volume, SI).
  Expression residual(double measure) const;

 private:
  Formula formula_;
};

/// Length, area or volume of a face at one moment.
double measure_at_a_moment(const Face& face, const Domain& domain);
double measure_at_a_moment(const Region& region, const Domain& domain);

/// How a mean is taken in training and judging: Gauss points along each axis of the place, exact to rounding for fields
/// that its points resolve, at so many moments or members of a family.
struct MeanRule {
  int along_axis;
  int points;  // at one moment
  int rows;    // moments or members
};
MeanRule mean_rule(const Face& face, const Box& box, bool family);

}  // namespace nusselt
