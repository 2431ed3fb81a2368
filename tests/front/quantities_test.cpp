#include "solver/case/quantities.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "small_case.hpp"

namespace nusselt {
namespace {

class Quantities : public testing::Test {
 protected:
  Quantities() : folder_(testing::TempDir() + "nusselt_quantities_" + std::to_string(getpid())) {
    std::filesystem::create_directories(folder_ + "/data");
  }
  ~Quantities() override { std::filesystem::remove_all(folder_); }
  void write(const std::string& file, const std::string& text) const { std::ofstream(folder_ + "/" + file) << text; }
  Case read(const std::string& sections) const { return case_of(small_cavity + sections, folder_); }
  AskedQuantity only(const std::string& quantity) const {
    const Case c = read("quantities:\n  q: " + quantity + "\n");
    EXPECT_EQ(c.quantities.size(), 1u);
    return c.quantities.at(0);
  }
  std::string folder_;
};

TEST_F(Quantities, AreFormulasOfFaceIntegrals) {
  const AskedQuantity nusselt_number = only("mean(k*dn(T), x-)*L/(k*dT)");
  EXPECT_EQ(nusselt_number.name, "q");
  EXPECT_EQ(nusselt_number.unit, "1");
  EXPECT_EQ(nusselt_number.unit_factor, 1);
  EXPECT_FALSE(nusselt_number.reference);
  EXPECT_EQ(nusselt_number.source, "");
  ASSERT_EQ(nusselt_number.formula.functionals.size(), 1u);
  EXPECT_EQ(nusselt_number.formula.functionals[0].face, "x-");
  EXPECT_EQ(nusselt_number.formula.functionals[0].kind, SurfaceFunctional::Kind::mean);
}

TEST_F(Quantities, HaveAUnit) {
  EXPECT_EQ(only("integral(-k*dn(T), x-)").unit, "W m-1");  // of a face in 2-D, per metre of depth
  const AskedQuantity flux = only("{value: 'mean(-k*dn(T), x-)', unit: mW/cm^2}");
  EXPECT_EQ(flux.unit, "mW/cm^2");
  EXPECT_NEAR(flux.unit_factor, 10, 1e-14);
  EXPECT_EQ(only("{value: 'mean(T, x-)', unit: delta_degF}").unit_factor, 5.0 / 9);
}

TEST_F(Quantities, MayBeConstantsButNotVaryInSpace) {
  EXPECT_EQ(only("U/L").formula.functionals.size(), 0u);
  EXPECT_NE(refusal([&] { only("L*dx(T)"); }).find("but dx(T) varies from point to point"), std::string::npos);
  EXPECT_NE(refusal([&] { only("x/L"); }).find("but x varies from point to point"), std::string::npos);
  EXPECT_NE(refusal([&] { only("'mean(T, left)'"); }).find("unknown face 'left'"), std::string::npos);
}

TEST_F(Quantities, MayBeExtremaAlongALineInsideTheDomain) {
  const AskedQuantity quantity = only("'max(v, y = L)/U'");
  ASSERT_EQ(quantity.formula.extrema.size(), 1u);
  EXPECT_EQ(quantity.unit, "1");
  EXPECT_EQ(only("'argmax(v, y = 2*L)'").unit, "m");
  EXPECT_NE(refusal([&] { only("'max(v, y = 3*L)/U'"); }).find("the line y = 0.066 lies outside of the domain"),
            std::string::npos);
  EXPECT_NE(refusal([&] { only("'max(v, y = 3*L)/U'"); }).find("y goes from 0 to 0.044 in SI"), std::string::npos);
}

TEST_F(Quantities, DoWithoutAReferenceFileThatIsMissingAndSaySoOnce) {
  const std::string reference = ", reference: {file: data/gone.csv, column: Nu}}";
  const Case c = read("quantities:\n  a: {value: L/L" + reference + "\n  b: {value: L/L" + reference +
                      "\nreference:\n  fields: {file: data/gone.csv, fields: {x: x*L, y: y*L, T: T*dT}}\n");
  EXPECT_FALSE(c.quantities.at(0).reference);
  EXPECT_FALSE(c.reference);
  const auto mentions = std::count_if(c.notes.begin(), c.notes.end(), [](const std::string& note) {
    return note.find("data/gone.csv is missing: nothing is compared with it") != std::string::npos;
  });
  EXPECT_EQ(mentions, 1);
}

TEST_F(Quantities, FindTheirReferenceByTheConstants) {
  write("data/table.csv", "L [mm],g [m/s^2],Nu\n22,1.6,3\n22,9.81,4\n23,9.81,5\n");
  const std::string found = "{value: L/L, reference: {file: data/table.csv, column: Nu, where: {L: L, g: g}}}";
  EXPECT_EQ(only(found).reference, 4);
  EXPECT_EQ(only(found).source, "data/table.csv");
  const AskedQuantity missed =
      only("{value: L/L, reference: {file: data/table.csv, column: Nu, where: {L: 2*L, g: g}}}");
  EXPECT_FALSE(missed.reference);
  EXPECT_EQ(missed.source, "");
  EXPECT_NE(refusal([&] {
              only("{value: L/L, reference: {file: data/table.csv, column: Nu, where: {L: U}}}");
            }).find("quantities.q.reference.where.L: expected length [m], got \"U\""),
            std::string::npos);
  EXPECT_NE(refusal([&] { only("{value: L/L, reference: {file: data/table.csv, column: nu}}"); }), "accepted");
}

TEST_F(Quantities, HaveTheReferenceInTheirOwnUnit) {
  write("flux.csv", "flux [kW/m^2],bare\n2.5,2.5\n");
  const std::string before = "{value: 'mean(-k*dn(T), x-)', unit: W/cm^2, reference: {file: flux.csv, column: ";
  EXPECT_NEAR(only(before + "flux}}").reference.value(), 0.25, 1e-15);
  const std::string said = refusal([&] { only(before + "bare}}"); });
  EXPECT_NE(said.find("expected heat flux [W m-2], got no unit"), std::string::npos) << said;
  write("wrong.csv", "flux [kW/m^2],L [lenght]\n2.5,1\n");
  const std::string unit = refusal(
      [&] { only("{value: 'mean(-k*dn(T), x-)', reference: {file: wrong.csv, column: flux, where: {L: L}}}"); });
  EXPECT_NE(unit.find("wrong.csv:1:"), std::string::npos) << unit;
  EXPECT_NE(unit.find("unknown unit 'lenght'"), std::string::npos) << unit;
}

TEST_F(Quantities, ReadNothingOutsideTheFolder) {
  for (const char* file : {"../table.csv", "data/../../table.csv", "/etc/hostname"}) {
    const std::string said =
        refusal([&] { only(std::string("{value: L/L, reference: {file: ") + file + ", column: Nu}}"); });
    EXPECT_NE(said.find("leaves the folder of the case"), std::string::npos) << said;
  }
  EXPECT_NE(refusal([&] {
              read("reference: {fields: {file: ../f.csv, fields: {x: x*L}}}\n");
            }).find("reference.fields.file: \"../f.csv\" leaves the folder"),
            std::string::npos);
}

TEST_F(Quantities, ReferenceFieldsAreFormulasOfColumns) {
  write("field.csv", "x,y,T,speed\n0,0.5,1,2\n1,0.25,0,4\n");
  const Case c = read(
      "reference:\n  fields:\n    file: field.csv\n    where: {T0: 300 K}\n"
      "    fields: {x: x*L, y: y*L, T: T_cold + T*dT, v: -speed*U}\n");
  ASSERT_TRUE(c.reference);
  EXPECT_EQ(c.reference->source, "field.csv");
  ASSERT_EQ(c.reference->points.size(), 2u);
  EXPECT_EQ(c.reference->points[0], (std::vector<double>{0, 0.022}));
  EXPECT_EQ(c.reference->points[1], (std::vector<double>{0.011, 0.0055}));
  ASSERT_EQ(c.reference->values.size(), 2u);
  EXPECT_EQ(c.reference->values[0].field, "T");
  EXPECT_EQ(c.reference->values[0].si, (std::vector<double>{305, 295}));
  EXPECT_EQ(c.reference->values[1].field, "v");
  EXPECT_DOUBLE_EQ(c.reference->values[1].si[1], -4 * c.constants.find("U")->si);
}

TEST_F(Quantities, AReferenceOfNothingButZerosHasNoRelativeError) {
  write("field.csv", "x,y,T\n0,0.5,1\n1,0.25,0\n");
  const Case c =
      read("reference:\n  fields: {file: field.csv, fields: {x: x*L, y: y*L, T: T_cold + T*dT, v: 0*T*U}}\n");
  ASSERT_EQ(c.reference->values.size(), 1u);
  EXPECT_EQ(c.reference->values[0].field, "T");
  EXPECT_NE(std::find(c.notes.begin(), c.notes.end(),
                      "the reference of v is zero everywhere: there is no relative error to tell"),
            c.notes.end());
}

TEST_F(Quantities, ReferenceFieldsOfOtherConstantsAreNotUsed) {
  write("field.csv", "x,y,T\n0,0.5,1\n");
  const auto with = [&](const std::string& where, const std::string& fields) {
    return read("reference:\n  fields:\n    file: field.csv\n    where: " + where + "\n    fields: " + fields + "\n");
  };
  const std::string all = "{x: x*L, y: y*L, T: T_cold + T*dT}";
  const Case c = with("{T0: 310 K}", all);
  EXPECT_FALSE(c.reference);
  EXPECT_EQ(c.notes.front(), "the reference fields of field.csv are not used: it is for T0 = 310 K, the case has 300");
  EXPECT_TRUE(with("{T0: 300.0000000001 K}", all).reference);
  EXPECT_NE(refusal([&] { with("{rh0: 1 kg/m^3}", all); }).find("did you mean rho?"), std::string::npos);
  EXPECT_NE(refusal([&] {
              with("{T0: 300 K}", "{x: x*L, T: T_cold + T*dT}");
            }).find("reference.fields.fields: no formula for the coordinate y"),
            std::string::npos);
  EXPECT_NE(refusal([&] {
              with("{T0: 300 K}", "{x: x*L, y: y*L, T: T*L}");
            }).find("reference.fields.fields.T: expected temperature [K], got length [m]"),
            std::string::npos);
  EXPECT_NE(refusal([&] { with("{T0: 300 K}", "{x: x*L, y: y*L, q: T*L}"); }).find("\"q\" is no field of the case"),
            std::string::npos);
}

}  // namespace
}  // namespace nusselt
