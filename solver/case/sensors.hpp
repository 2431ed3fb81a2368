// Measured values of fields at points, with their noise: what unknown constants and functions are found from.
#pragma once

#include <string>
#include <vector>

#include "nondim/nondimensionalize.hpp"
#include "physics/system.hpp"
#include "solver/case/box.hpp"
#include "solver/case/constants.hpp"

namespace nusselt {

/// Sensors that share their points.
struct Sensors {
  struct Reading {
    std::string field;
    std::vector<double> si;
    double noise;  // standard deviation, SI
  };
  std::string name;
  std::vector<std::vector<double>> points;  // [axis of the domain][point], SI
  std::vector<Reading> readings;
};

/// Reads `sensors`. Throws InputError: missing files, fields that are none, noise that is not positive, points outside
/// of the domain.
std::vector<Sensors> read_sensors(const Node& root, const System& system, const Box& box, const Constants& constants,
                                  const std::string& folder);

/// A statement with a known Gaussian error: a reading of all points of some sensors, or the prior of a constant.
struct Likelihood {
  std::string set;                 // "thermocouples", or "priors"
  DimensionlessResidual residual;  // in scaled fields; a reading stands in the column `T measured`
  std::vector<double> data;        // of that column, scaled; empty for a prior
  double deviation;                // of the residual
  double weight;                   // of its mean square in the objective
};
/// The name of the column that holds the readings of a field.
std::string data_column(const std::string& field);

/// All readings and priors. The weights are in the ratios of a likelihood, so that half the weighted sum of mean
/// squares is `scale` times the negative logarithm of the likelihood; `strongest` is the largest weight of a reading.
struct Likelihoods {
  std::vector<Likelihood> all;
  double scale = 1;
};
Likelihoods likelihoods(const std::vector<Sensors>& sensors, const System& system, const Constants& constants,
                        const Scales& scales, double strongest);

}  // namespace nusselt
