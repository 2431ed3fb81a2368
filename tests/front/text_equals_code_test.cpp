// Every physics written twice, as typed terms and as text, gives the same expression.
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/front/solution_check.hpp"

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

Texts flow(const Axes& axes, const std::string& force = "", const std::string& viscous = "mu*lap(") {
  Texts texts = {{"continuity", per_axis(axes, {"dx(u)", "dy(v)", "dz(w)"}) + " = 0"}};
  const std::array<const char*, 3> components = {"u", "v", "w"};
  for (int axis = 0; axis < 3; ++axis) {
    if (!axes[axis]) continue;
    const std::string u = components[axis], along = axis_names[axis];
    texts["momentum_" + along] = "rho*" + material_derivative(axes, u) + " = -d" + along + "(p) + " + viscous + u +
                                 ")" + (axis == axis_y ? force : "");
  }
  return texts;
}

/// 2 e:e, the square of the rate of shear, over the components that there are.
std::string squared_shear(const Axes& axes) {
  std::string text = "2*(" + per_axis(axes, {"dx(u)^2", "dy(v)^2", "dz(w)^2"}) + ")";
  if (axes[axis_x] && axes[axis_y]) text += " + (dy(u) + dx(v))^2";
  if (axes[axis_x] && axes[axis_z]) text += " + (dz(u) + dx(w))^2";
  if (axes[axis_y] && axes[axis_z]) text += " + (dz(v) + dy(w))^2";
  return text;
}

using Given = std::set<std::string>;

std::string source_of(const Given& given) { return given.contains("q") ? " + q" : ""; }
std::string in_time(const Axes& axes, const std::string& text) { return axes[axis_t] ? text : "0"; }
const std::string power_law_viscosity = "mu*exp(0.5*(n - 1)*log((";
std::string power_law(const Axes& axes) { return power_law_viscosity + squared_shear(axes) + " + rate_0^2)/rate^2))"; }

/// What is the same in components and in vectors: equations between scalars.
Texts scalar_twin(const std::string& physics, const Axes& axes, const Given& given) {
  const std::string heat = "rho*cp*" + material_derivative(axes, "T") + " = k*lap(T)";
  const std::string species = "rho*" + material_derivative(axes, "Y") + " = rho*D*lap(Y)";
  if (physics == "boussinesq") return {{"energy", heat}};
  if (physics == "double_diffusion") return {{"energy", heat}, {"species", species}};
  if (physics == "species_transport") return {{"species", species}};
  if (physics == "convection") {
    std::string source = given.contains("q") ? "q" : "";
    if (given.contains("dissipation")) {
      source += (source.empty() ? "" : " + ") + std::string("dissipation*mu*(") + squared_shear(axes) + ")";
    }
    const std::string left = heat.substr(0, heat.find(" = "));
    return {{"energy", left + " - k*lap(T) - (" + (source.empty() ? "0" : source) + ") = 0"}};
  }
  if (physics == "convection_diffusion") {
    std::string carried = in_time(axes, "dt(T)");
    for (int axis = 0; axis < 3; ++axis) {
      const std::string along = axis_names[axis];
      if (axes[axis] && given.contains("a_" + along)) carried += " + a_" + along + "*d" + along + "(T)";
    }
    return {{"energy", "rho*cp*(" + carried + ") = k*lap(T)" + source_of(given)}};
  }
  if (physics == "heat_conduction") {
    const std::string stored = in_time(axes, "rho*cp*dt(T)");
    if (!given.contains("k_T")) return {{"energy", stored + " = k*lap(T)" + source_of(given)}};
    return {{"energy", stored + " = div((k + k*k_T*(T - T_k))*grad(T))" + source_of(given)}};
  }
  if (physics == "darcy_convection") {
    return {{"energy", in_time(axes, "C*dt(T)") + " + rho*cp*(" + per_axis(axes, {"u*dx(T)", "v*dy(T)", "w*dz(T)"}) +
                           ") = k*lap(T)"}};
  }
  if (physics == "zero_equation_channel") {
    return {{"momentum",
             in_time(axes, "rho*dt(u)") +
                 " - dx((mu + rho*(h*(0.4*x/h - 0.44*(x/h)^2 + 0.24*(x/h)^3 - 0.06*(x/h)^4)*(1 - exp(-x*sqrt(G*h/rho)"
                 "*rho/(mu*A_plus))))^2*dx(u))*dx(u)) = G"}};
  }
  if (physics == "helmholtz") return {{"wave", "lap(p) + k^2*p = 0"}};
  // About an axis: times the radius x, the radial momentum times its square.
  const std::string along_axis = axes[axis_y] ? " + x*dyy(T)" : "";
  if (physics == "axisymmetric_heat_conduction") {
    return {{"energy", in_time(axes, "x*rho*cp*dt(T)") + " = k*(dx(x*dx(T))" + along_axis + ")" +
                           (given.contains("q") ? " + x*q" : "")}};
  }
  Texts texts;
  if (physics == "axisymmetric_flow" || physics == "axisymmetric_convection") {
    const bool heated = physics == "axisymmetric_convection";
    texts["continuity"] = std::string("dx(x*u)") + (axes[axis_y] ? " + x*dy(v)" : "") + " = 0";
    texts["momentum_x"] = "x^2*(rho*" + material_derivative(axes, "u") + " + dx(p)) - mu*(x*(dx(x*dx(u))" +
                          (axes[axis_y] ? " + x*dyy(u)" : "") + ") - u) = 0";
    if (axes[axis_y]) {
      texts["momentum_y"] = "x*(rho*" + material_derivative(axes, "v") + " + dy(p)" +
                            (heated && given.contains("beta") ? " - rho*g*beta*(T - T0)" : "") +
                            ") - mu*(dx(x*dx(v)) + x*dyy(v)) = 0";
    }
    if (heated) {
      texts["energy"] = "x*(rho*cp*" + material_derivative(axes, "T") + (given.contains("q") ? " - q" : "") +
                        ") = k*(dx(x*dx(T))" + along_axis + ")";
    }
  }
  return texts;
}

