#include "solver/case/csv.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cmath>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <limits>
#include <random>
#include <stdexcept>

namespace nusselt {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

CsvTable parse(const std::string& text) { return CsvTable::parse(text, "points.csv"); }

template <typename Action>
std::string message_of(Action action) {
  try {
    action();
  } catch (const std::exception& error) {
    return error.what();
  }
  return "accepted";
}

std::string refusal_of(const std::string& text) {
  return message_of([&] { parse(text); });
}

Dimension length() { return Dimension::of(Dimension::length); }
Dimension temperature() { return Dimension::of(Dimension::temperature); }

TEST(CsvTest, NamesUnitsAndValuesAreRead) {
  const CsvTable table = parse("x [m],y [mm] , T[degC],Nu\n1,2.5e1,20,-4\n-0.5, 7 ,\t+21,.25\n");
  ASSERT_EQ(table.columns().size(), 4u);
  EXPECT_EQ(table.rows(), 2u);
  EXPECT_EQ(table.columns()[0].name, "x");
  EXPECT_EQ(table.columns()[1].unit, "mm");
  EXPECT_EQ(table.columns()[2].name, "T");
  EXPECT_EQ(table.columns()[2].unit, "degC");
  EXPECT_EQ(table.columns()[3].unit, "");
  EXPECT_THAT(table.column("x").values, ElementsAre(1, -0.5));
  EXPECT_THAT(table.column("y").values, ElementsAre(25, 7));
  EXPECT_THAT(table.column("T").values, ElementsAre(20, 21));
  EXPECT_THAT(table.column("Nu").values, ElementsAre(-4, 0.25));
  EXPECT_TRUE(table.has("Nu"));
  EXPECT_FALSE(table.has("nu"));
}

TEST(CsvTest, CommentsMarkCarriageReturnsQuotesAndFinalLinesAreAccepted) {
  const CsvTable table =
      parse("\xef\xbb\xbf# from ParaView\r\n# second\r\n\"T [K]\", \"say \"\"a, b\"\"\"\r\n1,2\r\n\r\n \r\n");
  EXPECT_EQ(table.columns()[0].unit, "K");
  EXPECT_EQ(table.columns()[1].name, "say \"a, b\"");
  EXPECT_EQ(table.rows(), 1u);
  EXPECT_EQ(parse("x\n1").rows(), 1u);
}

TEST(CsvTest, ColumnsBecomeSi) {
  const CsvTable table = parse("y [mm],T [degC],Nu,f [-]\n25,20,4,0.5\n");
  EXPECT_THAT(table.in_si("y", length()), ElementsAre(testing::DoubleEq(0.025)));
  EXPECT_THAT(table.in_si("T", temperature()), ElementsAre(testing::DoubleEq(293.15)));
  EXPECT_THAT(table.in_si("Nu", Dimension()), ElementsAre(4));
  EXPECT_THAT(table.in_si("f", Dimension()), ElementsAre(0.5));
}

TEST(CsvTest, AWrongUnitIsShownInTheHeader) {
  const CsvTable table = parse("# c\nx [m],T [degC],u [m/fortnite],big [km]\n1,2,3,1e308\n");
  EXPECT_THAT(message_of([&] { table.in_si("T", length()); }),
              AllOf(StartsWith("points.csv:2:10: error: column \"T\": expected length [m], got \"degC\", which is "
                               "temperature [K]"),
                    HasSubstr("\nx [m],T [degC],"), HasSubstr("hint: write the unit in the heading, as in: T [m]")));
  EXPECT_THAT(message_of([&] { table.in_si("x", Dimension()); }),
              AllOf(HasSubstr("expected a dimensionless number, got \"m\""), HasSubstr("hint: leave out the unit")));
  EXPECT_THAT(message_of([&] { table.in_si("u", length()); }),
              AllOf(StartsWith("points.csv:2:21: error: column \"u\": "), HasSubstr("fortnite")));
  EXPECT_THAT(message_of([&] { table.in_si("big", length()); }), HasSubstr("row 1 is beyond the range"));
  EXPECT_THAT(message_of([] { parse("x\n1\n").in_si("x", length()); }),
              AllOf(StartsWith("points.csv:1:1: error: column \"x\": expected length [m], got no unit"),
                    HasSubstr("as in: x [m]")));
}

TEST(CsvTest, AMissingColumnIsExplained) {
  const CsvTable table = parse("temperature [K],x [m]\n1,2\n");
  EXPECT_THAT(message_of([&] { table.column("temprature"); }),
              AllOf(HasSubstr("there is no column \"temprature\""), HasSubstr("did you mean \"temperature\"?")));
  EXPECT_THAT(message_of([&] { table.column("pressure"); }), HasSubstr("the columns are: temperature, x"));
}

TEST(CsvTest, MistakesInCellsAreShownWithLineAndColumn) {
  const auto expect = [](const std::string& row, const std::string& start, const std::string& part = "") {
    EXPECT_THAT(refusal_of("# c\nx [m],y [m]\n1,2\n" + row + "\n"),
                AllOf(StartsWith("points.csv:4:" + start), HasSubstr(part)))
        << row;
  };
  expect("1,abc", "3: error: column \"y\": \"abc\" is not a number");
  expect("1,2 m", "3: error: column \"y\": \"2 m\" is not a number");
  expect("0x10,2", "1: error: column \"x\": \"0x10\" is not a number");
  expect("1,+-2", "3: error: column \"y\": \"+-2\" is not a number");
  expect("1,", "3: error: column \"y\": a cell is empty");
  expect(" ,1", "1: error: column \"x\": a cell is empty");
  expect("1, nan", "4: error: column \"y\": \"nan\" is not a finite number");
  expect("-inf,1", "1: error: column \"x\": \"-inf\" is not a finite number");
  expect("1,1e400", "3: error: column \"y\": \"1e400\" is beyond the range of double precision");
  expect("1,1e-400", "3: error: column \"y\": \"1e-400\" is beyond the range");
  expect("1,5;2,0", "3: error: column \"y\": \"5;2\" is not a number", "write \"1.5,2.0\", not \"1,5;2,0\"");
  expect("1;5\t2,0", "1: error: column \"x\": ", "cells are separated by commas");
  expect("1,2,3", "5: error: more cells than the 2 columns of the header");
  expect("1,5,2,0", "5: error: more cells than", "write \"1.5,2.0\"");
  expect("1", "2: error: the row has 1 cell, the header 2 columns");
  expect("\n1,2", "1: error: an empty line between rows");
  expect("1," + std::string(5000, '1'), "3: error: column \"y\": a cell is longer than 4096 bytes");
  EXPECT_THAT(refusal_of(std::string("x\n1\n\0002\n", 7)), StartsWith("points.csv:3:1: error: a NUL byte"));
}

TEST(CsvTest, MistakesInTheHeaderAreExplained) {
  const std::string hint = "as in: x [m],y [mm],T [degC]";
  for (const char* empty : {"", "\n", "# only a comment\n", "  \n1,2\n"}) {
    EXPECT_THAT(refusal_of(empty), AllOf(HasSubstr("there is no header"), HasSubstr(hint))) << empty;
  }
  EXPECT_THAT(refusal_of("1.5,2\n3,4\n"),
              AllOf(StartsWith("points.csv:1:1: error: a number in place of a column name"), HasSubstr(hint)));
  EXPECT_THAT(refusal_of("x [m],y\n"), HasSubstr("there are no rows after the header"));
  EXPECT_THAT(refusal_of("x [m];y [m]\n1;2\n"),
              AllOf(StartsWith("points.csv:1:6: error: the columns are not separated by commas"),
                    HasSubstr("cells are separated by commas")));
  EXPECT_THAT(refusal_of("x [m],x [mm]\n1,2\n"), StartsWith("points.csv:1:7: error: two columns are named \"x\""));
  EXPECT_THAT(refusal_of("x,,y\n1,2,3\n"), StartsWith("points.csv:1:3: error: a column has no name"));
  EXPECT_THAT(refusal_of("x,[m]\n1,2\n"), StartsWith("points.csv:1:3: error: a column has no name"));
  EXPECT_THAT(refusal_of("x [m,y\n1,2\n"), StartsWith("points.csv:1:1: error: the column heading \"x [m\" has unmat"));
  EXPECT_THAT(refusal_of("y,x [m] (wall)\n1,2\n"), HasSubstr("unmatched brackets or text after its unit"));
  EXPECT_THAT(refusal_of("x []\n1\n"), HasSubstr("\"x []\" has an empty unit"));
  EXPECT_THAT(refusal_of("\"x\n1\n"), StartsWith("points.csv:1:1: error: a quoted column name does not end"));
  EXPECT_THAT(refusal_of("\"x\"y,z\n1\n"), HasSubstr("expected a comma after a quoted column name"));
  EXPECT_THAT(refusal_of("x\xff\n1\n"), StartsWith("points.csv:1:2: error: the header is not valid UTF-8"));
  std::string many = "c0";
  for (int i = 1; i < 1025; ++i) many += ",c" + std::to_string(i);
  EXPECT_THAT(refusal_of(many + "\n"), HasSubstr("1025 columns; the limit is 1024"));
  EXPECT_THAT(refusal_of("x\n" + std::string((1 << 20) + 1, '1') + "\n"),
              StartsWith("points.csv:2:1: error: the line has 1048577 bytes; the limit is 1048576"));
}

TEST(CsvTest, WhatIsWrittenIsReadBackBitForBit) {
  std::mt19937_64 random(11);
  CsvColumn column{"p", "Pa", {0.1, -0.0, 5e-324, 1.7976931348623157e308, 100000}, {}};
  while (column.values.size() < 2000) {
    const std::uint64_t bits = random();
    double value = 0;
    std::memcpy(&value, &bits, sizeof value);
    if (std::isfinite(value)) column.values.push_back(value);
  }
  const std::vector<double> read = parse(csv_bytes({column})).column("p").values;
  ASSERT_EQ(read.size(), column.values.size());
  EXPECT_EQ(std::memcmp(read.data(), column.values.data(), read.size() * sizeof(double)), 0);
}

TEST(CsvTest, WritingIsByValue) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  EXPECT_EQ(csv_bytes({{"x", "m", {0.1, 1e-5}, {}}, {"a,b", "", {2, nan}, {}}}), "x [m],\"a,b\"\n0.1,2\n1e-05,nan\n");
  EXPECT_EQ(csv_bytes({{"x", "m", {}, {}}}), "x [m]\n");
}

