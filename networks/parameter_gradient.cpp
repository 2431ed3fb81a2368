#include "networks/parameter_gradient.hpp"

#include <ATen/Dispatch.h>
#include <ATen/Parallel.h>

#include <utility>

namespace nusselt {

using torch::Tensor;

namespace {

template <typename Scalar>
struct OuterRows {
  const Scalar* zbar;
  const Scalar* a;
  Scalar* out;
  std::int64_t channels, equations, points, height, width;
  std::int64_t point_stride, equation_stride;

  /// All equations of the points [begin, end).
  void operator()(std::int64_t begin, std::int64_t end) const {
    for (std::int64_t n = begin; n < end; ++n) {
      for (std::int64_t e = 0; e < equations; ++e) {
        Scalar* row = out + n * point_stride + e * equation_stride;
        for (std::int64_t o = 0; o < height; ++o, row += width) one_row(row, n, e, o);
      }
    }
  }

  /// Four channels a pass: a row is then written once for the usual jets instead of once per channel.
  void one_row(Scalar* __restrict row, std::int64_t n, std::int64_t e, std::int64_t o) const {
    const auto factor = [&](std::int64_t c) { return zbar[((c * equations + e) * points + n) * height + o]; };
    const auto source = [&](std::int64_t c) { return a + (c * points + n) * width; };
    std::int64_t c = 0;
    for (; c + 4 <= channels; c += 4) {
      const Scalar f0 = factor(c), f1 = factor(c + 1), f2 = factor(c + 2), f3 = factor(c + 3);
      const Scalar* __restrict s0 = source(c);
      const Scalar* __restrict s1 = source(c + 1);
      const Scalar* __restrict s2 = source(c + 2);
      const Scalar* __restrict s3 = source(c + 3);
      if (c == 0) {
        for (std::int64_t i = 0; i < width; ++i) row[i] = f0 * s0[i] + f1 * s1[i] + f2 * s2[i] + f3 * s3[i];
      } else {
        for (std::int64_t i = 0; i < width; ++i) row[i] += f0 * s0[i] + f1 * s1[i] + f2 * s2[i] + f3 * s3[i];
      }
    }
    for (; c < channels; ++c) {
      const Scalar f = factor(c);
      const Scalar* __restrict s = source(c);
      if (c == 0) {
        for (std::int64_t i = 0; i < width; ++i) row[i] = f * s[i];
      } else {
        for (std::int64_t i = 0; i < width; ++i) row[i] += f * s[i];
      }
    }
  }
};

}  // namespace

void outer_rows_batched(const Tensor& block, const Tensor& zbar, const Tensor& a) {
  const auto c = zbar.size(0), e = zbar.size(1), n = zbar.size(2), height = zbar.size(3), width = a.size(2);
  const Tensor left = zbar.permute({2, 1, 3, 0}).reshape({n, e * height, c});
  block.copy_(at::bmm(left, a.permute({1, 0, 2})).view({n, e, height * width}));
}

void outer_rows_cpu(const Tensor& block, const Tensor& zbar, const Tensor& a) {
  AT_DISPATCH_FLOATING_TYPES(zbar.scalar_type(), "outer_rows_cpu", [&] {
    const OuterRows<scalar_t> kernel{zbar.data_ptr<scalar_t>(),
                                     a.data_ptr<scalar_t>(),
                                     block.data_ptr<scalar_t>(),
                                     zbar.size(0),
                                     zbar.size(1),
                                     zbar.size(2),
                                     zbar.size(3),
                                     a.size(2),
                                     block.stride(0),
                                     block.stride(1)};
    at::parallel_for(0, zbar.size(2), 16, kernel);
  });
}

std::int64_t RowFactors::columns() const { return a.defined() ? zbar.size(3) * a.size(2) : zbar.size(3); }

void RowFactors::write(const Tensor& block) const {
  if (!a.defined()) {
    block.copy_(zbar.squeeze(0).permute({1, 0, 2}));
  } else if (block.is_cpu()) {
    outer_rows_cpu(block, zbar, a);
  } else {
    outer_rows_batched(block, zbar, a);
  }
}

ParameterGradient ParameterGradient::rows(const Tensor& out) {
  ParameterGradient gradient;
  gradient.rows_ = out;
  gradient.count_ = out.size(2);
  return gradient;
}

ParameterGradient ParameterGradient::sum(const Tensor& out) {
  ParameterGradient gradient;
  gradient.sum_ = out;
  gradient.count_ = out.size(0);
  return gradient;
}

ParameterGradient ParameterGradient::factors(std::vector<RowFactors>& out, std::int64_t count) {
  ParameterGradient gradient;
  gradient.factors_ = &out;
  gradient.count_ = count;
  return gradient;
}

void ParameterGradient::outer(std::int64_t offset, const Tensor& zbar, const Tensor& a) {
  if (!wants(offset)) return;
  if (!sum_.defined()) {
    put({zbar, a, offset});
    return;
  }
  const auto height = zbar.size(3), width = a.size(2);
  // Equations share a, so they are summed before the product.
  const Tensor summed = zbar.size(1) == 1 ? zbar : zbar.sum(1);
  Tensor block = sum_.narrow(0, offset, height * width).view({height, width});
  at::mm_out(block, summed.reshape({-1, height}).t(), a.reshape({-1, width}));
}

void ParameterGradient::pointwise(std::int64_t offset, const Tensor& g) {
  if (!wants(offset)) return;
  if (!sum_.defined()) {
    put({g.unsqueeze(0), {}, offset});
  } else {
    sum_.narrow(0, offset, g.size(2)).copy_(g.sum(at::IntArrayRef({0, 1})));
  }
}

void ParameterGradient::put(RowFactors factors) {
  if (factors_ != nullptr) {
    factors_->push_back(std::move(factors));
  } else {
    factors.write(rows_.narrow(2, factors.offset, factors.columns()));
  }
}

}  // namespace nusselt
