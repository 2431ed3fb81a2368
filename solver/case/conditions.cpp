#include "solver/case/conditions.hpp"

#include <algorithm>
#include <cmath>
#include <set>

#include "nondim/did_you_mean.hpp"
#include "solver/case/condition_count.hpp"
#include "solver/case/given_field.hpp"
#include "solver/case/inflow.hpp"
#include "solver/case/key_table.hpp"
#include "solver/case/mean_conditions.hpp"
#include "solver/case/periodicity.hpp"
#include "solver/case/profile.hpp"
#include "solver/case/round_faces.hpp"
#include "solver/case/symmetry.hpp"

namespace nusselt {

namespace {

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : ", ") + word;
  return text;
}

std::vector<Face> read_faces(const Node& node, const Domain& domain, const std::string& key) {
  if (node.is_map()) return {domain.geometry(point_name(node)).face};
  if (node.text == whole_domain.name()) return {whole_domain};
  std::vector<const Node*> names;
  if (node.is_list()) {
    for (const Node& item : node.items) names.push_back(&item);
  } else {
    names.push_back(&node);
  }
  std::vector<Face> faces;
  const Face end{axis_t, true};
  const Box& box = domain.box();
  std::vector<std::string> known = domain.face_names();
  const auto is_end = [&](const std::string& name) { return name == end.name() || name.ends_with("." + end.name()); };
  std::erase_if(known, is_end);
  for (const Node* name : names) {
    if (box.axes[axis_t] && is_end(name->text)) {
      throw InputError(name->place, key + ": no condition belongs on t+: what holds at the end follows from the start",
                       "the initial state is given on t-");
    }
    if (std::find(known.begin(), known.end(), name->text) == known.end()) {
      const std::string near = did_you_mean(name->text, known);
      const bool moment = name->text == end.name() || name->text == Face{axis_t, false}.name();
      throw InputError(name->place, key + ": the domain has no face " + quote(name->text),
                       moment ? "the case is steady; in an unsteady one domain.box has t: [0 s, ...]"
                              : (near.empty() ? "" : "did you mean " + near + "? ") + "faces: " + joined(known));
    }
    faces.push_back(domain.geometry(name->text).face);
  }
  return faces;
}

Enforcement read_enforcement(const Node& root, const std::string& section) {
  const std::string text = read_choice(root, section + ".enforce");
  if (text == "hard") return Enforcement::hard;
  if (text == "soft") return Enforcement::soft;
  return Enforcement::automatic;
}

/// A key that is neither a field nor an option names an equation; without one it is a typing error.
[[noreturn]] void refuse_label(const Entry& entry, const std::string& key, const System& system) {
  std::vector<std::string> fields;
  for (const System::Field& field : system.fields()) fields.push_back(field.name);
  std::vector<std::string> known = fields;
  known.insert(known.end(), condition_options().begin(), condition_options().end());
  const std::string near = did_you_mean(entry.key, known);
  throw InputError(entry.key_place,
                   key + ": " + quote(entry.key) + " is neither a field nor " + joined(condition_options()) +
                       ", and its value is no equation" + (near.empty() ? "" : "; did you mean " + near + "?"),
                   "fields: " + joined(fields) + "; an equation reads like `insulated: dn(" + fields.back() + ") = 0`");
}

void refuse_equation_for_value(const Entry& entry) {
  const std::size_t equals = entry.value.text.find('=');
  if (equals == std::string::npos) return;
  throw TextError(entry.key + " is a field and takes a value, got an equation", equals,
                  "give the equation a label of its own, for example `at_the_wall: " + entry.value.text + "`");
}

