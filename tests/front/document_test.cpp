#include "solver/case/document.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <functional>
#include <nlohmann/json.hpp>

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

std::string where(const Place& place) { return std::to_string(place.line) + ":" + std::to_string(place.column); }

std::string repeat(const std::string& part, int times) {
  std::string text;
  for (int i = 0; i < times; ++i) text += part;
  return text;
}

constexpr char cavity[] =
    "case: heated_cavity  # a comment\n"
    "constants:\n"
    "  mu: 1.8e-5 Pa s\n"
    "  on: no\n"
    "  name: \"q: q\"\n"
    "conditions:\n"
    "  - {at: x-, T: T_hot}\n"
    "  - at: [y-, y+]\n"
    "    insulated: dn(T) = 0\n";

TEST(Document, KeepsEveryScalarAsTextInOrderWithItsPlace) {
  const Document document("case.yaml", cavity);
  const Node& root = document.root();
  ASSERT_TRUE(root.is_map());
  ASSERT_EQ(root.entries.size(), 3u);
  EXPECT_EQ(root.entries[0].key, "case");
  EXPECT_EQ(root.entries[2].key, "conditions");
  EXPECT_EQ(where(root.entries[1].key_place), "2:1");
  EXPECT_EQ(root.find("case")->text, "heated_cavity");
  EXPECT_EQ(where(root.find("case")->place), "1:7");
  EXPECT_EQ(root.find_path("constants.mu")->text, "1.8e-5 Pa s");
  EXPECT_EQ(where(root.find_path("constants.mu")->place), "3:7");
  EXPECT_EQ(root.find_path("constants.mu")->place.source, "  mu: 1.8e-5 Pa s");
  EXPECT_EQ(root.find_path("constants.mu")->place.file, "case.yaml");
  EXPECT_FALSE(root.find_path("constants.mu")->quoted);
  EXPECT_EQ(root.find_path("constants.on")->text, "no");
  EXPECT_EQ(root.find_path("constants.name")->text, "q: q");
  EXPECT_TRUE(root.find_path("constants.name")->quoted);
  EXPECT_EQ(root.find_path("conditions.0.T")->text, "T_hot");
  EXPECT_EQ(where(root.find_path("conditions.0.T")->place), "7:17");
  EXPECT_EQ(root.find_path("conditions.1.at.1")->text, "y+");
  EXPECT_EQ(root.find_path("conditions.1.insulated")->text, "dn(T) = 0");
  EXPECT_EQ(where(root.find_path("conditions")->place), "7:3");
  EXPECT_EQ(root.find_path(""), &root);
  EXPECT_EQ(root.find_path("conditions.2"), nullptr);
  EXPECT_EQ(root.find_path("conditions.x"), nullptr);
  EXPECT_EQ(root.find_path("case.x"), nullptr);
  EXPECT_EQ(document.text(), cavity);
}

TEST(Document, ColumnsCountCharactersAndTheByteOrderMarkNone) {
  const std::string text = "\xef\xbb\xbf{ü: \"ö\", µ: 3}\r\n";
  const Document document("case.yaml", text);
  EXPECT_EQ(where(document.root().find("ü")->place), "1:5");
  EXPECT_EQ(where(document.root().find("µ")->place), "1:13");
  EXPECT_EQ(document.text(), text);
}

TEST(Document, ResolvedIsJsonOfTexts) {
  EXPECT_EQ(
      Document("f", cavity).resolved().dump(),
      R"({"case":"heated_cavity","conditions":[{"T":"T_hot","at":"x-"},{"at":["y-","y+"],"insulated":"dn(T) = 0"}],)"
      R"("constants":{"mu":"1.8e-5 Pa s","name":"q: q","on":"no"}})");
}

// Places inside scalars, for parsers that know only their own text.

Place place_of(const std::string& text, const std::string& part) {
  const Document document("case.yaml", text);
  const Node& scalar = document.root().entries[0].value;
  const std::size_t offset = scalar.text.find(part);
  EXPECT_NE(offset, std::string::npos) << scalar.text;
  return place_in(scalar, offset);
}

