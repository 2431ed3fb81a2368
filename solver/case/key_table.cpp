// The table first, then what reads it. Longer than a usual file because the table is the manual of the case format.
#include "solver/case/key_table.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <stdexcept>

#include "solver/case/did_you_mean.hpp"

namespace nusselt {

namespace {

using Kind = Key::Kind;

std::vector<Key> make_table() {
  return {
      {"case", Kind::text, "", "Name of the case; results go to results/<name>."},
      {"title", Kind::text, "", "One line about the case for the report."},
      {"physics", Kind::choice, "",
       "Which equations are solved, by name. `nusselt list physics` shows the names, `nusselt check` what a case "
       "lacks."},
      {"domain", Kind::section, "", "Where the equations hold."},
      {"domain.box", Kind::section, "",
       "An axis-parallel box. Its faces are named by axis and side: x- is the face of the smallest x, x+ of the "
       "largest."},
      {"domain.box.x", Kind::interval, "", "[lower, upper] end of the box along x: [0 m, L]."},
      {"domain.box.y", Kind::interval, "", "[lower, upper] end of the box along y; leave it out in one dimension."},
      {"domain.box.z", Kind::interval, "", "[lower, upper] end of the box along z; leave it out in two dimensions."},

      {"constants", Kind::section, "", "Properties of the fluid, temperatures of walls, lengths: what the case knows."},
      {"constants.*", Kind::formula, "",
       "A quantity with its unit, 1.8e-5 Pa s, or a formula of other constants, mu/rho. A formula may define a length "
       "by a wanted Rayleigh number; dimensions are checked."},

      {"scales", Kind::section, "",
       "What makes the case dimensionless: nothing is averaged or weighted before it has no unit."},
      {"scales.references", Kind::names, "",
       "Constants that serve as reference quantities. They must be independent and span the dimensions of the case; "
       "left out, they are taken from the physics."},
      {"scales.temperature_level", Kind::formula, "",
       "Temperature that becomes zero in the dimensionless problem. Only differences of temperature drive a flow, and "
       "measured from 0 K they would be lost in the third digit."},

      {"conditions", Kind::sections, "", "What holds on the faces of the domain; every face needs at least one entry."},
      {"conditions.*", Kind::section, "", "One condition: the faces under `at`, then the values of fields there."},
      {"conditions.*.at", Kind::names, "", "A face, x-, or a list of faces, [y-, y+]."},
      {"conditions.*.enforce",
       Kind::choice,
       "auto",
       "How the condition is imposed.",
       {{"hard", "built into the network's answer: holds exactly, costs no residual; only for values of fields"},
        {"soft", "one more residual, made small with the others"},
        {"auto", "hard where it is possible, else soft"}}},
      {"conditions.*.weight",
       Kind::real,
       "1",
       "Factor on the dimensionless residual of a soft condition. 1 is right more often than one thinks.",
       {},
       0,
       {},
       true},
      {"conditions.*.*", Kind::equation, "",
       "A field with its value there, T: T_hot, or a label with an equation, insulated: dn(T) = 0; dn is the "
       "derivative along the outward normal."},

      {"network", Kind::section, "", "The function of the coordinates that stands for the fields."},
      {"network.depth", Kind::integer, "4", "Number of hidden layers.", {}, 1, 256},
      {"network.width",
       Kind::integer,
       "20",
       "Neurons in each hidden layer. Few go a long way: 4 layers of 20 resolve a cavity at Ra = 1e4.",
       {},
       1,
       16384},
      {"network.activation",
       Kind::choice,
       "tanh",
       "Nonlinearity of the hidden layers. It is differentiated twice in space and must be smooth.",
       {{"tanh", "hyperbolic tangent: smooth, bounded, the usual choice"},
        {"sin", "sine: resolves oscillations, and needs a good start"},
        {"swish", "x/(1 + exp(-x)): unbounded, close to a smooth ReLU"}}},
      {"network.norm",
       Kind::choice,
       "none",
       "Normalization inside the hidden layers, with exact derivatives in space.",
       {{"none", "no normalization"},
        {"layer", "layer normalization: each point's activations to mean 0 and variance 1 over the neurons"}}},
      {"network.norm_eps",
       Kind::real,
       "1e-3",
       "Added to the variance before its root. Too small a value makes second derivatives huge where the neurons "
       "agree.",
       {},
       0,
       {},
       true},

      {"points", Kind::section, "", "Where the residuals are looked at."},
      {"points.interior", Kind::integer, "900", "Training points inside the domain.", {}, 1, 1e9},
      {"points.boundary", Kind::integer, "120", "Training points on each face that has a soft condition.", {}, 1, 1e9},
      {"points.held_out",
       Kind::integer,
       "1000",
       "Points that training never sees; the verdict rests on them. A residual small only where it was trained is no "
       "solution.",
       {},
       1,
       1e9},
      {"points.sampling",
       Kind::choice,
       "sobol",
       "How training points are placed.",
       {{"sobol", "low-discrepancy sequence, shifted by the seed: even cover without a pattern"},
        {"random", "independent uniform points"},
        {"gauss", "tensor product of Gauss-Legendre points with their weights: exact integrals of smooth residuals"}}},
      {"points.redraw",
       Kind::integer,
       "0",
       "Steps after which the training points are drawn anew; 0 keeps them. Fresh points leave the network no gaps to "
       "hide errors in.",
       {},
       0,
       1e9},

      {"optimizer", Kind::section, "", "How the parameters of the network are found."},
      {"optimizer.name",
       Kind::choice,
       "levenberg_marquardt",
       "Method of optimization.",
       {{"levenberg_marquardt",
         "damped Gauss-Newton in float64: hundreds of dear steps, for up to some thousand parameters"},
        {"adam", "stochastic gradient with moments: many cheap steps, for comparison and for large networks"}}},
      {"optimizer.steps",
       Kind::integer,
       "400",
       "Most steps that are taken; fewer when the criteria are met.",
       {},
       1,
       1e9},
      {"optimizer.damping",
       Kind::real,
       "1e-2",
       "Levenberg-Marquardt damping at the start, relative to the Jacobi-scaled normal matrix.",
       {},
       0,
       {},
       true},
      {"optimizer.rate", Kind::real, "1e-3", "Learning rate of adam.", {}, 0, {}, true},

      {"conditioning", Kind::section, "", "Weights between the dimensionless residuals, found during training."},
      {"conditioning.name",
       Kind::choice,
       "none",
       "How the weights are found.",
       {{"none", "every dimensionless residual counts as it is"},
        {"layernorm",
         "weights from the log norms of the residuals, geometric mean 1, not differentiated: zero residuals "
         "stay the goal"}}},
      {"conditioning.exponent",
       Kind::real,
       "0.25",
       "How far the norms are levelled: 0 not at all; above 0.5 an equation already solved gets the most weight.",
       {},
       0,
       0.5},
      {"conditioning.average",
       Kind::real,
       "0.9",
       "Share of the old norms in the running average over steps.",
       {},
       0,
       0.9999},
      {"conditioning.clamp",
       Kind::real,
       "1e3",
       "No weight is larger than this or smaller than its inverse.",
       {},
       1,
       {}},

      {"criteria", Kind::section, "",
       "When the case counts as solved: all of them, on held-out points, on two evaluations in a row. The reference "
       "plays "
       "no part."},
      {"criteria.residual",
       Kind::real,
       "1e-3",
       "Largest root-mean-square of any dimensionless residual.",
       {},
       0,
       {},
       true},
      {"criteria.ratio", Kind::real, "3", "Largest ratio of held-out to training residual.", {}, 1, {}},
      {"criteria.imbalance",
       Kind::real,
       "1e-3",
       "Largest relative imbalance of mass and of energy through the boundary.",
       {},
       0,
       {},
       true},
      {"criteria.every", Kind::integer, "10", "Steps between evaluations.", {}, 1, 1e9},

      {"seed", Kind::integer, "1", "Start of the random numbers: the same seed gives the same run.", {}, 0, {}},
      {"precision",
       Kind::choice,
       "float64",
       "Numbers of the network. Levenberg-Marquardt needs float64.",
       {{"float64", "double precision"}, {"float32", "single precision: faster on a GPU, residuals stall near 1e-5"}}},
      {"device",
       Kind::choice,
       "cpu",
       "Where it is computed.",
       {{"cpu", "the processor"},
        {"cuda", "an NVIDIA GPU; an error when there is none"},
        {"auto", "a GPU when there is one, else the processor; the run says which"}}},
      {"threads", Kind::integer, "0", "Threads of the processor; 0 takes as many as there are cores.", {}, 0, 4096},

      {"output", Kind::section, "", "What the run leaves behind."},
      {"output.grid",
       Kind::integers,
       "101",
       "Points of the output grid along each axis, or one number for all axes.",
       {},
       2,
       100000},

      {"quantities", Kind::section, "", "Numbers that the report shall hold, such as a mean Nusselt number."},
      {"quantities.*", Kind::formula_or_section, "",
       "A formula, mean(-k*dn(T), x-)*L/(k*(T_hot - T_cold)), or a map of value, unit and reference."},
      {"quantities.*.value", Kind::formula, "", "The formula; derivatives in it are the network's exact ones."},
      {"quantities.*.unit", Kind::text, "", "Unit in which the report shows it; left out, SI."},
      {"quantities.*.reference", Kind::section, "", "A value from elsewhere to compare with; the verdict ignores it."},
      {"quantities.*.reference.file", Kind::text, "", "CSV file, relative to the case folder."},
      {"quantities.*.reference.column", Kind::text, "", "Name of the column without its unit."},
      {"quantities.*.reference.where", Kind::section, "", "Which row: column names with the values they must have."},
      {"quantities.*.reference.where.*", Kind::formula, "", "The value in that column: Ra: Ra."},

      {"reference", Kind::section, "", "Results from elsewhere; the report compares, the verdict ignores them."},
      {"reference.fields", Kind::section, "", "Fields on points, in a CSV file."},
      {"reference.fields.file", Kind::text, "", "CSV file with coordinates and fields, relative to the case folder."},
      {"reference.fields.where", Kind::section, "",
       "When the reference applies: constants with the values they must have."},
      {"reference.fields.where.*", Kind::formula, "", "The value of that constant: Ra: 1e4."},
      {"reference.fields.fields", Kind::section, "",
       "How each field is compared: field name and formula of the columns."},
      {"reference.fields.fields.*", Kind::formula, "",
       "Formula of the columns and constants, in the unit of the field."},

      {"checkpoint", Kind::section, "", "What `nusselt resume` goes on from."},
      {"checkpoint.every",
       Kind::real,
       "10",
       "Seconds of wall clock between checkpoints: no more than this is lost when a run is killed.",
       {},
       0,
       86400,
       true},
  };
}

std::vector<std::string> split(std::string_view path) {
  std::vector<std::string> parts;
  while (!path.empty()) {
    const std::size_t dot = std::min(path.find('.'), path.size());
    parts.emplace_back(path.substr(0, dot));
    path.remove_prefix(std::min(dot + 1, path.size()));
  }
  return parts;
}

std::string joined(std::string_view section, std::string_view key) {
  return section.empty() ? std::string(key) : std::string(section) + "." + std::string(key);
}

std::string last_part(std::string_view path) { return std::string(path.substr(path.rfind('.') + 1)); }

std::string list_of(const std::vector<std::string>& names) {
  std::string result;
  for (const std::string& name : names) result += (result.empty() ? "" : ", ") + name;
  return result;
}

std::vector<std::string> names_of(const std::vector<Choice>& choices) {
  std::vector<std::string> names;
  for (const Choice& choice : choices) names.push_back(choice.name);
  return names;
}

/// What the user may write in a section, "<name>" for what he names himself.
std::vector<std::string> names_in(std::string_view section) {
  std::vector<std::string> names;
  for (const Key* key : keys_of(section)) names.push_back(last_part(key->path));
  std::replace(names.begin(), names.end(), std::string("*"), std::string("<name>"));
  return names;
}

const Key* exact_key(std::string_view path) {
  const std::vector<Key>& table = key_table();
  const auto key = std::find_if(table.begin(), table.end(), [&](const Key& k) { return k.path == path; });
  return key == table.end() ? nullptr : &*key;
}

std::string shown_number(double value) {
  char text[32];
  const auto end = std::to_chars(text, text + sizeof text, value).ptr;
  return std::string(text, end);
}

std::string range_of(const Key& key) {
  std::string range;
  if (key.minimum) range += (key.minimum_excluded ? "more than " : "at least ") + shown_number(*key.minimum);
  if (key.maximum) range += (range.empty() ? "at most " : " and at most ") + shown_number(*key.maximum);
  return range;
}

std::string described(Kind kind) {
  switch (kind) {
    case Kind::section:
      return "keys with values";
    case Kind::sections:
      return "a list of conditions, each of keys with values";
    case Kind::text:
      return "a text";
    case Kind::integer:
      return "an integer";
    case Kind::real:
      return "a number";
    case Kind::choice:
      return "a name";
    case Kind::formula:
      return "a formula or a quantity with its unit";
    case Kind::equation:
      return "a formula or an equation";
    case Kind::interval:
      return "[lower, upper]";
    case Kind::names:
      return "a name or a list of names";
    case Kind::integers:
      return "an integer or a list of integers";
    case Kind::formula_or_section:
      return "a formula, or keys with values";
  }
  throw std::logic_error("a kind of key without a description");
}

std::string described(const Node& node) {
  if (node.is_map()) return "keys with values";
  if (node.is_list()) return "a list of " + std::to_string(node.items.size());
  return quote(node.text);
}

[[noreturn]] void refuse(const Node& node, const std::string& path, const std::string& expected,
                         const std::string& hint) {
  throw InputError(node.place, path + ": expected " + expected + ", got " + described(node), hint);
}

void need_text(const Node& node, const Key& key, const std::string& path) {
  if (!node.is_scalar()) {
    const bool split_by_comma = node.is_list() || node.is_map();
    refuse(node, path, described(key.kind), split_by_comma ? "a text that begins with [ or { needs quotes" : key.doc);
  }
  if (node.text.find_first_not_of(" \t\r\n") == std::string::npos) {
    throw InputError(node.place, path + ": is empty, expected " + described(key.kind), key.doc);
  }
}

void check_range(double value, const Node& node, const Key& key, const std::string& path) {
  const bool too_small = key.minimum && (value < *key.minimum || (key.minimum_excluded && value == *key.minimum));
  if (too_small || (key.maximum && value > *key.maximum)) {
    throw InputError(node.place, path + ": expected " + range_of(key) + ", got " + node.text, key.doc);
  }
}

std::optional<double> parse_real(std::string_view text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(value)) return {};
  return value;
}

double to_real(const Node& node, const Key& key, const std::string& path) {
  need_text(node, key, path);
  const std::optional<double> value = parse_real(node.text);
  if (!value)
    refuse(node, path, "a number", "write it without a unit and with a decimal point, as in 1e-3; " + key.doc);
  check_range(*value, node, key, path);
  return *value;
}

std::int64_t to_integer(const Node& node, const Key& key, const std::string& path) {
  need_text(node, key, path);
  const std::string& text = node.text;
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) {
    const std::optional<double> real = parse_real(text);
    const bool is_whole = real && std::abs(*real) < 1e15 && *real == std::floor(*real);
    refuse(
        node, path, "an integer",
        is_whole ? "write " + std::to_string(static_cast<std::int64_t>(*real)) : "write its digits only; " + key.doc);
  }
  check_range(static_cast<double>(value), node, key, path);
  return value;
}

