#include "solver/row_sums.hpp"

namespace nusselt {

torch::Tensor summed(const torch::Tensor& rows, std::int64_t per_mean, std::int64_t equations) {
  if (per_mean == 1) return rows;
  if (rows.dim() == 1) return rows.reshape({-1, per_mean, equations}).sum(1).reshape({-1});
  const std::int64_t columns = rows.size(1);
  return rows.reshape({-1, per_mean, equations * columns}).sum(1).reshape({-1, columns});
}

torch::Tensor spread(const torch::Tensor& sums, std::int64_t per_mean, std::int64_t equations) {
  if (per_mean == 1) return sums;
  return sums.reshape({-1, 1, equations}).expand({-1, per_mean, equations}).reshape({-1});
}

}  // namespace nusselt
