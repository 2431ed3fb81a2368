#include "solver/case/stl.hpp"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstring>

#include "solver/case/input_error.hpp"
#include "solver/case/regular_file.hpp"

namespace nusselt {

namespace {

constexpr std::size_t head = 84;    // bytes before the triangles of a binary file
constexpr std::size_t record = 50;  // of a triangle: a normal, three corners, two bytes

Place whole_file(const std::string& file) {
  Place place;
  place.file = file;
  return place;
}

constexpr const char* coarser = "let the program that made it write a coarser surface";

std::string too_many() { return "more than " + std::to_string(StlLimits::triangles) + " triangles"; }

/// Little-endian, wherever the program runs.
std::uint32_t integer_at(std::string_view bytes, std::size_t at) {
  std::uint32_t value = 0;
  for (int k = 3; k >= 0; --k) value = value << 8 | static_cast<unsigned char>(bytes[at + k]);
  return value;
}

StlFile parse_binary(std::string_view bytes, const std::string& file) {
  const std::size_t count = integer_at(bytes, 80);
  if (count > StlLimits::triangles) throw InputError(whole_file(file), too_many(), coarser);
  StlFile stl{{}, {""}};
  stl.triangles.reserve(count);
  for (std::size_t t = 0; t < count; ++t) {
    StlFile::Triangle triangle{{}, 0};
    for (int k = 0; k < 9; ++k) {
      const std::uint32_t bits = integer_at(bytes, head + t * record + 12 + 4 * static_cast<std::size_t>(k));
      float value = 0;
      std::memcpy(&value, &bits, sizeof value);
      if (!std::isfinite(value)) {
        throw InputError(whole_file(file), "triangle " + std::to_string(t + 1) + " has a corner that is not finite");
      }
      triangle.corners[k / 3][k % 3] = value;
    }
    stl.triangles.push_back(triangle);
  }
  return stl;
}

class TextParser {
 public:
  TextParser(std::string_view bytes, const std::string& file) : bytes_(bytes), file_(file) {}

  StlFile parse() {
    while (next_word()) {
      expect_word("solid");
      // The name is the rest of the line.
      const std::size_t end = std::min(bytes_.find_first_of("\r\n", at_), bytes_.size());
      stl_.solids.push_back(name_in(bytes_.substr(at_, end - at_)));
      at_ = end;
      while (true) {
        need_word("facet or endsolid");
        if (is("endsolid")) break;
        facet();
      }
      at_ = std::min(bytes_.find_first_of("\r\n", at_), bytes_.size());
    }
    return std::move(stl_);
  }

 private:
  [[noreturn]] void fail(const std::string& message, const std::string& hint = {}) const {
    throw InputError(place_at(file_, bytes_, word_at_), message, hint);
  }

  bool next_word() {
    const auto blank = [](char c) { return std::isspace(static_cast<unsigned char>(c)) != 0; };
    while (at_ < bytes_.size() && blank(bytes_[at_])) ++at_;
    word_at_ = at_;
    while (at_ < bytes_.size() && !blank(bytes_[at_])) ++at_;
    word_ = bytes_.substr(word_at_, at_ - word_at_);
    return !word_.empty();
  }

  void need_word(const std::string& expected) {
    if (!next_word()) fail("the file ends where " + expected + " is expected", "was it cut off?");
  }

  bool is(std::string_view keyword) const {
    return std::equal(word_.begin(), word_.end(), keyword.begin(), keyword.end(),
                      [](char a, char b) { return std::tolower(static_cast<unsigned char>(a)) == b; });
  }

  void expect_word(std::string_view keyword) const {
    if (!is(keyword)) fail("expected " + std::string(keyword) + ", got " + quote(word_));
  }

  void expect(std::initializer_list<std::string_view> keywords) {
    for (const std::string_view keyword : keywords) {
      need_word(std::string(keyword));
      expect_word(keyword);
    }
  }

  double number() {
    need_word("a number");
    std::string_view text = word_;
    if (text.size() > 1 && text.front() == '+' && text[1] != '-') text.remove_prefix(1);
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error == std::errc::invalid_argument || end != text.data() + text.size()) {
      fail("expected a number, got " + quote(word_));
    }
    if (error != std::errc() || !std::isfinite(value)) fail(quote(word_) + " is not a finite number");
    return value;
  }

  void facet() {
    expect_word("facet");
    expect({"normal"});
    // Of a facet without area some programs write nan.
    for (int k = 0; k < 3; ++k) need_word("a number");
    expect({"outer", "loop"});
    StlFile::Triangle triangle{{}, static_cast<int>(stl_.solids.size()) - 1};
    for (Position& corner : triangle.corners) {
      expect({"vertex"});
      for (double& coordinate : corner) coordinate = number();
    }
    need_word("endloop");
    if (is("vertex")) fail("a facet with more than three corners", "STL knows triangles only");
    expect_word("endloop");
    expect({"endfacet"});
    if (stl_.triangles.size() == StlLimits::triangles) fail(too_many(), coarser);
    stl_.triangles.push_back(triangle);
  }

  /// What can stand in the name of a face.
  static std::string name_in(std::string_view text) {
    std::string name;
    for (const char c : text.substr(0, StlLimits::name_bytes)) {
      const bool word = std::isalnum(static_cast<unsigned char>(c)) || c == '_';
      if (word) name += c;
      if (!word && !name.empty() && name.back() != '_') name += '_';
    }
    while (!name.empty() && name.back() == '_') name.pop_back();
    return name;
  }

  std::string_view bytes_;
  const std::string& file_;
  std::size_t at_ = 0;
  std::size_t word_at_ = 0;
  std::string_view word_;
  StlFile stl_;
};

}  // namespace

StlFile parse_stl(std::string_view bytes, const std::string& file) {
  // A binary file may begin with "solid" as well, so its size decides.
  if (bytes.size() >= head && bytes.size() == head + record * integer_at(bytes, 80)) {
    StlFile stl = parse_binary(bytes, file);
    if (stl.triangles.empty()) throw InputError(whole_file(file), "there are no triangles");
    return stl;
  }
  const std::size_t begin = std::min(bytes.find_first_not_of(" \t\r\n"), bytes.size());
  const bool text = bytes.substr(begin, 5) == "solid" && bytes.find('\0') == std::string_view::npos;
  if (!text) {
    const std::string size = std::to_string(bytes.size()) + " bytes";
    throw InputError(whole_file(file),
                     bytes.size() < head ? "is no STL file: " + size + " that do not begin with solid"
                                         : "is no STL file: it says that it has " +
                                               std::to_string(integer_at(bytes, 80)) + " triangles, which would be " +
                                               std::to_string(head + record * std::size_t{integer_at(bytes, 80)}) +
                                               " bytes, and has " + std::to_string(bytes.size()),
                     "was it cut off, or is it of another format?");
  }
  StlFile stl = TextParser(bytes, file).parse();
  if (stl.triangles.empty()) throw InputError(whole_file(file), "there are no triangles");
  return stl;
}

Shape read_stl(const std::filesystem::path& path, double unit, std::vector<std::string>& notes) {
  std::string bytes;
  try {
    const RegularFile file(path, StlLimits::file_bytes);
    bytes = file.first(file.size());
  } catch (const RegularFileError& error) {
    throw InputError(whole_file(path.string()), error.what());
  }
  return stl_shape(parse_stl(bytes, path.string()), unit, path.string(), notes);
}

}  // namespace nusselt
