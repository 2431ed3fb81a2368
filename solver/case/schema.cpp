#include "solver/case/schema.hpp"

#include <charconv>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "physics/system.hpp"
#include "solver/case/key_table.hpp"

namespace nusselt {

namespace {

using Json = nlohmann::ordered_json;
using Kind = Key::Kind;

/// Where what the user names is used in formulas, so that it must be a word.
bool holds_names(std::string_view section) { return section == "constants" || section == "formulas"; }

// An editor reads `0`, `1e4` and `1.5` as numbers; to Nusselt they are formulas like any other.
Json formula() { return {{"type", {"string", "number"}}}; }
Json word() { return {{"type", {"string", "number", "boolean"}}}; }

Json one_or_list(const Json& one) { return {{"anyOf", {one, {{"type", "array"}, {"items", one}, {"minItems", 1}}}}}; }

/// A plain number, in the range of the key.
Json number(const Key& key, const char* type) {
  Json schema = {{"type", type}};
  // Written as integers where they are: 1, not 1.0.
  const auto bound = [](double value) {
    return value == static_cast<double>(static_cast<std::int64_t>(value)) ? Json(static_cast<std::int64_t>(value))
                                                                          : Json(value);
  };
  if (key.minimum) schema[key.minimum_excluded ? "exclusiveMinimum" : "minimum"] = bound(*key.minimum);
  if (key.maximum) schema["maximum"] = bound(*key.maximum);
  return schema;
}

Json choice(const std::vector<Choice>& choices) {
  if (choices.empty()) return word();
  Json schema = {{"type", "string"}, {"enum", Json::array()}, {"enumDescriptions", Json::array()}};
  for (const Choice& one : choices) {
    schema["enum"].push_back(one.name);
    schema["enumDescriptions"].push_back(one.doc);
  }
  return schema;
}

std::vector<Choice> choices_of(const Key& key) {
  if (key.path != "physics") return key.choices;
  std::vector<Choice> choices;
  for (const auto& [name, physics] : registered_physics()) choices.push_back({name, physics.doc});
  return choices;
}

Json schema_of(const Key& key);

Json section(std::string_view path) {
  Json schema = {{"type", "object"}, {"additionalProperties", false}};
  const auto name_of = [&](const Key* key) { return key->path.substr(path.empty() ? 0 : path.size() + 1); };
  // A pattern holds for the keys with a schema of their own too, if it does not leave them out.
  std::string fixed;
  for (const Key* key : keys_of(path)) {
    if (name_of(key) != "*") fixed += (fixed.empty() ? "" : "|") + name_of(key);
  }
  const std::string own_name = fixed.empty() ? "^" : "^(?!(" + fixed + ")$)";
  for (const Key* key : keys_of(path)) {
    const std::string name = name_of(key);
    if (name != "*") {
      schema["properties"][name] = schema_of(*key);
    } else if (holds_names(path)) {
      schema["patternProperties"][own_name + "[A-Za-z_][A-Za-z0-9_]*$"] = schema_of(*key);
    } else if (!keys_of(key->path).empty()) {
      schema["patternProperties"][own_name + "[^.]+$"] = schema_of(*key);
    } else {
      schema["additionalProperties"] = schema_of(*key);
    }
  }
  return schema;
}

Json of_kind(const Key& key) {
  switch (key.kind) {
    case Kind::section:
      return section(key.path);
    case Kind::sections:
      return {{"type", "array"}, {"items", schema_of(*find_key(key.path + ".*"))}};
    case Kind::text:
      return word();
    case Kind::integer:
      return number(key, "integer");
    case Kind::real:
      return number(key, "number");
    case Kind::choice:
      return choice(choices_of(key));
    case Kind::formula:
    case Kind::equation:
      return formula();
    case Kind::formulas:
      return one_or_list(formula());
    case Kind::interval:
      return {{"type", "array"}, {"items", formula()}, {"minItems", 2}, {"maxItems", 2}};
    case Kind::names:
      return one_or_list({{"type", "string"}});
    case Kind::integers:
      return one_or_list(number(key, "integer"));
    case Kind::formula_or_section:
    case Kind::equation_or_section:
      return {{"anyOf", {formula(), section(key.path)}}};
    case Kind::names_or_section: {
      Json either = one_or_list({{"type", "string"}});
      either["anyOf"].push_back(section(key.path));
      return either;
    }
    case Kind::points:
      return {{"type", "array"}, {"items", {{"type", "array"}, {"items", formula()}}}};
  }
  throw std::logic_error("a kind of key without a schema");
}

/// The default as the editor inserts it: a number where the key takes one.
Json fallback(const Key& key) {
  const bool is_number = key.kind == Kind::integer || key.kind == Kind::integers || key.kind == Kind::real;
  return is_number ? Json::parse(key.fallback) : Json(key.fallback);
}

Json schema_of(const Key& key) {
  Json schema = {{"description", key.doc}};
  if (!key.fallback.empty()) schema["default"] = fallback(key);
  schema.update(of_kind(key));
  return schema;
}

/// Text in Markdown: what is not between backquotes loses its meaning there, `a*b*c` would become slanted.
std::string in_markdown(const std::string& text) {
  std::string result;
  bool is_code = false;
  for (const char c : text) {
    if (c == '`') is_code = !is_code;
    const bool special = c == '|' || (!is_code && (c == '*' || c == '_' || c == '<'));
    if (special) result += '\\';
    result += c;
  }
  return result;
}

const char* const table_head = "\n| key | value | default | meaning |\n|---|---|---|---|\n";

std::string table_row(const Key& key) {
  const std::string range = range_of(key);
  std::string row = "| `" + key.path + "` | " + described(key.kind) + (range.empty() ? "" : ", " + range) + " | " +
                    (key.fallback.empty() ? "" : "`" + key.fallback + "`") + " | " + in_markdown(key.doc);
  for (const Choice& one : choices_of(key)) row += "<br>`" + one.name + "`: " + in_markdown(one.doc);
  return row + " |\n";
}

void write_section(const Key& key, std::string& page) {
  page += "\n## " + key.path + "\n\n" + in_markdown(key.doc) + "\n" + table_head;
  for (const Key* inner : keys_of(key.path)) page += table_row(*inner);
  for (const Key* inner : keys_of(key.path)) {
    if (!keys_of(inner->path).empty()) write_section(*inner, page);
  }
}

}  // namespace

Json case_schema() {
  Json schema = {{"$schema", "http://json-schema.org/draft-07/schema#"},
                 {"title", "A case of Nusselt"},
                 {"description", "Written by `nusselt schema` from the table of keys."}};
  schema.update(section(""));
  return schema;
}

std::string reference_page() {
  std::string page =
      "# The keys of a case\n\n"
      "Written by `nusselt reference` from the table that also reads and checks a case; `nusselt explain KEY` shows "
      "one "
      "of them.\n`*` is a name of your own, or the number of an item in a list, from 0. Every key can be changed from "
      "the command line\nby its path: `nusselt run CASE constants.Ra=1e5 conditions.0.T=\"310 K\"`.\n";
  std::vector<const Key*> sections;
  page += table_head;
  for (const Key* key : keys_of("")) {
    if (!keys_of(key->path).empty()) {
      sections.push_back(key);
    } else {
      page += table_row(*key);
    }
  }
  for (const Key* key : sections) write_section(*key, page);
  return page;
}

}  // namespace nusselt
