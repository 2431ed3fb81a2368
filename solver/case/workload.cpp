#include "solver/case/workload.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <sstream>
#include <stdexcept>

#include "nondim/did_you_mean.hpp"
#include "solver/case/input_error.hpp"

namespace nusselt {

namespace {

const std::array<const char*, 2> equation_words = {"ns", "nst"};
const std::array<const char*, 2> precisions = {"float32", "float64"};

struct Shape {
  int depth;
  int width;
  int points;
};
// Enough points to keep the threads busy, few enough for nested autograd to end within seconds.
constexpr std::array<Shape, 3> shapes = {{{4, 64, 8192}, {5, 100, 4096}, {6, 512, 1024}}};

constexpr const char* flow =
    "case: bench_ns\n"
    "physics: incompressible_flow\n"
    "constants: {Re: 100, L: 1 m, U: 1 m/s, rho: 1 kg/m^3, mu: rho*U*L/Re}\n"
    "domain: {box: {x: [-1*L, L], y: [-1*L, L]}}\n"
    "scales: {references: [L, U, rho]}\n"
    "conditions:\n"
    "  - {at: [x-, x+, y-, y+], u: 0, v: 0, enforce: soft}\n";

constexpr const char* heated_flow =
    "case: bench_nst\n"
    "physics: boussinesq\n"
    "constants: {Ra: 1e4, Pr: 0.71, L: 1 m, U: 1 m/s, rho: 1 kg/m^3, dT: 1 K, T0: 300 K, beta: 1/T0,\n"
    "            g: U^2/(beta*dT*L), mu: rho*U*L*sqrt(Pr/Ra), cp: 1 J/(kg K), k: mu*cp/Pr}\n"
    "domain: {box: {x: [-1*L, L], y: [-1*L, L]}}\n"
    "scales: {references: [L, U, rho, dT], temperature_level: T0}\n"
    "conditions:\n"
    "  - {at: [x-, x+, y-, y+], u: 0, v: 0, T: T0, enforce: soft}\n";

}  // namespace

std::string Workload::network() const { return std::to_string(depth) + "x" + std::to_string(width); }

std::string Workload::precision_word() const { return precision == "float32" ? "fp32" : "fp64"; }

std::string Workload::name() const { return equations + " " + network() + " " + precision_word(); }

std::vector<Workload> table_of_workloads() {
  std::vector<Workload> table;
  for (const Shape& shape : shapes) {
    for (const char* equations : equation_words) {
      for (const char* precision : precisions) {
        table.push_back({equations, shape.depth, shape.width, precision, shape.points, shape.points});
      }
    }
  }
  return table;
}

Workload million_points() {
  Workload workload = table_of_workloads().front();
  workload.points = 1000000;
  return workload;
}

std::vector<Workload> chosen_workloads(const std::string& only) {
  const std::vector<Workload> table = table_of_workloads();
  using Kind = std::string (*)(const Workload&);
  const std::array<Kind, 3> kinds = {[](const Workload& w) { return w.equations; },
                                     [](const Workload& w) { return w.network(); },
                                     [](const Workload& w) { return w.precision_word(); }};
  std::vector<std::string> known;
  std::map<std::string, std::size_t> kind_of;
  for (std::size_t kind = 0; kind < kinds.size(); ++kind) {
    for (const Workload& workload : table) {
      const std::string word = kinds[kind](workload);
      if (kind_of.emplace(word, kind).second) known.push_back(word);
    }
  }
  std::array<std::vector<std::string>, 3> wanted;
  std::istringstream words(only);
  for (std::string word; std::getline(words, word, ',');) {
    const auto found = kind_of.find(word);
    if (found == kind_of.end()) {
      const std::string near = did_you_mean(word, known);
      std::string message = "nothing in the table is called " + quote(word);
      if (!near.empty()) message += "; did you mean " + near + "?";
      message += " The words are";
      for (const std::string& one : known) message += " " + one;
      throw std::invalid_argument(message + ", joined by commas: ns,4x64,fp32; or " + gauss_newton_word + " alone");
    }
    wanted[found->second].push_back(word);
  }
  std::vector<Workload> chosen;
  for (const Workload& workload : table) {
    bool fits = true;
    for (std::size_t kind = 0; kind < kinds.size(); ++kind) {
      const std::vector<std::string>& list = wanted[kind];
      fits = fits && (list.empty() || std::find(list.begin(), list.end(), kinds[kind](workload)) != list.end());
    }
    if (fits) chosen.push_back(workload);
  }
  return chosen;
}

std::string case_text(const Workload& workload) {
  return std::string(workload.equations == "ns" ? flow : heated_flow) +
         "network: {depth: " + std::to_string(workload.depth) + ", width: " + std::to_string(workload.width) +
         ", activation: tanh}\n"
         "optimizer: {name: adam}\n"
         "precision: " +
         workload.precision + "\n";
}

}  // namespace nusselt