std::string to_choice(const Node& node, const Key& key, const std::string& path, const std::vector<Choice>& choices) {
  need_text(node, key, path);
  const std::vector<std::string> names = names_of(choices);
  if (names.empty() || std::find(names.begin(), names.end(), node.text) != names.end()) return node.text;
  const std::string near = did_you_mean(node.text, names);
  throw InputError(node.place,
                   path + ": there is no " + quote(node.text) +
                       (near.empty() ? std::string() : "; did you mean " + quote(near) + "?"),
                   "choose one of " + list_of(names));
}

std::vector<std::int64_t> to_integers(const Node& node, const Key& key, const std::string& path) {
  if (node.is_scalar()) return {to_integer(node, key, path)};
  if (!node.is_list() || node.items.empty()) refuse(node, path, described(key.kind), key.doc);
  std::vector<std::int64_t> values;
  for (std::size_t i = 0; i < node.items.size(); ++i) {
    values.push_back(to_integer(node.items[i], key, path + "." + std::to_string(i)));
  }
  return values;
}

std::vector<std::string> to_names(const Node& node, const Key& key, const std::string& path) {
  if (node.is_scalar()) {
    need_text(node, key, path);
    return {node.text};
  }
  if (!node.is_list() || node.items.empty()) refuse(node, path, described(key.kind), key.doc);
  std::vector<std::string> names;
  for (std::size_t i = 0; i < node.items.size(); ++i) {
    need_text(node.items[i], key, path + "." + std::to_string(i));
    names.push_back(node.items[i].text);
  }
  return names;
}