TEST(CsvTest, TextCannotBecomeAFormula) {
  EXPECT_EQ(csv_bytes({{"case", "", {}, {"=1+1", "+1", "-1", "@x", "plain", "say \"a, b\"", ""}}}),
            "case\n'=1+1\n'+1\n'-1\n'@x\nplain\n\"say \"\"a, b\"\"\"\n\n");
}

TEST(CsvTest, AnUnevenTableIsNotWritten) {
  EXPECT_THROW(csv_bytes({}), std::invalid_argument);
  EXPECT_EQ(message_of([] {
              csv_bytes({{"x", "", {1, 2}, {}}, {"y", "", {1}, {}}});
            }),
            "column 'y' has 1 cells, column 'x' has 2");
  EXPECT_EQ(message_of([] { csv_bytes({{"x", "", {1}, {"a"}}}); }), "column 'x' has both numbers and texts");
}

TEST(CsvTest, OnlyRegularFilesAreRead) {
  std::string name = (fs::temp_directory_path() / "nusselt-csv-XXXXXX").string();
  ASSERT_NE(::mkdtemp(name.data()), nullptr);
  const fs::path folder = name;
  const auto refusal = [](const fs::path& path) { return message_of([&] { CsvTable::read(path); }); };
  std::ofstream(folder / "points.csv") << "x [m]\n0.5\n";
  EXPECT_THAT(CsvTable::read(folder / "points.csv").column("x").values, ElementsAre(0.5));
  EXPECT_EQ(refusal(folder / "absent.csv"),
            (folder / "absent.csv").string() + ": error: cannot be opened: No such file or directory");
  EXPECT_THAT(refusal(folder), HasSubstr("is not a regular file"));
  ASSERT_EQ(::mkfifo((folder / "pipe").c_str(), 0600), 0);
  EXPECT_THAT(refusal(folder / "pipe"), HasSubstr("is not a regular file"));
  fs::resize_file(folder / "points.csv", std::uintmax_t{1} << 40);
  EXPECT_THAT(refusal(folder / "points.csv"), HasSubstr("has 1099511627776 bytes; the limit is 268435456"));
  fs::remove_all(folder);
}

}  // namespace
}  // namespace nusselt
