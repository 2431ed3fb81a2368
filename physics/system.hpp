// The system of equations of a case: its constants, fields, equations and conserved fluxes, all dimensional.
//
// A physics is a function that fills a System, in typed terms (`Term<Dim>`) that read like the book:
//
//   const auto rho = s.constant<Density>("rho", "density");
//   s.equation("continuity", dx(u) + dy(v));
//
// Running the function declares what it needs; the case binds the constants to values afterwards. A physics knows
// neither points nor networks.
#pragma once

#include <array>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "physics/vector_term.hpp"

namespace nusselt {

class System {
 public:
  struct Constant {
    std::string name;
    Dimension dimension;
    std::string doc;
  };
  struct Field {
    std::string name;
    Expression symbol;
    std::string doc;
    std::string region = {};  // that it belongs to; empty in a case of one material
    bool sought = false;      // an unknown function that needs no equation: sensor data determine it
  };
  /// Fields that a text may name together.
  struct Vector {
    std::string name;
    std::vector<std::string> components;  // one for each space axis
  };
  struct Equation {
    std::string name;
    Expression residual;  // vanishes where the equation holds
  };
  /// How much of an equation's residual a balance contains, pointwise.
  struct Share {
    std::string equation;
    Expression factor;
  };
  /// A conserved quantity. Where the equations hold, what leaves through the boundary and what is stored more at the
  /// end than at the start is what the source set free: div(flux) + dt(density) - source is the sum of its shares.
  struct Balance {
    std::string name;
    std::array<Expression, 3> flux;
    Expression density;  // of what is stored; zero where that cannot change
    Expression source;
    std::vector<Share> shares;
  };

  /// `axes`: the coordinates of the case's domain. `given`: the names of the constants the case defines, for terms that
  /// are only there when their constant is.
  System(const Axes& axes, std::set<std::string> given);

  const Axes& axes() const { return axes_; }
  bool is_transient() const { return axes_[axis_t]; }
  bool is_given(const std::string& constant) const { return given_.contains(constant); }
  Expression coordinate(Axis axis) const;

  template <class Dim>
  Term<Dim> constant(const std::string& name, const std::string& doc) {
    return Term<Dim>(add_constant(name, dimension_of<Dim>(), doc));
  }
  /// A constant that is zero, with every term that carries it, when the case does not define it.
  template <class Dim>
  Term<Dim> optional_constant(const std::string& name, const std::string& doc) {
    return is_given(name) ? constant<Dim>(name, doc) : zero<Dim>();
  }
  template <class Dim>
  Term<Dim> field(const std::string& name, const std::string& doc) {
    return Term<Dim>(add_field(name, dimension_of<Dim>(), doc));
  }
  /// Velocity components u, v, w: those beyond the dimensions of the domain are zero.
  VectorTerm<Velocity> velocity();

  template <class Dim>
  void equation(const std::string& name, const Term<Dim>& residual) {
    equations_.push_back({name, residual.expression()});
  }
  /// One equation for each space axis of the domain: momentum_x, momentum_y, momentum_z.
  template <class Dim>
  void equation(const std::string& name, const VectorTerm<Dim>& residual) {
    for (int axis = 0; axis < 3; ++axis) {
      if (axes_[axis]) equation(name + "_" + axis_names[axis], residual[axis]);
    }
  }
  /// For equations given as text, whose dimensions were checked at run time.
  void equation(const std::string& name, const Expression& residual) { equations_.push_back({name, residual}); }
  /// The same; one of a name that is there replaces it, and the balances that rest on it are dropped. Returns their
  /// names.
  std::vector<std::string> replace_equation(const std::string& name, const Expression& residual);

  static Share whole(const std::string& equation) { return {equation, Expression::number(1)}; }
  template <class Dim>
  static Share times(const Term<Dim>& factor, const std::string& equation) {
    return {equation, factor.expression()};
  }
  /// `density` and `source` as in Balance; both may be zero.
  template <class Dim>
  void conserve(const std::string& name, const VectorTerm<Dim>& flux,
                const Term<Times<Per<Dim, Length>, Time>>& density, const Term<Per<Dim, Length>>& source,
                std::vector<Share> shares) {
    balances_.push_back({name,
                         {flux[0].expression(), flux[1].expression(), flux[2].expression()},
                         density.expression(),
                         source.expression(),
                         std::move(shares)});
  }

  /// Of one that holds whatever the fields are, since they are made so: it leaves the system, and nothing of it enters
  /// the balances.
  void forget_equation(const std::string& name);

  /// A balance whose dimensions were checked at run time; it replaces one of its name.
  void add_balance(Balance balance);

  /// Subtracts a source from the residual of an equation and adds it to the balances that contain the equation. Throws
  /// std::out_of_range without such an equation, DimensionError when the source is none of it.
  void add_source(const std::string& equation, const Expression& source);

  Expression add_constant(const std::string& name, const Dimension& dimension, const std::string& doc);
  Expression add_field(const std::string& name, const Dimension& dimension, const std::string& doc,
                       const std::string& region = "", bool sought = false);
  /// The region of the fields in an expression; empty where it has none, or they belong to none. What is no field of
  /// the system, a constant that is sought, is at home in all of them. Throws
  /// std::invalid_argument where they belong to two.
  std::string region_of(const Expression& expression) const;
  /// Takes over fields, vectors, equations and balances of a system that describes a region, and the constants it asks
  /// for, with `_` and the region's name behind each; a constant keeps its name where the case gives no other.
  void merge(const System& other, const std::string& region);
  /// Equations in the order of the regions given, those of one region in their own.
  void sort_equations(const std::vector<std::string>& regions);

  void add_vector(const std::string& name, const std::vector<std::string>& components) {
    vectors_.push_back({name, components});
  }
  /// Those that no equation and no balance mentions any more.
  void forget_unused_constants();

  const std::vector<Constant>& constants() const { return constants_; }
  const std::vector<Field>& fields() const { return fields_; }
  const std::vector<Vector>& vectors() const { return vectors_; }
  const std::vector<Equation>& equations() const { return equations_; }
  const std::vector<Balance>& balances() const { return balances_; }
  /// Throws std::out_of_range.
  const Field& field_named(const std::string& name) const;
  bool has_field(const std::string& name) const;

 private:
  Axes axes_;
  std::set<std::string> given_;
  std::vector<Constant> constants_;
  std::vector<Field> fields_;
  std::vector<Vector> vectors_;
  std::vector<Equation> equations_;
  std::vector<Balance> balances_;
};

/// A physics by name. Each one registers itself in its own file.
struct Physics {
  std::string name;
  std::string doc;
  std::function<void(System&)> describe;
  /// Why the equations have no time; empty where they do.
  std::string timeless = "";
  /// What x is where it is no mere coordinate: a radius, a distance from a wall. It is not negative then.
  std::string distance_x = "";
  /// How many dimensions in space there may be.
  int most_dimensions = 3;
};

/// Registers a physics at program start: `const RegisterPhysics entry({"boussinesq", "...", boussinesq});`
struct RegisterPhysics {
  explicit RegisterPhysics(Physics physics);
};

const std::map<std::string, Physics>& registered_physics();

}  // namespace nusselt
