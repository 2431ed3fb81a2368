#include "solver/step_graph.hpp"

#include <exception>
#include <utility>

// Set by CMake where CUDA's headers are there.
#ifdef NUSSELT_NVCC
#include <ATen/cuda/CUDAGraph.h>
#include <c10/cuda/CUDAGuard.h>
#endif

namespace nusselt {

namespace {

#ifdef NUSSELT_NVCC
// cuBLAS and the allocator settle in the first ones.
constexpr int warm_up_steps = 3;
// A capture costs about as much as a step without a graph.
constexpr int worth_a_capture = 10;
#endif

std::string refusal_of(torch::Device device) {
  if (!device.is_cuda()) return "the steps do not run on a GPU";
#ifdef NUSSELT_NVCC
  return {};
#else
  return "this program was built without nvcc";
#endif
}

}  // namespace

#ifdef NUSSELT_NVCC

struct StepGraph::Captured {
  at::cuda::CUDAGraph graph;
};

void StepGraph::capture() {
  auto captured = std::make_unique<Captured>();
  c10::cuda::getCurrentCUDAStream().synchronize();
  const c10::cuda::CUDAStream side = c10::cuda::getStreamFromPool();
  const c10::cuda::CUDAStreamGuard guard(side);
  for (int i = 0; i < warm_up_steps; ++i) step_();
  side.synchronize();
  try {
    captured->graph.capture_begin({0, 0}, cudaStreamCaptureModeThreadLocal);
    step_();
    captured->graph.capture_end();
    captured_ = std::move(captured);
  } catch (const std::exception& error) {
    const std::string what = error.what();
    refusal_ = "CUDA did not capture it: " + what.substr(0, what.find('\n'));  // below it LibTorch's backtrace
    try {
      captured->graph.capture_end();  // leaves the stream as it was
    } catch (const c10::Error&) {
      // The capture was already known to be lost.
    }
    (void)cudaGetLastError();
  }
}

void StepGraph::run(int count) {
  if (refusal_.empty() && !captured_ && count >= worth_a_capture) {
    capture();
    count -= warm_up_steps;
  }
  for (int i = 0; i < count; ++i) {
    if (captured_) {
      captured_->graph.replay();
    } else {
      step_();
    }
  }
}

#else

struct StepGraph::Captured {};

void StepGraph::run(int count) {
  for (int i = 0; i < count; ++i) step_();
}

#endif

StepGraph::StepGraph(std::function<void()> step, torch::Device device)
    : step_(std::move(step)), refusal_(refusal_of(device)) {}

StepGraph::~StepGraph() = default;

}  // namespace nusselt
