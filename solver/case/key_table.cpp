// Longer than a usual file because the table is the manual of the case format.
#include "solver/case/key_table.hpp"

namespace nusselt {

namespace {

using Kind = Key::Kind;

std::vector<Key> make_table() {
  return {
      {"case", Kind::text, "", "Name of the case; results go to results/<name>."},
      {"title", Kind::text, "", "One line about the case for the report."},
      {"physics", Kind::choice, "",
       "Which equations are solved, by name. `nusselt list physics` shows the names, `nusselt check` what a case "
       "lacks. A case that writes all its equations itself, under `equations`, leaves it out."},
      {"fields", Kind::section, "",
       "What is solved for besides the fields of the physics: the unknowns of the equations that the case writes."},
      {"fields.*", Kind::formula_or_section, "",
       "Name and unit of a field, T: K; its dimension is what counts, results are in SI. A vector field is a map of "
       "unit "
       "and components, U: {unit: m/s, components: [u, v]}."},
      {"fields.*.unit", Kind::text, "", "Unit of the field, m/s; 1 where it has none."},
      {"fields.*.components", Kind::names, "",
       "Names of the components of a vector along x, y and z, as many as the domain has axes in space. Each is a "
       "field."},
      {"functions", Kind::section, "",
       "Functions of one or more arguments, for properties that depend on the solution; equations, conditions, "
       "formulas "
       "and quantities may call them."},
      {"functions.*", Kind::formula, "",
       "The name with its arguments, k(T), and a formula of the arguments, of constants, fields and coordinates: "
       "k0*(1 + b*(T - T0))."},
      {"equations", Kind::section, "",
       "Equations as text. One with the name of an equation of the physics takes its place, any other is added; there "
       "are as many as fields. dt dx dy dz grad div dot lap, vectors, functions: all is checked for dimension."},
      {"equations.*", Kind::equation, "",
       "The name of an equation and the equation: rho*cp*(dt(T) + dot(U, grad(T))) = div(k*grad(T)) + q. One between "
       "vectors stands for its components, momentum_x, momentum_y."},
      {"balances", Kind::section, "",
       "Conservation laws that the verdict checks through the boundary, besides those of the physics and those that "
       "follow from an equation of divergence form, rho*cp*dt(T) = div(k*grad(T)) + q."},
      {"balances.*", Kind::section, "",
       "What is conserved, energy, as div(flux) + dt(density) = source; of an equation of that name, it is its "
       "balance."},
      {"balances.*.flux", Kind::formula, "", "A vector: rho*cp*(T - T0)*U - k*grad(T)."},
      {"balances.*.density", Kind::formula, "0", "What is stored in an unsteady case: rho*cp*(T - T0)."},
      {"balances.*.source", Kind::formula, "0", "What is set free in the domain: q."},
      {"domain", Kind::section, "", "Where the equations hold."},
      {"domain.box", Kind::section, "",
       "An axis-parallel box. Its faces are named by axis and side: x- is the face of the smallest x, x+ of the "
       "largest."},
      {"domain.box.x", Kind::interval, "", "[lower, upper] end of the box along x: [0 m, L]."},
      {"domain.box.y", Kind::interval, "", "[lower, upper] end of the box along y; leave it out in one dimension."},
      {"domain.box.z", Kind::interval, "", "[lower, upper] end of the box along z; leave it out in two dimensions."},
      {"domain.box.t", Kind::interval, "",
       "[start, end] of time, [0 s, 5 min], in an unsteady case. The initial state is a condition on the face t-; none "
       "belongs on t+."},

      {"constants", Kind::section, "", "Properties of the fluid, temperatures of walls, lengths: what the case knows."},
      {"constants.*", Kind::formula, "",
       "A quantity with its unit, 1.8e-5 Pa s, or a formula of other constants, mu/rho. A formula may define a length "
       "by a wanted Rayleigh number; dimensions are checked."},

      {"scaling",
       Kind::choice,
       "",
       "How the reference quantities are chosen that make the case dimensionless. Left out, it is balances where "
       "scales.balances is given, references where scales.references is, else auto. `nusselt check` compares them.",
       {{"auto",
         "what the case knows (length, temperatures, given values of fields), and for the rest the smallest spread of "
         "the equations' coefficients"},
        {"references", "the constants named in scales.references"},
        {"balances", "what scales.balances says, and nothing else"},
        {"free_fall", "velocity (g beta dT L)^(1/2), pressure rho U^2: natural convection"},
        {"convective", "velocity alpha Ra^(1/2)/L, pressure rho U^2: natural convection at large Prandtl numbers"},
        {"thermal_diffusive", "velocity alpha/L, pressure rho U^2: conduction, and convection near its onset"},
        {"viscous", "velocity nu/L, pressure rho U^2"},
        {"stokes", "pressure mu U/L; the velocity is given, or follows from a given pressure or from buoyancy"},
        {"darcy", "pressure mu U L/K in a porous medium; the velocity likewise"},
        {"forced", "velocity given in the conditions, pressure rho U^2"},
        {"si", "one SI unit each: to see what scales are good for"}}},

      {"scales", Kind::section, "",
       "What makes the case dimensionless: nothing is averaged or weighted before it has no unit."},
      {"scales.references", Kind::names, "",
       "Constants that serve as reference quantities. They must be independent and span the dimensions of the case: "
       "`nusselt check` names a dimension that none of them fixes."},
      {"scales.balances", Kind::formulas, "",
       "Products that shall be equal, `[rho*U^2/L = rho*g*beta*dT, P = rho*U^2]`: they fix the references that the "
       "case leaves open, which `nusselt check` names."},
      {"scales.fields", Kind::section, "",
       "Scales of fields whose values are far from the scale of their dimension, such as a trace beside another "
       "concentration. `scaling: auto` sees those that the conditions tell."},
      {"scales.fields.*", Kind::formula, "", "Name of a field and its scale, a formula of constants in its unit."},
      {"scales.temperature_level", Kind::formula, "",
       "Temperature that becomes zero in the dimensionless problem; left out, the middle of those that the conditions "
       "give. Only differences of temperature drive a flow, and measured from 0 K they would be lost in the third "
       "digit."},

      {"sources", Kind::section, "",
       "What the equations have on their right-hand side besides the terms of the physics: heat set free, a force, or "
       "what makes a chosen field the exact solution."},
      {"sources.*", Kind::formula, "",
       "The name of an equation, energy, and a formula of constants and coordinates in its unit. `nusselt check` shows "
       "the equations; the source stands there with a minus sign. Balances take it into account."},

      {"formulas", Kind::section, "",
       "Names for formulas: of constants and coordinates, such as the distance from a corner, or of fields as well, "
       "such "
       "as a flux. Equations, conditions, quantities and formulas below may use them."},
      {"formulas.*", Kind::formula, "",
       "The formula: sqrt(x^2 + y^2), -k*grad(T), or one of the formulas above it in between."},

      {"known_parts", Kind::section, "",
       "Parts of fields that are known beforehand and too steep for a network, such as the singular flow in a corner. "
       "The network stands for the rest of the field; the conditions and equations hold for the whole."},
      {"known_parts.*", Kind::formula, "",
       "Name of a field and the formula of its known part, of constants, coordinates and formulas."},

      {"residual_factors", Kind::section, "",
       "Positive factors on the dimensionless residuals of equations: small where a residual cannot be made small, as "
       "near a corner where it is infinite. The verdict sees the products."},
      {"residual_factors.*", Kind::formula, "",
       "Name of an equation and its factor, a formula of constants, coordinates and formulas."},

      {"conditions", Kind::sections, "", "What holds on the faces of the domain; every face needs at least one entry."},
      {"conditions.*", Kind::section, "", "One condition: the faces under `at`, then the values of fields there."},
      {"conditions.*.at", Kind::names, "", "A face, x-, or a list of faces, [y-, y+]."},
      {"conditions.*.enforce",
       Kind::choice,
       "auto",
       "How the condition is imposed.",
       {{"hard", "built into the network's answer: holds exactly, costs no residual; only for values of fields"},
        {"soft", "one more residual, made small with the others"},
        {"auto", "hard where it is possible, else soft"}}},
      {"conditions.*.weight",
       Kind::real,
       "1",
       "Factor on the dimensionless residual of a soft condition. 1 is right more often than one thinks.",
       {},
       0,
       {},
       true},
      {"conditions.*.*", Kind::equation, "",
       "A field with its value there, T: T_hot, or a label with an equation, insulated: dn(T) = 0; dn is the "
       "derivative along the outward normal."},

      {"network", Kind::section, "", "The function of the coordinates that stands for the fields."},
      {"network.depth", Kind::integer, "4", "Number of hidden layers.", {}, 1, 256},
      {"network.width",
       Kind::integer,
       "20",
       "Neurons in each hidden layer. Few go a long way: 4 layers of 20 resolve a cavity at Ra = 1e4.",
       {},
       1,
       16384},
      {"network.activation",
       Kind::choice,
       "tanh",
       "Nonlinearity of the hidden layers. It is differentiated twice in space and must be smooth.",
       {{"tanh", "hyperbolic tangent: smooth, bounded, the usual choice"},
        {"sin", "sine: resolves oscillations, and needs a good start"},
        {"swish", "x/(1 + exp(-x)): unbounded, close to a smooth ReLU"}}},
      {"network.norm",
       Kind::choice,
       "none",
       "Normalization inside the hidden layers, with exact derivatives in space.",
       {{"none", "no normalization"},
        {"layer", "layer normalization: each point's activations to mean 0 and variance 1 over the neurons"}}},
      {"network.norm_eps",
       Kind::real,
       "1e-3",
       "Added to the variance before its root. Too small a value makes second derivatives huge where the neurons "
       "agree.",
       {},
       0,
       {},
       true},

      {"points", Kind::section, "", "Where the residuals are looked at."},
      {"points.interior", Kind::integer, "900", "Training points inside the domain.", {}, 1, 1e9},
      {"points.boundary", Kind::integer, "120", "Training points on each face that has a soft condition.", {}, 1, 1e9},
      {"points.held_out",
       Kind::integer,
       "1000",
       "Points that training never sees; the verdict rests on them. A residual small only where it was trained is no "
       "solution.",
       {},
       1,
       1e9},
      {"points.sampling",
       Kind::choice,
       "sobol",
       "How training points are placed.",
       {{"sobol", "low-discrepancy sequence, shifted by the seed: even cover without a pattern"},
        {"random", "independent uniform points"},
        {"gauss", "tensor product of Gauss-Legendre points with their weights: exact integrals of smooth residuals"}}},
      {"points.redraw",
       Kind::integer,
       "0",
       "Steps after which the training points are drawn anew; 0 keeps them until the held-out residual says that "
       "errors hide between them (`criteria.ratio`). The second part of `hybrid` keeps its points, because it learns "
       "curvature.",
       {},
       0,
       1e9},
      {"points.on_boundary",
       Kind::real,
       "0.15",
       "Share of the scattered interior points that lies on the faces of the box, with the weights of a trapezoidal "
       "rule; "
       "the Gauss grid has none. Errors like to sit there, where points inside never look.",
       {},
       0,
       0.5},
      {"points.adapt",
       Kind::choice,
       "none",
       "Where redrawn interior points go. Weights of one over the density keep the loss an integral.",
       {{"none", "everywhere alike"},
        {"rad", "to large residuals, by the density |r|^power/mean(|r|^power) + floor (Wu et al., arXiv:2207.10289)"},
        {"r3", "those with a residual above the mean stay, the others are drawn anew (Daw et al., arXiv:2207.02338)"}}},
      {"points.power",
       Kind::real,
       "1",
       "Exponent of the residual in the density of `adapt: rad`: 0 is even, 2 crowds the points.",
       {},
       0,
       8},
      {"points.floor",
       Kind::real,
       "1",
       "Even part of the density of `adapt: rad`: without one, places of small residual get no points.",
       {},
       0,
       {},
       true},

      {"optimizer", Kind::section, "", "How the parameters of the network are found."},
      {"optimizer.name",
       Kind::choice,
       "auto",
       "Method of optimization.",
       {{"auto",
         "chosen by the number of parameters, the precision and how often points are redrawn; the run says which"},
        {"hybrid",
         "levenberg_marquardt until it slows down, then ssbroyden from the Gauss-Newton matrix reached there"},
        {"levenberg_marquardt",
         "damped Gauss-Newton in float64: hundreds of dear steps, for up to some thousand parameters"},
        {"ssbroyden", "self-scaled Broyden in float64 from the identity: thousands of cheap steps, dense matrix"},
        {"ssbfgs", "the same with the BFGS member of the family"},
        {"gauss_newton_cg",
         "damped Gauss-Newton in float64 without its matrix, by preconditioned conjugate gradients: for networks and "
         "point sets too large for levenberg_marquardt"},
        {"lbfgs", "limited-memory BFGS: thousands of cheap steps without a matrix, for fixed points"},
        {"soap", "adam in the eigenbasis of the gradients of each weight matrix: fewer and dearer steps than adam"},
        {"adam", "stochastic gradient with moments: many cheap steps, for comparison and for large networks"}}},
      {"optimizer.steps",
       Kind::integer,
       "400",
       "Most steps that are taken; fewer when the criteria are met. They count work: of ssbroyden, ssbfgs, lbfgs and "
       "the "
       "second part of hybrid up to 50 iterations, that cost about as much as one of levenberg_marquardt, are one "
       "step.",
       {},
       1,
       1e9},
      {"optimizer.time",
       Kind::real,
       "0",
       "Seconds of training after which a run stops, resumed parts included; 0 sets no limit. It decides nothing else.",
       {},
       0,
       {}},
      {"optimizer.damping",
       Kind::real,
       "1e-2",
       "Damping of levenberg_marquardt and gauss_newton_cg at the start, relative to the diagonal of their matrix.",
       {},
       0,
       {},
       true},
      {"optimizer.damping_floor",
       Kind::real,
       "0",
       "Smallest damping that good steps lead to; 0 takes 1e-14 for fixed points and 1e-6 where they are redrawn, "
       "which "
       "keeps the steps from fitting the noise of one draw.",
       {},
       0,
       {}},
      {"optimizer.warm_damping",
       Kind::real,
       "1e-3",
       "Damping at the start where training starts from the weights of another run or of the rung before, and after "
       "the points were changed because errors hid between them: the weights are close, so less is needed.",
       {},
       0,
       {},
       true},
      {"optimizer.rate",
       Kind::real,
       "1e-3",
       "Learning rate of adam and soap; soap warms it up and lets it fall until the last step.",
       {},
       0,
       {},
       true},

      {"continue_from", Kind::text, "",
       "Folder of a run whose weights training starts from, relative to the working directory. Its network must have "
       "the "
       "same shape; what the weights stand for is its dimensionless output."},
      {"ladder", Kind::section, "",
       "A hard case by way of easier ones: each rung starts from the weights of the one before, the last rung is the "
       "case "
       "itself and the only one that is judged."},
      {"ladder.*", Kind::formulas, "",
       "Values of a constant on the way up, Ra: [1e3, 1e4]; several constants move together, one value for each rung."},
      {"ladder.steps", Kind::integer, "60", "Most steps on a rung below the last.", {}, 1, 1e9},
      {"ladder.slack",
       Kind::real,
       "10",
       "A rung below the last is left when the criteria hold with limits this many times wider.",
       {},
       1,
       {}},

      {"conditioning", Kind::section, "", "Weights between the dimensionless residuals, found during training."},
      {"conditioning.name",
       Kind::choice,
       "none",
       "How the weights are found.",
       {{"none", "every dimensionless residual counts as it is"},
        {"layernorm",
         "weights from the log norms of the residuals, geometric mean 1, not differentiated: zero residuals "
         "stay the goal"}}},
      {"conditioning.exponent",
       Kind::real,
       "0.25",
       "How far the norms are levelled: 0 not at all; above 0.5 an equation already solved gets the most weight.",
       {},
       0,
       0.5},
      {"conditioning.average",
       Kind::real,
       "0.9",
       "Share of the old norms in the running average over steps.",
       {},
       0,
       0.9999},
      {"conditioning.clamp",
       Kind::real,
       "1e3",
       "No weight is larger than this or smaller than its inverse.",
       {},
       1,
       {}},

      {"criteria", Kind::section, "",
       "When the case counts as solved: all of them, on held-out points, on two evaluations in a row. The reference "
       "plays "
       "no part."},
      {"criteria.residual",
       Kind::real,
       "1e-3",
       "Largest root-mean-square of any dimensionless residual.",
       {},
       0,
       {},
       true},
      {"criteria.terms",
       Kind::real,
       "1e-2",
       "Largest root-mean-square of an equation's residual beside the sizes of its own terms on the held-out points. "
       "It "
       "does not depend on the scales, and so sees through references that are far too large.",
       {},
       0,
       {},
       true},
      {"criteria.ratio",
       Kind::real,
       "3",
       "Largest ratio of held-out to training residual. Above it a Gauss grid becomes finer, at most twice, each time "
       "with twice the points; when that is not enough, or the ratio is ten times too large, it is given up for "
       "scattered points. Scattered points are doubled too, so that there are at most four times as many as asked for, "
       "then drawn anew, and at last at every step. The run says so.",
       {},
       1,
       {}},
      {"criteria.imbalance",
       Kind::real,
       "1e-3",
       "Largest relative imbalance of mass and of energy through the boundary.",
       {},
       0,
       {},
       true},
      {"criteria.every", Kind::integer, "10", "Steps between evaluations.", {}, 1, 1e9},

      {"seed", Kind::integer, "1", "Start of the random numbers: the same seed gives the same run.", {}, 0, {}},
      {"precision",
       Kind::choice,
       "float64",
       "Numbers of the network. The second-order optimizers need float64; adam, soap and lbfgs take both.",
       {{"float64", "double precision"}, {"float32", "single precision: faster on a GPU, residuals stall near 1e-5"}}},
      {"device",
       Kind::choice,
       "cpu",
       "Where it is computed.",
       {{"cpu", "the processor"},
        {"cuda", "an NVIDIA GPU; an error when there is none"},
        {"auto", "a GPU when there is one, else the processor; the run says which"}}},
      {"engine",
       Kind::choice,
       "auto",
       "What computes residuals and their derivatives.",
       {{"auto", "tile where it serves the network, else libtorch; the run says which and why"},
        {"tile", "a tile of points stays in the processor's cache through all layers; an error where it cannot serve"},
        {"libtorch",
         "LibTorch's operations on all points at once: what a GPU uses, and the reference on a processor"}}},
      {"threads",
       Kind::integer,
       "0",
       "Threads of the processor; 0 measures at the start whether all cores are quicker than one, and keeps the "
       "answer.",
       {},
       0,
       4096},

      {"output", Kind::section, "", "What the run leaves behind."},
      {"output.grid",
       Kind::integers,
       "101",
       "Points of the output grid along each axis, or one number for all axes.",
       {},
       2,
       100000},

      {"outputs", Kind::section, "",
       "Fields derived from those that are solved for, such as a vorticity or a heat flux: written beside them to "
       "ParaView "
       "files, HDF5 and CSV, in SI."},
      {"outputs.*", Kind::formula, "",
       "The name and a formula of fields, dx(v) - dy(u), or of a vector, -k*grad(T); derivatives are the network's "
       "exact "
       "ones."},

      {"quantities", Kind::section, "", "Numbers that the report shall hold, such as a mean Nusselt number."},
      {"quantities.*", Kind::formula_or_section, "",
       "A formula, mean(-k*dn(T), x-)*L/(k*(T_hot - T_cold)), or a map of value, unit and reference."},
      {"quantities.*.value", Kind::formula, "", "The formula; derivatives in it are the network's exact ones."},
      {"quantities.*.unit", Kind::text, "", "Unit in which the report shows it; left out, SI."},
      {"quantities.*.reference", Kind::section, "", "A value from elsewhere to compare with; the verdict ignores it."},
      {"quantities.*.reference.file", Kind::text, "", "CSV file, relative to the case folder."},
      {"quantities.*.reference.column", Kind::text, "", "Name of the column without its unit."},
      {"quantities.*.reference.where", Kind::section, "", "Which row: column names with the values they must have."},
      {"quantities.*.reference.where.*", Kind::formula, "", "The value in that column: Ra: Ra."},

      {"reference", Kind::section, "", "Results from elsewhere; the report compares, the verdict ignores them."},
      {"reference.fields", Kind::section, "", "Fields on points, in a CSV file."},
      {"reference.fields.file", Kind::text, "", "CSV file with coordinates and fields, relative to the case folder."},
      {"reference.fields.where", Kind::section, "",
       "When the reference applies: constants with the values they must have."},
      {"reference.fields.where.*", Kind::formula, "", "The value of that constant: Ra: 1e4."},
      {"reference.fields.fields", Kind::section, "",
       "How each field is compared: field name and formula of the columns."},
      {"reference.fields.fields.*", Kind::formula, "",
       "Formula of the columns and constants, in the unit of the field."},

      {"diagnostics", Kind::section, "",
       "What training is watched with beyond its residuals: gradients, tangent kernel, layers. Looking changes no bit "
       "of "
       "the training. Results go to diagnostics.csv, result.h5 and figures of the report."},
      {"diagnostics.every",
       Kind::integer,
       "0",
       "Steps between looks; 0 for none. A look costs a few steps.",
       {},
       0,
       1e9},
      {"diagnostics.probe",
       Kind::integer,
       "64",
       "Points on which the tangent kernel's eigenvalues and the layers' activations are looked at, the same at every "
       "look.",
       {},
       2,
       1024},

      {"checkpoint", Kind::section, "", "What `nusselt resume` goes on from."},
      {"checkpoint.every",
       Kind::real,
       "10",
       "Seconds of wall clock between checkpoints: no more than this is lost when a run is killed.",
       {},
       0,
       86400,
       true},
  };
}

}  // namespace

const std::vector<Key>& key_table() {
  static const std::vector<Key> table = make_table();
  return table;
}

}  // namespace nusselt