void check_interval(const Node& node, const Key& key, const std::string& path) {
  if (!node.is_list() || node.items.size() != 2) {
    refuse(node, path, "[lower, upper], two formulas",
           "write it as in [0 m, L]; inside [ ] a formula with a comma or a bracket needs quotes");
  }
  for (std::size_t i = 0; i < 2; ++i) need_text(node.items[i], key, path + "." + std::to_string(i));
}

[[noreturn]] void refuse_unknown(const Entry& entry, const std::string& section, const std::string& path) {
  const std::vector<std::string> names = names_in(section);
  std::string near = did_you_mean(entry.key, names);
  if (near.empty()) {  // the right word in the wrong place
    for (const Key& key : key_table()) {
      if (near.empty() && last_part(key.path) == entry.key) near = key.path;
    }
  }
  throw InputError(entry.key_place,
                   path + ": unknown key" + (near.empty() ? "" : "; did you mean " + quote(near) + "?"),
                   (section.empty() ? "the keys of a case are " : "the keys here are ") + list_of(names));
}

void check_node(const Node& node, const Key& key, const std::string& path);

/// `section` is the path in the table, `path` the one in the case.
void check_section(const Node& node, const std::string& section, const std::string& path) {
  for (const Entry& entry : node.entries) {
    const Key* key = exact_key(joined(section, entry.key));
    if (key == nullptr) key = exact_key(joined(section, "*"));
    if (key == nullptr) refuse_unknown(entry, section, joined(path, entry.key));
    check_node(entry.value, *key, joined(path, entry.key));
  }
}