/// The face that a condition holds on: of what is named, the part that bounds the region of its fields. Where fields of
/// two regions meet, the face has to bound both.
Face face_of(const Condition& condition, const Face& stated, const System& system, const Domain& domain,
             const Entry& entry, const std::string& key) {
  if (!domain.is_divided()) return stated;
  std::set<std::string> regions;
  for (const Expression& leaf : leaves(condition.residual)) {
    if (leaf.kind() == Expression::Kind::field) regions.insert(system.field_named(leaf.name()).region);
  }
  if (condition.field) regions.insert(system.field_named(*condition.field).region);
  const Face face = regions.size() == 1 ? domain.within(*regions.begin(), stated) : stated;
  for (const std::string& region : regions) {
    std::string bounding;
    const FaceGeometry& geometry = domain.geometry(face);
    bool meets = geometry.is_point && domain.region_named(region).contains(geometry.extent.lower);
    for (const Face& own : domain.boundary(domain.region_named(region))) {
      meets = meets || domain.meet(own, face);
      bounding += (bounding.empty() ? "" : ", ") + own.name();
    }
    if (meets) continue;
    throw InputError(entry.key_place,
                     key + ": the face " + stated.name() + " does not bound " + region + ", where its fields are",
                     "faces of " + region + ": " + bounding);
  }
  return face;
}

/// A line of a condition, and where it holds.
struct Statement {
  Entry entry;
  std::vector<Face> faces;
};

/// What a condition says line by line; a plane of symmetry says something else on each face.
std::vector<Statement> statements_of(const Node& item, const std::string& section, const std::vector<Face>& faces,
                                     const System& system, const Domain& domain) {
  std::vector<Statement> statements;
  for (const Entry& entry : item.entries) {
    const std::vector<std::string>& options = condition_options();
    if (std::find(options.begin(), options.end(), entry.key) == options.end()) statements.push_back({entry, faces});
  }
  const Node* symmetry = item.find("symmetry");
  if (symmetry == nullptr) return statements;
  const std::string key = section + ".symmetry";
  if (!statements.empty()) {
    throw InputError(statements.front().entry.key_place,
                     section + "." + statements.front().entry.key + ": a plane of symmetry says all that holds there",
                     "leave it out, or write the conditions in place of the symmetry");
  }
  for (const Face& face : faces) {
    for (Entry& entry : symmetric_entries(*symmetry, key, face, system, domain)) {
      statements.push_back({std::move(entry), {face}});
    }
  }
  return statements;
}

[[noreturn]] void refuse_second(const Entry& entry, const std::string& key, const Face& face, const Condition& first) {
  throw InputError(entry.key_place,
                   key + ": " + entry.key + " on face " + face.name() + " is given twice, first in " + first.key);
}

/// An equation of means and integrals, on each of the faces.
std::vector<Condition> mean_conditions(const Entry& entry, const std::string& key, const std::vector<Face>& faces,
                                       const Scope& scope, const System& system, const Domain& domain) {
  std::vector<Condition> stated;
  for (const Face& face : faces) {
    const bool whole = face == whole_domain;
    if (!whole && domain.geometry(face).is_point) throw TextError("a point has no mean", 0, "write the value there");
    const MeanEquation equation(entry.value.text, face, scope);
    Condition condition{
        entry.key,         face, std::nullopt, Expression::zero(), equation.residual(1), Enforcement::soft, 1,
        entry.value.place, key};
    condition.of_mean = true;
    try {
      const std::string region = system.region_of(condition.residual);
      if (whole) {
        if (region.empty() && domain.is_divided()) throw TextError("no field says which region is meant", 0);
        condition.whole = region;
        condition.residual = equation.residual(measure_at_a_moment(domain.region_named(region), domain));
      } else {
        condition.face = face_of(condition, face, system, domain, entry, key);
        condition.residual = equation.residual(measure_at_a_moment(condition.face, domain));
      }
    } catch (const std::invalid_argument& error) {
      throw TextError(error.what(), 0, "take the means of each region's fields in a condition of their own");
    }
    stated.push_back(std::move(condition));
  }
  return stated;
}

[[noreturn]] void refuse_hard_equation() {
  throw TextError("an equation can only be enforced softly", 0, "hard conditions give a field's value");
}

[[noreturn]] void refuse_points_of_all() {
  throw TextError("over the domain only means and integrals can be given", 0,
                  "for example `flow: integral(u) = Q` or `level: mean(p) = 0`; values belong on faces");
}

[[noreturn]] void refuse_profile(const Entry& entry, const std::string& key) {
  throw InputError(entry.value.place,
                   key + ": a profile is the value of a field, and " + quote(entry.key) + " is none");
}

