#include "solver/time_windows.hpp"

#include <memory>

namespace nusselt {

EarlierWindow::EarlierWindow(const Case& window, const torch::Tensor& theta) : case_(window), solution_(case_, theta) {}

torch::Tensor EarlierWindow::scaled_fields(const std::vector<std::string>& fields, const torch::Tensor& x) const {
  std::vector<Expression> symbols;
  for (const std::string& field : fields) symbols.push_back(case_.system.field_named(field).symbol);
  torch::Tensor values = solution_.values(symbols, {x.to(solution_.parameters().options())});
  for (std::size_t i = 0; i < symbols.size(); ++i) {
    torch::Tensor column = values.select(1, static_cast<std::int64_t>(i));
    column.sub_(field_level(symbols[i], case_.scales)).div_(field_scale(symbols[i], case_.scales));
  }
  return values.to(x.options()).contiguous();
}

void hand_over(std::vector<Rung>& windows, const std::vector<torch::Tensor>& solved) {
  if (solved.empty()) return;
  windows[solved.size()].the_case.before =
      std::make_shared<const EarlierWindow>(windows[solved.size() - 1].the_case, solved.back());
}

Solution joined(const Case& whole, const std::vector<Rung>& windows, const std::vector<torch::Tensor>& solved) {
  std::vector<Solution> parts;
  for (std::size_t i = 0; i < solved.size(); ++i) parts.emplace_back(windows[i].the_case, solved[i]);
  return {whole, parts};
}

}  // namespace nusselt
