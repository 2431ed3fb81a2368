// Every physics written twice, as typed terms and as text, gives the same expression.
#include <gtest/gtest.h>

#include <algorithm>

#include "physics/equation_text.hpp"
#include "physics/system.hpp"

namespace nusselt {
namespace {

using Texts = std::map<std::string, std::string>;

std::string per_axis(const Axes& axes, const std::array<std::string, 3>& terms) {
  std::string text;
  for (int axis = 0; axis < 3; ++axis) {
    if (axes[axis]) text += (text.empty() ? "" : " + ") + terms[axis];
  }
  return text;
}
std::string material_derivative(const Axes& axes, const std::string& of) {
  return "(" + std::string(axes[axis_t] ? "dt(" + of + ") + " : "") +
         per_axis(axes, {"u*dx(" + of + ")", "v*dy(" + of + ")", "w*dz(" + of + ")"}) + ")";
}

Texts flow(const Axes& axes, const std::string& buoyancy) {
  Texts texts = {{"continuity", per_axis(axes, {"dx(u)", "dy(v)", "dz(w)"}) + " = 0"}};
  if (axes[axis_x]) texts["momentum_x"] = "rho*" + material_derivative(axes, "u") + " = -dx(p) + mu*lap(u)";
  if (axes[axis_y]) texts["momentum_y"] = "rho*" + material_derivative(axes, "v") + " = -dy(p) + mu*lap(v)" + buoyancy;
  if (axes[axis_z]) texts["momentum_z"] = "rho*" + material_derivative(axes, "w") + " = -dz(p) + mu*lap(w)";
  return texts;
}

/// The twin of a registered physics, in vectors.
Texts vector_twin(const std::string& physics, const Axes& axes, bool source) {
  const std::string time = axes[axis_t] ? "dt(U) + " : "";
  const std::string heat_in_time = axes[axis_t] ? "dt(T) + " : "";
  std::string gravity;
  for (int axis = 0; axis < 3; ++axis) {
    if (axes[axis]) gravity += std::string(gravity.empty() ? "" : ", ") + (axis == axis_y ? "-g" : "0");
  }
  const Texts flow = {{"continuity", "div(U) = 0"},
                      {"momentum", "rho*(" + time + "dot(U, grad(U))) = -grad(p) + mu*lap(U)"}};
  if (physics == "incompressible_flow") return flow;
  if (physics == "boussinesq") {
    Texts texts = flow;
    texts["momentum"] += " - rho*beta*(T - T0)*vec(" + gravity + ")";
    texts["energy"] = "rho*cp*(" + heat_in_time + "dot(U, grad(T))) = k*lap(T)";
    return texts;
  }
  if (physics == "heat_conduction") {
    return {{"energy", std::string(axes[axis_t] ? "rho*cp*dt(T)" : "0") + " = k*lap(T)" + (source ? " + q" : "")}};
  }
  if (physics == "burgers") return {{"momentum", time + "dot(U, grad(U)) = nu*lap(U)"}};
  if (physics == "helmholtz") return {{"wave", "div(grad(p)) + k^2*p = 0"}};
  return {};
}

/// The twin of a registered physics, in components.
Texts twin(const std::string& physics, const Axes& axes, bool source) {
  if (physics == "incompressible_flow") return flow(axes, "");
  if (physics == "boussinesq") {
    Texts texts = flow(axes, " + rho*g*beta*(T - T0)");
    texts["energy"] = "rho*cp*" + material_derivative(axes, "T") + " = k*lap(T)";
    return texts;
  }
  if (physics == "heat_conduction") {
    return {{"energy", std::string(axes[axis_t] ? "rho*cp*dt(T) = " : "0 = ") + "k*lap(T)" + (source ? " + q" : "")}};
  }
  if (physics == "burgers") {
    Texts texts;
    if (axes[axis_x]) texts["momentum_x"] = material_derivative(axes, "u") + " = nu*lap(u)";
    if (axes[axis_y]) texts["momentum_y"] = material_derivative(axes, "v") + " = nu*lap(v)";
    if (axes[axis_z]) texts["momentum_z"] = material_derivative(axes, "w") + " = nu*lap(w)";
    return texts;
  }
  if (physics == "helmholtz") return {{"wave", "lap(p) + k^2*p = 0"}};
  return {};
}

TEST(TextEqualsCode, ForEveryPhysicsAndDimension) {
  int compared = 0;
  for (const auto& [name, physics] : registered_physics()) {
    for (int extent = 1; extent < 8; ++extent) {  // every choice of x, y, z
      for (const bool transient : {false, true}) {
        for (const bool source : {false, true}) {
          const Axes axes = {(extent & 1) != 0, (extent & 2) != 0, (extent & 4) != 0, transient};
          System system(axes, source ? std::set<std::string>{"q"} : std::set<std::string>{});
          if (transient && !physics.timeless.empty()) continue;
          physics.describe(system);
          const Texts texts = twin(name, axes, source);
          EXPECT_FALSE(texts.empty()) << "physics '" << name << "' has no twin in text";
          ASSERT_EQ(system.equations().size(), texts.size()) << name;

          Scope scope{.names = {}, .axes = axes, .on_face = false, .faces = {}};
          for (const auto& field : system.fields()) scope.names.emplace(field.name, field.symbol);
          for (const auto& constant : system.constants()) {
            scope.names.emplace(constant.name, Expression::parameter(constant.name, constant.dimension));
          }
          for (const System::Equation& equation : system.equations()) {
            const Expression text = parse_equation(texts.at(equation.name), scope);
            EXPECT_EQ(text, equation.residual) << name << ", " << equation.name << ": " << to_string(text) << " is not "
                                               << to_string(equation.residual);
            EXPECT_EQ(text.dimension(), equation.residual.dimension());
            ++compared;
          }

          std::vector<Expression> velocity;
          for (Axis axis : space_axes(axes)) {
            const std::string component(1, "uvw"[axis]);
            if (scope.knows(component)) velocity.push_back(scope.names.at(component));
          }
          if (!velocity.empty()) scope.set("U", SpaceTensor::vector(velocity));
          std::size_t components = 0;
          for (const auto& [equation, text] : vector_twin(name, axes, source)) {
            const SpaceTensor residual = parse_tensor_equation(text, scope).residual;
            for (std::size_t i = 0; i < residual.parts.size(); ++i, ++components) {
              const std::string component =
                  residual.is_scalar() ? equation : equation + "_" + axis_names[space_axes(axes)[i]];
              const auto known = std::find_if(system.equations().begin(), system.equations().end(),
                                              [&](const System::Equation& other) { return other.name == component; });
              ASSERT_NE(known, system.equations().end()) << name << " has no equation " << component;
              EXPECT_EQ(residual.parts[i], known->residual)
                  << name << ", " << component << ": " << to_string(residual.parts[i]) << " is not "
                  << to_string(known->residual);
            }
          }
          EXPECT_EQ(components, system.equations().size()) << name;
        }
      }
    }
  }
  EXPECT_GE(compared, 60);
}

}  // namespace
}  // namespace nusselt