/// The twin of a registered physics, in vectors.
Texts vector_twin(const std::string& physics, const Axes& axes, const Given& given) {
  Texts texts = scalar_twin(physics, axes, given);
  if (physics.starts_with("axisymmetric")) return texts;
  std::string up;
  for (int axis = 0; axis < 3; ++axis) {
    if (axes[axis]) up += std::string(up.empty() ? "" : ", ") + (axis == axis_y ? "g" : "0");
  }
  up = "vec(" + up + ")";
  const std::string time = in_time(axes, "dt(U)");
  const std::string inertia = "rho*(" + time + " + dot(U, grad(U)))";
  const std::string light = "rho*beta*(T - T0)*" + up;
  const std::map<std::string, std::string> momentum = {
      {"incompressible_flow", inertia + " = -grad(p) + mu*lap(U)"},
      {"species_transport", inertia + " = -grad(p) + mu*lap(U)"},
      {"convection", inertia + " = -grad(p) + mu*lap(U)"},
      {"boussinesq", inertia + " = -grad(p) + mu*lap(U) + " + light},
      {"double_diffusion", inertia + " = -grad(p) + mu*lap(U) + rho*(beta*(T - T0) + beta_Y*(Y - Y0))*" + up},
      {"stokes", in_time(axes, "rho*dt(U)") + " = -grad(p) + mu*lap(U)"},
      {"darcy", "mu/permeability*U = -grad(p)"},
      {"darcy_convection", "mu/permeability*U = -grad(p) + " + light},
      {"brinkman", (given.contains("rho") || axes[axis_t]
                        ? "rho/porosity*" + in_time(axes, "dt(U)") + " + rho/porosity^2*dot(U, grad(U))"
                        : std::string("0")) +
                       " = -grad(p) - mu/permeability*U + mu_e*lap(U)"},
      {"power_law_flow", inertia + " + grad(p) - div(" + power_law(axes) + "*(grad(U) + transpose(grad(U)))) = 0"},
      {"burgers", time + " + dot(U, grad(U)) = nu*lap(U)"}};
  if (const auto known = momentum.find(physics); known != momentum.end()) {
    texts["momentum"] = known->second;
    if (physics != "burgers") texts["continuity"] = "div(U) = 0";
  }
  return texts;
}

