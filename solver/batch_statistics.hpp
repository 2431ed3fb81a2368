// The statistics of batch and instance normalization as a part of the parameters: the map from the trained numbers
// theta [T] to all parameters of the network [P], whose last P - T are means and variances (Network::trained_count).
//
// To the coordinates the statistics are constants; what a parameter does to them is part of the derivative. Where they
// are live they are a function S(theta) of one set of reference points, and the map is theta -> (theta, S(theta)):
//     J = [1; dS/dtheta],   J^T (g, h) = g + (dS/dtheta)^T h ,
// one reverse sweep of LibTorch's over values of the network (S. Ioffe & C. Szegedy 2015, arXiv:1502.03167; frozen in x
// as any normalization must be whose points are collocation points). Where they are frozen they are numbers, as line
// searches and second-order methods need.
#pragma once

#include <torch/types.h>

#include "networks/network.hpp"

namespace nusselt {

class BatchStatistics {
 public:
  /// theta is all parameters: the map is the identity, statistics are parameters like others.
  BatchStatistics() = default;
  /// The network must outlive it. `reference` [N, D]: throws std::invalid_argument where Network::batch_statistics
  /// does.
  static BatchStatistics live(const Network& network, const torch::Tensor& reference);
  /// `values` [S] of the network.
  static BatchStatistics frozen(const Network& network, const torch::Tensor& values);

  bool is_identity() const { return network_ == nullptr; }
  bool is_live() const { return reference_.defined(); }

  /// (theta, S) [P] for theta [T].
  torch::Tensor all(const torch::Tensor& theta) const;
  class Linear;
  /// The map and its derivative at theta, from one sweep.
  Linear at(const torch::Tensor& theta) const;

 private:
  BatchStatistics(const Network& network, torch::Tensor reference, torch::Tensor values);
  /// S(theta) with a graph back to `leaf`.
  torch::Tensor graph(const torch::Tensor& leaf) const;

  const Network* network_ = nullptr;
  torch::Tensor reference_;  // live
  torch::Tensor values_;     // frozen
};

class BatchStatistics::Linear {
 public:
  /// (theta, S) [P].
  const torch::Tensor& all() const { return all_; }
  /// J v [P] for v [T].
  torch::Tensor push(const torch::Tensor& v) const;
  /// J^T g [T] for g [P].
  torch::Tensor pull(const torch::Tensor& g) const;
  /// rows [R, P] -> rows J [R, T]; live, the first call costs a reverse sweep for each statistic.
  torch::Tensor pull_rows(const torch::Tensor& rows) const;

 private:
  friend class BatchStatistics;
  bool identity_ = true;
  std::int64_t trained_ = 0;
  torch::Tensor all_;
  torch::Tensor leaf_, statistics_;  // live, with the graph between them
  mutable torch::Tensor slopes_;     // dS/dtheta [S, T], once it was asked for
};

}  // namespace nusselt
