#include "solver/case/ladder.hpp"

#include <algorithm>
#include <cmath>

#include "nondim/did_you_mean.hpp"
#include "solver/case/key_table.hpp"
#include "solver/case/windows.hpp"

namespace nusselt {

namespace {

struct Moved {
  std::string constant;
  std::vector<const Node*> values;
};

const Constant& constant_of(const Case& c, const Entry& entry) {
  if (const Constant* constant = c.constants.find(entry.key)) return *constant;
  std::vector<std::string> known;
  for (const Constant& constant : c.constants.all()) known.push_back(constant.name);
  const std::string near = did_you_mean(entry.key, known);
  throw InputError(entry.key_place, "ladder." + entry.key + ": " + quote(entry.key) + " is not a constant",
                   near.empty() ? "a rung changes what stands under constants" : "did you mean " + near + "?");
}

std::vector<Moved> moved_constants(const Case& c) {
  std::vector<Moved> moved;
  const Node* section = c.document.root().find("ladder");
  if (section == nullptr) return moved;
  for (const Entry& entry : section->entries) {
    if (find_key("ladder." + entry.key)->path != "ladder.*") continue;
    Moved one{constant_of(c, entry).name, {}};
    if (entry.value.is_scalar()) one.values.push_back(&entry.value);
    for (const Node& item : entry.value.items) one.values.push_back(&item);
    if (!moved.empty() && moved.front().values.size() != one.values.size()) {
      throw InputError(entry.value.place, "ladder." + entry.key + ": expected one value for each rung, " +
                                              std::to_string(moved.front().values.size()) + " as for " +
                                              moved.front().constant + ", got " + std::to_string(one.values.size()));
    }
    moved.push_back(std::move(one));
  }
  if (moved.empty()) {
    throw InputError(section->place, "ladder: no constant", "say what to raise, for example Ra: [1e3, 1e4]");
  }
  return moved;
}

bool same_constants(const Case& a, const Case& b, const std::vector<Moved>& moved) {
  return std::all_of(moved.begin(), moved.end(), [&](const Moved& one) {
    const double x = a.constants.find(one.constant)->si;
    const double y = b.constants.find(one.constant)->si;
    return std::abs(x - y) <= 1e-12 * std::abs(y);
  });
}

std::string text_of(const Case& c, const std::vector<Moved>& moved) {
  std::string text;
  for (const Moved& one : moved) {
    const Constant& constant = *c.constants.find(one.constant);
    text += (text.empty() ? "" : ", ") + constant.name + " = " + to_string(constant.si) +
            (constant.dimension.is_dimensionless() ? "" : " " + constant.dimension.unit());
  }
  return text;
}

std::vector<Rung> windows_of(const Case& c) {
  std::vector<Rung> windows;
  for (int number = 0; number < c.windows; ++number) {
    Case window = read_case(c.document, c.folder, number);
    windows.push_back({window_text(window), std::move(window)});
  }
  return windows;
}

}  // namespace

std::vector<Rung> read_ladder(const Case& c) {
  if (c.windows > 1) return windows_of(c);
  const std::vector<Moved> moved = moved_constants(c);
  std::vector<Rung> rungs;
  const std::size_t count = moved.empty() ? 0 : moved.front().values.size();
  for (std::size_t i = 0; i < count; ++i) {
    Document document = c.document;
    for (const Moved& one : moved) document.replace("constants." + one.constant, *one.values[i]);
    Case rung = read_case(std::move(document), c.folder);
    if (i + 1 == count && same_constants(rung, c, moved)) break;
    Settings& settings = rung.settings;
    settings.optimizer.steps = settings.ladder.steps;
    for (double* limit : {&settings.criteria.residual, &settings.criteria.terms, &settings.criteria.imbalance}) {
      *limit *= settings.ladder.slack;
    }
    rungs.push_back({text_of(rung, moved), std::move(rung)});
  }
  rungs.push_back({text_of(c, moved), c});
  return rungs;
}

}  // namespace nusselt
