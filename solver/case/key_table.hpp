// The one table of everything that can be written in a case file: each key with its kind, default, range, the names it
// accepts, and a sentence that teaches. Reading, checking, `explain`, `list` and the reference page all live from it.
//
// Paths are dotted; `*` stands for a name the user chooses, or for the number of an item: "constants.*",
// "conditions.*.at".
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "solver/case/document.hpp"

namespace nusselt {

/// A name that a key accepts, with one line about it.
struct Choice {
  std::string name;
  std::string doc;
};

struct Key {
  enum class Kind {
    section,              // a map whose keys are in this table
    sections,             // a list of such maps
    text,                 // any text
    integer,              // 12
    real,                 // 1e-3, a plain number
    choice,               // one of `choices`; any name when there are none (the caller knows them then)
    formula,              // "0.1 m", "sqrt(Ra)*L"
    formulas,             // one formula, or a list of formulas
    equation,             // "rho*cp*dt(T) = k*lap(T)", or the formula that a field takes
    interval,             // [lower, upper], two formulas
    names,                // one name, or a list of names
    integers,             // one integer, or a list of integers
    formula_or_section,   // a formula, or a map whose keys are in this table
    equation_or_section,  // an equation, likewise
    names_or_section,     // names, likewise
    points,               // [[0 m, 0 m], [L, 0 m], [L, H]], lists of formulas
  };

  std::string path;
  Kind kind;
  std::string fallback;  // the default as one would write it; empty when there is none
  std::string doc;
  std::vector<Choice> choices = {};
  std::optional<double> minimum = {};
  std::optional<double> maximum = {};
  bool minimum_excluded = false;
};

const std::vector<Key>& key_table();

/// The key of the table that a path of a case means: "constants.Ra" is the key "constants.*". Null when there is none.
const Key* find_key(std::string_view path);

/// Refuses keys that are not in the table, nodes of the wrong kind, numbers out of range and names that are no choice.
/// Formulas, equations and what the user names himself are not looked into. Throws InputError.
void check_keys(const Node& root);

/// The value at `path`, or the default of the table; InputError when it is missing and has no default, or is wrong.
/// `path` may name items and user keys, "conditions.0.weight". A path that the table lacks is a std::logic_error.
std::string read_text(const Node& root, std::string_view path);
std::int64_t read_integer(const Node& root, std::string_view path);
double read_real(const Node& root, std::string_view path);
std::string read_choice(const Node& root, std::string_view path);
/// For names that the table does not know ("physics"): the caller brings them.
std::string read_choice(const Node& root, std::string_view path, const std::vector<Choice>& choices);
std::vector<std::int64_t> read_integers(const Node& root, std::string_view path);
std::vector<std::string> read_names(const Node& root, std::string_view path);

/// The node at `path`; InputError when the case lacks it, with what the table says of it.
const Node& require(const Node& root, std::string_view path);

/// What a person wants to know about a key or a section: kind, default, range, choices, doc. Throws std::out_of_range
/// with a sentence and a suggestion when the table lacks it.
std::string explain(std::string_view path);

/// In words: "an integer", "at least 1 and at most 256"; the range is empty where there is none.
std::string described(Key::Kind kind);
std::string range_of(const Key& key);

/// The keys directly inside a section ("" for the top level), in the order of the table.
std::vector<const Key*> keys_of(std::string_view section);

}  // namespace nusselt
