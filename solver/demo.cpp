#include "solver/demo.hpp"

#include <algorithm>
#include <cmath>
#include <iostream>
#include <limits>
#include <map>
#include <random>
#include <stdexcept>

#include "networks/registry.hpp"
#include "solver/case/case.hpp"
#include "solver/case/demo_list.hpp"
#include "solver/case/exit_code.hpp"

namespace nusselt {

namespace {

constexpr std::size_t line_width = 100;
constexpr int groups_of_demonstrations = 2;

std::map<std::string, Demonstration>& registry() {
  static std::map<std::string, Demonstration> all;
  return all;
}

std::string wrapped(const std::string& text) {
  std::string lines, line;
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t end = std::min(text.find(' ', at), text.size());
    const std::string word = text.substr(at, end - at);
    at = end + 1;
    if (!line.empty() && line.size() + 1 + word.size() > line_width) {
      lines += line + "\n";
      line.clear();
    }
    line += (line.empty() ? "" : " ") + word;
  }
  return lines + line + "\n";
}

std::string interval(const DemoClaim& claim) {
  const bool above = std::isfinite(claim.lower), below = std::isfinite(claim.upper);
  if (above && below) return "between " + to_string(claim.lower, 4) + " and " + to_string(claim.upper, 4);
  return above ? "at least " + to_string(claim.lower, 4) : "at most " + to_string(claim.upper, 4);
}

}  // namespace

double DemoTable::at(const std::string& row, const std::string& column) const {
  const auto named = std::ranges::find(rows, row, &Row::name);
  const auto titled = std::ranges::find(columns, column);
  if (named == rows.end() || titled == columns.end() || titled == columns.begin()) {
    throw std::out_of_range("no cell " + row + ", " + column);
  }
  return named->values.at(static_cast<std::size_t>(titled - columns.begin()) - 1);
}

void DemoTable::below(const std::string& text, double value, double limit) {
  claims.push_back({text, value, -std::numeric_limits<double>::infinity(), limit});
}

void DemoTable::above(const std::string& text, double value, double limit) {
  claims.push_back({text, value, limit, std::numeric_limits<double>::infinity()});
}

void DemoTable::between(const std::string& text, double value, double lower, double upper) {
  claims.push_back({text, value, lower, upper});
}

bool DemoTable::holds() const {
  return std::ranges::all_of(claims, [](const DemoClaim& claim) { return claim.holds(); });
}

RegisterDemonstration::RegisterDemonstration(Demonstration demonstration) {
  registry().emplace(demonstration.name, demonstration);
}

std::vector<std::string> demonstration_names() {
  std::vector<std::string> names;
  for (const auto& [name, demonstration] : registry()) names.push_back(name);
  return names;
}

const Demonstration& find_demonstration(const std::string& name) {
  demo_title(name);  // refuses what is no name
  return registry().at(name);
}

std::string demo_text(const Demonstration& demonstration, const DemoTable& table) {
  std::string text = std::string(demonstration.name) + ": " + demo_title(demonstration.name) + "\n\n" +
                     wrapped(demonstration.explanation) + "\n";
  std::vector<std::vector<std::string>> lines = {table.columns};
  for (const DemoTable::Row& row : table.rows) {
    lines.push_back({row.name});
    for (const double value : row.values) lines.back().push_back(std::isnan(value) ? "-" : to_string(value, 4));
  }
  std::vector<std::size_t> widths(table.columns.size(), 0);
  for (const auto& cells : lines) {
    for (std::size_t k = 0; k < cells.size(); ++k) widths[k] = std::max(widths[k], cells[k].size());
  }
  for (const auto& cells : lines) {
    std::string line = "  " + cells.front() + std::string(widths.front() - cells.front().size(), ' ');
    for (std::size_t k = 1; k < cells.size(); ++k) line += std::string(widths[k] + 3 - cells[k].size(), ' ') + cells[k];
    text += line + "\n";
  }
  text += "\n";
  for (const std::string& note : table.notes) text += "  " + note + "\n";
  if (!table.notes.empty()) text += "\n";
  for (const DemoClaim& claim : table.claims) {
    text += std::string(claim.holds() ? "  holds  " : "  FAILS  ") + claim.text + ": " + to_string(claim.value, 4) +
            ", " + interval(claim) + "\n";
  }
  return text + "\nSource: " + demonstration.source + "\n";
}

torch::Tensor normal_numbers(std::uint64_t seed, at::IntArrayRef shape) {
  std::mt19937_64 random(seed);
  const auto uniform = [&] { return (static_cast<double>(random() >> 11) + 0.5) * 0x1p-53; };
  torch::Tensor numbers = at::empty(shape, at::kDouble);
  double* const out = numbers.data_ptr<double>();
  for (std::int64_t i = 0; i < numbers.numel(); ++i) {
    const double radius = std::sqrt(-2 * std::log(uniform()));
    out[i] = radius * std::cos(2 * M_PI * uniform());
  }
  return numbers;
}

std::vector<std::string> pointwise_norms() {
  std::vector<std::string> names = norm_names();
  std::erase_if(names, [](const std::string& name) { return name == "batch" || name == "instance"; });
  return names;
}

torch::Tensor normalized(const std::string& norm, double eps, const torch::Tensor& a) {
  return make_norm(norm, {.eps = eps, .groups = groups_of_demonstrations})->reference(a, {});
}

torch::Tensor normalized_jet(const std::string& norm, double eps, const torch::Tensor& jet, const JetSpec& spec) {
  return make_norm(norm, {.eps = eps, .groups = groups_of_demonstrations})->jet(jet, {}, spec, nullptr);
}

int demo(const CommandLine& line) {
  const Demonstration& demonstration = find_demonstration(line.subject);
  const DemoTable table = demonstration.measure();
  std::cout << demo_text(demonstration, table);
  return table.holds() ? 0 : exit_code(Status::check_failed);
}

}  // namespace nusselt
