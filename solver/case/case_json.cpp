#include "solver/case/case_json.hpp"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "solver/case/condition_count.hpp"
#include "solver/case/estimate.hpp"
#include "solver/case/ladder.hpp"

namespace nusselt {

namespace {

using Json = nlohmann::ordered_json;

Json quantity(double si, const Dimension& dimension) { return {{"si", si}, {"unit", dimension.unit()}}; }

Json powers(const Monomial& monomial) {
  Json result = Json::object();
  for (const auto& [name, exponent] : monomial) result[name] = to_string(exponent);
  return result;
}

Json constants(const Case& c) {
  Json list = Json::array();
  for (const Constant& constant : c.constants.all()) {
    Json one = {{"name", constant.name}};
    one.update(quantity(constant.si, constant.dimension));
    one["text"] = constant.text;
    list.push_back(std::move(one));
  }
  return list;
}

Json scales(const Case& c) {
  Json references = Json::array();
  for (const Reference& reference : c.scales.references()) {
    Json one = {{"name", reference.name}};
    one.update(quantity(reference.si, reference.dimension));
    one["formula"] = reference.formula;
    references.push_back(std::move(one));
  }
  Json fields = Json::array();
  for (const System::Field& field : c.system.fields()) {
    const Dimension& dimension = field.symbol.dimension();
    Json one = {{"name", field.name}};
    one.update(quantity(c.scales.of(dimension), dimension));
    one["formula"] = to_string(c.scales.exponents(dimension));
    one["measured_from"] = field_level(field.symbol, c.scales);
    fields.push_back(std::move(one));
  }
  return {{"references", references}, {"fields", fields}};
}

Json groups(const Case& c) {
  Json list = Json::array();
  for (const Group& group : c.groups.all()) {
    list.push_back({{"name", group.name},
                    {"value", group.value},
                    {"formula", to_string(group.powers)},
                    {"meaning", group.meaning}});
  }
  return list;
}

Json residual(const DimensionlessResidual& equation, const Case& c) {
  Json terms = Json::array();
  double smallest = 1;
  for (const DimensionlessResidual::Term& term : equation.terms()) {
    Json one = {{"coefficient", term.coefficient}, {"factor", to_string(term.factor)}};
    if (const auto exponents = c.groups.exponents_of(term)) {
      one["groups"] = powers(*exponents);
      one["number"] = term.coefficient / c.groups.value_of(*exponents);
    }
    smallest = std::min(smallest, std::abs(term.coefficient));
    terms.push_back(std::move(one));
  }
  Json result = {{"name", equation.name()}, {"text", equation_text(equation, c)}, {"terms", terms}};
  result["divided_by"] = quantity(equation.scale(), equation.dimension());
  result["divided_by"]["formula"] = equation.scale_formula();
  result["spread_decades"] = smallest > 0 ? -std::log10(smallest) : 0.0;
  return result;
}

Json equations(const Case& c) {
  Json list = Json::array();
  for (const DimensionlessResidual& equation : c.equations) {
    Json one = residual(equation, c);
    if (const Node* factor = c.document.root().find_path("residual_factors." + equation.name())) {
      one["multiplied_by"] = factor->text;
    }
    list.push_back(std::move(one));
  }
  return list;
}

Json derivatives(const Case& c) {
  Json result = Json::object();
  for (const NeededDerivatives& needed : needed_derivatives(c.system)) result[needed.field] = needed.operators;
  return result;
}

Json condition_counts(const Case& c) {
  Json list = Json::array();
  for (const ConditionCount& count : count_conditions(c.system, c.domain, c.conditions)) {
    list.push_back(
        {{"field", count.field}, {"face", count.face.name()}, {"needed", count.needed}, {"given", count.given}});
  }
  return list;
}

Json conditions(const Case& c) {
  Json exact = Json::array();
  for (const TrialField& trial : c.trials) {
    Json faces = Json::array();
    for (const Face& face : trial.hard_faces) faces.push_back(face.name());
    if (faces.empty() && !trial.has_known_part) continue;
    Json one = {{"field", trial.field}, {"faces", faces}, {"distance", to_string(trial.distance)}};
    // A known part is a page of text once it is scaled.
    if (!trial.has_known_part) one["lift"] = to_string(trial.lift);
    one["known_part"] = trial.has_known_part;
    exact.push_back(std::move(one));
  }
  Json derived = Json::array();
  for (const TrialField& trial : c.trials) {
    for (const TrialField::Derived& one : trial.gives) {
      derived.push_back({{"field", one.field}, {"of", trial.field}, {"value", to_string(one.value)}});
    }
  }
  Json soft = Json::array();
  for (const SoftCondition& condition : c.soft_conditions) {
    Json one = residual(condition.residual, c);
    one["face"] = condition.face.name();
    if (condition.of_mean) one["of_mean"] = true;
    one["weight"] = condition.weight;
    soft.push_back(std::move(one));
  }
  return {{"exact", exact}, {"derived", derived}, {"least_squares", soft}};
}

Json start(const Case& c) {
  if (c.start.residuals.empty()) return nullptr;
  Json fields = Json::array();
  for (const DimensionlessResidual& field : c.start.residuals) fields.push_back(residual(field, c));
  return {{"steps", c.start.steps}, {"fields", fields}};
}

Json ladder(const Case& c) {
  Json list = Json::array();
  const std::vector<Rung> rungs = read_ladder(c);
  if (rungs.size() == 1 || c.windows > 1) return list;
  for (const Rung& rung : rungs) {
    list.push_back({{"constants", rung.name},
                    {"steps", rung.the_case.settings.optimizer.steps},
                    {"residual", rung.the_case.settings.criteria.residual}});
  }
  return list;
}

Json cost(const Case& c) {
  const Estimate e = estimate(c);
  const auto parts = [](const std::vector<Estimate::Part>& all, const char* unit) {
    Json list = Json::array();
    for (const Estimate::Part& part : all) list.push_back({{"what", part.what}, {unit, part.size}});
    return list;
  };
  Json work = Json::array();
  for (const Estimate::Work& one : e.work) {
    work.push_back({{"unit", one.unit}, {"flops", one.flops()}, {"parts", parts(one.parts, "flops")}});
  }
  return {{"parameters", e.parameters},
          {"points_inside", e.points_inside},
          {"points_on_faces", e.points_on_faces},
          {"residuals", e.residuals},
          {"channels", e.channels},
          {"memory_bytes", e.bytes()},
          {"memory", parts(e.memory, "bytes")},
          {"work", work},
          {"most_steps", c.settings.optimizer.steps},
          {"most_flops", e.most_flops(c.settings.optimizer.steps)},
          {"most_core_seconds", e.most_flops(c.settings.optimizer.steps) / reckoned_rate},
          {"reckoned_flops_per_second", reckoned_rate}};
}

}  // namespace

Json case_json(const Case& c) {
  return {{"passed", true},
          {"case", c.name},
          {"title", c.title},
          {"physics", c.physics},
          {"constants", constants(c)},
          {"scales", scales(c)},
          {"groups", groups(c)},
          {"equations", equations(c)},
          {"derivatives", derivatives(c)},
          {"condition_counts", condition_counts(c)},
          {"conditions", conditions(c)},
          {"optimizer", {{"name", c.settings.optimizer.name}, {"reason", c.settings.optimizer.reason}}},
          {"start", start(c)},
          {"ladder", ladder(c)},
          {"windows", c.windows},
          {"cost", cost(c)},
          {"warnings", c.warnings},
          {"notes", c.notes}};
}

Json refusal_json(const InputError& error) {
  return {{"passed", false},
          {"error",
           {{"file", error.place().file},
            {"line", error.place().line},
            {"column", error.place().column},
            {"message", error.message()},
            {"hint", error.hint()}}}};
}

}  // namespace nusselt