void check_node(const Node& node, const Key& key, const std::string& path) {
  switch (key.kind) {
    case Kind::section:
      if (!node.is_map()) refuse(node, path, described(key.kind), key.doc);
      return check_section(node, key.path, path);
    case Kind::sections: {
      if (!node.is_list()) refuse(node, path, described(key.kind), "begin each with a dash: - {at: x-, T: T_hot}");
      const Key& item = *exact_key(joined(key.path, "*"));
      for (std::size_t i = 0; i < node.items.size(); ++i)
        check_node(node.items[i], item, joined(path, std::to_string(i)));
      return;
    }
    case Kind::formula_or_section:
      if (node.is_map()) return check_section(node, key.path, path);
      return need_text(node, key, path);
    case Kind::text:
    case Kind::formula:
    case Kind::equation:
      return need_text(node, key, path);
    case Kind::interval:
      return check_interval(node, key, path);
    case Kind::integer:
      to_integer(node, key, path);
      return;
    case Kind::real:
      to_real(node, key, path);
      return;
    case Kind::choice:
      to_choice(node, key, path, key.choices);
      return;
    case Kind::names:
      to_names(node, key, path);
      return;
    case Kind::integers:
      to_integers(node, key, path);
      return;
  }
}

const Key& key_for(std::string_view path) {
  const Key* key = find_key(path);
  if (key == nullptr) throw std::logic_error("the key table has no " + quote(path));
  return *key;
}

