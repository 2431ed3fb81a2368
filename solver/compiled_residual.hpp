// Dimensionless residuals, compiled to functions of a network's jets, with their derivatives.
//
// A field becomes lift + distance * output of the network (hard conditions and the product rule are symbolic), second
// derivatives (or third, where there are any) that occur in fixed ratios collapse to one channel, and what remains is straight-line code over the jets
// [N, C, H] and per-point columns: residuals [N, E] and d(residual)/d(jet) [N, E, C, H].
#pragma once

#include <torch/types.h>

#include <string>
#include <vector>

#include "networks/jet.hpp"
#include "solver/case/case.hpp"
#include "solver/lane_program.hpp"
#include "solver/tape.hpp"

namespace nusselt {

/// Points with what belongs to each: coordinates scaled, [N, D]; the outward normal [N, D] on a face, measured data
/// [N, K] at sensors, else undefined.
struct Points {
  torch::Tensor x;
  torch::Tensor normal = {};
  torch::Tensor data = {};
  Points narrow(std::int64_t begin, std::int64_t size) const;
  Points index_select(const torch::Tensor& index) const;
};

class CompiledResidual {
 public:
  /// `expressions`: functions of scaled fields, coordinates and normals. `trials` say what each field is in terms of
  /// the network's outputs, in their order. Throws std::invalid_argument for derivatives beyond the third order.
  /// `inputs`: names of the columns that are further coordinates of the network, behind those of `axes`. `data`: names
  /// of the columns of measured data that the expressions contain.
  CompiledResidual(const std::vector<Expression>& expressions, const std::vector<TrialField>& trials, const Axes& axes,
                   std::vector<std::string> inputs = {}, std::vector<std::string> data = {});

  /// Channels that the expressions need of the network.
  const JetSpec& spec() const { return spec_; }
  int size() const { return size_; }
  std::size_t instruction_count() const { return values_.instruction_count(); }
  /// An entry of d(residual)/d(jet) that is not zero everywhere.
  struct Slot {
    int equation;
    int channel;
    int output;
  };
  const std::vector<Slot>& slots() const { return slots_; }
  /// The same for the lanes of a tile: the residuals, each times its scale; and these with d(residual)/d(jet) of every
  /// slot as the second block of results.
  const LaneProgram& value_program() const { return value_program_; }
  const LaneProgram& linear_program() const { return linear_program_; }

  /// [N, E]; differentiable by autograd through `jet`.
  torch::Tensor values(const Points& points, const torch::Tensor& jet) const;
  /// seeds[n, e, c, h] = d(expression e at n)/d(jet[n, c, h]).
  torch::Tensor seeds(const Points& points, const torch::Tensor& jet) const;

 private:
  using Source = LaneProgram::Source;
  std::vector<torch::Tensor> gather(const std::vector<Source>& sources, const Points& points,
                                    const torch::Tensor& jet) const;
  std::vector<Source> resolve(const Tape& tape) const;

  std::vector<Axis> axes_;
  std::vector<std::string> inputs_;
  std::vector<std::string> data_;
  JetSpec spec_;
  int size_ = 0;
  int outputs_ = 0;
  Tape values_;
  Tape derivatives_;
  std::vector<Source> value_sources_;
  std::vector<Source> derivative_sources_;
  std::vector<Slot> slots_;
  LaneProgram value_program_;
  LaneProgram linear_program_;
};

}  // namespace nusselt
