#include "solver/case/references.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "case_folder.hpp"

namespace nusselt {
namespace {

class References : public CaseFolder {};

TEST_F(References, DoWithoutAReferenceFileThatIsMissingAndSaySoOnce) {
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

TEST_F(References, FindTheirReferenceByTheConstants) {
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

TEST_F(References, HaveTheReferenceInTheirOwnUnit) {
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

TEST_F(References, ReadNothingOutsideTheFolder) {
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

TEST_F(References, FieldsAreFormulasOfColumns) {
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

TEST_F(References, AFieldOfNothingButZerosHasNoRelativeError) {
  write("field.csv", "x,y,T\n0,0.5,1\n1,0.25,0\n");
  const Case c =
      read("reference:\n  fields: {file: field.csv, fields: {x: x*L, y: y*L, T: T_cold + T*dT, v: 0*T*U}}\n");
  ASSERT_EQ(c.reference->values.size(), 1u);
  EXPECT_EQ(c.reference->values[0].field, "T");
  EXPECT_NE(std::find(c.notes.begin(), c.notes.end(),
                      "the reference of v is zero everywhere: there is no relative error to tell"),
            c.notes.end());
}

TEST_F(References, FieldsOfOtherConstantsAreNotUsed) {
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

TEST_F(References, OfANumberCanBeAFormulaOfConstants) {
  const AskedQuantity flux =
      only("{value: 'mean(-k*dn(T), x-)', unit: W/cm^2, reference: {value: k*dT/L}, bound: 1e-5}");
  EXPECT_NEAR(flux.reference.value(), 0.0262 * 10 / 0.022 * 1e-4, 1e-18);
  EXPECT_EQ(flux.source, "k*dT/L");
  EXPECT_EQ(flux.bound, 1e-5);
  EXPECT_FALSE(only("{value: 'mean(-k*dn(T), x-)', reference: {value: k*dT/L}}").bound);
  EXPECT_NE(
      refusal([&] { only("{value: L/L, reference: {value: L}}"); }).find("quantities.q.reference.value: expected "),
      std::string::npos);
  EXPECT_NE(refusal([&] {
              only("{value: L/L, reference: {value: 2, file: table.csv}}");
            }).find("value and file are two references for the same number"),
            std::string::npos);
}

TEST_F(References, FieldsCanBeFormulasOfCoordinates) {
  const Case c = read("reference:\n  bound: 1e-4\n  exact: {T: T_cold + dT*sin(x/L)*y/L, v: 0}\n");
  ASSERT_TRUE(c.reference);
  EXPECT_EQ(c.reference->source, "reference.exact");
  EXPECT_EQ(c.reference->bound, 1e-4);
  ASSERT_EQ(c.reference->points.size(), 2u);
  ASSERT_EQ(c.reference->points[0].size(), 41u * 41);
  ASSERT_EQ(c.reference->values.size(), 1u);  // v is zero everywhere
  EXPECT_EQ(c.reference->values[0].field, "T");
  const double x = c.reference->points[0][50], y = c.reference->points[1][50];
  EXPECT_NEAR(x, 0.022 * 9.5 / 41, 1e-15);
  EXPECT_NEAR(y, 0.044 * 1.5 / 41, 1e-15);
  EXPECT_NEAR(c.reference->values[0].si[50], 295 + 10 * std::sin(x / 0.022) * y / 0.022, 1e-12);
}

TEST_F(References, OfFieldsMustBeKnown) {
  const auto said = [&](const std::string& section) {
    return refusal([&] { read("reference: {exact: " + section + "}\n"); });
  };
  EXPECT_NE(said("{S: 3 K}").find("reference.exact.S: \"S\" is no field of the case"), std::string::npos);
  EXPECT_NE(said("{T: 3 m}").find("expected temperature [K], got length [m]"), std::string::npos);
  EXPECT_NE(said("{T: T_cold + dT*v/U}").find("but v is solved for"), std::string::npos);
  EXPECT_NE(said("{T: dT*sqrt(x/L - 1)}").find("the value is not finite inside the domain"), std::string::npos);
  EXPECT_NE(said("{T: 3 K}, fields: {file: f.csv}").find("two references for the same fields"), std::string::npos);
}

}  // namespace
}  // namespace nusselt
