#include "solver/case/start.hpp"

#include <algorithm>

#include "nondim/did_you_mean.hpp"
#include "solver/case/formulas.hpp"
#include "solver/case/given_field.hpp"
#include "solver/case/key_table.hpp"

namespace nusselt {

namespace {

[[noreturn]] void refuse_name(const Entry& entry, const System& system) {
  std::vector<std::string> known;
  for (const System::Field& field : system.fields()) known.push_back(field.name);
  throw InputError(entry.key_place, "start." + entry.key + ": " + quote(entry.key) + " is no field of the case",
                   suggestion(entry.key, known, "fields"));
}

}  // namespace

Start read_start(const Node& root, const System& system, const Constants& constants, const Scales& scales) {
  Start start;
  const Node* section = root.find("start");
  if (section == nullptr) return start;
  if (root.find("continue_from") != nullptr) {
    throw InputError(section->place, "start: training starts from continue_from already", "keep one of the two");
  }
  start.steps = static_cast<int>(read_integer(root, "start.steps"));
  const Scope scope = position_scope(root, system, constants);
  const ConstantValues values = constants.values();
  for (const Entry& entry : section->entries) {
    if (find_key("start." + entry.key)->path != "start.*") continue;
    const std::string key = "start." + entry.key;
    if (!names_fields(entry.key, system)) refuse_name(entry, system);
    try {
      for (const GivenField& given : read_given_fields(entry.key, entry.value.text, scope, system)) {
        if (std::ranges::count(start.residuals, given.field, &DimensionlessResidual::name) > 0) {
          throw InputError(entry.key_place, key + ": " + given.field + " is given twice");
        }
        const Expression difference = system.field_named(given.field).symbol - given.value;
        start.residuals.push_back(nondimensionalize(given.field, difference, scales, values));
      }
    } catch (const TextError& error) {
      throw located(error, entry.value, key);
    }
  }
  if (start.residuals.empty()) {
    throw InputError(section->place, "start: no field", "give one its formula, for example T: T_hot - dT*y/H");
  }
  return start;
}

}  // namespace nusselt