/// The node at `path`, or one that holds the default.
Node node_or_default(const Node& root, std::string_view path, const Key& key) {
  if (const Node* node = root.find_path(path)) return *node;
  if (key.fallback.empty()) require(root, path);
  Node node;
  node.text = key.fallback;
  return node;
}

}  // namespace

const std::vector<Key>& key_table() {
  static const std::vector<Key> table = make_table();
  return table;
}

const Key* find_key(std::string_view path) {
  std::string found;
  for (const std::string& part : split(path)) {
    const std::string exact = joined(found, part);
    found = exact_key(exact) != nullptr ? exact : joined(found, "*");
    if (exact_key(found) == nullptr) return nullptr;
  }
  return exact_key(found);
}

std::vector<const Key*> keys_of(std::string_view section) {
  std::vector<const Key*> keys;
  for (const Key& key : key_table()) {
    const std::size_t dot = key.path.rfind('.');
    const std::string_view above = dot == std::string::npos ? "" : std::string_view(key.path).substr(0, dot);
    if (above == section) keys.push_back(&key);
  }
  return keys;
}

void check_keys(const Node& root) { check_section(root, "", ""); }

std::string read_text(const Node& root, std::string_view path) {
  const Key& key = key_for(path);
  const Node node = node_or_default(root, path, key);
  need_text(node, key, std::string(path));
  return node.text;
}

