#include "solver/case/input_error.hpp"

#include <gtest/gtest.h>

namespace nusselt {
namespace {

std::string message_at(const std::string& text, std::size_t offset) {
  return InputError(place_at("case.yaml", text, offset), "wrong").what();
}

TEST(InputError, ReadsLikeACompilersMessage) {
  const std::string text = "constants:\n    mu: 1.8e-5 m^2/s\nseed: 1\n";
  const InputError error(place_at("case.yaml", text, text.find("1.8e-5")),
                         "constants.mu: expected a dynamic viscosity [Pa s], got \"1.8e-5 m^2/s\"",
                         "write 1.8e-5 Pa s");
  EXPECT_STREQ(error.what(),
               "case.yaml:2:9: error: constants.mu: expected a dynamic viscosity [Pa s], got \"1.8e-5 m^2/s\"\n"
               "    mu: 1.8e-5 m^2/s\n"
               "        ^\n"
               "  hint: write 1.8e-5 Pa s");
  EXPECT_EQ(error.place().line, 2);
  EXPECT_EQ(error.place().column, 9);
  EXPECT_EQ(error.place().source, "    mu: 1.8e-5 m^2/s");
  EXPECT_EQ(error.hint(), "write 1.8e-5 Pa s");
  EXPECT_EQ(InputError::exit_code, 65);
}

TEST(InputError, WholeFileHasNoLine) {
  EXPECT_STREQ(InputError({"case.yaml", 0, 0, {}, 0}, "there is no such file").what(),
               "case.yaml: error: there is no such file");
}

TEST(InputError, PlacesAtTheEdgesOfLines) {
  const std::string text = "ab\n\ncd";
  EXPECT_EQ(message_at(text, 0), "case.yaml:1:1: error: wrong\nab\n^");
  EXPECT_EQ(message_at(text, 2), "case.yaml:1:3: error: wrong\nab\n  ^");
  EXPECT_EQ(message_at(text, 3), "case.yaml:2:1: error: wrong\n\n^");
  EXPECT_EQ(message_at(text, 5), "case.yaml:3:2: error: wrong\ncd\n ^");
  EXPECT_EQ(message_at(text, 99), "case.yaml:3:3: error: wrong\ncd\n  ^");
  EXPECT_EQ(message_at("", 0), "case.yaml:1:1: error: wrong\n\n^");
  EXPECT_EQ(message_at("ab\r\ncd\r\n", 5), "case.yaml:2:2: error: wrong\ncd\n ^");
}

TEST(InputError, CaretStandsRightAfterTabsAndUtf8) {
  EXPECT_EQ(message_at("\ta\tb", 3), "case.yaml:1:4: error: wrong\n\ta\tb\n\t \t^");
  EXPECT_EQ(message_at("ΔT: 3 µm", 8), "case.yaml:1:7: error: wrong\nΔT: 3 µm\n      ^");  // bytes 0-1 are one letter
}

TEST(InputError, EscapesWhatCouldDriveTheTerminal) {
  EXPECT_EQ(message_at("a\x1b[31mb", 6), "case.yaml:1:7: error: wrong\na\\x1b[31mb\n         ^");
  const std::string reordered =
      InputError({"f", 0, 0, {}, 0}, "key \xe2\x80\xae and \x7f and \xc2\x9b and \xff").what();
  EXPECT_EQ(reordered, "f: error: key \\u202e and \\x7f and \\x9b and \\xff");
  EXPECT_STREQ(InputError({"\x1b", 0, 0, {}, 0}, "m", "h\n").what(), "\\x1b: error: m\n  hint: h\\x0a");
}

TEST(InputError, LongLinesAreShownAroundTheColumn) {
  const std::string line = std::string(5000, 'a') + "X" + std::string(5000, 'b');
  const Place place = place_at("case.yaml", line, 5000);
  EXPECT_EQ(place.column, 5001);
  EXPECT_EQ(place.skipped, 4900);
  EXPECT_EQ(place.source, std::string(100, 'a') + "X" + std::string(59, 'b') + "...");
  EXPECT_EQ(message_at(line, 5000), "case.yaml:1:5001: error: wrong\n..." + std::string(100, 'a') + "X" +
                                        std::string(59, 'b') + "...\n" + std::string(103, ' ') + "^");
}

TEST(InputError, QuoteShortensAndEscapes) {
  EXPECT_EQ(quote("1.8e-5 m"), "\"1.8e-5 m\"");
  EXPECT_EQ(quote("a\nb\tc"), "\"a\\x0ab\\x09c\"");
  EXPECT_EQ(quote("µµµµ", 3), "\"µµµ...\"");
  EXPECT_EQ(quote("µµµ", 3), "\"µµµ\"");
}

TEST(InputError, ValidUtf8Length) {
  EXPECT_EQ(valid_utf8_length("aµ€😀"), 10u);
  EXPECT_EQ(valid_utf8_length("ab\xff"), 2u);
  EXPECT_EQ(valid_utf8_length("a\xc0\xaf"), 1u);          // overlong
  EXPECT_EQ(valid_utf8_length("a\xe0\x80\xaf"), 1u);      // overlong
  EXPECT_EQ(valid_utf8_length("a\xed\xa0\x80"), 1u);      // surrogate
  EXPECT_EQ(valid_utf8_length("a\xf4\x90\x80\x80"), 1u);  // above U+10FFFF
  EXPECT_EQ(valid_utf8_length("a\xe2\x82"), 1u);          // cut off
  EXPECT_EQ(valid_utf8_length("a\x80"), 1u);
}

}  // namespace
}  // namespace nusselt
