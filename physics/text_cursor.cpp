#include "physics/text_cursor.hpp"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cmath>

namespace nusselt {

namespace {

constexpr std::size_t longest_text = 4096;
constexpr std::string_view axis_letters = "xyzt";

}  // namespace

bool starts_name(char c) { return std::isalpha(static_cast<unsigned char>(c)) || c == '_'; }
bool continues_name(char c) { return std::isalnum(static_cast<unsigned char>(c)) || c == '_'; }

TextCursor::TextCursor(std::string_view text, std::function<bool(const std::string&)> is_name)
    : text_(text), is_name_(std::move(is_name)) {
  if (text.size() > longest_text) {
    throw TextError("the text is longer than " + std::to_string(longest_text) + " characters", 0,
                    "split it: give parts of it names under constants or formulas");
  }
}

void TextCursor::skip_space() {
  while (at_ < text_.size() && std::isspace(static_cast<unsigned char>(text_[at_]))) ++at_;
}

bool TextCursor::take(char c) {
  skip_space();
  if (at_ >= text_.size() || text_[at_] != c) return false;
  ++at_;
  return true;
}

void TextCursor::expect(char c, const std::string& where) {
  if (!take(c)) throw TextError(std::string("expected '") + c + "' " + where, at_);
}

std::string TextCursor::identifier() {
  const std::size_t start = at_;
  while (at_ < text_.size() && continues_name(text_[at_])) ++at_;
  return std::string(text_.substr(start, at_ - start));
}

bool TextCursor::at_assignment() {
  skip_space();
  const std::size_t place = at_;
  const std::string name = identifier();
  skip_space();
  const bool assigned = name.size() == 1 && axis_letters.find(name) != std::string_view::npos && here() == '=';
  at_ = place;
  return assigned;
}

Quantity TextCursor::literal() {
  const std::size_t start = at_;
  double value = 0;
  const char* first = text_.data() + at_;
  const auto [end, error] = std::from_chars(first, text_.data() + text_.size(), value);
  if (error != std::errc() || !std::isfinite(value)) throw TextError("not a number", at_);
  at_ += static_cast<std::size_t>(end - first);
  const std::size_t unit_end = end_of_unit();
  if (unit_end == at_) {
    refuse_juxtaposition();
    return {value, Dimension(), false, ""};
  }
  refuse_open_fraction(unit_end);
  try {
    Quantity quantity = parse_quantity(text_.substr(start, unit_end - start));
    at_ = unit_end;
    return quantity;
  } catch (const TextError& error) {
    throw TextError(error.what(), start + error.offset(), error.hint());
  }
}

/// `200 mm^1/2`: the root of a millimetre, or half of one?
void TextCursor::refuse_open_fraction(std::size_t end) const {
  const auto is_digit = [&](std::size_t i) {
    return i < text_.size() && std::isdigit(static_cast<unsigned char>(text_[i]));
  };
  std::size_t power = end;
  while (is_digit(power - 1)) --power;
  if (power == end || !is_digit(end + 1) || text_[end] != '/') return;
  const std::size_t sign = text_[power - 1] == '-' ? power - 1 : power;
  if (text_[sign - 1] != '^') return;
  throw TextError("'" + std::string(text_.substr(sign - 1, end + 2 - sign + 1)) + "' behind a unit is ambiguous", end,
                  "write ^(1/2) for the power, a blank before / for the quotient");
}

/// `5 g` where g is a constant: gram or gravity?
void TextCursor::refuse_juxtaposition() {
  skip_space();
  if (at_ == text_.size() || !starts_name(text_[at_])) return;
  const std::size_t place = at_;
  const std::string name = identifier();
  at_ = place;
  if (!is_name_(name)) return;
  throw TextError("after a number '" + name + "' can be a unit or the constant of that name", place,
                  "write the unit in brackets, `[" + name + "]`, and a product with `*`");
}

/// Where the unit that starts here ends; the current place if none starts here.
std::size_t TextCursor::end_of_unit() const {
  std::size_t i = at_;
  while (i < text_.size() && text_[i] == ' ') ++i;
  if (i < text_.size() && text_[i] == '[') {
    const std::size_t close = text_.find(']', i);
    if (close == std::string_view::npos) throw TextError("'[' is not closed", i);
    return close + 1;
  }
  std::size_t end = at_;
  const std::size_t reciprocal = i > at_ ? past_one_over(i) : i;
  const bool has_begun = reciprocal != i;
  i = reciprocal;
  while (i < text_.size()) {
    // One factor: a unit symbol with an optional exponent, or a parenthesised group of them.
    std::size_t j = i;
    if (text_[j] == '(') {
      if ((end == at_ && !has_begun) || j + 1 >= text_.size() || !is_unit_name(j + 1)) break;
      j = text_.find(')', j);
      if (j == std::string_view::npos) break;
      ++j;
    } else if (is_unit_name(j)) {
      while (j < text_.size() && (continues_name(text_[j]) || static_cast<unsigned char>(text_[j]) >= 0x80)) ++j;
    } else {
      break;
    }
    if (j < text_.size() && text_[j] == '^') {
      std::size_t k = j + 1;
      if (k < text_.size() && text_[k] == '(') {
        k = std::min(text_.find(')', k), text_.size() - 1) + 1;
      } else {
        if (k < text_.size() && text_[k] == '-') ++k;
        while (k < text_.size() && std::isdigit(static_cast<unsigned char>(text_[k]))) ++k;
      }
      j = k;
    }
    end = j;
    // Another factor follows after a blank, `*` or `/`, if what follows is a unit and not a name of the case.
    while (j < text_.size() && text_[j] == ' ') ++j;
    if (j < text_.size() && (text_[j] == '/' || text_[j] == '*')) ++j;
    while (j < text_.size() && text_[j] == ' ') ++j;
    if (j == end) break;
    i = j;
  }
  return end;
}

/// Past the `1/` of a unit such as 1/s or 1/(m K); `i` itself where none stands there.
std::size_t TextCursor::past_one_over(std::size_t i) const {
  if (i >= text_.size() || text_[i] != '1') return i;
  const std::size_t slash = text_.find_first_not_of(' ', i + 1);
  if (slash == std::string_view::npos || text_[slash] != '/') return i;
  const std::size_t unit = text_.find_first_not_of(' ', slash + 1);
  if (unit == std::string_view::npos) return i;
  const bool begins = is_unit_name(unit) || (text_[unit] == '(' && unit + 1 < text_.size() && is_unit_name(unit + 1));
  return begins ? unit : i;
}

bool TextCursor::is_unit_name(std::size_t i) const {
  std::size_t j = i;
  while (j < text_.size() && (continues_name(text_[j]) || static_cast<unsigned char>(text_[j]) >= 0x80)) ++j;
  const std::string name(text_.substr(i, j - i));
  if (name.empty() || std::isdigit(static_cast<unsigned char>(name.front())) || is_name_(name)) {
    return false;
  }
  return !(j < text_.size() && text_[j] == '(');  // a function call
}

Rational TextCursor::exponent() {
  if (take('(')) {
    const Rational value = signed_integer();
    if (!take('/')) {
      expect(')', "after the exponent");
      return value;
    }
    const std::size_t place = at_;
    const Rational divisor = signed_integer();
    if (divisor == Rational(0)) throw TextError("an exponent is divided by zero", place);
    expect(')', "after the exponent");
    return value / divisor;
  }
  const Rational value = signed_integer();
  if (here() == '.') {
    throw TextError("an exponent must be a whole number or a fraction", at_, "write ^(1/2) for a square root");
  }
  return value;
}

Rational TextCursor::pow_exponent() {
  const bool parenthesised = take('(');
  Rational value = decimal();
  if (take('/')) {
    const std::size_t place = at_;
    const Rational divisor = decimal();
    if (divisor == Rational(0)) throw TextError("an exponent is divided by zero", place);
    value /= divisor;
  }
  if (parenthesised) expect(')', "after the exponent");
  return value;
}

int TextCursor::small_integer() {
  skip_space();
  int value = 0;
  const char* first = text_.data() + at_;
  const auto [end, error] = std::from_chars(first, text_.data() + text_.size(), value);
  constexpr int largest = 64;
  if (error != std::errc() || value > largest || value < 0) {
    throw TextError("expected a small whole number as exponent", at_, "exponents are like 2, -1 or (1/3)");
  }
  at_ += static_cast<std::size_t>(end - first);
  return value;
}

Rational TextCursor::signed_integer() {
  const bool negative = take('-');
  const int value = small_integer();
  return negative ? -value : value;
}

/// A number of at most three decimals, exactly.
Rational TextCursor::decimal() {
  const bool negative = take('-');
  Rational value = small_integer();
  if (take('.')) {
    std::int64_t unit = 1;
    for (; std::isdigit(static_cast<unsigned char>(here())); ++at_) {
      unit *= 10;
      if (unit > 1000) throw TextError("an exponent has at most three decimals", at_, "write a fraction such as 2/3");
      value += Rational(here() - '0', unit);
    }
  }
  return negative ? -value : value;
}

std::vector<std::string> mentioned_names(std::string_view text) {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < text.size();) {
    if (text[i] == '[') {  // a unit
      i = std::min(text.find(']', i), text.size());
      continue;
    }
    if (!starts_name(text[i])) {
      // A number takes its exponent along: the e of 1e4 is no name.
      const bool number = std::isdigit(static_cast<unsigned char>(text[i])) || text[i] == '.';
      ++i;
      while (number && i < text.size() && (continues_name(text[i]) || text[i] == '.')) ++i;
      continue;
    }
    const std::size_t start = i;
    while (i < text.size() && continues_name(text[i])) ++i;
    names.emplace_back(text.substr(start, i - start));
  }
  return names;
}

}  // namespace nusselt
