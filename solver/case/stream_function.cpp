#include "solver/case/stream_function.hpp"

#include <algorithm>

#include "solver/case/key_table.hpp"

namespace nusselt {

namespace {

const char* const key = "network.velocity";

/// Of an equation, with the components of a vector put in terms of a stream function.
Expression in_stream_function(const Expression& residual, const std::vector<std::string>& velocity,
                              const System& system) {
  const Dimension& speed = system.field_named(velocity[0]).symbol.dimension();
  const Expression psi = Expression::field("stream function", speed * Dimension::of(Dimension::length), system.axes());
  const Expression along_x = substitute_field(residual, velocity[0], derivative(psi, axis_y));
  return substitute_field(along_x, velocity[1], -derivative(psi, axis_x));
}

/// The vectors of a system, and the velocity u, v of a physics.
std::vector<std::vector<std::string>> plane_vectors(const System& system) {
  std::vector<std::vector<std::string>> vectors;
  for (const System::Vector& vector : system.vectors()) vectors.push_back(vector.components);
  if (system.has_field("u") && system.has_field("v")) vectors.push_back({"u", "v"});
  return vectors;
}

bool is_velocity(const StreamFunction& stream, const std::string& field) {
  return std::ranges::find(stream.velocity, field) != stream.velocity.end();
}

}  // namespace

std::optional<StreamFunction> read_stream_function(const Node& root, const System& system, const Constants& constants) {
  if (read_choice(root, key) == "components") return std::nullopt;
  const Place& place = root.find_path(key)->place;
  const std::string beginning = std::string(key) + ": ";
  if (root.find("regions") != nullptr) {
    throw InputError(place, beginning + "a stream function is for a case of one region", "leave it out");
  }
  const Axes& axes = system.axes();
  if (!axes[axis_x] || !axes[axis_y] || axes[axis_z]) {
    throw InputError(place, beginning + "a stream function is for a flow in the plane of x and y", "leave it out");
  }
  const std::string name = "psi";
  if (system.has_field(name) || constants.find(name) != nullptr) {
    throw InputError(place, beginning + "the stream function is called psi, and so is something in the case",
                     "rename that");
  }
  for (const std::vector<std::string>& velocity : plane_vectors(system)) {
    for (const System::Equation& equation : system.equations()) {
      if (!in_stream_function(equation.residual, velocity, system).is_zero()) continue;
      for (const std::string& component : velocity) {
        const Node* part = root.find_path("known_parts." + component);
        if (part == nullptr) continue;
        throw InputError(part->place, "known_parts." + component + ": " + component + " follows from a stream function",
                         "leave out the known part, or network.velocity");
      }
      return StreamFunction{name, {velocity[0], velocity[1]}, equation.name};
    }
  }
  throw InputError(place,
                   beginning +
                       "no equation says that a vector has no divergence, dx(u) + dy(v) = 0, and only then has "
                       "it a stream function",
                   "leave it out");
}

void enforce_softly(const StreamFunction& stream, std::vector<Condition>& conditions) {
  for (Condition& condition : conditions) {
    if (!condition.field || !is_velocity(stream, *condition.field)) continue;
    if (condition.enforcement == Enforcement::hard) {
      throw InputError(condition.place,
                       condition.key + ": " + *condition.field +
                           " follows from a stream function, and its values can only be enforced softly",
                       "leave `enforce: hard` out, or network.velocity");
    }
    condition.enforcement = Enforcement::soft;
  }
}

std::vector<TrialField> with_stream_function(const StreamFunction& stream, const System& system, const Scales& scales,
                                             std::vector<TrialField> trials) {
  const auto scale = [&](const std::string& field) { return field_scale(system.field_named(field).symbol, scales); };
  const Expression psi = Expression::field(stream.name, Dimension(), system.axes(), /*scaled=*/true);
  // In the scale of u times that of length.
  const Expression ratio = Expression::number(scale(stream.velocity[0]) / scale(stream.velocity[1]));
  TrialField trial{stream.name, Expression::zero(), Expression::number(1), {}, {}};
  trial.gives = {{stream.velocity[0], derivative(psi, axis_y)}, {stream.velocity[1], -ratio * derivative(psi, axis_x)}};
  std::erase_if(trials, [&](const TrialField& one) { return is_velocity(stream, one.field); });
  trials.insert(trials.begin(), std::move(trial));
  return trials;
}

}  // namespace nusselt
