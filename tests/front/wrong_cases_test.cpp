// Wrong cases, a file each in wrong_cases/, which says in its first lines what is expected of `check`:
//
//   # override: constants.mu=1.8e-5 m^2/s                  as many as there are; the place may be on the command line
//   # expect: 12:7: constants.mu: expected ...             line, column and message; without a place, the whole file
//   # hint: add the unit                                   none where there is none
//
// Place, message and hint are compared to the last letter; a hint that ends in `...` is the beginning of one, such as
// the list of all keys.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <vector>

#include "small_case.hpp"

namespace nusselt {
namespace {

const std::filesystem::path folder = NUSSELT_SOURCE_DIR "/tests/front/wrong_cases";

std::vector<std::string> wrong_cases() {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) names.push_back(entry.path().stem().string());
  std::sort(names.begin(), names.end());
  return names;
}

struct WrongCase {
  std::string text;
  std::vector<std::string> overrides;
  std::string expected;
  std::string hint;

  explicit WrongCase(const std::string& name) {
    std::ifstream file(folder / (name + ".yaml"), std::ios::binary);
    text.assign(std::istreambuf_iterator<char>(file), {});
    std::istringstream lines(text);
    const auto take = [](const std::string& line, const std::string& mark, std::string& rest) {
      if (!line.starts_with(mark)) return false;
      rest = line.substr(mark.size());
      return true;
    };
    std::string override_text;
    for (std::string line; std::getline(lines, line) && line.starts_with("#");) {
      if (take(line, "# override: ", override_text)) overrides.push_back(override_text);
      take(line, "# expect: ", expected);
      take(line, "# hint: ", hint);
    }
  }
};

class WrongCases : public testing::TestWithParam<std::string> {};

TEST_P(WrongCases, AreRefusedAtTheRightPlaceWithTheRightWords) {
  const WrongCase wrong(GetParam());
  std::string said = refusal([&] {
    Document document("case.yaml", wrong.text);
    for (const std::string& text : wrong.overrides) document.override(text);
    read_case(std::move(document), folder.string());
  });
  // case.yaml:12:7: error: what\n<line>\n<caret>\n  hint: ...
  const std::string first = said.substr(0, said.find('\n'));
  const std::size_t mark = first.find(": error: ");
  ASSERT_NE(mark, std::string::npos) << said;
  const std::string file = "case.yaml";
  std::string place = first.substr(0, mark);
  if (place.starts_with(file)) place = place.substr(std::min(place.size(), file.size() + 1));
  EXPECT_EQ((place.empty() ? "" : place + ": ") + first.substr(mark + 9), wrong.expected) << said;
  const std::size_t hint = said.find("\n  hint: ");
  std::string given = hint == std::string::npos ? "" : said.substr(hint + 9);
  std::string expected = wrong.hint;
  if (expected.ends_with("...")) {
    expected.resize(expected.size() - 3);
    given.resize(std::min(given.size(), expected.size()));
  }
  EXPECT_EQ(given, expected) << said;
}

INSTANTIATE_TEST_SUITE_P(Case, WrongCases, testing::ValuesIn(wrong_cases()), [](const auto& row) { return row.param; });

TEST(WrongCase, OfEveryKindThereAreEnough) {
  const std::vector<std::string> names = wrong_cases();
  EXPECT_GE(names.size(), 60u);
  for (const char* kind : {"unit_", "key_", "yaml_", "box_", "condition_", "constant_", "scale_", "function_",
                           "output_", "source_", "override_", "text_"}) {
    EXPECT_TRUE(std::any_of(names.begin(), names.end(), [&](const std::string& name) {
      return name.starts_with(kind);
    })) << kind;
  }
}

}  // namespace
}  // namespace nusselt