/// The twin of a registered physics, in components.
Texts twin(const std::string& physics, const Axes& axes, const Given& given) {
  Texts texts = scalar_twin(physics, axes, given);
  const std::string heavy = " + rho*g*beta*(T - T0)";
  if (physics == "incompressible_flow" || physics == "species_transport" || physics == "convection") {
    texts.merge(flow(axes));
  } else if (physics == "boussinesq") {
    texts.merge(flow(axes, heavy));
  } else if (physics == "double_diffusion") {
    texts.merge(flow(axes, " + rho*g*(beta*(T - T0) + beta_Y*(Y - Y0))"));
  }
  const std::array<const char*, 3> components = {"u", "v", "w"};
  for (int axis = 0; axis < 3; ++axis) {
    if (!axes[axis]) continue;
    const std::string u = components[axis], along = axis_names[axis];
    const std::string name = "momentum_" + along, push = "-d" + along + "(p)";
    if (physics == "burgers") texts[name] = material_derivative(axes, u) + " = nu*lap(" + u + ")";
    if (physics == "stokes") {
      texts[name] = in_time(axes, "rho*dt(" + u + ")") + " = " + push + " + mu*lap(" + u + ")";
    }
    if (physics == "darcy") texts[name] = "mu/permeability*" + u + " = " + push;
    if (physics == "darcy_convection")
      texts[name] = "mu/permeability*" + u + " = " + push + (axis == axis_y ? heavy : "");
    if (physics == "brinkman") {
      texts[name] = "0 = " + push + " - mu/permeability*" + u + " + mu_e*lap(" + u + ")";
      if (given.contains("rho") || axes[axis_t]) {
        texts[name] += " - rho/porosity*" + in_time(axes, "dt(" + u + ")") + " - rho/porosity^2*(" +
                       per_axis(axes, {"u*dx(" + u + ")", "v*dy(" + u + ")", "w*dz(" + u + ")"}) + ")";
      }
    }
    if (physics == "power_law_flow") {
      const auto stress = [&](int other) {
        const std::string across = axis_names[other];
        return "d" + across + "(" + power_law(axes) + "*(d" + across + "(" + u + ") + d" + along + "(" +
               components[other] + ")))";
      };
      texts[name] = "rho*" + material_derivative(axes, u) + " + d" + along + "(p) - (" +
                    per_axis(axes, {stress(axis_x), stress(axis_y), stress(axis_z)}) + ") = 0";
    }
  }
  if (texts.contains("momentum_x") || texts.contains("momentum_y") || texts.contains("momentum_z")) {
    if (physics != "burgers") texts.emplace("continuity", per_axis(axes, {"dx(u)", "dy(v)", "dz(w)"}) + " = 0");
  }
  return texts;
}

TEST(TextEqualsCode, ForEveryPhysicsAndDimension) {
  int compared = 0;
  for (const auto& [name, physics] : registered_physics()) {
    for (int extent = 1; extent < 8; ++extent) {  // every choice of x, y, z
      for (const bool transient : {false, true}) {
        for (const Given& given :
             {Given{}, Given{"q"}, Given{"q", "k_T", "dissipation", "beta", "rho", "a_x", "a_y"}}) {
          const Axes axes = {(extent & 1) != 0, (extent & 2) != 0, (extent & 4) != 0, transient};
          if (!fits(physics, axes)) continue;
          System system(axes, given);
          physics.describe(system);
          const Texts texts = twin(name, axes, given);
          EXPECT_FALSE(texts.empty()) << "physics '" << name << "' has no twin in text";
          ASSERT_EQ(system.equations().size(), texts.size()) << name;

          Scope scope{.names = {}, .axes = axes, .on_face = false, .faces = {}};
          for (const auto& field : system.fields()) scope.names.emplace(field.name, field.symbol);
          for (const auto& constant : system.constants()) {
            scope.names.emplace(constant.name, Expression::parameter(constant.name, constant.dimension));
          }
          for (int axis = 0; axis < axis_count; ++axis) {
            if (axes[axis]) scope.names.emplace(axis_names[axis], system.coordinate(static_cast<Axis>(axis)));
          }
          for (const System::Equation& equation : system.equations()) {
            ASSERT_TRUE(texts.contains(equation.name)) << name << " " << equation.name;
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
          for (const auto& [equation, text] : vector_twin(name, axes, given)) {
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
  EXPECT_GE(compared, 900);
}

}  // namespace
}  // namespace nusselt
