#include "networks/parametrization.hpp"

#include <algorithm>
#include <utility>

namespace nusselt {

using torch::Tensor;

Parametrization::Parametrization(const NetworkLayout& layout, std::shared_ptr<const Reparam> reparam)
    : reparam_(std::move(reparam)),
      own_count_(layout.parameter_count),
      effective_count_(layout.effective_count),
      statistics_count_(layout.statistics_count) {
  if (!reparam_ && layout.maps.back().own_outputs == layout.maps.back().outputs) return;
  for (const ParameterSlice& slice : layout.effective) {
    const auto map = std::find_if(layout.maps.begin(), layout.maps.end(),
                                  [&](const NetworkLayout::Map& m) { return m.weight == slice.offset; });
    if (map != layout.maps.end()) {
      const std::int64_t size = std::int64_t{map->own_outputs} * map->inputs;
      pieces_.push_back({slice.offset, map->own_weight, size, map->own_outputs, map->own_factor, slice.size() - size});
      continue;
    }
    const auto own = std::find_if(layout.slices.begin(), layout.slices.end(),
                                  [&](const ParameterSlice& s) { return s.name == slice.name; });
    pieces_.push_back({slice.offset, own->offset, slice.size()});
  }
}

Tensor Parametrization::matrix(const Tensor& theta, const Piece& piece) const {
  return theta.narrow(0, piece.own, piece.size).view({piece.outputs, piece.size / piece.outputs});
}

Tensor Parametrization::factor(const Tensor& theta, const Piece& piece) const {
  return theta.narrow(0, piece.factor, piece.outputs);
}

void Parametrization::append(std::vector<Tensor>& parts, const Tensor& part, const Piece& piece) {
  parts.push_back(part);
  if (piece.padding > 0) parts.push_back(at::zeros({piece.padding}, part.options()));
}

Tensor Parametrization::effective(const Tensor& theta) const {
  if (identity()) return theta;
  std::vector<Tensor> parts;
  for (const Piece& piece : pieces_) {
    append(parts,
           piece.factor < 0 ? theta.narrow(0, piece.own, piece.size)
                            : reparam_->weight(matrix(theta, piece), factor(theta, piece)).flatten(),
           piece);
  }
  return at::cat(parts);
}

Tensor Parametrization::pull_back(const Tensor& theta, const Tensor& rows) const {
  if (identity()) return rows;
  const bool trained_alone = rows.size(-1) != effective_count_;
  std::vector<std::int64_t> sizes = rows.sizes().vec();
  sizes.back() = own_count_ - (trained_alone ? statistics_count_ : 0);
  const Tensor out = at::empty(sizes, rows.options());
  for (const Piece& piece : pieces_) {
    if (piece.effective >= rows.size(-1)) break;
    const Tensor part = rows.narrow(-1, piece.effective, piece.size);
    if (piece.factor < 0) {
      out.narrow(-1, piece.own, piece.size).copy_(part);
      continue;
    }
    const Tensor v = matrix(theta, piece);
    std::vector<std::int64_t> shape = rows.sizes().slice(0, rows.dim() - 1).vec();
    shape.insert(shape.end(), {v.size(0), v.size(1)});
    const auto [vbar, fbar] = reparam_->pull_back(v, factor(theta, piece), part.reshape(shape));
    out.narrow(-1, piece.own, piece.size).copy_(vbar.flatten(-2));
    out.narrow(-1, piece.factor, piece.outputs).copy_(fbar);
  }
  return out;
}

Tensor Parametrization::push_forward(const Tensor& theta, const Tensor& v) const {
  if (identity()) return v;
  std::vector<Tensor> parts;
  for (const Piece& piece : pieces_) {
    append(parts,
           piece.factor < 0
               ? v.narrow(0, piece.own, piece.size)
               : reparam_->push_forward(matrix(theta, piece), factor(theta, piece), matrix(v, piece), factor(v, piece))
                     .flatten(),
           piece);
  }
  return at::cat(parts);
}

std::vector<RowFactors> Parametrization::factors(const Tensor& theta, std::vector<RowFactors> rows) const {
  if (identity()) return rows;
  std::vector<RowFactors> result;
  for (RowFactors& one : rows) {
    const auto piece =
        std::find_if(pieces_.begin(), pieces_.end(), [&](const Piece& p) { return p.effective == one.offset; });
    if (piece != pieces_.end() && piece->padding > 0) one.zbar = one.zbar.narrow(3, 0, piece->outputs).contiguous();
    if (piece == pieces_.end() || piece->factor < 0) {
      result.push_back(std::move(one));
      continue;
    }
    for (RowFactors& own : reparam_->factors(matrix(theta, *piece), factor(theta, *piece), one)) {
      result.push_back(std::move(own));
    }
  }
  return result;
}

void Parametrization::start(Tensor& theta, const NetworkSettings& settings, std::uint64_t seed) const {
  if (identity()) return;
  NormalGenerator normal(seed, /*stream=*/2);
  for (const Piece& piece : pieces_) {
    if (piece.factor < 0) continue;
    const auto [v, f] = reparam_->start(matrix(theta, piece), settings, normal);
    matrix(theta, piece).copy_(v);
    factor(theta, piece).copy_(f);
  }
}

}  // namespace nusselt
