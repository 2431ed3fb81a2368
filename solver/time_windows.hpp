// What one window of time leaves to the next (case/windows.hpp), and all of them as one solution.
#pragma once

#include <torch/types.h>

#include <string>
#include <vector>

#include "solver/case/ladder.hpp"
#include "solver/solution.hpp"

namespace nusselt {

class EarlierWindow {
 public:
  EarlierWindow(const Case& window, const torch::Tensor& theta);
  EarlierWindow(const EarlierWindow&) = delete;  // its solution is of its case
  EarlierWindow& operator=(const EarlierWindow&) = delete;

  /// Values of some fields at scaled points x [N, D]: [N, K], scaled, of the type and on the device of x.
  torch::Tensor scaled_fields(const std::vector<std::string>& fields, const torch::Tensor& x) const;

 private:
  Case case_;
  Solution solution_;
};

/// Gives the window behind the solved ones what it starts from; `solved` are the parameters of each. Nothing where none
/// is.
void hand_over(std::vector<Rung>& windows, const std::vector<torch::Tensor>& solved);

/// The solution of a whole case from the parameters of its first windows; behind the last of them it is not a number.
Solution joined(const Case& whole, const std::vector<Rung>& windows, const std::vector<torch::Tensor>& solved);

}  // namespace nusselt
