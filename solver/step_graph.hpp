// The same sequence of operations again and again: on a GPU captured once as a CUDA graph and then replayed, which
// costs one launch for all of them instead of one for each.
#pragma once

#include <torch/types.h>

#include <functional>
#include <memory>
#include <string>

namespace nusselt {

class StepGraph {
 public:
  /// `step` works in place on tensors that stay where they are, reads nothing back to the host and copies nothing from
  /// it. Nothing is done yet.
  StepGraph(std::function<void()> step, torch::Device device);
  ~StepGraph();

  /// Does `count` steps, without waiting for the last. The first ones run as they are, on a stream of their own, as
  /// CUDA asks before a capture.
  void run(int count);
  /// Why each operation is launched on its own; empty where a graph is replayed, or will be.
  const std::string& refusal() const { return refusal_; }

 private:
  struct Captured;
  void capture();

  std::function<void()> step_;
  std::string refusal_;
  std::unique_ptr<Captured> captured_;
};

}  // namespace nusselt