TEST(Document, FindsPlacesInsideScalars) {
  EXPECT_EQ(where(place_of("a: 1.8e-5 m^2/s\n", "m^2")), "1:11");
  EXPECT_EQ(where(place_of("a: ΔT*beta\n", "beta")), "1:7");
  EXPECT_EQ(where(place_of("a: \"p: \\u00e9 + \\\"q\\\" + r\"\n", "r")), "1:25");
  EXPECT_EQ(where(place_of("a: 'it''s r'\n", "r")), "1:11");
  EXPECT_EQ(where(place_of("a: multi\n     line text\n", "line")), "2:6");
  EXPECT_EQ(where(place_of("a: |  # header\n    rho*u = 0\n    + k*T\nb: 1\n", "k*T")), "3:7");
  EXPECT_EQ(where(place_of("a: >-\n  rho*u\n  = 0\n", "= 0")), "3:3");
  EXPECT_EQ(where(place_of("a: \"x \\\n   y\"\n", "y")), "2:4");
  EXPECT_EQ(place_of("a: |\n    rho*u = 0\n    + k*T\n", "k*T").source, "    + k*T");
  const Document document("case.yaml", "a: xyz\n");
  EXPECT_EQ(where(place_in(*document.root().find("a"), 3)), "1:7");   // the end of the text
  EXPECT_EQ(where(place_in(*document.root().find("a"), 99)), "1:7");  // and no further
  const Document quoted("case.yaml", "a: 'xyz'\n");
  EXPECT_EQ(where(place_in(*quoted.root().find("a"), 0)), "1:5");
}

TEST(Document, LocatesMistakesOfSmallParsers) {
  const Document document("case.yaml", "constants:\n  mu: 1.8e-5 Pz s\n");
  const TextError error("unknown unit \"Pz\"", 7, "did you mean Pa?");
  EXPECT_STREQ(located(error, *document.root().find_path("constants.mu"), "constants.mu").what(),
               "case.yaml:2:14: error: constants.mu: unknown unit \"Pz\"\n"
               "  mu: 1.8e-5 Pz s\n"
               "             ^\n"
               "  hint: did you mean Pa?");
}

// Overrides from the command line.

TEST(Document, OverridesReplaceAndCreate) {
  Document document("case.yaml", cavity);
  document.override("constants.mu=2e-5 Pa s");
  document.override("conditions.0.T= 310 K ");
  document.override("conditions.1.at=[x+, 'y-']");
  document.override("network.width=30");
  document.override("network.depth=5");
  document.override("conditions.1.heating=k*dn(T) = 5 W/m^2: *& [m]");
  EXPECT_EQ(document.root().find_path("constants.mu")->text, "2e-5 Pa s");
  EXPECT_EQ(document.root().find_path("conditions.0.T")->text, "310 K");
  EXPECT_EQ(document.root().find_path("conditions.1.heating")->text, "k*dn(T) = 5 W/m^2: *& [m]");
  EXPECT_EQ(document.resolved()["conditions"][1]["at"].dump(), R"(["x+","y-"])");
  EXPECT_EQ(document.resolved()["network"].dump(), R"({"depth":"5","width":"30"})");
  EXPECT_EQ(document.text(), cavity);
}

TEST(Document, OverridesHaveTheirPlaceOnTheCommandLine) {
  Document document("case.yaml", cavity);
  document.override("constants.mu=2e-5 Pz s");
  const Node& scalar = *document.root().find_path("constants.mu");
  EXPECT_STREQ(located(TextError("unknown unit", 5), scalar, "constants.mu").what(),
               "command line:1:19: error: constants.mu: unknown unit\n"
               "constants.mu=2e-5 Pz s\n"
               "                  ^");
  document.override("network.widht=30");
  EXPECT_EQ(where(document.root().find("network")->entries[0].key_place), "1:9");
  document.override("conditions.0.at=[x-, \"x+\"]");
  EXPECT_EQ(where(document.root().find_path("conditions.0.at.1")->place), "1:22");
  EXPECT_EQ(where(place_in(*document.root().find_path("conditions.0.at.1"), 1)), "1:24");
}

