// How a case is to be solved: the typed form of the sections network, points, optimizer, conditioning and criteria.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "networks/layout/network_settings.hpp"
#include "solver/case/document.hpp"

namespace nusselt {

struct Settings {
  NetworkSettings network;  // of a case with inputs, outputs and the scaled box
  struct Statistics {       // of a normalization over points
    double momentum;        // weight of the new statistics in the running ones
    std::string inference;  // what the finished network uses: recalibrated, running or batch
  } statistics;
  struct Points {
    int interior;
    int boundary;  // per face with soft conditions
    int held_out;
    std::string sampling;
    double on_boundary;  // share of the scattered interior points that lies on the faces of the box
    double near_walls;   // density of interior points at the walls of a box beside that in its middle
    int redraw;          // steps between redraws, 0 for fixed points
    std::string adapt;   // to the residual at each redraw: none, rad, r3
    double power;        // of rad
    double floor;        // of rad
  } points;
  struct Optimizer {
    std::string name;    // of a case never auto: read_case puts there what it chooses
    std::string reason;  // why this one
    int steps;
    double time;  // s of training, 0 without limit
    double damping;
    double damping_floor;
    double warm_damping;  // after a warm start
    double rate;
    std::string layer_lr;  // none, normalization, lars
  } optimizer;
  struct Ladder {
    int steps;     // at most, on a rung below the last
    double slack;  // factor on the limits of the criteria there
  } ladder;
  struct Conditioning {
    std::string name;
    double exponent;
    double average;
    double clamp;
    double floor = 0;
  } conditioning;
  struct Balancing {
    std::string name = "static";
    int every = 0;          // steps between updates with a first-order optimizer
    double average = 0.9;   // share of the old weights: grad_norm, lra, inverse_dirichlet, ntk
    double memory = 0.999;  // the same for relobralo, rba, brdr
    std::string lra = "max_mean";
    double rate = 0;          // of Adam: gradnorm, homoscedastic, self_adaptive
    double asymmetry = 1.5;   // alpha of gradnorm
    double sharpness = 0.1;   // beta of softadapt
    double temperature = 1;   // tau of relobralo
    double lookback = 0.999;  // expected rho of relobralo
    double causality = 1;     // epsilon of causal
    int parts = 16;           // of time, for causal
    double floor = 1e-3;      // of row_scaling
  } balancing = {};           // of a case `every` and `rate` are never 0 where they have a meaning
  struct Criteria {
    double residual;
    double terms;  // residual beside the sizes of the equation's own terms
    double ratio;
    double imbalance;
    int every;
  } criteria;
  struct Diagnostics {
    int every;  // steps between looks, 0 for none
    int probe;  // points
  } diagnostics;
  std::string continue_from;  // folder of a run; empty for random weights
  std::uint64_t seed;
  std::string precision;
  std::string device;
  std::string engine;
  std::string instructions = {};  // of the tile engine, as a run decided; empty for the best there are
  int threads;
  std::vector<int> grid;    // output points along each axis of the domain, at most three
  double checkpoint_every;  // s of wall clock
};

/// Throws InputError.
Settings read_settings(const Node& root, int dimensions);

}  // namespace nusselt
