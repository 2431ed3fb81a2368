// How a case is to be solved: the typed form of the sections network, points, optimizer, conditioning and criteria.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "solver/case/document.hpp"

namespace nusselt {

struct Settings {
  struct Network {
    int depth;
    int width;
    std::string activation;
    std::string norm;
    double norm_eps;
  } network;
  struct Points {
    int interior;
    int boundary;  // per face with soft conditions
    int held_out;
    std::string sampling;
    int redraw;  // steps between redraws, 0 for fixed points
  } points;
  struct Optimizer {
    std::string name;    // of a case never auto: read_case puts there what it chooses
    std::string reason;  // why this one
    int steps;
    double time;  // s of training, 0 without limit
    double damping;
    double rate;
  } optimizer;
  struct Conditioning {
    std::string name;
    double exponent;
    double average;
    double clamp;
  } conditioning;
  struct Criteria {
    double residual;
    double terms;  // residual beside the sizes of the equation's own terms
    double ratio;
    double imbalance;
    int every;
  } criteria;
  std::uint64_t seed;
  std::string precision;
  std::string device;
  int threads;
  std::vector<int> grid;    // output points along each axis of the domain
  double checkpoint_every;  // s of wall clock
};

/// Throws InputError.
Settings read_settings(const Node& root, int dimensions);

}  // namespace nusselt