TEST(Document, RefusesMalformedOverrides) {
  const auto refused = [](const std::string& argument) {
    Document document("case.yaml", cavity);
    const nlohmann::json before = document.resolved();
    const std::string message = refusal([&] { document.override(argument); });
    EXPECT_EQ(document.resolved(), before) << argument;
    return message;
  };
  EXPECT_EQ(refused("seed"),
            "command line:1:1: error: \"seed\" is not of the form KEY=VALUE\n"
            "seed\n^\n"
            "  hint: write KEY=VALUE with a path of keys, as in constants.Ra=1e5 or conditions.0.T=\"310 K\"");
  const auto first = [&](const std::string& argument) {
    const std::string message = refused(argument);
    return message.substr(0, message.find('\n'));
  };
  EXPECT_EQ(first("=3"), "command line:1:1: error: \"=3\" is not of the form KEY=VALUE");
  EXPECT_EQ(first("network..width=3"), "command line:1:9: error: a part of the path is empty");
  EXPECT_EQ(first(".seed=3"), "command line:1:1: error: a part of the path is empty");
  EXPECT_EQ(first("network.=3"), "command line:1:9: error: a part of the path is empty");
  EXPECT_EQ(first("seed= "), "command line:1:7: error: a value is missing after =");
  EXPECT_EQ(first("case.x=3"), "command line:1:6: error: case: is the single value \"heated_cavity\" and has no keys");
  EXPECT_EQ(refused("conditions.2.T=3"),
            "command line:1:12: error: conditions: has no item \"2\"\n"
            "conditions.2.T=3\n           ^\n"
            "  hint: items count from 0; the last is 1");
  EXPECT_EQ(first("output.grid=[1, 2"), "command line:1:13: error: this bracket is never closed");
  EXPECT_EQ(refused("title='x"),
            "command line:1:9: error: not valid YAML: illegal EOF in scalar\n"
            "title='x\n        ^\n"
            "  hint: a quote is never closed");
  EXPECT_EQ(first("title='x' y"), "command line:1:11: error: a second document begins here");
  EXPECT_EQ(first("a={b: &x 1}"),
            "command line:1:7: error: YAML anchors (&name) and aliases (*name) are not used in a case");
  EXPECT_EQ(first("title=\xff"), "command line:1:7: error: the text is not valid UTF-8");
  EXPECT_EQ(first(repeat("a.", 40) + "b=1"), "command line:1:63: error: nested deeper than 32 levels");
  EXPECT_EQ(first(repeat("a.", 10) + "b=" + repeat("[", 30) + "x" + repeat("]", 30)),
            "command line:1:44: error: nested deeper than 32 levels");
}

TEST(Document, LoadsRegularFilesOnly) {
  const std::filesystem::path folder =
      std::filesystem::temp_directory_path() / ("nusselt_document_test_" + std::to_string(getpid()));
  std::filesystem::create_directory(folder);
  const std::string path = folder / "case.yaml";
  std::ofstream(path) << cavity;
  EXPECT_EQ(Document::load(path).text(), cavity);
  const auto refused = [](const std::string& file) { return refusal([&] { Document::load(file); }); };
  EXPECT_EQ(refused(folder / "none.yaml"),
            (folder / "none.yaml").string() + ": error: there is no such file\n  hint: give a case folder or file");
  EXPECT_EQ(refused(folder), folder.string() + ": error: this is not a regular file");
  ASSERT_EQ(mkfifo((folder / "pipe").c_str(), 0600), 0);
  EXPECT_EQ(refused(folder / "pipe"), (folder / "pipe").string() + ": error: this is not a regular file");
  std::ofstream(path) << std::string(3 * 1024 * 1024, '#');
  EXPECT_EQ(refused(path).substr(path.size()),
            ": error: the file has more than 1048576 bytes\n"
            "  hint: large data belongs into a CSV file that the case names");
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace nusselt
