// The table of keys against a case that has them all, and every refusal that comes from it.
#include "solver/case/key_table.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <set>
#include <stdexcept>

namespace nusselt {
namespace {

std::string refusal(const std::function<void()>& action) {
  try {
    action();
  } catch (const InputError& error) {
    return error.what();
  }
  return "accepted";
}

std::string check(const std::string& text) {
  return refusal([&] { check_keys(Document("case.yaml", text).root()); });
}

std::string first_line(const std::string& message) { return message.substr(0, message.find('\n')); }

constexpr char whole_case[] = R"yaml(case: heated_cavity
title: air in a box
physics: boussinesq
domain:
  box: {x: [0 m, L], y: [0 m, L], z: ["min(0 m, L)", L], t: [0 s, 3 s]}
  is: box - rod
regions:
  wall: {box: {x: [0 m, L], y: [0 m, L], z: [0 m, L]}, is: rod, physics: boussinesq}
faces:
  inlet: {on: x-, x: [0 m, L], y: [0 m, L], z: [0 m, L], t: [0 s, 1 s]}
shapes:
  rod: {disc: {center: [0.2 m, 0.2 m], radius: 5 cm}, translate: [L, L]}
  ring: {annulus: {center: [0 m, 0 m], inner: 1 cm, outer: L}}
  oval: {ellipse: {center: [0 m, 0 m], half_axes: [1 cm, L]}}
  step: {box: {x: [0 m, L], y: [0 m, L], z: [0 m, L]}}
  bar: {interval: [0 m, L]}
  plate: {polygon: [[0 m, 0 m], [L, 0 m], [0 m, L]], rotate: 30 deg, about: [L, L], scale: 2}
  ball: {sphere: {center: [0 m, 0 m, 0 m], radius: L}, axis: z}
  pipe: {cylinder: {from: [0 m, 0 m, 0 m], to: [L, 0 m, 0 m], radius: 1 cm}}
  part: {stl: part.stl, unit: mm}
  both: {is: rod + plate}
constants: {Re: {range: [1, 9], scale: log, reference: 3, members: [1, 3, 9]}, Ra: 1e4, mu: 1.8e-5 Pa s, k: {start: 1 W/(m K), bounds: [0.1 W/(m K), 9 W/(m K)], prior: 2 W/(m K)}}
sensors: {probes: {file: probes.csv, noise: {T: 0.1 K}}}
inverse: {weight: 1e-2}
scaling: auto
scales: {references: [L, T_hot], balances: rho*U^2 = P, fields: {T: 2*T_hot},
         temperature_level: T_cold}
sources: {energy: q*x/L}
fields: {phi: V, q_w: {unit: W/m^2, role: sought}, B: {unit: mT, components: [B_x, B_y], in: wall}}
functions: {k(T): k0*T/T_hot}
equations: {charge: div(s*grad(phi)) = 0}
balances: {heat: {flux: -k0*grad(T), density: rho*T, source: q}}
outputs: {heat_flux: -k0*grad(T)}
formulas: {r: sqrt(x^2 + y^2)}
known_parts: {u: U*r/L}
residual_factors: {continuity: r/L}
conditions:
  - {at: x-, T: T_hot, enforce: hard}
  - at: [y-, y+]
    insulated: dn(T) = 0
    weight: 2.5
  - {at: {x: 0 m, y: L, z: 0 m}, p: 0 Pa}
  - {at: [x-, x+], periodic: yes}
  - {at: z-, symmetry: yes}
  - {at: x+, u: {file: inlet.csv, column: u}}
network: {velocity: components, depth: 3, width: 30, regions: shared, activation: sin, norm: group, norm_eps: 1e-4, norm_groups: 3, norm_first: yes,
          norm_affine: no, norm_reference: x-, norm_momentum: 0.2, norm_inference: running, norm_derivative: frozen,
          first_bias: 1, reparam: weight_fact, reparam_mean: 1, reparam_deviation: 0.2, block: residual,
          placement: post, skip: skipinit, fourier: 8, fourier_scale: 2, periodic: [x, y]}
points: {interior: 100, boundary: 10, held_out: 50, sampling: sobol, redraw: 5, on_boundary: 0.25, near_walls: 4,
         adapt: rad, power: 2, floor: 0.5}
optimizer: {name: adam, steps: 10, time: 60, damping: 1, damping_floor: 1e-6, warm_damping: 1e-4, rate: 0.01,
            layer_lr: lars}
continue_from: results/heated_cavity/before
start: {T: T_hot, steps: 9}
windows: 3
ladder: {Ra: [1e3, 3e3], mu: [1.8e-5 Pa s, 1.9e-5 Pa s], steps: 20, slack: 5}
conditioning: {name: layernorm, exponent: 0.5, floor: 1e-3, average: 0, clamp: 1}
balancing: {name: relobralo, every: 10, average: 0.5, memory: 0.99, lra: mean_mean, rate: 0.01, asymmetry: 1, sharpness: 1,
            temperature: 0.1, lookback: 0.9, causality: 0.1, parts: 32, floor: 1e-4}
criteria: {trivial: refused, residual: 1e-2, terms: 1e-2, ratio: 2, imbalance: 0.1, every: 1}
seed: 0
precision: float32
device: auto
engine: tile
threads: 2
output: {grid: [11, 21, 31], times: [0 s, 3 s]}
quantities:
  mean_T: mean(T)
  Nu:
    value: mean(-k*dn(T), x-)*L/(k*(T_hot - T_cold))
    unit: "1"
    reference: {file: reference/nu.csv, column: Nu, value: 2.2, where: {Ra: Ra}}
    bound: 1e-4
reference:
  bound: 1e-3
  exact: {T: T_cold}
  fields: {file: reference/field.csv, where: {Ra: 1e4}, fields: {u: u_star*U}}
diagnostics: {every: 20, probe: 50}
checkpoint: {every: 2.5}
)yaml";

TEST(KeyTable, AcceptsACaseWithEveryKey) {
  EXPECT_EQ(check(whole_case), "accepted");
  const Document document("case.yaml", whole_case);
  for (const Key& key : key_table()) {  // no key is missing above: the table and this test grow together
    if (key.path.find('*') == std::string::npos) {
      EXPECT_NE(document.root().find_path(key.path), nullptr) << key.path;
    }
  }
}

TEST(KeyTable, ReadsTypedValues) {
  const Document document("case.yaml", whole_case);
  const Node& root = document.root();
  EXPECT_EQ(read_text(root, "title"), "air in a box");
  EXPECT_EQ(read_integer(root, "network.depth"), 3);
  EXPECT_EQ(read_integer(root, "seed"), 0);
  EXPECT_EQ(read_real(root, "conditions.1.weight"), 2.5);
  EXPECT_EQ(read_integer(root, "diagnostics.every"), 20);
  EXPECT_EQ(read_integer(root, "diagnostics.probe"), 50);
  EXPECT_EQ(read_real(root, "checkpoint.every"), 2.5);
  EXPECT_EQ(read_choice(root, "network.regions"), "shared");
  EXPECT_EQ(read_choice(root, "network.activation"), "sin");
  EXPECT_EQ(read_choice(root, "conditions.0.enforce"), "hard");
  EXPECT_EQ(read_integers(root, "output.grid"), (std::vector<std::int64_t>{11, 21, 31}));
  EXPECT_EQ(read_names(root, "conditions.1.at"), (std::vector<std::string>{"y-", "y+"}));
  EXPECT_EQ(read_names(root, "conditions.0.at"), (std::vector<std::string>{"x-"}));
  EXPECT_EQ(read_text(root, "constants.mu"), "1.8e-5 Pa s");
  EXPECT_EQ(require(root, "domain.box.x").items[1].text, "L");
}

TEST(KeyTable, DefaultsAreWhatTheManualSays) {
  const Document document("case.yaml", "case: x\nconditions:\n  - at: x-\n");
  const Node& root = document.root();
  EXPECT_EQ(read_integer(root, "network.depth"), 4);
  EXPECT_EQ(read_integer(root, "network.width"), 20);
  EXPECT_EQ(read_choice(root, "network.activation"), "tanh");
  EXPECT_EQ(read_choice(root, "network.norm"), "none");
  EXPECT_EQ(read_real(root, "network.norm_eps"), 1e-3);
  EXPECT_EQ(read_integer(root, "network.norm_groups"), 2);
  EXPECT_EQ(read_choice(root, "network.norm_first"), "no");
  EXPECT_EQ(read_choice(root, "network.norm_affine"), "yes");
  EXPECT_EQ(read_text(root, "network.norm_reference"), "interior");
  EXPECT_EQ(read_real(root, "network.norm_momentum"), 0.1);
  EXPECT_EQ(read_choice(root, "network.norm_inference"), "recalibrated");
  EXPECT_EQ(read_real(root, "network.first_bias"), 0);
  EXPECT_EQ(read_choice(root, "network.reparam"), "none");
  EXPECT_EQ(read_real(root, "network.reparam_mean"), 0.5);
  EXPECT_EQ(read_real(root, "network.reparam_deviation"), 0.1);
  EXPECT_EQ(read_choice(root, "network.block"), "plain");
  EXPECT_EQ(read_choice(root, "network.placement"), "pre");
  EXPECT_EQ(read_choice(root, "network.skip"), "plain");
  EXPECT_EQ(read_integer(root, "network.fourier"), 0);
  EXPECT_EQ(read_real(root, "network.fourier_scale"), 1);
  EXPECT_EQ(read_integer(root, "points.interior"), 900);
  EXPECT_EQ(read_integer(root, "points.boundary"), 120);
  EXPECT_EQ(read_integer(root, "points.held_out"), 1000);
  EXPECT_EQ(read_choice(root, "points.sampling"), "sobol");
  EXPECT_EQ(read_integer(root, "points.redraw"), 0);
  EXPECT_EQ(read_real(root, "points.on_boundary"), 0.15);
  EXPECT_EQ(read_real(root, "points.near_walls"), 1);
  EXPECT_EQ(read_choice(root, "points.adapt"), "none");
  EXPECT_EQ(read_real(root, "points.power"), 1);
  EXPECT_EQ(read_real(root, "points.floor"), 1);
  EXPECT_EQ(read_real(root, "optimizer.warm_damping"), 1e-3);
  EXPECT_EQ(read_real(root, "optimizer.damping_floor"), 0);
  EXPECT_EQ(read_integer(root, "start.steps"), 30);
  EXPECT_EQ(read_integer(root, "windows"), 1);
  EXPECT_EQ(read_integer(root, "ladder.steps"), 60);
  EXPECT_EQ(read_real(root, "ladder.slack"), 10);
  EXPECT_EQ(read_choice(root, "optimizer.name"), "auto");
  EXPECT_EQ(read_integer(root, "optimizer.steps"), 400);
  EXPECT_EQ(read_real(root, "optimizer.damping"), 1e-2);
  EXPECT_EQ(read_real(root, "optimizer.rate"), 1e-3);
  EXPECT_EQ(read_choice(root, "optimizer.layer_lr"), "none");
  EXPECT_EQ(read_choice(root, "conditioning.name"), "none");
  EXPECT_EQ(read_real(root, "conditioning.exponent"), 0.25);
  EXPECT_EQ(read_real(root, "conditioning.average"), 0.9);
  EXPECT_EQ(read_real(root, "conditioning.clamp"), 1e3);
  EXPECT_EQ(read_real(root, "criteria.residual"), 1e-3);
  EXPECT_EQ(read_real(root, "criteria.ratio"), 3);
  EXPECT_EQ(read_real(root, "criteria.imbalance"), 1e-3);
  EXPECT_EQ(read_integer(root, "criteria.every"), 10);
  EXPECT_EQ(read_integer(root, "seed"), 1);
  EXPECT_EQ(read_choice(root, "precision"), "float64");
  EXPECT_EQ(read_choice(root, "device"), "cpu");
  EXPECT_EQ(read_choice(root, "engine"), "auto");
  EXPECT_EQ(read_integer(root, "threads"), 0);
  EXPECT_EQ(read_integers(root, "output.grid"), (std::vector<std::int64_t>{101}));
  EXPECT_EQ(read_integer(root, "diagnostics.every"), 0);
  EXPECT_EQ(read_integer(root, "diagnostics.probe"), 64);
  EXPECT_EQ(read_real(root, "checkpoint.every"), 10);
  EXPECT_EQ(read_choice(root, "conditions.0.enforce"), "auto");
  EXPECT_EQ(read_real(root, "conditions.0.weight"), 1);
}

TEST(KeyTable, EveryKeyTeachesAndItsDefaultIsValid) {
  std::set<std::string> paths;
  for (const Key& key : key_table()) {
    EXPECT_TRUE(paths.insert(key.path).second) << key.path << " stands twice";
    EXPECT_GT(key.doc.size(), 10u) << key.path;
    EXPECT_EQ(key.doc.back(), '.') << key.path;
    const std::size_t dot = key.path.rfind('.');
    if (dot != std::string::npos) {
      EXPECT_EQ(paths.count(key.path.substr(0, dot)), 1u) << key.path << " before its section";
    }
    EXPECT_EQ(find_key(key.path), &key);
    for (const Choice& choice : key.choices) EXPECT_GT(choice.doc.size(), 8u) << key.path << ": " << choice.name;
    if (key.fallback.empty()) continue;
    const Document empty("case.yaml", "case: x\n");
    if (key.kind == Key::Kind::integer) {
      EXPECT_NO_THROW(read_integer(empty.root(), key.path));
    }
    if (key.kind == Key::Kind::real) {
      EXPECT_NO_THROW(read_real(empty.root(), key.path));
    }
    if (key.kind == Key::Kind::choice) {
      EXPECT_NO_THROW(read_choice(empty.root(), key.path));
    }
    if (key.kind == Key::Kind::integers) {
      EXPECT_NO_THROW(read_integers(empty.root(), key.path));
    }
  }
}

TEST(KeyTable, FindsTheKeyAPathMeans) {
  EXPECT_EQ(find_key("constants.Ra")->path, "constants.*");
  EXPECT_EQ(find_key("conditions.12.at")->path, "conditions.*.at");
  EXPECT_EQ(find_key("conditions.12.T")->path, "conditions.*.*");
  EXPECT_EQ(find_key("quantities.Nu.reference.where.Ra")->path, "quantities.*.reference.where.*");
  EXPECT_EQ(find_key("network.depht"), nullptr);
  EXPECT_EQ(find_key("seed.x"), nullptr);
  EXPECT_EQ(find_key(""), nullptr);
}

// Refusals.

TEST(KeyTable, UnknownKeysAreRefusedWithASuggestion) {
  EXPECT_EQ(check("case: x\nnetwork:\n  widht: 20\n"),
            "case.yaml:3:3: error: network.widht: unknown key; did you mean \"width\"?\n"
            "  widht: 20\n"
            "  ^\n"
            "  hint: the keys here are depth, width, regions, velocity, activation, norm, norm_eps, norm_groups, "
            "norm_first, norm_affine, "
            "norm_reference, norm_momentum, norm_inference, norm_derivative, first_bias, reparam, reparam_mean, "
            "reparam_deviation, block, placement, skip, fourier, fourier_scale, periodic");
  EXPECT_EQ(check("Netwrok: {depth: 4}\n"),
            "case.yaml:1:1: error: Netwrok: unknown key; did you mean \"network\"?\n"
            "Netwrok: {depth: 4}\n"
            "^\n"
            "  hint: the keys of a case are case, title, physics, fields, functions, equations, balances, domain, "
            "regions, faces, shapes, constants, "
            "scaling, scales, sensors, inverse, sources, formulas, known_parts, residual_factors, conditions, network, "
            "points, optimizer, "
            "continue_from, "
            "start, windows, ladder, "
            "conditioning, balancing, criteria, seed, precision, device, engine, threads, output, outputs, quantities, "
            "reference, "
            "diagnostics, checkpoint");
  EXPECT_EQ(first_line(check("width: 20\n")),
            "case.yaml:1:1: error: width: unknown key; did you mean \"network.width\"?");
  EXPECT_EQ(first_line(check("colour: 20\n")), "case.yaml:1:1: error: colour: unknown key");
  EXPECT_EQ(first_line(check("quantities: {Nu: {vaule: 1}}\n")),
            "case.yaml:1:19: error: quantities.Nu.vaule: unknown key; did you mean \"value\"?");
  EXPECT_EQ(first_line(check("\"a\\e[0m\": 20\n")),
            "case.yaml:1:1: error: this text holds the control character \"\\x1b\"");
}

TEST(KeyTable, UnknownKeysOfTheCommandLineAreRefusedThere) {
  Document document("case.yaml", "case: x\n");
  document.override("optimizer.stepps=3");
  EXPECT_EQ(refusal([&] { check_keys(document.root()); }),
            "command line:1:11: error: optimizer.stepps: unknown key; did you mean \"steps\"?\n"
            "optimizer.stepps=3\n"
            "          ^\n"
            "  hint: the keys here are name, steps, time, damping, damping_floor, warm_damping, rate, layer_lr");
}

TEST(KeyTable, WrongKindsOfNodesAreRefused) {
  EXPECT_EQ(check("network: 4\n"),
            "case.yaml:1:10: error: network: expected keys with values, got \"4\"\n"
            "network: 4\n         ^\n"
            "  hint: The function of the coordinates that stands for the fields.");
  EXPECT_EQ(check("constants:\n  mu: [1, 2]\n"),
            "case.yaml:2:7: error: constants.mu: expected a formula, or keys with values, got a list of 2\n"
            "  mu: [1, 2]\n      ^\n"
            "  hint: a text that begins with [ or { needs quotes");
  EXPECT_EQ(first_line(check("title: {a: 1}\n")), "case.yaml:1:8: error: title: expected a text, got keys with values");
  EXPECT_EQ(check("conditions: {at: x-}\n"),
            "case.yaml:1:13: error: conditions: expected a list of conditions, each of keys with values, got keys with "
            "values\n"
            "conditions: {at: x-}\n            ^\n"
            "  hint: begin each with a dash: - {at: x-, T: T_hot}");
  EXPECT_EQ(first_line(check("conditions: [x-]\n")),
            "case.yaml:1:14: error: conditions.0: expected keys with values, got \"x-\"");
  EXPECT_EQ(first_line(check("conditions: [{at: {w: 1}}]\n")), "case.yaml:1:20: error: conditions.0.at.w: unknown key");
  EXPECT_EQ(first_line(check("network: {periodic: {x: 1}}\n")),
            "case.yaml:1:21: error: network.periodic: expected a name or a list of names, got keys with values");
  EXPECT_EQ(first_line(check("scales: {references: []}\n")),
            "case.yaml:1:22: error: scales.references: expected a name or a list of names, got a list of 0");
  EXPECT_EQ(first_line(check("constants: {mu: ''}\n")),
            "case.yaml:1:17: error: constants.mu: is empty, expected a formula, or keys with values");
  EXPECT_EQ(first_line(check("quantities: {Nu: [1]}\n")),
            "case.yaml:1:18: error: quantities.Nu: expected a formula, or keys with values, got a list of 1");
}

TEST(KeyTable, IntervalsHaveTwoEnds) {
  EXPECT_EQ(check("domain: {box: {x: [0 m, max(a, b)]}}\n"),
            "case.yaml:1:19: error: domain.box.x: expected [lower, upper], two formulas, got a list of 3\n"
            "domain: {box: {x: [0 m, max(a, b)]}}\n                  ^\n"
            "  hint: write it as in [0 m, L]; inside [ ] a formula with a comma or a bracket needs quotes");
  EXPECT_EQ(first_line(check("domain: {box: {x: 1 m}}\n")),
            "case.yaml:1:19: error: domain.box.x: expected [lower, upper], two formulas, got \"1 m\"");
  EXPECT_EQ(first_line(check("domain: {box: {x: [[0], 1]}}\n")),
            "case.yaml:1:20: error: domain.box.x.0: expected [lower, upper], got a list of 1");
}

TEST(KeyTable, IntegersAreStrict) {
  EXPECT_EQ(check("network: {depth: four}\n"),
            "case.yaml:1:18: error: network.depth: expected an integer, got \"four\"\n"
            "network: {depth: four}\n                 ^\n"
            "  hint: write its digits only; Number of hidden layers.");
  EXPECT_EQ(check("optimizer: {steps: 1e3}\n"),
            "case.yaml:1:20: error: optimizer.steps: expected an integer, got \"1e3\"\n"
            "optimizer: {steps: 1e3}\n                   ^\n"
            "  hint: write 1000");
  EXPECT_EQ(first_line(check("network: {depth: 4.5}\n")),
            "case.yaml:1:18: error: network.depth: expected an integer, got \"4.5\"");
  EXPECT_EQ(first_line(check("network: {depth: 4 layers}\n")),
            "case.yaml:1:18: error: network.depth: expected an integer, got \"4 layers\"");
  EXPECT_EQ(first_line(check("seed: 99999999999999999999\n")),
            "case.yaml:1:7: error: seed: expected an integer, got \"99999999999999999999\"");
  EXPECT_EQ(first_line(check("output: {grid: [11, x]}\n")),
            "case.yaml:1:21: error: output.grid.1: expected an integer, got \"x\"");
  EXPECT_EQ(first_line(check("output: {grid: {x: 11}}\n")),
            "case.yaml:1:16: error: output.grid: expected an integer or a list of integers, got keys with values");
}

TEST(KeyTable, NumbersAreStrict) {
  EXPECT_EQ(check("criteria:\n  residual: 0,001\n"),
            "case.yaml:2:13: error: criteria.residual: expected a number, got \"0,001\"\n"
            "  residual: 0,001\n            ^\n"
            "  hint: write it without a unit and with a decimal point, as in 1e-3; Largest root-mean-square of any "
            "dimensionless residual.");
  for (const char* text : {"nan", "inf", "1e999", "10 s", "0x10", "1e", "--1"}) {
    EXPECT_EQ(first_line(check("checkpoint: {every: " + std::string(text) + "}\n")),
              "case.yaml:1:21: error: checkpoint.every: expected a number, got \"" + std::string(text) + "\"");
  }
}

TEST(KeyTable, RangesAreChecked) {
  EXPECT_EQ(check("network: {depth: 0}\n"),
            "case.yaml:1:18: error: network.depth: expected at least 1 and at most 256, got 0\n"
            "network: {depth: 0}\n                 ^\n"
            "  hint: Number of hidden layers.");
  EXPECT_EQ(first_line(check("network: {depth: 257}\n")),
            "case.yaml:1:18: error: network.depth: expected at least 1 and at most 256, got 257");
  EXPECT_EQ(check("network: {depth: 256}\n"), "accepted");
  EXPECT_EQ(first_line(check("criteria: {residual: 0}\n")),
            "case.yaml:1:22: error: criteria.residual: expected more than 0, got 0");
  EXPECT_EQ(first_line(check("conditioning: {exponent: 1.5}\n")),
            "case.yaml:1:26: error: conditioning.exponent: expected at least 0 and at most 1, got 1.5");
  EXPECT_EQ(first_line(check("output: {grid: [11, 1]}\n")),
            "case.yaml:1:21: error: output.grid.1: expected at least 2 and at most 1e+05, got 1");
  EXPECT_EQ(first_line(check("conditions: [{at: x-, weight: -1}]\n")),
            "case.yaml:1:31: error: conditions.0.weight: expected more than 0, got -1");
}

TEST(KeyTable, NamesAreChosenFromAList) {
  EXPECT_EQ(check("network: {activation: tahn}\n"),
            "case.yaml:1:23: error: network.activation: there is no \"tahn\"; did you mean \"tanh\"?\n"
            "network: {activation: tahn}\n                      ^\n"
            "  hint: choose one of tanh, sin, swish");
  EXPECT_EQ(check("device: graphics card\n"),
            "case.yaml:1:9: error: device: there is no \"graphics card\"\n"
            "device: graphics card\n        ^\n"
            "  hint: choose one of cpu, cuda, auto");
  EXPECT_EQ(first_line(check("conditions: [{at: x-, enforce: Hard}]\n")),
            "case.yaml:1:32: error: conditions.0.enforce: there is no \"Hard\"; did you mean \"hard\"?");
}

TEST(KeyTable, NamesCanComeFromTheCaller) {
  const std::vector<Choice> physics = {{"boussinesq", "flow with buoyancy"}, {"heat_conduction", "heat in a solid"}};
  const Document document("case.yaml", "physics: bousinesq\n");
  EXPECT_EQ(check(document.text()), "accepted");
  EXPECT_EQ(refusal([&] { read_choice(document.root(), "physics", physics); }),
            "case.yaml:1:10: error: physics: there is no \"bousinesq\"; did you mean \"boussinesq\"?\n"
            "physics: bousinesq\n         ^\n"
            "  hint: choose one of boussinesq, heat_conduction");
  EXPECT_EQ(read_choice(Document("f", "physics: boussinesq\n").root(), "physics", physics), "boussinesq");
}

TEST(KeyTable, MissingValuesAreNamedWhereTheyBelong) {
  const Document document("case.yaml", "case: x\ndomain:\n  box: {y: [0 m, 1 m]}\n");
  EXPECT_EQ(refusal([&] { require(document.root(), "domain.box.x"); }),
            "case.yaml:3:8: error: domain.box.x: is missing\n"
            "  box: {y: [0 m, 1 m]}\n"
            "       ^\n"
            "  hint: expected [lower, upper]: [lower, upper] end of the box along x: [0 m, L].");
  EXPECT_EQ(first_line(refusal([&] { read_text(document.root(), "quantities.Nu.reference.file"); })),
            "case.yaml:1:1: error: quantities.Nu.reference.file: is missing");
  EXPECT_THROW(read_integer(document.root(), "network.colour"), std::logic_error);
}

// Help.

TEST(KeyTable, Explains) {
  EXPECT_EQ(explain("network.depth"),
            "network.depth: an integer\n"
            "  Number of hidden layers.\n"
            "  default: 4\n"
            "  range: at least 1 and at most 256\n");
  EXPECT_EQ(explain("network.skip"),
            "network.skip: a name\n"
            "  What a residual block multiplies its branch by.\n"
            "  default: plain\n"
            "  plain: as it comes: x + F(x)\n"
            "  skipinit: a trained number, 0 at first, so that each block starts as the identity\n");
  EXPECT_NE(explain("network").find("\n  network.depth: Number of hidden layers.\n"), std::string::npos);
  EXPECT_EQ(explain("constants.Ra").substr(0, 12), "constants.*:");
  const auto message = [](const std::string& path) -> std::string {
    try {
      return explain(path);
    } catch (const std::out_of_range& error) {
      return error.what();
    }
  };
  EXPECT_EQ(message("network.dpeth"), "there is no key \"network.dpeth\"; did you mean \"network.depth\"?");
  EXPECT_EQ(message("width"), "there is no key \"width\"; did you mean \"network.width\"?");
  EXPECT_EQ(message("colour").substr(0, 60), "there is no key \"colour\"; the keys of a case are case, title");
}

TEST(KeyTable, ListsTheKeysOfASection) {
  const std::vector<const Key*> keys = keys_of("optimizer");
  ASSERT_EQ(keys.size(), 8u);
  EXPECT_EQ(keys[0]->path, "optimizer.name");
  EXPECT_EQ(keys[7]->path, "optimizer.layer_lr");
  EXPECT_EQ(keys_of("").front()->path, "case");
  EXPECT_EQ(keys_of("constants").size(), 1u);
  EXPECT_TRUE(keys_of("seed").empty());
}

}  // namespace
}  // namespace nusselt