/// The value of a field or vector, or its profile.
std::vector<GivenField> given_fields(const Entry& entry, const std::string& key, const std::vector<Face>& faces,
                                     const Scope& scope, const System& system, const Domain& domain,
                                     const std::string& folder) {
  if (!entry.value.is_map()) return read_given_fields(entry.key, entry.value.text, scope, system);
  if (!system.has_field(entry.key)) refuse_profile(entry, key);
  const FaceGeometry& geometry = domain.geometry(faces.front());
  if (faces.size() > 1 || geometry.surface || geometry.is_point) {
    throw InputError(entry.value.place, key + ": a profile is for one flat face");
  }
  return {{entry.key, read_profile(entry.value, key, system.field_named(entry.key), system, geometry.extent,
                                   geometry.face, folder)}};
}

}  // namespace

const std::vector<std::string>& condition_options() {
  static const std::vector<std::string> keys = {"at", "enforce", "weight", "symmetry", "periodic"};
  return keys;
}

std::vector<Condition> read_conditions(const Node& root, const System& system, const Domain& domain,
                                       const Constants& constants, const std::string& folder) {
  std::vector<Condition> conditions;
  const Scope values = position_scope(root, system, constants);
  Scope equations = case_scope(root, system, constants);
  equations.on_face = true;

  const Node* list = root.find("conditions");
  for (std::size_t i = 0; list != nullptr && i < list->items.size(); ++i) {
    const Node& item = list->items[i];
    const std::string section = "conditions." + std::to_string(i);
    const Enforcement enforcement = read_enforcement(root, section);
    const double weight = read_real(root, section + ".weight");
    for (const auto& [entry, faces] : statements_of(
             item, section, read_faces(require(root, section + ".at"), domain, section + ".at"), system, domain)) {
      const std::string key = section + "." + entry.key;
      try {
        std::vector<Condition> stated;
        const auto state = [&](const std::string& name) -> Condition& {
          return stated.emplace_back(Condition{name, faces.front(), std::nullopt, Expression::zero(),
                                               Expression::zero(), enforcement, weight, entry.value.place, key});
        };
        if (names_fields(entry.key, system)) {
          refuse_equation_for_value(entry);
          if (faces.front() == whole_domain) refuse_points_of_all();
          for (const GivenField& given : given_fields(entry, key, faces, values, system, domain, folder)) {
            Condition& condition = state(given.field);
            condition.field = given.field;
            condition.value = given.value;
            condition.residual = system.field_named(given.field).symbol - condition.value;
          }
        } else if (states_a_mean(entry)) {
          if (enforcement == Enforcement::hard) refuse_hard_equation();
          for (Condition& condition : mean_conditions(entry, key, faces, equations, system, domain)) {
            for (const Condition& other : conditions) {
              if (other.face == condition.face && other.name == condition.name) {
                refuse_second(entry, key, condition.face, other);
              }
            }
            condition.weight = weight;
            conditions.push_back(std::move(condition));
          }
        } else {
          if (entry.value.is_map()) refuse_profile(entry, key);
          if (faces.front() == whole_domain) refuse_points_of_all();
          if (entry.value.text.find('=') == std::string::npos) refuse_label(entry, key, system);
          const SpaceTensor residual = parse_tensor_equation(entry.value.text, equations).residual;
          const std::size_t equals = entry.value.text.find('=');
          if (residual.rank > 1) {
            throw TextError("a condition is between scalars or vectors, got " + rank_in_words(residual), equals);
          }
          for (std::size_t i = 0; i < residual.parts.size(); ++i) {
            require_derivatives(residual.parts[i], equals);
            const std::string axis = axis_names[space_axes(domain.box().axes)[i]];
            Condition& condition = state(residual.is_scalar() ? entry.key : entry.key + "_" + axis);
            condition.residual = residual.parts[i];
            condition.enforcement = Enforcement::soft;
          }
          if (enforcement == Enforcement::hard) refuse_hard_equation();
        }
        for (Condition& condition : stated) {
          for (const Face& stated_face : faces) {
            const Face face = face_of(condition, stated_face, system, domain, entry, key);
            condition.face = face;
            if (is_periodic(face, domain.box())) {
              throw InputError(entry.key_place,
                               key + ": the face " + face.name() + " is periodic and takes no condition",
                               "it is one with the face opposite");
            }
            if (domain.geometry(face).is_point && mentions_normal(condition.residual)) {
              throw TextError("a point has no normal, and dn() no meaning in it", entry.value.text.find("dn("),
                              "along the coordinates there are dx, dy, dz");
            }
            if (face.axis == axis_t && mentions_normal(condition.residual)) {
              throw TextError("the face t- is a moment in time, and dn() has no meaning on it",
                              entry.value.text.find("dn("), "along the coordinates there are dx, dy, dz and dt");
            }
            for (const Condition& other : conditions) {
              if (other.face == face && other.name == condition.name) refuse_second(entry, key, face, other);
            }
            conditions.push_back(condition);
          }
        }
      } catch (const TextError& error) {
        throw located(error, entry.value, key);
      }
    }
  }
  require_conditions(root, system, domain, conditions);
  require_inflow(root, system, domain, constants, conditions);
  return conditions;
}

