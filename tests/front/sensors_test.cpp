#include "solver/case/sensors.hpp"

#include <cmath>

#include "case_folder.hpp"

namespace nusselt {
namespace {

const std::string inverse_bar =
    "case: bar\n"
    "constants:\n"
    "  L: 200 mm\n"
    "  k: {start: 10 W/(m K), prior: 2 W/(m K)}\n"
    "  q: 80 kW/m^3\n"
    "  T_0: 20 degC\n"
    "  dT: 25 K\n"
    "fields: {T: K}\n"
    "equations: {energy: div(k*grad(T)) + q = 0}\n"
    "domain: {box: {x: [0 m, L]}}\n"
    "scales: {references: [L, dT], temperature_level: T_0}\n"
    "conditions: [{at: [x-, x+], T: T_0}]\n";
const std::string sensors = "sensors: {probes: {file: data/T.csv, noise: {T: 0.5 K}}}\n";

class SensorsTest : public CaseFolder {
 protected:
  SensorsTest() { write("data/T.csv", "x [mm],T [degC]\n50,30\n100,45\n"); }
  Case whole(const std::string& text) const { return case_of(text, folder_); }
  std::string said(const std::string& text) const {
    return refusal([&] { whole(text); });
  }
};

TEST_F(SensorsTest, AreReadInTheirUnits) {
  const Case c = whole(inverse_bar + sensors);
  ASSERT_EQ(c.sensors.size(), 1u);
  const Sensors& probes = c.sensors.front();
  EXPECT_EQ(probes.name, "probes");
  EXPECT_EQ(probes.points, (std::vector<std::vector<double>>{{0.05, 0.1}}));
  ASSERT_EQ(probes.readings.size(), 1u);
  EXPECT_DOUBLE_EQ(probes.readings[0].si[1], 318.15);
  EXPECT_EQ(probes.readings[0].noise, 0.5);
}

TEST_F(SensorsTest, WeighAsALikelihood) {
  const Case c = whole(inverse_bar + sensors + "inverse: {weight: 0.01}\n");
  ASSERT_EQ(c.likelihoods.all.size(), 2u);
  const Likelihood& reading = c.likelihoods.all[0];
  EXPECT_EQ(reading.set, "probes");
  EXPECT_DOUBLE_EQ(reading.data[1], 1);       // 25 K above the level, in dT
  EXPECT_DOUBLE_EQ(reading.deviation, 0.02);  // 0.5 K in dT
  EXPECT_DOUBLE_EQ(reading.weight, 0.01);     // the strongest
  EXPECT_DOUBLE_EQ(c.likelihoods.scale, 0.01 * 0.02 * 0.02 / 2);
  const Likelihood& prior = c.likelihoods.all[1];
  EXPECT_EQ(prior.set, "priors");
  EXPECT_TRUE(prior.data.empty());
  EXPECT_DOUBLE_EQ(prior.deviation, 0.2);  // of k over its start
  EXPECT_NEAR(prior.weight, c.likelihoods.scale / 0.04, 1e-15);
}

TEST_F(SensorsTest, MakeSoughtConstantsUnknownsOfTheCase) {
  const Case c = whole(inverse_bar + sensors);
  EXPECT_EQ(c.settings.network.outputs, 1);
  EXPECT_EQ(c.settings.network.constants, 1);
  ASSERT_EQ(c.trials.size(), 2u);
  EXPECT_TRUE(c.trials[1].is_constant);
  const Expression& energy = c.equations[0].expression();
  const auto at = [&](double unknown) {
    return evaluate(energy, [&](const Expression& leaf) { return leaf.name() == "T" ? 1.0 : unknown; });
  };
  // k dT/L^2 dxx(T) + q, divided by q: 10*25/0.04/80e3 = 0.078125.
  EXPECT_NEAR(std::abs(at(0)), 1.078125, 1e-12);
  EXPECT_NEAR(std::abs(at(std::log(2))), 1.15625, 1e-12);
}

TEST_F(SensorsTest, AreNeededForWhatIsSought) {
  EXPECT_NE(said(inverse_bar).find("constants.k is sought, and the case has no sensors to find it from"),
            std::string::npos);
  EXPECT_NE(said(replaced(inverse_bar, "{T: K}", "{T: K, q_w: {unit: W/m^2, role: sought}}"))
                .find("fields.q_w: q_w is sought, and the case has no sensors to find it from"),
            std::string::npos);
}

TEST_F(SensorsTest, FindAFunctionThatOnlyAConditionContains) {
  const std::string bar = replaced(replaced(inverse_bar, "{T: K}", "{T: K, q_w: {unit: W/m^2, role: sought}}"),
                                   "at: [x-, x+], T: T_0}", "at: x-, T: T_0}, {at: x+, flux: -k*dn(T) = q_w}");
  const Case c = whole(replaced(bar, "[L, dT]", "[L, dT, q]") + sensors);
  EXPECT_EQ(c.system.fields().size(), 2u);
  EXPECT_EQ(c.settings.network.outputs, 2);
}

TEST_F(SensorsTest, RefuseWhatIsWrongWithThem) {
  const auto with = [&](const std::string& from, const std::string& to) {
    return said(inverse_bar + replaced(sensors, from, to));
  };
  EXPECT_NE(with("{T: 0.5 K}", "{S: 0.5 K}").find("sensors.probes.noise.S: \"S\" is no field of the case"),
            std::string::npos);
  EXPECT_NE(with("0.5 K", "0 K").find("a standard deviation is positive"), std::string::npos);
  EXPECT_NE(with("0.5 K", "0.5 m").find("expected"), std::string::npos);
  EXPECT_NE(with("data/T.csv", "data/none.csv").find("none.csv"), std::string::npos);
  write("data/T.csv", "x [mm],T [degC]\n250,30\n");
  EXPECT_NE(said(inverse_bar + sensors).find("1 of 1 points lie outside the domain along x: [0, 0.2] m"),
            std::string::npos);
  write("data/T.csv", "x [mm],T [degC]\n50,30\n");
  EXPECT_NE(said(inverse_bar + sensors + "conditioning: {name: rms}\n")
                .find("conditioning.name: rms changes weights during training"),
            std::string::npos);
  EXPECT_NE(said(inverse_bar + sensors + "balancing: {name: ntk}\n").find("balancing.name: ntk changes weights"),
            std::string::npos);
}

}  // namespace
}  // namespace nusselt
