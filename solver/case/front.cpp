#include "solver/case/front.hpp"

#include <algorithm>
#include <iostream>
#include <nlohmann/json.hpp>
#include <set>
#include <stdexcept>

#include "nondim/did_you_mean.hpp"
#include "solver/case/case.hpp"
#include "solver/case/case_json.hpp"
#include "solver/case/demo_list.hpp"
#include "solver/case/exit_code.hpp"
#include "solver/case/key_table.hpp"
#include "solver/case/schema.hpp"
#include "solver/case/unit_list.hpp"

namespace nusselt {

namespace {

void print_choices(const std::vector<Choice>& choices) {
  std::size_t width = 20;
  for (const Choice& choice : choices) width = std::max(width, choice.name.size());
  for (const Choice& choice : choices) {
    std::string name = choice.name;
    name.resize(width + 2, ' ');
    std::cout << name << choice.doc << "\n";
  }
}

int check(const CommandLine& line) {
  if (!line.json) {
    std::cout << describe(read_case(line.subject, line.overrides)) << "\ncheck passed\n";
    return 0;
  }
  // A file may hold bytes that are no UTF-8, and a message shows them.
  const auto print = [](const nlohmann::ordered_json& object) {
    std::cout << object.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) << "\n";
  };
  try {
    print(case_json(read_case(line.subject, line.overrides)));
    return 0;
  } catch (const InputError& error) {
    print(refusal_json(error));
    return InputError::exit_code;
  }
}

int list(const std::string& what, const std::string& word) {
  if (what == "physics") {
    std::vector<Choice> choices;
    for (const auto& [name, physics] : registered_physics()) choices.push_back({name, physics.doc});
    print_choices(choices);
    return 0;
  }
  if (what == "units") {
    try {
      std::cout << list_units(word);
      return 0;
    } catch (const std::out_of_range& error) {
      std::cerr << "error: " << error.what() << "\n";
      return exit_codes::usage;
    }
  }
  const std::vector<std::pair<std::string, std::string>> tables = {
      {"networks", "network.activation"}, {"norms", "network.norm"},        {"conditioning", "conditioning.name"},
      {"balancers", "balancing.name"},    {"optimizers", "optimizer.name"}, {"samplers", "points.sampling"}};
  std::vector<std::string> names = {"physics", "units"};
  for (const auto& [name, key] : tables) {
    names.push_back(name);
    if (name != what) continue;
    print_choices(find_key(key)->choices);
    return 0;
  }
  const std::string near = did_you_mean(what, names);
  std::cerr << "error: there is no list of '" << what << "'";
  if (!near.empty()) std::cerr << "; did you mean " << near << "?";
  std::cerr << "\n  lists:";
  for (const std::string& name : names) std::cerr << " " << name;
  std::cerr << "\n";
  return exit_codes::usage;
}

int explain_key(const std::string& path) {
  if (path.empty()) {
    for (const Key* key : keys_of("")) std::cout << explain(key->path) << "\n";
    return 0;
  }
  try {
    std::cout << explain(path) << "\n";
    return 0;
  } catch (const std::out_of_range& error) {
    std::cerr << "error: " << error.what() << "\n";
    return exit_codes::usage;
  }
}

int list_demos(const std::string& name) {
  if (name.empty()) {
    print_choices(demo_list());
    std::cout << "\n`nusselt demo NAME` measures one and prints the table, what it says, and where it comes from.\n";
    return 0;
  }
  try {
    demo_title(name);
  } catch (const std::out_of_range& error) {
    std::cerr << "error: " << error.what() << "\n";
  }
  return exit_codes::usage;
}

}  // namespace

bool needs_solver(const CommandLine& line) {
  if (line.command == "demo") {
    return std::ranges::any_of(demo_list(), [&](const Choice& demo) { return demo.name == line.subject; });
  }
  static const std::set<std::string> commands = {"run", "resume", "evaluate", "study", "ladder", "bench", "audit"};
  return commands.contains(line.command);
}

int run_front_command(const CommandLine& line) {
  if (line.command == "check") {
    return check(line);
  }
  if (line.command == "explain") return explain_key(line.subject);
  if (line.command == "list") return list(line.subject, line.word);
  if (line.command == "demo") return list_demos(line.subject);
  if (line.command == "schema") {
    std::cout << case_schema().dump(2) << "\n";
    return 0;
  }
  if (line.command == "reference") {
    std::cout << reference_page();
    return 0;
  }
  throw std::logic_error("the front end does not know the command " + line.command);
}

}  // namespace nusselt
