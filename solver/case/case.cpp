#include "solver/case/case.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <map>
#include <set>
#include <stdexcept>

#include "nondim/did_you_mean.hpp"
#include "solver/case/balancing_rules.hpp"
#include "solver/case/equations.hpp"
#include "solver/case/extremes.hpp"
#include "solver/case/key_table.hpp"
#include "solver/case/layer_rate_rule.hpp"
#include "solver/case/network_choice.hpp"
#include "solver/case/optimizer_choice.hpp"
#include "solver/case/output_times.hpp"
#include "solver/case/periodicity.hpp"
#include "solver/case/scaling.hpp"
#include "solver/case/stream_function.hpp"
#include "solver/case/well_posed.hpp"
#include "solver/case/windows.hpp"

namespace nusselt {

namespace {

Axes read_axes(const Node& root) {
  const Node& section = require(root, "domain.box");
  Axes axes{};
  for (int axis = 0; axis < axis_count; ++axis) axes[axis] = section.find(axis_names[axis]) != nullptr;
  if (!axes[axis_x] && !axes[axis_y] && !axes[axis_z]) {
    throw InputError(section.place, "domain.box: no axis", "give the extent along x, and y and z where there are any");
  }
  // Pictures and ParaView files lay a plane out in x and y.
  for (int axis = 1; axis < axis_t; ++axis) {
    if (!axes[axis] || axes[axis - 1]) continue;
    throw InputError(section.place, std::string("domain.box: ") + axis_names[axis] + " without " + axis_names[axis - 1],
                     "a line is along x, a plane in x and y");
  }
  return axes;
}

Box read_box(const Node& root, const Axes& axes, const Constants& constants) {
  Box box;
  box.axes = axes;
  for (Axis axis : box.active_axes()) {
    const std::string key = std::string("domain.box.") + axis_names[axis];
    const Node& interval = require(root, key);
    const Dimension dimension = Dimension::of(axis == axis_t ? Dimension::time : Dimension::length);
    for (const Node& end : interval.items) {
      for (const std::string& name : mentioned_names(end.text)) {
        const Constant* constant = constants.find(name);
        if (constant == nullptr || !constant->ratio) continue;
        throw InputError(end.place, key + ": the box cannot depend on " + name + ", which is no fixed number",
                         "its extent is that of the points");
      }
    }
    box.lower[axis] = constants.value_of(interval.items[0], key, dimension);
    box.upper[axis] = constants.value_of(interval.items[1], key, dimension);
    if (!(box.upper[axis] > box.lower[axis])) {
      const std::string unit = " " + dimension.unit();
      throw InputError(interval.place, key + ": the upper end must be above the lower end, got " +
                                           to_string(box.lower[axis]) + unit + " and " + to_string(box.upper[axis]) +
                                           unit);
    }
  }
  box.periodic = read_periodic_axes(root, box);
  return box;
}

std::string read_name(const Node& root) {
  const std::string name = read_text(root, "case");
  if (name == "." || name == ".." || name.find('/') != std::string::npos) {
    throw InputError(require(root, "case").place, "case: " + quote(name) + " cannot be the name of a folder",
                     "results go to results/<case>/<time>; --output DIR puts them elsewhere");
  }
  return name;
}

void add_mentioned_names(const Node& node, std::set<std::string>& names) {
  for (const std::string& name : mentioned_names(node.text)) names.insert(name);
  for (const Node& item : node.items) add_mentioned_names(item, names);
  for (const Entry& entry : node.entries) add_mentioned_names(entry.value, names);
}

/// A physics takes a constant it can do without as zero, so a misspelled one would be left out in silence; and the text
/// of a function has no dimensions before somebody calls it.
void note_unused_names(const Node& root, const System& system, const Scales& scales, const Constants& constants,
                       std::vector<std::string>& notes) {
  std::set<std::string> used;
  for (const Reference& reference : scales.all()) used.insert(reference.name);
  for (const System::Constant& constant : system.constants()) used.insert(constant.name);
  add_mentioned_names(root, used);
  for (const Constant& constant : constants.all()) {
    if (!used.contains(constant.name)) notes.push_back("constants." + constant.name + " is used by nothing");
  }
  const Node* functions = root.find("functions");
  if (functions == nullptr) return;
  for (const Entry& entry : functions->entries) {
    const std::string name = entry.key.substr(0, entry.key.find_first_of(" ("));
    if (!used.contains(name)) notes.push_back("functions." + name + " is called by nothing, so nobody read its text");
  }
}

/// Some ways to place points know a box only.
void require_whole_box(const Node& root, const Settings& settings, const Domain& domain) {
  const bool shaped = std::any_of(domain.regions().begin(), domain.regions().end(),
                                  [](const Region& region) { return region.shape.has_value(); });
  const bool periodic = std::ranges::count(domain.box().periodic, true) > 0;
  if (periodic && (shaped || domain.is_divided())) {
    throw InputError(require(root, "conditions").place, "conditions: faces are periodic in a box of one material only");
  }
  if (shaped && settings.points.sampling == "gauss") {
    throw InputError(require(root, "points.sampling").place,
                     "points.sampling: a Gauss grid fills a box, and the domain has another shape",
                     "write sampling: sobol");
  }
}

/// What a family of cases cannot be combined with.
void require_plain_family(const Node& root, const Settings& settings, const Constants& constants,
                          const std::vector<Sensors>& sensors) {
  if (constants.inputs().empty()) return;
  const std::string& name = constants.inputs().front()->name;
  if (settings.points.adapt != "none") {
    throw InputError(require(root, "points.adapt").place,
                     "points.adapt: points follow the residual of one case, and " + name + " makes a family of it",
                     "leave it out");
  }
  if (!sensors.empty()) {
    throw InputError(require(root, "sensors").place,
                     "sensors: readings belong to one case, and " + name + " makes a family of it",
                     "give " + name + " one value");
  }
}

/// What `make` refuses as impossible, an equation 0 = 0 or a negative group, is a mistake of the case at `place`.
template <class Make>
auto at_place(const Place& place, const std::string& key, Make make) {
  try {
    return make();
  } catch (const std::invalid_argument& error) {
    throw InputError(place, key + ": " + error.what());
  }
}

/// Weights from conditioning and balancing would move what is known of the precision of the sensors.
void require_fixed_weights(const Node& root, const Settings& settings) {
  for (const auto& [key, name, neutral] :
       {std::array<std::string, 3>{"conditioning.name", settings.conditioning.name, "none"},
        std::array<std::string, 3>{"balancing.name", settings.balancing.name, "static"}}) {
    if (name == neutral) continue;
    const Node* node = root.find_path(key);
    throw InputError(node != nullptr ? node->place : root.place,
                     key + ": " + name +
                         " changes weights during training, and with sensors these are what is known of "
                         "their noise",
                     "write " + key + "=" + neutral);
  }
}

bool occurs_undifferentiated(const std::string& field, const Case& the_case) {
  const auto mentions = [&](const Expression& expression) {
    const std::vector<Expression> all = leaves(expression);
    return std::any_of(all.begin(), all.end(), [&](const Expression& leaf) {
      return leaf.kind() == Expression::Kind::field && leaf.name() == field && leaf.order() == 0;
    });
  };
  for (const System::Equation& equation : the_case.system.equations()) {
    if (mentions(equation.residual)) return true;
  }
  for (const Condition& condition : the_case.conditions) {
    if (mentions(condition.residual)) return true;
  }
  for (const Sensors& sensors : the_case.sensors) {
    for (const Sensors::Reading& reading : sensors.readings) {
      if (reading.field == field) return true;
    }
  }
  return false;
}

/// Quantities, outputs and references, of a case whose system and constants are known.
void read_what_is_asked(Case& result, const Node& root) {
  for (const std::map<std::string, double>& member : result.constants.members()) {
    // The same formulas; what they are compared with is the member's.
    const Constants own = result.constants.of_member(member);
    for (AskedQuantity& quantity :
         read_quantities(root, result.system, result.domain, own, result.folder, result.notes)) {
      if (!member.empty()) quantity.name += " at " + own.member_text(member);
      quantity.member = member;
      result.quantities.push_back(std::move(quantity));
    }
  }
  result.outputs = read_outputs(root, result.system, result.constants);
  result.output_times = read_output_times(root, result.box, result.constants);
  result.reference =
      read_reference_fields(root, result.system, result.domain, result.constants, result.folder, result.notes);
}

}  // namespace

std::vector<std::string> Case::gauge_fields() const {
  std::vector<std::string> names;
  for (const System::Field& field : system.fields()) {
    if (!occurs_undifferentiated(field.name, *this)) names.push_back(field.name);
  }
  return names;
}

double Case::coordinate_scale(Axis axis) const {
  return scales.of(Dimension::of(axis == axis_t ? Dimension::time : Dimension::length));
}

std::vector<std::string> Case::input_columns() const {
  std::vector<std::string> columns;
  for (const Constant* constant : constants.inputs()) columns.push_back(constant->input->coordinate.name());
  return columns;
}

std::vector<double> Case::scaled_lower() const {
  std::vector<double> ends;
  for (Axis axis : box.active_axes()) ends.push_back(box.lower[axis] / coordinate_scale(axis));
  for (const Constant* constant : constants.inputs()) ends.push_back(constant->input->lower);
  return ends;
}

std::vector<double> Case::scaled_upper() const {
  std::vector<double> ends;
  for (Axis axis : box.active_axes()) ends.push_back(box.upper[axis] / coordinate_scale(axis));
  for (const Constant* constant : constants.inputs()) ends.push_back(constant->input->upper);
  return ends;
}

Case read_case(const std::string& path, const std::vector<std::string>& overrides) {
  namespace fs = std::filesystem;
  const fs::path file = fs::is_directory(path) ? fs::path(path) / "case.yaml" : fs::path(path);
  Document document = Document::load(file.string());
  for (const std::string& override_text : overrides) document.override(override_text);
  const fs::path folder = file.parent_path();
  return read_case(std::move(document), folder.empty() ? "." : folder.string());
}

Case read_case(Document document, const std::string& folder, std::optional<int> window) {
  const Node& root = document.root();
  check_keys(root);
  Constants constants(root);
  // A property of the wrong dimension is told before the lengths that may follow from it.
  const Axes axes = read_axes(root);
  std::vector<std::string> notes;
  System system = read_system(root, axes, constants, notes);
  require_possible_constants(root, system, constants);
  Box box = read_box(root, axes, constants);
  Domain domain = read_domain(root, box, constants, folder, notes);
  require_evolution(root, system, box);
  require_distances(root, domain);
  read_sources(root, constants, system);
  Settings settings = read_settings(root, box.dimensions());
  const std::optional<StreamFunction> stream = read_stream_function(root, system, constants);
  fit_network(settings.network, root, box, static_cast<int>(system.fields().size()) - (stream ? 1 : 0));
  settings.network.inputs += static_cast<int>(constants.inputs().size());
  settings.network.constants = static_cast<int>(constants.sought().size());
  const OptimizerChoice optimizer =
      choose_optimizer(settings, trained_count(settings.network, read_subnetworks(root, system, settings.network)));
  settings.optimizer.name = optimizer.name;
  settings.optimizer.reason = optimizer.reason;
  require_sensible_layer_rates(root, settings);
  const std::vector<Sensors> sensors = read_sensors(root, system, box, constants, folder);
  if (!sensors.empty()) require_fixed_weights(root, settings);
  require_plain_family(root, settings, constants, sensors);
  for (const Constant* constant : constants.sought()) {
    if (!sensors.empty()) break;
    throw InputError(root.find("constants")->find(constant->name)->place,
                     "constants." + constant->name + " is sought, and the case has no sensors to find it from",
                     "give measured values in the section `sensors`, or its value");
  }
  const ConstantValues values = constants.values();
  std::vector<Condition> conditions = read_conditions(root, system, domain, constants, folder);
  const Scaling scaling = at_place(scaling_node(root).place, "equations", [&] {
    return read_scaling({root, system, domain, constants, conditions}, scaling_name(root));
  });
  const Scales& scales = scaling.scales;
  notes.insert(notes.end(), scaling.notes.begin(), scaling.notes.end());
  std::vector<std::string> warnings;
  require_consistent_conditions(system, domain, conditions, constants, scales, warnings);
  const int windows = read_windows(root, box, sensors, conditions);
  if (windows > 1) hand_over(conditions, window.value_or(0) == 0, system, scales);
  if (window) {
    box = in_window(box, *window, windows);
    domain = domain.during(box.lower[axis_t], box.upper[axis_t]);
  }
  std::vector<Expression> residual_factors = read_residual_factors(root, system, box, constants);
  for (Expression& factor : residual_factors) factor = in_scaled_fields(factor, scales, values);

  std::vector<DimensionlessResidual> equations;
  std::vector<TrialField> trials;
  std::vector<SoftCondition> soft;
  Likelihoods found;
  Start start;
  try {
    for (const System::Equation& equation : system.equations()) {
      equations.push_back(at_place(require(root, "constants").place, "constants", [&] {
        return nondimensionalize(equation.name, equation.residual, scales, values);
      }));
    }
    require_forward_diffusion(root, equations);
    const KnownParts known_parts = read_known_parts(root, system, constants);
    require_periodic_values(root, system, box, conditions, known_parts, constants);
    if (stream) enforce_softly(*stream, conditions);
    trials = hard_conditions(system, domain, conditions, known_parts, scales, values);
    if (stream) trials = with_stream_function(*stream, system, scales, std::move(trials));
    for (const Constant* constant : constants.sought()) {
      const std::string& unknown = constant->sought->unknown.name();
      trials.push_back({unknown, Expression::zero(), Expression::number(1), {}, {}, false, /*is_constant=*/true});
    }
    found = likelihoods(sensors, system, constants, scales, read_real(root, "inverse.weight"));
    for (const Condition& condition : conditions) {
      if (condition.field) {
        const auto trial = std::find_if(trials.begin(), trials.end(),
                                        [&](const TrialField& t) { return t.field == *condition.field; });
        if (trial != trials.end() && trial->is_hard(condition.face)) continue;
      }
      const std::string name = condition.name + (condition.of_mean ? " over " : " at ") + condition.face.name();
      soft.push_back({at_place(condition.place, condition.key,
                               [&] { return nondimensionalize(name, condition.residual, scales, values); }),
                      condition.face, condition.weight, condition.of_mean, condition.whole});
    }
    start = read_start(root, system, constants, scales);
  } catch (const ScaleError& error) {
    const bool listed = scaling.name == "references";
    throw InputError(scaling_node(root).place,
                     (listed ? "scales.references: " : "scaling: " + scaling.name + ": ") + error.what());
  }
  if (stream) {
    for (std::size_t e = 0; e < equations.size(); ++e) {
      if (equations[e].name() != stream->equation) continue;
      equations.erase(equations.begin() + static_cast<std::ptrdiff_t>(e));
      residual_factors.erase(residual_factors.begin() + static_cast<std::ptrdiff_t>(e));
      break;
    }
    system.forget_equation(stream->equation);
    notes.push_back(stream->equation + " holds whatever the network is: " + stream->velocity[0] + " and " +
                    stream->velocity[1] + " are derivatives of a stream function");
  }
  for (const std::string& warning : network_warnings(settings.network)) warnings.push_back(warning);
  std::vector<std::string> sets;
  std::vector<int> set_points;
  for (const Region& region : domain.regions()) {
    sets.push_back(interior_name(region));
    set_points.push_back(settings.points.interior);
  }
  for (const FaceGeometry& geometry : domain.faces()) {
    const Face& face = geometry.face;
    if (std::none_of(soft.begin(), soft.end(), [&](const SoftCondition& s) { return s.face == face && !s.of_mean; })) {
      continue;
    }
    sets.push_back(face.name());
    set_points.push_back(settings.points.boundary);
  }
  require_whole_box(root, settings, domain);
  check_norm_reference(settings.network, root, sets, set_points, warnings);

  Case result{.document = document,
              .name = read_name(root),
              .title = root.find("title") == nullptr ? "" : read_text(root, "title"),
              .folder = folder,
              .physics = root.find("physics") == nullptr ? "" : read_text(root, "physics"),
              .settings = settings,
              .constants = std::move(constants),
              .box = box,
              .domain = domain,
              .system = std::move(system),
              .scaling = scaling.name,
              .scales = scales,
              .equations = std::move(equations),
              .residual_factors = std::move(residual_factors),
              .conditions = std::move(conditions),
              .trials = std::move(trials),
              .soft_conditions = std::move(soft),
              .sensors = sensors,
              .likelihoods = std::move(found),
              .start = std::move(start),
              .groups = {},
              .quantities = {},
              .outputs = {},
              .output_times = {},
              .reference = {},
              .warnings = std::move(warnings),
              .notes = std::move(notes),
              .windows = windows,
              .window = window};
  require_possible_balancing(result);
  result.groups = at_place(require(root, "constants").place, "constants", [&] {
    return CaseGroups(result.system, result.scales, result.constants, result.equations);
  });
  if (!window) read_what_is_asked(result, root);
  result.settings.network.lower = result.scaled_lower();
  result.settings.network.upper = result.scaled_upper();
  for (const TrialField& trial : result.trials) {
    if (!trial.note.empty()) result.notes.push_back(trial.note);
  }
  for (const std::string& note : extreme_notes(result.equations, result.groups)) result.notes.push_back(note);
  note_unused_names(root, result.system, result.scales, result.constants, result.notes);
  for (const std::string& field : result.gauge_fields()) {
    if (stream && std::ranges::find(stream->velocity, field) != stream->velocity.end()) {
      throw InputError(require(root, "conditions").place,
                       "conditions: " + field + " is known up to a constant only, and follows from a stream function",
                       "give its value somewhere");
    }
    result.notes.push_back(
        field + " is known up to a " + (result.system.is_transient() ? "function of time" : "constant") +
        " only; its mean " + (result.system.is_transient() ? "over space and time " : "") + "is set to " +
        (field_level(result.system.field_named(field).symbol, result.scales) == 0 ? "zero" : "the temperature level"));
  }
  return result;
}

}  // namespace nusselt
