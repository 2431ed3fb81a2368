// Term<Dim>: an expression whose SI dimension is a Boost.Units dimension in its type.
//
// A physics is written with terms, so that a sum of unlike terms does not compile: for two different dimensions + and -
// are deleted. Leaving the typed world is spelled (`term.expression()`), entering it names the dimension.
//
// What the types cannot see, and tests must: signs, factors, two quantities of equal dimension (kinematic viscosity and
// thermal diffusivity; u and v), a temperature level used as a difference.
#pragma once

#include "nondim/expression.hpp"
#include "nondim/units.hpp"

namespace nusselt {

template <class Dim>
class Term {
 public:
  /// Throws std::logic_error when the expression's run-time dimension is not Dim.
  explicit Term(Expression expression) : expression_(std::move(expression)) {
    if (!expression_.is_zero() && expression_.dimension() != dimension_of<Dim>()) {
      throw std::logic_error("a term of " + dimension_of<Dim>().describe() + " was made from " +
                             expression_.dimension().describe());
    }
  }
  const Expression& expression() const { return expression_; }

 private:
  Expression expression_;
};

template <class Dim>
Term<Dim> zero() {
  return Term<Dim>(Expression::zero());
}

template <class Dim>
Term<Dim> operator+(const Term<Dim>& a, const Term<Dim>& b) {
  return Term<Dim>(a.expression() + b.expression());
}
template <class Dim>
Term<Dim> operator-(const Term<Dim>& a, const Term<Dim>& b) {
  return Term<Dim>(a.expression() - b.expression());
}
template <class A, class B>
requires(!std::is_same_v<A, B>) void operator+(const Term<A>&, const Term<B>&) = delete;
template <class A, class B>
requires(!std::is_same_v<A, B>) void operator-(const Term<A>&, const Term<B>&) = delete;

template <class Dim>
Term<Dim> operator-(const Term<Dim>& a) {
  return Term<Dim>(-a.expression());
}
template <class A, class B>
Term<Times<A, B>> operator*(const Term<A>& a, const Term<B>& b) {
  return Term<Times<A, B>>(a.expression() * b.expression());
}
template <class A, class B>
Term<Per<A, B>> operator/(const Term<A>& a, const Term<B>& b) {
  return Term<Per<A, B>>(a.expression() / b.expression());
}
inline Term<NoDimension> number(double value) { return Term<NoDimension>(Expression::number(value)); }
inline Term<NoDimension> exp(const Term<NoDimension>& a) {
  return Term<NoDimension>(apply(Function::exp, a.expression()));
}
inline Term<NoDimension> log(const Term<NoDimension>& a) {
  return Term<NoDimension>(apply(Function::log, a.expression()));
}
template <class Dim>
Term<Power<Dim, 1, 2>> sqrt(const Term<Dim>& a) {
  return Term<Power<Dim, 1, 2>>(sqrt(a.expression()));
}
/// A plain factor such as the 2 in 2 mu: numbers multiply, they never add.
template <class Dim>
Term<Dim> operator*(double factor, const Term<Dim>& a) {
  return Term<Dim>(Expression::number(factor) * a.expression());
}

template <class Dim>
Term<Per<Dim, Length>> dx(const Term<Dim>& a) {
  return Term<Per<Dim, Length>>(derivative(a.expression(), axis_x));
}
template <class Dim>
Term<Per<Dim, Length>> dy(const Term<Dim>& a) {
  return Term<Per<Dim, Length>>(derivative(a.expression(), axis_y));
}
template <class Dim>
Term<Per<Dim, Length>> dz(const Term<Dim>& a) {
  return Term<Per<Dim, Length>>(derivative(a.expression(), axis_z));
}
template <class Dim>
Term<Per<Dim, Time>> dt(const Term<Dim>& a) {
  return Term<Per<Dim, Time>>(derivative(a.expression(), axis_t));
}
/// Sum of the second derivatives along the coordinates that the term depends on.
template <class Dim>
auto lap(const Term<Dim>& a) {
  return dx(dx(a)) + dy(dy(a)) + dz(dz(a));
}

}  // namespace nusselt
