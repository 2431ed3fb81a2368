#include "networks/parametrization.hpp"

#include <algorithm>
#include <map>
#include <utility>

namespace nusselt {

using torch::Tensor;

namespace {

/// a and b of the header for each feature that the first layer reads.
void frame(const NetworkSettings& settings, const Subnetwork& part, std::vector<double>& scale,
           std::vector<double>& shift) {
  if (part.lower.empty() || settings.fourier > 0) return;
  for (int axis = 0; axis < settings.inputs; ++axis) {
    if (std::ranges::count(settings.periodic, axis) > 0) {
      scale.insert(scale.end(), 2, 1.0);
      shift.insert(shift.end(), 2, 0.0);
      continue;
    }
    const double extent = part.upper[axis] - part.lower[axis];
    scale.push_back((settings.upper[axis] - settings.lower[axis]) / extent);
    shift.push_back(2 * (settings.lower[axis] - part.lower[axis]) / extent + scale.back() - 1);
  }
}

/// Filled where it is used: a copy from the host would stop a GPU, and cannot be part of a CUDA graph.
Tensor row(const std::vector<double>& numbers, const torch::TensorOptions& options) {
  Tensor result = at::empty({static_cast<std::int64_t>(numbers.size())}, options);
  for (std::size_t i = 0; i < numbers.size(); ++i) result.select(0, static_cast<std::int64_t>(i)).fill_(numbers[i]);
  return result;
}

}  // namespace

Parametrization::Parametrization(const NetworkSettings& settings, const std::vector<Subnetwork>& parts,
                                 const NetworkLayout& layout, std::shared_ptr<const Reparam> reparam)
    : reparam_(std::move(reparam)),
      own_count_(layout.parameter_count),
      effective_count_(layout.effective_count),
      statistics_count_(layout.statistics_count) {
  if (!reparam_ && parts.empty() && settings.constants == 0) return;
  for (const NetworkLayout::Matrix& matrix : layout.matrices) {
    const NetworkLayout::Map& map = layout.maps[matrix.map];
    Piece weight{.effective = map.weight + std::int64_t{matrix.first_row} * map.inputs,
                 .own = matrix.weight,
                 .rows = matrix.rows,
                 .columns = matrix.columns,
                 .factor = matrix.factor,
                 .left = matrix.first_column,
                 .right = map.inputs - matrix.first_column - matrix.columns,
                 .bias = map.bias + matrix.first_row};
    if (map.reads_coordinates && !parts.empty()) {
      frame(settings, parts[matrix.part], weight.scale, weight.shift);
    }
    pieces_.push_back(std::move(weight));
    pieces_.push_back(
        {.effective = map.bias + matrix.first_row, .own = matrix.bias, .columns = matrix.rows, .is_bias = true});
  }
  for (const ParameterSlice& slice : layout.effective) {
    const auto own = std::find_if(layout.slices.begin(), layout.slices.end(),
                                  [&](const ParameterSlice& s) { return s.name == slice.name; });
    const bool of_map = std::any_of(layout.maps.begin(), layout.maps.end(), [&](const NetworkLayout::Map& map) {
      return map.weight == slice.offset || map.bias == slice.offset;
    });
    if (!of_map) pieces_.push_back({.effective = slice.offset, .own = own->offset, .columns = slice.size()});
  }
  std::ranges::sort(pieces_, {}, &Piece::effective);
  for (std::size_t k = 0; k < pieces_.size(); ++k) {
    const std::int64_t end = k + 1 < pieces_.size() ? pieces_[k + 1].effective : effective_count_;
    pieces_[k].below = end - pieces_[k].effective - pieces_[k].rows * pieces_[k].stride();
  }
}

Tensor Parametrization::matrix(const Tensor& theta, const Piece& piece) const {
  return theta.narrow(0, piece.own, piece.rows * piece.columns).view({piece.rows, piece.columns});
}

Tensor Parametrization::factor(const Tensor& theta, const Piece& piece) const {
  return theta.narrow(0, piece.factor, piece.rows);
}

Tensor Parametrization::placed(const OfPiece& plain) const {
  std::vector<Tensor> all;
  std::map<std::int64_t, Tensor> shifts;  // by the offset of the biases
  for (const Piece& piece : pieces_) {
    Tensor block = plain(piece);
    if (!piece.scale.empty()) {
      shifts[piece.bias] = at::mv(block, row(piece.shift, block.options()));
      block = block * row(piece.scale, block.options());
    }
    if (const auto shift = shifts.find(piece.effective); shift != shifts.end()) block = block + shift->second;
    if (piece.left + piece.right > 0) block = at::constant_pad_nd(block, {piece.left, piece.right});
    all.push_back(block.flatten());
    if (piece.below > 0) all.push_back(at::zeros({piece.below}, block.options()));
  }
  return at::cat(all);
}

Tensor Parametrization::effective(const Tensor& theta) const {
  if (identity()) return theta;
  return placed([&](const Piece& piece) {
    return piece.factor < 0 ? matrix(theta, piece) : reparam_->weight(matrix(theta, piece), factor(theta, piece));
  });
}

Tensor Parametrization::pull_back(const Tensor& theta, const Tensor& rows) const {
  if (identity()) return rows;
  std::vector<std::int64_t> sizes = rows.sizes().vec();
  sizes.back() = own_count_ - (rows.size(-1) == effective_count_ ? 0 : statistics_count_);
  const Tensor out = at::empty(sizes, rows.options());
  pull_back(theta, rows, out);
  return out;
}

void Parametrization::pull_back(const Tensor& theta, const Tensor& rows, const Tensor& out) const {
  if (identity()) {
    out.copy_(rows);
    return;
  }
  for (const Piece& piece : pieces_) {
    if (piece.effective >= rows.size(-1)) break;
    std::vector<std::int64_t> shape = rows.sizes().slice(0, rows.dim() - 1).vec();
    shape.insert(shape.end(), {piece.rows, piece.stride()});
    Tensor part = rows.narrow(-1, piece.effective, piece.rows * piece.stride()).view(shape);
    part = part.narrow(-1, piece.left, piece.columns);
    if (!piece.scale.empty()) {
      part = part * row(piece.scale, part.options()) +
             rows.narrow(-1, piece.bias, piece.rows).unsqueeze(-1) * row(piece.shift, part.options());
    }
    shape.back() = piece.columns;
    const auto own = [&](std::int64_t offset, std::int64_t size) { return out.narrow(-1, offset, size); };
    if (piece.factor < 0) {
      own(piece.own, piece.rows * piece.columns).view(shape).copy_(part);
      continue;
    }
    const auto [vbar, fbar] = reparam_->pull_back(matrix(theta, piece), factor(theta, piece), part);
    own(piece.own, piece.rows * piece.columns).view(shape).copy_(vbar);
    own(piece.factor, piece.rows).copy_(fbar);
  }
}

Tensor Parametrization::push_forward(const Tensor& theta, const Tensor& v) const {
  if (identity()) return v;
  return placed([&](const Piece& piece) {
    return piece.factor < 0
               ? matrix(v, piece)
               : reparam_->push_forward(matrix(theta, piece), factor(theta, piece), matrix(v, piece), factor(v, piece));
  });
}

std::vector<RowFactors> Parametrization::factors(const Tensor& theta, std::vector<RowFactors> rows) const {
  if (identity()) return rows;
  std::vector<RowFactors> result;
  for (std::size_t k = 0; k < rows.size(); ++k) {
    const RowFactors& all = rows[k];
    const bool is_matrix = all.a.defined();
    // Who multiplies the factors out knows biases by standing before their matrix and sharing its adjoints.
    const bool shares = !is_matrix && k + 1 < rows.size() && rows[k + 1].zbar.data_ptr() == all.zbar.data_ptr();
    const bool shared =
        is_matrix && k > 0 && !rows[k - 1].a.defined() && rows[k - 1].zbar.data_ptr() == all.zbar.data_ptr();
    for (const Piece& piece : pieces_) {
      if (piece.effective < all.offset || piece.effective >= all.offset + all.columns()) continue;
      if (shares && piece.is_bias) continue;
      const std::int64_t first = (piece.effective - all.offset) / (is_matrix ? piece.stride() : 1);
      RowFactors one{all.zbar.narrow(3, first, is_matrix ? piece.rows : piece.columns).contiguous(), {}, all.offset};
      if (shared) result.push_back({one.zbar.narrow(0, 0, 1), {}, piece.bias});
      if (is_matrix) one.a = all.a.narrow(2, piece.left, piece.columns).contiguous();
      if (!piece.scale.empty()) {
        one.a = one.a * row(piece.scale, one.a.options());
        one.a.select(0, 0).add_(row(piece.shift, one.a.options()));
      }
      if (piece.factor < 0) {
        result.push_back(std::move(one));
        continue;
      }
      for (RowFactors& own : reparam_->factors(matrix(theta, piece), factor(theta, piece), one)) {
        result.push_back(std::move(own));
      }
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
