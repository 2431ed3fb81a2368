#include "solver/case/yaml_tree.hpp"

#include <gtest/gtest.h>

#include <ctime>

namespace nusselt {
namespace {

std::string refusal_of(const std::string& text) {
  try {
    Document("case.yaml", text);
  } catch (const InputError& error) {
    return error.what();
  }
  return "accepted";
}

/// Place and message without source line and hint.
std::string first_line_of(const std::string& text) {
  const std::string message = refusal_of(text);
  return message.substr(0, message.find('\n'));
}

std::string repeat(const std::string& part, int times) {
  std::string text;
  for (int i = 0; i < times; ++i) text += part;
  return text;
}

TEST(YamlTree, RefusesDuplicateKeysWithBothLines) {
  EXPECT_EQ(refusal_of("seed: 1\nnetwork:\n  width: 20\n  depth: 4\n  width: 30\n"),
            "case.yaml:5:3: error: width: duplicate key, first given in line 3, again in line 5\n"
            "  width: 30\n"
            "  ^\n"
            "  hint: keep one of the two");
  EXPECT_EQ(first_line_of("a: {x: 1, 'x': 2}\n"),
            "case.yaml:1:11: error: x: duplicate key, first given in line 1, again in line 1");
  EXPECT_EQ(first_line_of("a: {x: 1}\nb: {x: 2}\n"), "accepted");
}

TEST(YamlTree, RefusesAnchorsAliasesTagsAndMergeKeys) {
  const std::string aliases = "YAML anchors (&name) and aliases (*name) are not used in a case";
  EXPECT_EQ(refusal_of("a: &x 1\nb: *x\n"),
            "case.yaml:1:4: error: " + aliases +
                "\na: &x 1\n   ^\n"
                "  hint: write the value out; a text that begins with & or * needs quotes");
  EXPECT_EQ(first_line_of("&x a: 1\n"), "case.yaml:1:1: error: " + aliases);
  EXPECT_EQ(first_line_of("a: &x\nb: 1\n"), "case.yaml:1:4: error: " + aliases);
  EXPECT_EQ(first_line_of("a: &x [1]\n"), "case.yaml:1:4: error: " + aliases);
  EXPECT_EQ(first_line_of("a: *x\n"), "case.yaml:1:4: error: " + aliases);
  EXPECT_EQ(refusal_of("a: !!float 1\n"),
            "case.yaml:1:4: error: YAML tags (!name) are not used in a case\n"
            "a: !!float 1\n   ^\n"
            "  hint: a text that begins with ! needs quotes");
  EXPECT_EQ(first_line_of("a: ! 1\n"), "case.yaml:1:4: error: YAML tags (!name) are not used in a case");
  EXPECT_EQ(first_line_of("!<tag:x> {a: 1}\n"), "case.yaml:1:1: error: YAML tags (!name) are not used in a case");
  EXPECT_EQ(first_line_of("a: !foo\nb: 1\n"), "case.yaml:1:4: error: YAML tags (!name) are not used in a case");
  EXPECT_EQ(refusal_of("<<: {a: 1}\n"),
            "case.yaml:1:1: error: YAML merge keys (<<) are not used in a case\n"
            "<<: {a: 1}\n^\n"
            "  hint: write the keys out");
}

TEST(YamlTree, RefusesWhatIsNoMapOfPlainKeys) {
  EXPECT_EQ(refusal_of("? [a, b]\n: 1\n"),
            "case.yaml:1:3: error: a key must be a plain name, not a list or a map\n"
            "? [a, b]\n  ^\n"
            "  hint: a text that begins with [ or { needs quotes");
  EXPECT_EQ(first_line_of("{a: 1}: 2\n"), "case.yaml:1:1: error: a key must be a plain name, not a list or a map");
  EXPECT_EQ(first_line_of("'': 2\n"), "case.yaml:1:1: error: a key is missing before the colon");
  EXPECT_EQ(first_line_of(": 2\n"), "case.yaml:1:1: error: a key is missing before the value");
  EXPECT_EQ(refusal_of("seed:1\n"),
            "case.yaml:1:1: error: a case is a map of keys and values\n"
            "seed:1\n^\n"
            "  hint: write key: value, with a space after the colon");
  EXPECT_EQ(first_line_of("- a\n- b\n"), "case.yaml:1:1: error: a case is a map of keys and values");
}

TEST(YamlTree, RefusesEmptyTextsAndValues) {
  EXPECT_EQ(refusal_of(""), "case.yaml:1:1: error: nothing but comments and empty lines\n\n^");
  EXPECT_EQ(first_line_of("# a\n\n"), "case.yaml:1:1: error: nothing but comments and empty lines");
  EXPECT_EQ(
      refusal_of("network:\n  depth:\n  width: 20\n"),
      "case.yaml:2:3: error: depth: has no value\n"
      "  depth:\n  ^\n"
      "  hint: write the value after a colon and a space, or delete the key; the words null and ~ mean no value in "
      "YAML, in quotes they are text");
  EXPECT_EQ(first_line_of("title: null\n"), "case.yaml:1:1: error: title: has no value");
  EXPECT_EQ(first_line_of("title: 'null'\n"), "accepted");
  EXPECT_EQ(first_line_of("a: {at: x-, T}\n"), "case.yaml:1:13: error: T: has no value");
  EXPECT_EQ(first_line_of("a: [1, , 2]\n"), "case.yaml:1:8: error: an item of this list has no value");
}

TEST(YamlTree, RefusesASecondDocument) {
  EXPECT_EQ(refusal_of("a: 1\n---\nb: 2\n"),
            "case.yaml:2:1: error: a second document begins here\n"
            "---\n^\n"
            "  hint: a case is one YAML document: remove the line \"---\", or indent what belongs to the keys above");
  EXPECT_EQ(first_line_of("{a: 1}\nb: 2\n"), "case.yaml:2:1: error: a second document begins here");
  EXPECT_EQ(first_line_of("---\na: 1\n...\n"), "accepted");
}

TEST(YamlTree, RefusesBytesThatAreNoText) {
  EXPECT_EQ(refusal_of("a: 1\nb: \xff\n"),
            "case.yaml:2:4: error: the text is not valid UTF-8\n"
            "b: \\xff\n   ^\n"
            "  hint: save the file in the encoding UTF-8");
  EXPECT_EQ(refusal_of(std::string("a: 1\0b\n", 7)),
            "case.yaml:1:5: error: control character \"\\x00\" in the text\n"
            "a: 1\\x00b\n    ^\n"
            "  hint: a case file is plain text; remove it");
  EXPECT_EQ(first_line_of("a: b\x04\nc: 1\n"), "case.yaml:1:5: error: control character \"\\x04\" in the text");
  EXPECT_EQ(first_line_of("a: \"x\\u0000\"\n"),
            "case.yaml:1:4: error: this text holds the control character \"\\x00\"");
  EXPECT_EQ(first_line_of("a: \"q\\Nr\"\n"), "case.yaml:1:4: error: the escapes \\N and \\_ are not used in a case");
  EXPECT_EQ(first_line_of("a: \"q\\u0085\\L\\xe9\"\n"), "accepted");
  EXPECT_EQ(first_line_of("\xff\xfe\x61"), "case.yaml:1:1: error: the text is not valid UTF-8");
}

TEST(YamlTree, ParserMistakesHaveAPlaceAndAdvice) {
  EXPECT_EQ(refusal_of("a: momentum: x\n"),
            "case.yaml:1:12: error: not valid YAML: illegal map value\n"
            "a: momentum: x\n           ^\n"
            "  hint: a text with \": \" inside needs quotes; a key stands below its neighbours exactly");
  EXPECT_EQ(refusal_of("b: {d: 0.1 [m]}\n"),
            "case.yaml:1:12: error: not valid YAML: end of map flow not found\n"
            "b: {d: 0.1 [m]}\n           ^\n"
            "  hint: inside { } a text with a comma or a bracket, as in \"0.1 [m]\", needs quotes");
  EXPECT_EQ(refusal_of("b: @x\n"),
            "case.yaml:1:4: error: not valid YAML: unknown token\n"
            "b: @x\n   ^\n"
            "  hint: a text that begins with @, % or ` needs quotes");
  EXPECT_EQ(first_line_of("a: 'it''s\nb: 2\n"), "case.yaml:1:4: error: this quote is never closed");
  EXPECT_EQ(first_line_of("a: \"x\\\"\n"), "case.yaml:1:4: error: this quote is never closed");
}

TEST(YamlTree, RefusesTabsAsIndentation) {
  EXPECT_EQ(refusal_of("a:\n\tb: 2\n"),
            "case.yaml:2:1: error: a tab in the indentation\n"
            "\tb: 2\n^\n"
            "  hint: YAML is indented with spaces only");
  EXPECT_EQ(first_line_of("a: 1\n\tb: 2\n"), "case.yaml:2:1: error: a tab in the indentation");
  EXPECT_EQ(first_line_of("a:\n \t- b\n"), "case.yaml:2:2: error: a tab in the indentation");
  EXPECT_EQ(first_line_of("a:\tb\t# c\n\t# d\n"), "accepted");
}

TEST(YamlTree, LimitsHoldExactly) {
  EXPECT_EQ(first_line_of("a: " + repeat("[", 31) + "x" + repeat("]", 31)), "accepted");
  EXPECT_EQ(first_line_of("a: " + repeat("[", 32) + "x" + repeat("]", 32)),
            "case.yaml:1:35: error: nested deeper than 32 levels");
  std::string keys;
  for (int i = 0; i < 1000; ++i) keys += "k" + std::to_string(i) + ": 1\n";
  EXPECT_EQ(first_line_of(keys), "accepted");
  EXPECT_EQ(first_line_of(keys + "more: 1\n"), "case.yaml:1001:1: error: more than 1000 keys in one map");
  EXPECT_EQ(first_line_of("a:\n" + repeat("- 1\n", 9997)), "accepted");  // with the map, the key and the list
  EXPECT_EQ(first_line_of("a:\n" + repeat("- 1\n", 9998)), "case.yaml:9999:3: error: more than 10000 keys and values");
  EXPECT_EQ(first_line_of("a: " + std::string(65536, 'x') + "\n"), "accepted");
  EXPECT_EQ(refusal_of("a: |\n" + repeat(" " + std::string(64, 'x') + "\n", 1100)),
            "case.yaml:1:4: error: this text has 71500 bytes; at most 65536 are allowed\n"
            "a: |\n   ^\n"
            "  hint: large data belongs into a CSV file");
  const std::string comment = "# " + std::string(100, 'c') + "\n";
  EXPECT_EQ(refusal_of("a: 1\n" + repeat(comment, 1024 * 1024 / 103 + 1)),
            "case.yaml: error: the file has more than 1048576 bytes\n"
            "  hint: large data belongs into a CSV file that the case names");
}

TEST(YamlTree, HostileFilesAreRefusedAtOnce) {
  const std::clock_t start = std::clock();
  const std::string endless = "case.yaml:1:1: error: what begins here does not end within 128 KiB";
  EXPECT_EQ(first_line_of(repeat("[", 1000000)), endless);
  EXPECT_EQ(first_line_of(repeat("{", 1000000)), endless);
  EXPECT_EQ(first_line_of(repeat("[{", 500000)), endless);
  EXPECT_EQ(first_line_of("[" + repeat(",", 1000000)), endless);
  EXPECT_EQ(first_line_of(repeat("''", 500000)), endless);
  EXPECT_EQ(first_line_of("a: " + std::string(1000000, 'x')), endless);
  EXPECT_EQ(first_line_of(repeat("[", 100000)), "case.yaml:1:1: error: this bracket is never closed");
  EXPECT_EQ(first_line_of("a: ['" + std::string(60000, 'x') + repeat("', '" + std::string(60000, 'x'), 14) + "'" +
                          repeat(",1", 9970) + "]\n"),
            "accepted");  // places far out on one line
  EXPECT_EQ(first_line_of("a: " + repeat("{a: ", 100000)), "case.yaml:1:128: error: nested deeper than 32 levels");
  EXPECT_EQ(first_line_of(repeat("- ", 100000)), "case.yaml:1:65: error: nested deeper than 32 levels");
  std::string keys;
  for (int i = 0; i < 1000000; ++i) keys += "k" + std::to_string(i) + ": 1\n";
  EXPECT_EQ(first_line_of(keys), "case.yaml: error: the file has more than 1048576 bytes");
  EXPECT_EQ(first_line_of(keys.substr(0, 1000000)), "case.yaml:1001:1: error: more than 1000 keys in one map");
  std::string bomb = "a: &a [x,x,x,x,x,x,x,x,x]\n";
  for (char name = 'b'; name < 'k'; ++name) {
    bomb += std::string(1, name) + ": &" + name + " [" +
            repeat(std::string("*") + static_cast<char>(name - 1) + ",", 9) + "]\n";
  }
  EXPECT_NE(first_line_of(bomb).find("anchors"), std::string::npos);
  const double cpu_seconds = static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
  EXPECT_LT(cpu_seconds, 10);  // a dozen files; unguarded, one of them takes minutes
}

TEST(YamlTree, ReadsFromTheMiddleOfATextAndCountsNodes) {
  const Source source("command line", std::make_shared<const std::string>("at=[x-, {a: 1}]"));
  std::size_t count = 7;
  const Node node = parse_yaml(source, 3, 1, count);
  ASSERT_TRUE(node.is_list());
  EXPECT_EQ(node.place.column, 4);
  EXPECT_EQ(node.find_path("1.a")->place.column, 13);
  EXPECT_EQ(node.find_path("1.a")->begin, 12u);
  EXPECT_EQ(count, 12u);  // the list, x-, the map, its key and its value
  EXPECT_THROW(parse_yaml(source, 3, document_limits::depth, count), InputError);
}

}  // namespace
}  // namespace nusselt
