#include "solver/case/input_error.hpp"

#include <algorithm>
#include <cstdint>
#include <cstdio>

namespace nusselt {

namespace {

/// Longer lines are shown in part: room for the caret with its surroundings on one terminal line.
constexpr std::size_t shown_before_column = 100;
constexpr std::size_t shown_from_column = 60;

struct Character {
  std::size_t length = 0;  // bytes; 0 when the bytes are not well-formed UTF-8
  std::uint32_t code = 0;
};

Character decode(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char first = byte(0);
  if (first < 0x80) return {1, first};
  const std::size_t length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  if (first < 0xc2 || first > 0xf4 || text.size() < length) return {};
  std::uint32_t code = first & (0xffu >> (length + 1));
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xc0u) != 0x80u) return {};
    code = (code << 6) | (byte(i) & 0x3fu);
  }
  constexpr std::uint32_t smallest[] = {0, 0, 0x80, 0x800, 0x10000};
  const bool surrogate = code >= 0xd800 && code <= 0xdfff;
  if (code < smallest[length] || code > 0x10ffff || surrogate) return {};
  return {length, code};
}

/// Characters that move the cursor, change the terminal or reorder what is read.
bool is_harmful(std::uint32_t code) {
  return code < 0x20 || (code >= 0x7f && code < 0xa0) || code == 0x2028 || code == 0x2029 ||
         (code >= 0x202a && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069);
}

bool continues_character(char c) { return (static_cast<unsigned char>(c) & 0xc0u) == 0x80u; }

/// The first character of `text` as it is shown, and its bytes removed from `text`.
std::string take_printable(std::string_view& text) {
  const Character character = decode(text);
  const std::size_t length = std::max<std::size_t>(character.length, 1);
  std::string shown(text.substr(0, length));
  char escape[16];
  if (character.length == 0) {
    std::snprintf(escape, sizeof escape, "\\x%02x", static_cast<unsigned char>(text[0]));
    shown = escape;
  } else if (is_harmful(character.code)) {
    std::snprintf(escape, sizeof escape, character.code < 0x100 ? "\\x%02x" : "\\u%04x", character.code);
    shown = escape;
  }
  text.remove_prefix(length);
  return shown;
}

std::string printable(std::string_view text) {
  std::string result;
  while (!text.empty()) result += take_printable(text);
  return result;
}

/// The line and under it the caret. Tabs stay tabs in both, so that the caret stands right at any tab width.
std::string underlined(const Place& place) {
  std::string line = place.skipped > 0 ? "..." : "";
  std::string below(line.size(), ' ');
  std::string_view rest = place.source;
  for (int column = place.skipped + 1; !rest.empty(); ++column) {
    const bool is_tab = rest.front() == '\t';
    std::string shown = is_tab ? "\t" : take_printable(rest);
    if (is_tab) rest.remove_prefix(1);
    if (column < place.column) below += is_tab ? "\t" : std::string(count_characters(shown), ' ');
    line += shown;
  }
  return line + "\n" + below + "^";
}

std::string render(const Place& place, const std::string& message, const std::string& hint) {
  std::string text = printable(place.file);
  if (place.line > 0) text += ":" + std::to_string(place.line) + ":" + std::to_string(place.column);
  text += ": error: " + printable(message);
  if (place.line > 0) text += "\n" + underlined(place);
  if (!hint.empty()) text += "\n  hint: " + printable(hint);
  return text;
}

}  // namespace

std::size_t count_characters(std::string_view text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return !continues_character(c); }));
}

Place place_at(const std::string& file, std::string_view text, std::size_t offset) {
  offset = std::min(offset, text.size());
  while (offset > 0 && offset < text.size() && continues_character(text[offset])) --offset;
  const std::string_view before = text.substr(0, offset);
  const std::size_t begin = before.rfind('\n') + 1;  // npos + 1 is 0: the first line
  const int number = 1 + static_cast<int>(std::count(before.begin(), before.end(), '\n'));
  return place_in_line(file, number, text.substr(begin, text.find('\n', offset) - begin), offset - begin,
                       count_characters(before.substr(begin)));
}

Place place_in_line(const std::string& file, int number, std::string_view line, std::size_t offset,
                    std::size_t characters_before) {
  if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
  offset = std::min(offset, line.size());
  std::size_t begin = offset;
  for (std::size_t kept = 0; begin > 0 && kept < shown_before_column;) kept += !continues_character(line[--begin]);
  std::size_t end = offset;
  for (std::size_t kept = 0; end < line.size() && kept < shown_from_column;) kept += !continues_character(line[end++]);
  while (end < line.size() && continues_character(line[end])) ++end;

  Place place;
  place.file = file;
  place.line = number;
  place.skipped = static_cast<int>(characters_before - count_characters(line.substr(begin, offset - begin)));
  place.column = 1 + static_cast<int>(characters_before);
  place.source = std::string(line.substr(begin, end - begin));
  if (end < line.size()) place.source += "...";
  return place;
}

std::string quote(std::string_view text, std::size_t limit) {
  std::string result = "\"";
  for (std::size_t characters = 0; !text.empty(); ++characters) {
    if (characters == limit) {
      result += "...";
      break;
    }
    result += take_printable(text);
  }
  return result + "\"";
}

std::size_t valid_utf8_length(std::string_view text) {
  std::size_t offset = 0;
  while (offset < text.size()) {
    const std::size_t length = decode(text.substr(offset)).length;
    if (length == 0) break;
    offset += length;
  }
  return offset;
}

InputError::InputError(const Place& place, const std::string& message, const std::string& hint)
    : std::runtime_error(render(place, message, hint)), place_(place), message_(message), hint_(hint) {}

}  // namespace nusselt
