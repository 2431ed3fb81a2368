#include "networks/jet_product.hpp"

namespace nusselt {

using torch::Tensor;

Tensor jet_product(const Tensor& a, const Tensor& d, const JetSpec& spec) {
  Tensor y = at::mul(a, d.select(0, 0));
  if (!spec.first) return y;
  const std::int64_t tangents = a.size(0) - 1;
  y.narrow(0, 1, tangents).addcmul_(d.narrow(0, 1, tangents), a.select(0, 0));
  for_each_term(spec, [&](int k, int i, int j, double weight) {
    Tensor channel = y.select(0, k);
    channel.addcmul_(a.select(0, i), d.select(0, j), weight);
    channel.addcmul_(a.select(0, j), d.select(0, i), weight);
  });
  return y;
}

Tensor jet_product_adjoint(const Tensor& other, const JetSpec& spec, const Tensor& ybar) {
  Tensor abar = at::mul(ybar, other.select(0, 0));
  if (!spec.first) return abar;
  Tensor value = abar.select(0, 0);
  for (std::int64_t c = 1; c < other.size(0); ++c) value.addcmul_(ybar.select(0, c), other.select(0, c));
  for_each_term(spec, [&](int k, int i, int j, double weight) {
    abar.select(0, i).addcmul_(ybar.select(0, k), other.select(0, j), weight);
    abar.select(0, j).addcmul_(ybar.select(0, k), other.select(0, i), weight);
  });
  return abar;
}

}  // namespace nusselt