namespace {

Expression at_position(const Expression& expression, Axis axis, double position) {
  return transform(expression, [&](const Expression& leaf) -> std::optional<Expression> {
    if (leaf.kind() == Expression::Kind::coordinate && leaf.axis() == axis) return Expression::number(position);
    return std::nullopt;
  });
}

/// The box in scaled coordinates.
struct ScaledFaces {
  const Box& box;
  const Scales& scales;
  double scale(Axis axis) const {
    return scales.of(Dimension::of(axis == axis_t ? Dimension::time : Dimension::length));
  }
  double position(const Face& face) const { return (face.upper ? box.upper : box.lower)[face.axis] / scale(face.axis); }
  /// A part `s` of the way from the lower face to the upper.
  double between(Axis axis, double s) const {
    return (box.lower[axis] + s * (box.upper[axis] - box.lower[axis])) / scale(axis);
  }
  /// 0 on the lower face, 1 on the upper.
  Expression unit_coordinate(Axis axis) const {
    const double lower = box.lower[axis] / scale(axis);
    const double upper = box.upper[axis] / scale(axis);
    return (Expression::coordinate(axis, Dimension()) - Expression::number(lower)) / Expression::number(upper - lower);
  }
};

/// Largest disagreement of two face values where the faces meet, in scaled units: of their limits along the faces,
/// since a known part may have no value in the corner itself. Infinite where one of them is not finite.
double corner_mismatch(const Expression& a, const Face& face_a, const Expression& b, const Face& face_b,
                       const ScaledFaces& scaled) {
  constexpr int samples = 5;
  constexpr double inset = 1e-13;
  const auto limit = [&](const Expression& value, const Face& on, const Face& towards, double s) {
    return evaluate(at_position(value, on.axis, scaled.position(on)), [&](const Expression& leaf) {
      // Of a constant that is sought or an input, where scales are taken.
      if (leaf.kind() == Expression::Kind::field || leaf.kind() == Expression::Kind::column) return 0.0;
      return scaled.between(leaf.axis(), leaf.axis() == towards.axis ? (towards.upper ? 1 - inset : inset) : s);
    });
  };
  double worst = 0;
  for (int i = 0; i < samples; ++i) {
    const double s = inset + (1 - 2 * inset) * i / (samples - 1);
    const double difference = std::abs(limit(a, face_a, face_b, s) - limit(b, face_b, face_a, s));
    if (!std::isfinite(difference)) return INFINITY;
    worst = std::max(worst, difference);
  }
  return worst;
}

}  // namespace

bool TrialField::is_hard(const Face& face) const {
  return std::find(hard_faces.begin(), hard_faces.end(), face) != hard_faces.end();
}

bool TrialField::stands_for(const std::string& name) const {
  return name == field ||
         std::any_of(gives.begin(), gives.end(), [&](const Derived& one) { return one.field == name; });
}

Expression in_trial_fields(const Expression& expression, const std::vector<TrialField>& trials) {
  Expression result = expression;
  for (const TrialField& trial : trials) {
    for (const TrialField::Derived& one : trial.gives) result = substitute_field(result, one.field, one.value);
  }
  return result;
}

