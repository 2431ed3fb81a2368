#include "solver/case/sensors.hpp"

#include <algorithm>
#include <cmath>

#include "nondim/did_you_mean.hpp"
#include "solver/case/csv.hpp"
#include "solver/case/key_table.hpp"
#include "solver/case/references.hpp"

namespace nusselt {

namespace {

void require_inside(const std::vector<double>& positions, Axis axis, const Box& box, const Node& file,
                    const std::string& key, const Dimension& dimension) {
  const double slack = 1e-9 * (box.upper[axis] - box.lower[axis]);
  const auto outside = std::count_if(positions.begin(), positions.end(), [&](double x) {
    return x < box.lower[axis] - slack || x > box.upper[axis] + slack;
  });
  if (outside == 0) return;
  throw InputError(file.place, key + ": " + std::to_string(outside) + " of " + std::to_string(positions.size()) +
                                   " points lie outside the domain along " + axis_names[axis] + ": [" +
                                   to_string(box.lower[axis]) + ", " + to_string(box.upper[axis]) + "] " +
                                   dimension.unit());
}

}  // namespace

std::vector<Sensors> read_sensors(const Node& root, const System& system, const Box& box, const Constants& constants,
                                  const std::string& folder) {
  std::vector<Sensors> all;
  const Node* section = root.find("sensors");
  if (section == nullptr) return all;
  for (const Entry& entry : section->entries) {
    const std::string key = "sensors." + entry.key;
    require_usable_name(entry, "sensors");
    const Node& file = require(root, key + ".file");
    const CsvTable table = CsvTable::read(data_file(file, key + ".file", folder));
    Sensors sensors{entry.key, {}, {}};
    for (const Axis axis : box.active_axes()) {
      const Dimension& dimension = system.coordinate(axis).dimension();
      sensors.points.push_back(table.in_si(axis_names[axis], dimension));
      require_inside(sensors.points.back(), axis, box, file, key + ".file", dimension);
    }
    for (const Entry& noise : require(root, key + ".noise").entries) {
      const std::string path = key + ".noise." + noise.key;
      if (!system.has_field(noise.key)) {
        std::vector<std::string> names;
        for (const System::Field& field : system.fields()) names.push_back(field.name);
        throw InputError(noise.key_place, path + ": " + quote(noise.key) + " is no field of the case",
                         suggestion(noise.key, names, "fields"));
      }
      const Dimension& dimension = system.field_named(noise.key).symbol.dimension();
      const double deviation = constants.value_of(noise.value, path, dimension);
      if (!(deviation > 0)) {
        throw InputError(noise.value.place, path + ": a standard deviation is positive, got " + quote(noise.value.text),
                         "it says how much a reading counts");
      }
      sensors.readings.push_back({noise.key, table.in_si(noise.key, dimension), deviation});
    }
    all.push_back(std::move(sensors));
  }
  return all;
}

std::string data_column(const std::string& field) { return field + " measured"; }

Likelihoods likelihoods(const std::vector<Sensors>& sensors, const System& system, const Constants& constants,
                        const Scales& scales, double strongest) {
  Likelihoods result;
  const ConstantValues values = constants.values();
  double largest = 0;
  const auto add = [&](Likelihood one, double noise, double count) {
    one.deviation = noise / one.residual.scale();
    one.weight = count / (one.deviation * one.deviation);
    if (!one.data.empty()) largest = std::max(largest, one.weight);
    result.all.push_back(std::move(one));
  };
  for (const Sensors& group : sensors) {
    for (const Sensors::Reading& reading : group.readings) {
      const Expression symbol = system.field_named(reading.field).symbol;
      const double level = field_level(symbol, scales);
      const Expression column = Expression::column(data_column(reading.field), symbol.dimension());
      const Expression difference = symbol - Expression::number(level, symbol.dimension()) - column;
      std::vector<double> scaled;
      for (const double si : reading.si) scaled.push_back((si - level) / scales.of(symbol.dimension()));
      add({group.name, nondimensionalize(reading.field + " of " + group.name, difference, scales, values),
           std::move(scaled), 0, 0},
          reading.noise, static_cast<double>(reading.si.size()));
    }
  }
  for (const Constant* constant : constants.sought()) {
    if (!constant->sought->prior) continue;
    const Expression difference = Expression::parameter(constant->name, constant->dimension) -
                                  Expression::number(constant->si, constant->dimension);
    add({"priors", nondimensionalize("prior of " + constant->name, difference, scales, values), {}, 0, 0},
        *constant->sought->prior, 1);
  }
  result.scale = largest > 0 ? strongest / largest : strongest;
  for (Likelihood& one : result.all) one.weight *= result.scale;
  return result;
}

}  // namespace nusselt
