// Wrong cases, one mistake each: the place and the words of every message.
#include <gtest/gtest.h>

#include "small_case.hpp"

namespace nusselt {
namespace {

struct Mistake {
  const char* name;
  const char* part;  // of small_cavity
  const char* by;
  const char* place;  // line:column
  std::vector<const char*> words;
};

void PrintTo(const Mistake& mistake, std::ostream* stream) { *stream << mistake.name; }

class Messages : public testing::TestWithParam<Mistake> {};

TEST_P(Messages, NameThePlaceTheMistakeAndAWayOut) {
  const Mistake& mistake = GetParam();
  const std::string said = refusal([&] { case_of(replaced(small_cavity, mistake.part, mistake.by)); });
  EXPECT_EQ(said.rfind(std::string("case.yaml:") + mistake.place + ": error: ", 0), 0u) << said;
  for (const char* word : mistake.words) EXPECT_NE(said.find(word), std::string::npos) << word << " in\n" << said;
}

const Mistake mistakes[] = {
    {"unknown_key", "scales:", "scale:", "18:1", {"scale: unknown key; did you mean \"scales\"?"}},
    {"unknown_key_in_section",
     "temperature_level",
     "temperature_levl",
     "20:3",
     {"scales.temperature_levl: unknown key; did you mean \"temperature_level\"?"}},
    {"key_in_the_wrong_section", "scales:", "width: 20\nscales:", "18:1", {"did you mean \"network.width\"?"}},
    {"duplicate_key",
     "  cp: 1005 J/(kg K)\n",
     "  cp: 1005 J/(kg K)\n  cp: 1 J/(kg K)\n",
     "10:3",
     {"cp: duplicate key, first given in line 9"}},
    {"missing_physics", "physics: boussinesq\n", "", "1:1", {"physics: is missing", "nusselt list physics"}},
    {"wrong_physics",
     "boussinesq",
     "bousinesq",
     "2:10",
     {"physics: there is no \"bousinesq\"; did you mean \"boussinesq\"?",
      "burgers, convection, convection_diffusion, darcy, darcy_convection, double_diffusion"}},
    {"missing_name", "case: cavity\n", "", "1:1", {"case: is missing"}},

    {"missing_unit",
     "1.8e-5 Pa s",
     "1.8e-5",
     "11:7",
     {"constants.mu: expected dynamic viscosity [Pa s]", "got \"1.8e-5\", a dimensionless number",
      "hint: add the unit, for example `mu: 1.8e-5 Pa s`"}},
    {"wrong_dimension",
     "1.8e-5 Pa s",
     "1.8e-5 m^2/s",
     "11:7",
     {"constants.mu: expected dynamic viscosity [Pa s], got \"1.8e-5 m^2/s\", ", "[m2 s-1]"}},
    {"missing_constant",
     "  cp: 1005 J/(kg K)\n",
     "",
     "4:3",
     {"constants: boussinesq needs cp, the specific heat capacity", "add `cp: ... J kg-1 K-1`"}},
    {"unknown_unit", "305 K", "305 Kelvin", "4:14", {"constants.T_hot: unknown unit 'Kelvin'", "did you mean"}},
    {"unknown_unit_near", "1.8e-5 Pa s", "1.8e-5 Pa sec", "11:17", {"unknown unit 'sec'", "the second is written s"}},
    {"ambiguous_unit", "0.0262 W/(m K)", "0.0262 W/m K", "10:17", {"constants.k: ", "ambiguous", "W/(m K)"}},
    {"unknown_name_in_formula", "1/T0", "1/T_0", "12:11", {"constants.beta: unknown name 'T_0'", "known here:"}},
    {"circle",
     "T_hot: 305 K",
     "T_hot: dT + T_cold",
     "4:10",
     {"constants.T_hot: the definition runs in a circle: T_hot -> dT -> T_hot"}},
    {"unit_named_as_itself",
     "dT: T_hot - T_cold",
     "dT: T_hot - T_cold\n  m: 3 m",
     "8:6",
     {"constants.m: the definition runs in a circle: m -> m", "put it in brackets: 3 [m]"}},
    {"unit_or_constant",
     "1.177 kg/m^3",
     "0.001177 g/cm^3",
     "8:17",
     {"constants.rho: after a number 'g' can be a unit or the constant of that name", "`[g]`"}},
    {"adding_unlike_constants",
     "dT: T_hot - T_cold",
     "dT: T_hot - L",
     "7:13",
     {"constants.dT: cannot subtract temperature [K] and length [m]"}},
    {"dn_in_a_constant", "1/T0", "dn(T0)", "12:9", {"constants.beta: dn() is the derivative", "on a face only"}},
    {"mean_in_a_constant", "1/T0", "mean(T0, x-)", "12:9", {"constants.beta: mean() over a face is known in outputs"}},
    {"reserved_name", "T_hot: 305 K", "T_hot: 305 K\n  x: 3 m", "5:3", {"'x' has a meaning of its own"}},
    {"name_with_a_sign", "T_hot: 305 K", "T_hot: 305 K\n  T-hot: 3 K", "5:3", {"\"T-hot\" is not a name"}},
    {"constant_named_as_a_field",
     "T_hot: 305 K",
     "T_hot: 305 K\n  u: 3 m/s",
     "5:6",
     {"constants.u: boussinesq has a field of that name", "rename the constant"}},
    {"not_finite", "L: 22 mm", "L: 22 mm\n  huge: exp(1000)", "15:9", {"constants.huge: the value is not finite"}},
    {"division_by_zero", "1/T0", "1/(0*T0)", "12:10", {"constants.beta: division by zero"}},
    {"power_with_a_point", "1/T0", "T0^-0.5", "12:14", {"an exponent must be a whole number or a fraction", "^(1/2)"}},
    {"negative_viscosity",
     "1.8e-5 Pa s",
     "-1.8e-5 Pa s",
     "11:7",
     {"constants.mu: a dynamic viscosity is positive, got -1.8e-05 Pa s", "mu is the dynamic viscosity"}},
    {"negative_group",
     "1/T0\n  g: 9.81 m/s^2\n  L: 22 mm\n  U: sqrt(g*beta*dT*L)",
     "-1/T0\n  g: 9.81 m/s^2\n  L: 22 mm\n  U: 1 cm/s",
     "4:3",
     {"constants: the group ", "it must be positive and finite"}},
    {"infinite_group",
     "0.0262 W/(m K)",
     "1e-315 W/(m K)",
     "4:3",
     {"constants: the group ", "it must be positive and finite"}},

    {"box_of_no_size",
     "x: [0 m, L]",
     "x: [L, L]",
     "17:12",
     {"domain.box.x: the upper end must be above the lower end, got 0.022 m and 0.022 m"}},
    {"box_upside_down", "y: [0 m, 2*L]", "y: [2*L, 0 m]", "17:25", {"domain.box.y: ", "got 0.044 m and 0 m"}},
    {"box_in_kelvin",
     "x: [0 m, L]",
     "x: [0 m, T0]",
     "17:18",
     {"domain.box.x: expected length [m], got \"T0\", temperature [K]"}},
    {"box_without_unit", "x: [0 m, L]", "x: [0 m, 0.022]", "17:18", {"add the unit, for example `0.022 m`"}},
    {"box_not_finite", "x: [0 m, L]", "x: [0 m, L*exp(1000)]", "17:20", {"domain.box.x: the value is not finite"}},
    {"box_of_three_ends",
     "x: [0 m, L]",
     "x: [0 m, L, L]",
     "17:12",
     {"domain.box.x: expected [lower, upper], two formulas, got a list of 3"}},
    {"no_domain", "domain:\n  box: {x: [0 m, L], y: [0 m, 2*L]}\n", "", "1:1", {"domain.box: is missing"}},
    {"no_axis", "{x: [0 m, L], y: [0 m, 2*L]}", "{}", "17:8", {"domain.box: no axis"}},

    {"no_axis_in_space", "{x: [0 m, L], y: [0 m, 2*L]}", "{t: [0 s, 3 s]}", "17:8", {"domain.box: no axis"}},
    {"time_in_metres",
     "y: [0 m, 2*L]",
     "y: [0 m, 2*L], t: [0 s, L]",
     "17:46",
     {"domain.box.t: expected time [s], got \"L\", length [m]"}},
    {"time_backwards",
     "y: [0 m, 2*L]",
     "y: [0 m, 2*L], t: [5 s, 3 s]",
     "17:40",
     {"domain.box.t: the upper end must be above the lower end, got 5 s and 3 s"}},
    {"no_initial_state",
     "y: [0 m, 2*L]",
     "y: [0 m, 2*L], t: [0 s, 3 s]",
     "22:3",
     {"conditions: nothing is said about u on face t-",
      "it changes in time and needs an initial state, for example `- {at: t-, u: ...}`"}},
    {"a_moment_in_a_steady_case",
     "at: x-,",
     "at: t-,",
     "23:10",
     {"conditions.1.at: the domain has no face \"t-\"", "the case is steady; in an unsteady one domain.box has t"}},

    {"source_of_no_equation",
     "conditions:",
     "sources: {enrgy: 5 W/m^3}\nconditions:",
     "21:11",
     {"sources.enrgy: there is no equation \"enrgy\"",
      "did you mean energy? equations: continuity, momentum_x, momentum_y, energy"}},
    {"source_of_wrong_dimension",
     "conditions:",
     "sources: {energy: 5 W/m^2*x/L}\nconditions:",
     "21:19",
     {"sources.energy: the terms of energy are power density [W m-3], got \"5 W/m^2*x/L\", heat flux [W m-2]"}},
    {"source_without_unit",
     "conditions:",
     "sources: {energy: 5}\nconditions:",
     "21:19",
     {"sources.energy: the terms of energy are power density [W m-3], got \"5\", a dimensionless number"}},
    {"source_of_a_field",
     "conditions:",
     "sources: {energy: T*5 W/(m^3 K)}\nconditions:",
     "21:19",
     {"sources.energy: 'T' depends on the solution"}},
    {"source_in_time",
     "conditions:",
     "sources: {energy: t*5 W/(m^3 s)}\nconditions:",
     "21:19",
     {"sources.energy: unknown name 't'"}},

    {"dependent_scales",
     "[L, U, rho, dT]",
     "[L, U, rho, dT, g]",
     "19:31",
     {"scales.references: the references are dependent: g has the dimension of U^2 / L"}},
    {"scale_missing",
     "[L, U, rho, dT]",
     "[L, U, dT]",
     "19:15",
     {"scales.references: no reference fixes the scale of mass: ", "add for example a density"}},
    {"unknown_scale",
     "[L, U, rho, dT]",
     "[L, U, rhoo, dT]",
     "19:22",
     {"\"rhoo\" is not a constant", "did you mean rho?"}},
    {"level_as_scale",
     "dT: T_hot - T_cold",
     "dT: 20 degC",
     "19:27",
     {"scales.references: dT is a temperature level (20 degC), a scale must be a difference", "difference in K"}},
    {"alias_of_a_level_as_scale",
     "T_hot: 305 K\n  T_cold: 295 K\n  T0: 300 K\n  dT: T_hot - T_cold",
     "T_hot: 30 degC\n  T_cold: 295 K\n  T0: 300 K\n  dT: T_hot",
     "19:27",
     {"dT is a temperature level (T_hot)"}},
    {"negative_scale",
     "T_hot - T_cold",
     "T_cold - T_hot\n  V: 1 m/s",
     "16:6",
     {"constants.U: the value is not finite"}},
    {"no_density", "1.177 kg/m^3", "0 kg/m^3", "8:8", {"constants.rho: a density is positive, got 0 kg m-3"}},
    {"zero_scale", "sqrt(g*beta*dT*L)", "0 m/s", "19:19", {"the reference U is 0 m s-1", "positive and finite"}},
    {"level_of_wrong_dimension",
     "temperature_level: T0",
     "temperature_level: L",
     "20:22",
     {"scales.temperature_level: expected temperature [K], got \"L\", length [m]"}},

    {"unknown_face",
     "at: x-,",
     "at: left,",
     "23:10",
     {"conditions.1.at: the domain has no face \"left\"", "faces: x-, x+, y-, y+"}},
    {"near_face", "at: x-,", "at: x_-,", "23:10", {"the domain has no face \"x_-\"", "did you mean x-?"}},
    {"face_without_condition",
     "at: [y-, y+], insulated",
     "at: y-, insulated",
     "22:3",
     {"conditions: nothing is said about T on face y+", "`- {at: y+, T: ...}`", "`- {at: y+, insulated: dn(T) = 0}`"}},
    {"face_without_velocity",
     "at: [x-, x+, y-, y+]",
     "at: [x-, x+, y+]",
     "22:3",
     {"conditions: nothing is said about u on face y-"}},
    {"no_conditions", "  - {at: [x-, x+, y-, y+], u: 0, v: 0}\n", "", "22:3", {"nothing is said about u on face x-"}},
    {"given_twice",
     "at: x+, T",
     "at: [x-, x+], T",
     "24:20",
     {"conditions.2.T: T on face x- is given twice, first in conditions.1.T"}},
    {"label_given_twice",
     "at: [y-, y+]",
     "at: [y-, y+, y-]",
     "25:24",
     {"conditions.3.insulated: insulated on face y- is given twice, first in conditions.3.insulated"}},
    {"name_of_no_folder",
     "case: cavity",
     "case: ../cavity",
     "1:7",
     {"case: \"../cavity\" cannot be the name of a folder", "results/<case>/<time>"}},
    {"plane_not_in_x_and_y", "y: [0 m, 2*L]", "z: [0 m, 2*L]", "17:8", {"domain.box: z without y"}},
    {"condition_without_face", "{at: x-, T: T_hot}", "{T: T_hot}", "23:5", {"conditions.1.at: is missing"}},
    {"condition_of_wrong_dimension",
     "x-, T: T_hot",
     "x-, T: L",
     "23:17",
     {"conditions.1.T: expected temperature [K], got \"L\", length [m]"}},
    {"unknown_field",
     "x-, T: T_hot",
     "x-, temp: T_hot",
     "23:14",
     {"conditions.1.temp: \"temp\" is neither a field nor at, enforce, weight, symmetry, periodic, and its value is no "
      "equation",
      "fields: u, v, p, T"}},
    {"misspelt_enforce",
     "x-, T: T_hot",
     "x-, T: T_hot, enforc: hard",
     "23:24",
     {"conditions.1.enforc: ", "did you mean enforce?"}},
    {"misspelt_weight", "x-, T: T_hot", "x-, T: T_hot, wieght: 3", "23:24", {"did you mean weight?"}},
    {"wrong_enforce",
     "x-, T: T_hot",
     "x-, T: T_hot, enforce: hrad",
     "23:33",
     {"there is no \"hrad\"; did you mean \"hard\"?"}},
    {"negative_weight", "x-, T: T_hot", "x-, T: T_hot, weight: -1", "23:32", {"expected more than 0, got -1"}},
    {"label_without_equation",
     "insulated: dn(T) = 0",
     "insulated: dn(T)",
     "25:20",
     {"conditions.3.insulated: \"insulated\" is neither a field nor", "`insulated: dn(T) = 0`"}},
    {"field_with_an_equation",
     "insulated: dn(T) = 0",
     "T: dn(T) = 0",
     "25:29",
     {"conditions.3.T: T is a field and takes a value, got an equation", "label of its own"}},
    {"unlike_terms",
     "dn(T) = 0",
     "k*dn(T) + T = 0",
     "25:39",
     {"conditions.3.insulated: cannot add heat flux [W m-2] and temperature [K]"}},
    {"unlike_sides",
     "dn(T) = 0",
     "k*dn(T) = 5",
     "25:39",
     {"cannot compare heat flux [W m-2] and a dimensionless number", "give it a unit"}},
    {"two_equals", "dn(T) = 0", "dn(T) = 0 = 0", "25:41", {"unexpected '='", "exactly one '='"}},
    {"empty_equation",
     "insulated: dn(T) = 0",
     "also: T - T = 0, insulated: dn(T) = 0",
     "25:26",
     {"conditions.3.also: also at y-: the equation is 0 = 0"}},
    {"hard_equation",
     "insulated: dn(T) = 0",
     "insulated: dn(T) = 0, enforce: hard",
     "25:31",
     {"an equation can only be enforced softly"}},
    {"hard_at_a_corner",
     "at: [y-, y+], insulated: dn(T) = 0",
     "at: [y-, y+], T: T0, enforce: hard",
     "25:23",
     {"conditions.3.T: the values of T on x- and y- disagree where the faces meet, so they cannot all be exact",
      "write `enforce: soft`"}},

    {"text_for_a_number",
     "case: cavity\n",
     "case: cavity\nnetwork: {width: many}\n",
     "2:18",
     {"network.width: expected an integer, got \"many\""}},
    {"adam_is_the_one_for_float32",
     "case: cavity\n",
     "case: cavity\noptimizer: {name: levenberg_marquardt}\nprecision: float32\n",
     "3:12",
     {"precision: levenberg_marquardt needs float64, got float32", "optimizer.name=soap or adam"}},
    {"grid_of_three_axes",
     "case: cavity\n",
     "case: cavity\noutput: {grid: [5, 5, 5]}\n",
     "2:16",
     {"output.grid: expected one number or one per axis (2), got 3"}},
    {"varying_quantity",
     "case: cavity\n",
     "case: cavity\nquantities: {q: L*T}\n",
     "2:17",
     {"quantities.q: a quantity is one number, but T varies from point to point", "mean(..., face)"}},
    {"quantity_in_degC",
     "case: cavity\n",
     "case: cavity\nquantities: {q: {value: 'mean(T, x-)', unit: degC}}\n",
     "2:46",
     {"quantities.q.unit: \"degC\" is a scale of levels", "write K"}},
    {"quantity_in_a_wrong_unit",
     "case: cavity\n",
     "case: cavity\nquantities: {q: {value: 'mean(T, x-)', unit: m}}\n",
     "2:46",
     {"quantities.q.unit: expected a unit of temperature [K], got \"m\""}},
    {"data_elsewhere",
     "case: cavity\n",
     "case: cavity\nquantities: {q: {value: L, reference: {file: ../q.csv, column: q}}}\n",
     "2:46",
     {"quantities.q.reference.file: \"../q.csv\" leaves the folder of the case"}},
};

INSTANTIATE_TEST_SUITE_P(Case, Messages, testing::ValuesIn(mistakes),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(Message, OfTheIssueReadsLikeACompilers) {
  EXPECT_EQ(refusal([] { case_of(replaced(small_cavity, "1.8e-5 Pa s", "1.8e-5 m^2/s")); }).substr(0, 80),
            std::string("case.yaml:11:7: error: constants.mu: expected dynamic viscosity [Pa s], got \"1.8e-5 m^2/s\"")
                .substr(0, 80));
  EXPECT_NE(refusal([] {
              case_of(replaced(small_cavity, "dn(T) = 0", "k*dn(T) + T = 0"));
            }).find("\n  - {at: [y-, y+], insulated: k*dn(T) + T = 0}\n" + std::string(38, ' ') + "^"),
            std::string::npos);
}

const std::string unsteady_bar =
    "case: bar\n"                                                                 // 1
    "physics: heat_conduction\n"                                                  // 2
    "constants: {L: 0.2 m, k: 16 W/(m K), rho: 7900 kg/m^3, cp: 500 J/(kg K),\n"  // 3
    "            T0: 293 K, dT: 40 K}\n"                                          // 4
    "domain: {box: {x: [0 m, L], t: [0 s, 60 s]}}\n"                              // 5
    "scales: {references: [L, dT, k, rho], temperature_level: T0}\n"              // 6
    "conditions:\n"                                                               // 7
    "  - {at: [x-, x+], T: T0}\n"                                                 // 8
    "  - {at: t-, T: T0}\n";                                                      // 9

TEST(Message, OfTimeSaysWhatBelongsWhere) {
  const auto said = [](const std::string& part, const std::string& by) {
    return refusal([&] { case_of(replaced(unsteady_bar, part, by)); });
  };
  EXPECT_EQ(refusal([] { case_of(unsteady_bar); }).rfind("accepted", 0), 0u) << refusal([] { case_of(unsteady_bar); });
  EXPECT_EQ(said("at: t-", "at: t+")
                .rfind("case.yaml:9:10: error: conditions.1.at: no condition belongs on t+: what "
                       "holds at the end follows from the start\n",
                       0),
            0u)
      << said("at: t-", "at: t+");
  EXPECT_NE(said("at: t-", "at: t+").find("hint: the initial state is given on t-"), std::string::npos);
  EXPECT_EQ(said("at: t-", "at: t").rfind("case.yaml:9:10: error: conditions.1.at: the domain has no face \"t\"\n", 0),
            0u)
      << said("at: t-", "at: t");
  EXPECT_NE(said("at: t-", "at: t").find("faces: x-, x+, t-"), std::string::npos) << said("at: t-", "at: t");
  const std::string normal = said("at: t-, T: T0", "at: t-, T: T0, still: 2*dn(T) = 0");
  EXPECT_EQ(normal.rfind("case.yaml:9:30: error: conditions.1.still: the face t- is a moment in time, and dn() has no "
                         "meaning on it\n",
                         0),
            0u)
      << normal;
  const std::string end = said("case: bar\n", "case: bar\nquantities: {q: 'mean(dn(T), t+)'}\n");
  EXPECT_EQ(end.rfind("case.yaml:2:30: error: quantities.q: the face t+ is a moment in time, and dn() has no meaning "
                      "on it\n",
                      0),
            0u)
      << end;
}

TEST(Message, OfAPhysicsWithoutTime) {
  const std::string said = refusal([] {
    case_of(
        "case: room\nphysics: helmholtz\nconstants: {L: 4 m, P: 2 Pa, k: 12/L}\n"
        "domain: {box: {x: [0 m, L], t: [0 s, 3 s]}}\nscales: {references: [L, P]}\n"
        "conditions:\n  - {at: [x-, x+], p: 0}\n");
  });
  EXPECT_EQ(said.rfind("case.yaml:4:32: error: domain.box.t: helmholtz has no time: its waves oscillate at one "
                       "frequency, and p is their amplitude\n",
                       0),
            0u)
      << said;
  EXPECT_NE(said.find("hint: leave t out"), std::string::npos) << said;
}

TEST(Message, OfADomainThatThePhysicsDoesNotHave) {
  const auto said = [](const std::string& physics, const std::string& box) {
    return refusal([&] {
      case_of("case: pipe\nphysics: " + physics +
              "\nconstants: {R: 0.2 m, k: 3 W/(m K), T_wall: 300 K, dT: 5 K}\n"
              "domain: {box: " +
              box +
              "}\nscales: {references: [R, dT], temperature_level: T_wall}\n"
              "conditions:\n  - {at: x+, T: T_wall}\n");
    });
  };
  EXPECT_EQ(said("axisymmetric_heat_conduction", "{x: [-R, R], y: [0 m, R]}"),
            "case.yaml:4:19: error: domain.box.x: x is the radius in axisymmetric_heat_conduction and begins at 0 or "
            "above, got -0.2 m\n"
            "domain: {box: {x: [-R, R], y: [0 m, R]}}\n"
            "                  ^");
  const std::string solid = said("axisymmetric_heat_conduction", "{x: [0 m, R], y: [0 m, R], z: [0 m, R]}");
  EXPECT_NE(solid.find("domain.box: axisymmetric_heat_conduction has at most 2 dimensions in space: x is the radius"),
            std::string::npos)
      << solid;
  EXPECT_NE(solid.find("hint: give x alone, or x and y"), std::string::npos) << solid;
  const std::string channel = said("zero_equation_channel", "{x: [0 m, R], y: [0 m, R]}");
  EXPECT_NE(channel.find("has at most 1 dimension in space: x is the distance from a wall"), std::string::npos)
      << channel;
  EXPECT_NE(channel.find("hint: give x alone"), std::string::npos) << channel;
}

TEST(Message, OfAnOverrideStandsAtTheCommandLine) {
  const auto said = [](const std::string& override_text) {
    return refusal([&] {
      Document document("case.yaml", small_cavity);
      document.override(override_text);
      read_case(std::move(document), ".");
    });
  };
  EXPECT_EQ(said("seed=2"), "accepted");
  EXPECT_EQ(said("sed=2").rfind("command line:1:1: error: sed: unknown key; did you mean \"seed\"?", 0), 0u)
      << said("sed=2");
  EXPECT_EQ(said("constants.mu=3 m").rfind("command line:1:14: error: constants.mu: expected dynamic viscosity", 0), 0u)
      << said("constants.mu=3 m");
  EXPECT_NE(said("seed").find("\"seed\" is not of the form KEY=VALUE"), std::string::npos) << said("seed");
  EXPECT_NE(said("seed=").find("a value is missing after ="), std::string::npos) << said("seed=");
  EXPECT_NE(said("conditions.9.T=300 K").find("conditions: has no item \"9\""), std::string::npos)
      << said("conditions.9.T=300 K");
}

TEST(Message, OfAMissingCaseNamesTheFile) {
  const std::string said = refusal([] { read_case("no/such/case.yaml", {}); });
  EXPECT_EQ(said, "no/such/case.yaml: error: there is no such file\n  hint: give a case folder or file");
}

}  // namespace
}  // namespace nusselt
