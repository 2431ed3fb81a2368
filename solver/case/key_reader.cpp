// What reads a case by the key table: checks, typed values, explanations.
#include <algorithm>
#include <charconv>
#include <cmath>
#include <stdexcept>

#include "nondim/did_you_mean.hpp"
#include "solver/case/key_table.hpp"

namespace nusselt {

namespace {

using Kind = Key::Kind;

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

void check_points(const Node& node, const Key& key, const std::string& path) {
  const char* hint = "write it as in [[0 m, 0 m], [L, 0 m], [L, H]]";
  if (!node.is_list()) refuse(node, path, described(key.kind), hint);
  for (std::size_t i = 0; i < node.items.size(); ++i) {
    const std::string item = path + "." + std::to_string(i);
    if (!node.items[i].is_list()) refuse(node.items[i], item, "a point, [x, y]", hint);
    for (const Node& part : node.items[i].items) need_text(part, key, item);
  }
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
    // What stands inside is found by its path.
    if (entry.key.find('.') != std::string::npos && !keys_of(key->path).empty()) {
      throw InputError(entry.key_place, path + ": " + quote(entry.key) + " cannot be a name: it contains a dot",
                       "dots join the keys of a path, as in network.width");
    }
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
    case Kind::points:
      return check_points(node, key, path);
    case Kind::formula_or_section:
    case Kind::equation_or_section:
      if (node.is_map()) return check_section(node, key.path, path);
      return need_text(node, key, path);
    case Kind::names_or_section:
      if (node.is_map()) return check_section(node, key.path, path);
      to_names(node, key, path);
      return;
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
    case Kind::formulas:
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
    case Kind::formulas:
      return "a formula or a list of formulas";
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
    case Kind::equation_or_section:
      return "a formula or an equation, or keys with values";
    case Kind::names_or_section:
      return "a name or a list of names, or keys with values";
    case Kind::points:
      return "a list of points";
  }
  throw std::logic_error("a kind of key without a description");
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