std::vector<TrialField> hard_conditions(const System& system, const Domain& domain,
                                        const std::vector<Condition>& conditions, const KnownParts& known_parts,
                                        const Scales& scales, const ConstantValues& values) {
  constexpr double agreement = 1e-9;
  const Expression one = Expression::number(1);
  std::vector<TrialField> trials;
  for (const System::Field& field : system.fields()) {
    const Region& region = domain.region_named(field.region);
    const Box& box = region.shape ? domain.box() : region.box;
    const ScaledFaces scaled{box, scales};
    // A face is exact where the factor that vanishes on it vanishes on all of it and nowhere else.
    const auto may_be_exact = [&](const Face& face) {
      const std::vector<Face> faces = region.shape ? box.faces() : domain.boundary(region);
      return std::find(faces.begin(), faces.end(), face) != faces.end();
    };
    const auto known = known_parts.find(field.name);
    TrialField trial{field.name, Expression::zero(), one, {}, {}, known != known_parts.end()};
    if (trial.has_known_part) trial.lift = scaled_value(known->second, field.symbol, scales, values);
    std::vector<const Condition*> given;
    std::vector<std::pair<const Condition*, RoundFace>> round;
    const auto add_round = [&](const Condition& condition) {
      const std::optional<RoundFace> face = round_face(domain, region, condition.face);
      if (!face) return false;
      round.emplace_back(&condition, *face);
      return true;
    };
    for (const Condition& condition : conditions) {
      if (condition.field != field.name || condition.enforcement == Enforcement::soft) continue;
      if (may_be_exact(condition.face)) {
        given.push_back(&condition);
      } else if (!add_round(condition) && condition.enforcement == Enforcement::hard) {
        throw InputError(condition.place,
                         condition.key + ": on " + condition.face.name() +
                             ", a surface or a part of a face, a value can only be enforced softly",
                         "leave `enforce: hard` out");
      }
    }
    std::vector<Expression> targets;
    for (const Condition* condition : given) {
      targets.push_back(scaled_value(condition->value, field.symbol, scales, values));
    }
    for (std::size_t i = 0; i < given.size() && trial.note.empty(); ++i) {
      for (std::size_t j = 0; j < i && trial.note.empty(); ++j) {
        if (given[i]->face.axis == given[j]->face.axis) continue;
        if (corner_mismatch(targets[i] - trial.lift, given[i]->face, targets[j] - trial.lift, given[j]->face, scaled) <=
            agreement) {
          continue;
        }
        trial.note = "the values of " + field.name + " on " + given[j]->face.name() + " and " + given[i]->face.name() +
                     " disagree where the faces meet";
        // All of the field's conditions become soft, so whichever of them must be exact cannot be.
        std::vector<const Condition*> all = given;
        for (const auto& [condition, face] : round) all.push_back(condition);
        for (const Condition* condition : all) {
          if (condition->enforcement != Enforcement::hard) continue;
          throw InputError(condition->place, condition->key + ": " + trial.note + ", so they cannot all be exact",
                           "write `enforce: soft` where they may be approximate");
        }
        trial.note += ": enforced softly";
      }
    }
    if (trial.note.empty()) {
      for (Axis axis : box.active_axes()) {
        const Expression s = scaled.unit_coordinate(axis);
        Expression correction = Expression::zero();
        int faces = 0;
        for (std::size_t i = 0; i < given.size(); ++i) {
          const Face& face = given[i]->face;
          if (face.axis != axis) continue;
          const Expression missing = at_position(targets[i] - trial.lift, axis, scaled.position(face));
          const bool both = std::any_of(given.begin(), given.end(), [&](const Condition* other) {
            return other->face.axis == axis && other->face.upper != face.upper;
          });
          const Expression along = face.upper ? s : one - s;
          correction = correction + (both ? along * missing : missing);
          trial.distance = trial.distance * (face.upper ? one - s : s) * Expression::number(both ? 2 : 1);
          trial.hard_faces.push_back(face);
          ++faces;
        }
        if (faces > 0) trial.lift = trial.lift + correction;
      }
      const double length = scaled.scale(axis_x);
      for (const auto& [condition, face] : round) {
        const Expression target = scaled_value(condition->value, field.symbol, scales, values);
        const bool first = trial.hard_faces.empty() && !trial.has_known_part;
        trial.lift = first ? target : lift_with(face, target, trial.lift, trial.distance, box, length);
        trial.distance = trial.distance * round_distance(face, box, length);
        trial.hard_faces.push_back(condition->face);
      }
    }
    trials.push_back(std::move(trial));
  }
  return trials;
}

}  // namespace nusselt