std::int64_t read_integer(const Node& root, std::string_view path) {
  const Key& key = key_for(path);
  return to_integer(node_or_default(root, path, key), key, std::string(path));
}

double read_real(const Node& root, std::string_view path) {
  const Key& key = key_for(path);
  return to_real(node_or_default(root, path, key), key, std::string(path));
}

std::string read_choice(const Node& root, std::string_view path) {
  return read_choice(root, path, key_for(path).choices);
}

std::string read_choice(const Node& root, std::string_view path, const std::vector<Choice>& choices) {
  const Key& key = key_for(path);
  return to_choice(node_or_default(root, path, key), key, std::string(path), choices);
}

std::vector<std::int64_t> read_integers(const Node& root, std::string_view path) {
  const Key& key = key_for(path);
  return to_integers(node_or_default(root, path, key), key, std::string(path));
}

std::vector<std::string> read_names(const Node& root, std::string_view path) {
  const Key& key = key_for(path);
  return to_names(node_or_default(root, path, key), key, std::string(path));
}

const Node& require(const Node& root, std::string_view path) {
  if (const Node* node = root.find_path(path)) return *node;
  const Key& key = key_for(path);
  // The message stands where the key belongs: at the innermost section above it that the case has.
  std::string_view above = path;
  const Node* section = nullptr;
  while (section == nullptr) {
    above = above.substr(0, above.find('.') == std::string_view::npos ? 0 : above.rfind('.'));
    section = root.find_path(above);
  }
  throw InputError(section->place, std::string(path) + ": is missing",
                   "expected " + described(key.kind) + ": " + key.doc);
}

std::string explain(std::string_view path) {
  const Key* key = find_key(path);
  if (key == nullptr) {
    std::vector<std::string> paths;
    for (const Key& known : key_table()) paths.push_back(known.path);
    std::string near = did_you_mean(path, paths);
    for (const std::string& known : paths) {
      if (near.empty() && last_part(known) == last_part(path)) near = known;
    }
    throw std::out_of_range(
        "there is no key " + quote(path) +
        (near.empty() ? "; the keys of a case are " + list_of(names_in("")) : "; did you mean " + quote(near) + "?"));
  }
  std::string text = key->path + ": " + described(key->kind) + "\n  " + key->doc + "\n";
  if (!key->fallback.empty()) text += "  default: " + key->fallback + "\n";
  if (!range_of(*key).empty()) text += "  range: " + range_of(*key) + "\n";
  for (const Choice& choice : key->choices) text += "  " + choice.name + ": " + choice.doc + "\n";
  for (const Key* inner : keys_of(key->path)) text += "  " + inner->path + ": " + inner->doc + "\n";
  return text;
}

}  // namespace nusselt
