// The schema an editor uses, applied to cases by a small validator of our own, and the two committed pages.
#include "solver/case/schema.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <regex>

#include "small_case.hpp"
#include "solver/case/key_table.hpp"

namespace nusselt {
namespace {

using Json = nlohmann::ordered_json;
namespace fs = std::filesystem;

const fs::path source = NUSSELT_SOURCE_DIR;

std::string content(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

/// What an editor sees: the scalars of YAML 1.2's core schema have types.
Json as_editors_read(const Node& node) {
  if (node.is_list()) {
    Json list = Json::array();
    for (const Node& item : node.items) list.push_back(as_editors_read(item));
    return list;
  }
  if (node.is_map()) {
    Json map = Json::object();
    for (const Entry& entry : node.entries) map[entry.key] = as_editors_read(entry.value);
    return map;
  }
  static const std::regex integer("[-+]?[0-9]+");
  static const std::regex real("[-+]?(\\.[0-9]+|[0-9]+(\\.[0-9]*)?)([eE][-+]?[0-9]+)?");
  if (!node.quoted && (node.text == "true" || node.text == "false")) return node.text == "true";
  if (!node.quoted && std::regex_match(node.text, integer)) return std::stoll(node.text);
  if (!node.quoted && std::regex_match(node.text, real)) return std::stod(node.text);
  return node.text;
}

bool is_of_type(const Json& value, const std::string& type) {
  if (type == "object") return value.is_object();
  if (type == "array") return value.is_array();
  if (type == "string") return value.is_string();
  if (type == "boolean") return value.is_boolean();
  if (type == "integer") {
    return value.is_number_integer() || (value.is_number() && value.get<double>() == std::floor(value.get<double>()));
  }
  if (type == "number") return value.is_number();
  throw std::invalid_argument("unknown type " + type);
}

/// Where a value breaks the schema, as a path; empty where it does not. The keywords are those that case_schema() uses;
/// any other is an error of this test.
std::string violation(const Json& value, const Json& schema, const std::string& path = "case") {
  for (const auto& [keyword, rule] : schema.items()) {
    if (keyword == "type") {
      bool any = false;
      for (const Json& type : rule.is_array() ? rule : Json::array({rule})) any = any || is_of_type(value, type);
      if (!any) return path;
    } else if (keyword == "enum") {
      if (std::find(rule.begin(), rule.end(), value) == rule.end()) return path;
    } else if (keyword == "minimum" || keyword == "exclusiveMinimum" || keyword == "maximum") {
      if (!value.is_number()) continue;
      const double bound = rule, number = value;
      if (keyword == "maximum" ? number > bound : keyword == "minimum" ? number < bound : number <= bound) return path;
    } else if (keyword == "minItems" || keyword == "maxItems") {
      if (value.is_array() && (keyword == "minItems" ? value.size() < rule : value.size() > rule)) return path;
    } else if (keyword == "items") {
      for (std::size_t i = 0; value.is_array() && i < value.size(); ++i) {
        const std::string inside = violation(value[i], rule, path + "." + std::to_string(i));
        if (!inside.empty()) return inside;
      }
    } else if (keyword == "anyOf") {
      std::string last;
      bool any = false;
      for (const Json& one : rule) {
        last = violation(value, one, path);
        any = any || last.empty();
      }
      if (!any) return last;
    } else if (keyword == "additionalProperties") {
      if (!value.is_object()) continue;
      for (const auto& [name, member] : value.items()) {
        const Json* found = schema.contains("properties") && schema["properties"].contains(name)
                                ? &schema["properties"][name]
                                : nullptr;
        if (schema.contains("patternProperties")) {
          for (const auto& [pattern, one] : schema["patternProperties"].items()) {
            if (std::regex_search(name, std::regex(pattern))) found = &one;
          }
        }
        if (found == nullptr && rule != false) found = &rule;
        const std::string inside = found == nullptr ? path + "." + name : violation(member, *found, path + "." + name);
        if (!inside.empty()) return inside;
      }
    } else if (keyword != "properties" && keyword != "patternProperties" && keyword != "description" &&
               keyword != "default" && keyword != "enumDescriptions" && keyword != "$schema" && keyword != "title") {
      throw std::invalid_argument("a keyword this test does not know: " + keyword);
    }
  }
  return "";
}

std::string violation_of(const std::string& text) {
  return violation(as_editors_read(Document("case.yaml", text).root()), case_schema());
}

TEST(Schema, AcceptsEveryCase) {
  int cases = 0;
  for (const auto& entry : fs::directory_iterator(source / "cases")) {
    if (!entry.is_directory()) continue;
    ++cases;
    EXPECT_EQ(violation_of(content(entry.path() / "case.yaml")), "") << entry.path();
  }
  EXPECT_GE(cases, 7);
  EXPECT_EQ(violation_of(small_cavity), "");
}

TEST(Schema, UnderlinesWrongKeysAndValues) {
  const std::pair<const char*, const char*> mistakes[] = {
      {"key_typo", "case.scale"},
      {"key_typo_inside", "case.scales.temperature_levl"},
      {"key_in_the_wrong_section", "case.width"},
      {"key_number_for_a_section", "case.network"},
      {"key_out_of_range", "case.network.width"},
      {"key_not_whole", "case.network.depth"},
      {"key_unknown_choice", "case.network.activation"},
      {"key_number_with_a_unit", "case.optimizer.time"},
      {"key_list_for_a_text", "case.case"},
      {"key_physics_unknown", "case.physics"},
      {"key_name_with_a_hyphen", "case.constants.T-mean"},
      {"box_three_ends", "case.domain.box.x"},
  };
  for (const auto& [name, place] : mistakes) {
    const std::string text = content(source / "tests/front/wrong_cases" / (std::string(name) + ".yaml"));
    EXPECT_EQ(violation_of(text), place) << name;
  }
  EXPECT_EQ(violation_of("case: x\nconditions: [{at: x-, weight: 0}]\n"), "case.conditions.0.weight");
  EXPECT_EQ(violation_of("case: x\nconditions: {at: x-}\n"), "case.conditions");
  EXPECT_EQ(violation_of("case: x\noutput: {grid: [5, 1]}\n"), "case.output.grid.1");
  EXPECT_EQ(violation_of("case: x\nquantities: {q: {valu: 1}}\n"), "case.quantities.q.valu");
}

/// The schema of a path, found as an editor finds it.
Json at(std::string path) {
  Json schema = case_schema();
  while (!path.empty()) {
    const std::string name = path.substr(0, path.find('.'));
    path.erase(0, path.find('.') == std::string::npos ? path.size() : name.size() + 1);
    if (schema.contains("anyOf")) schema = Json(schema["anyOf"].back());
    if (schema["type"] == "array") {
      schema = Json(schema["items"]);
    } else if (name != "*") {
      schema = Json(schema.at("properties").at(name));
    } else {
      schema = Json(schema.contains("patternProperties") ? schema["patternProperties"].front()
                                                         : schema["additionalProperties"]);
    }
  }
  return schema;
}

TEST(Schema, KnowsEveryKeyWithItsDefault) {
  EXPECT_EQ(case_schema()["$schema"], "http://json-schema.org/draft-07/schema#");
  for (const Key& key : key_table()) {
    Json schema;
    ASSERT_NO_THROW(schema = at(key.path)) << key.path;
    EXPECT_EQ(schema["description"], key.doc) << key.path;
    EXPECT_EQ(schema.contains("default"), !key.fallback.empty()) << key.path;
    if (schema.contains("default")) {
      EXPECT_EQ(violation(schema["default"], schema), "") << key.path;
    }
  }
  EXPECT_EQ(at("network.width")["default"], 20);
  EXPECT_EQ(at("network.width")["maximum"], 16384);
  EXPECT_EQ(at("points.sampling")["enum"].size(), at("points.sampling")["enumDescriptions"].size());
}

TEST(Schema, TheCommittedPagesAreWhatTheProgramWrites) {
  EXPECT_EQ(content(source / "cases/case.schema.json"), case_schema().dump(2) + "\n")
      << "run: nusselt schema > cases/case.schema.json";
  EXPECT_EQ(content(source / "cases/REFERENCE.md"), reference_page()) << "run: nusselt reference > cases/REFERENCE.md";
}

TEST(ReferencePage, NamesEveryKeyAndChoice) {
  const std::string page = reference_page();
  for (const Key& key : key_table()) {
    const bool stands = page.find("| `" + key.path + "` | ") != std::string::npos ||
                        page.find("\n## " + key.path + "\n") != std::string::npos;
    EXPECT_TRUE(stands) << key.path;
    for (const Choice& choice : key.choices) EXPECT_NE(page.find("`" + choice.name + "`: "), std::string::npos);
  }
  EXPECT_NE(page.find("mean(-k\\*dn(T), x-)\\*L"), std::string::npos);  // else slanted
}

}  // namespace
}  // namespace nusselt
