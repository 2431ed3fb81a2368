#include "networks/network.hpp"
#include "solver/demo.hpp"

namespace nusselt {
namespace {

using torch::Tensor;

DemoTable measure() {
  DemoTable table;
  table.columns = {"statistics of", "u(corner) inside", "u(corner) on the face", "difference"};
  const Network network(
      {.inputs = 2, .outputs = 1, .depth = 3, .width = 16, .norm = "batch", .lower = {-1, -1}, .upper = {1, 1}});
  const Tensor theta = network.initial_parameters(2);
  Tensor inside = at::tanh(normal_numbers(1, {100, 2}));
  Tensor face = at::tanh(normal_numbers(2, {30, 2}));
  face.select(1, 0).fill_(-1);
  for (const Tensor& set : {inside, face}) set[0].fill_(-1);  // the same corner is the first point of both
  const auto corner = [&](const Tensor& points, const Tensor& reference) {
    const Tensor all =
        at::cat({theta.narrow(0, 0, network.trained_count()), network.batch_statistics(theta, reference)});
    return network.values(all, points)[0][0].item<double>();
  };
  const auto row = [&](const std::string& name, const Tensor& of_inside, const Tensor& of_face) {
    const double a = corner(inside, of_inside), b = corner(face, of_face);
    table.rows.push_back({name, {a, b, std::abs(a - b)}});
  };
  row("each set its own", inside, face);
  row("one reference set", inside, inside);
  table.above("with statistics of their own the two sets see two fields at one point",
              table.at("each set its own", "difference"), 1e-2);
  table.below("with those of one reference set they see the same", table.at("one reference set", "difference"), 1e-14);
  return table;
}

const RegisterDemonstration registered{
    {"one_reference_set",
     "A PINN evaluates one network on several sets of points: inside, on each face, at the start. When batch norm "
     "takes "
     "the statistics of whatever set it is given, the boundary condition is imposed on another function than the "
     "equation. Here the same corner belongs to the interior set and to a face. In Nusselt one named set, "
     "network.norm_reference, supplies the statistics to all.",
     "DeepXDE issue 69 shows the symptom, a loss that jumps with the mode of the layer; measured here", measure}};

}  // namespace
}  // namespace nusselt
