// One recursive-descent reader for the whole grammar of quantity.hpp. It is longer than most files here, because half
// of it is what it refuses: each ambiguity is recognised where it arises and answered with what to write instead.
#include "nondim/quantity.hpp"

#include <charconv>
#include <cmath>
#include <cstdint>
#include <optional>
#include <utility>

#include "nondim/unit_table.hpp"

namespace nusselt {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '%'; }

// Letters of more than one byte that stand in unit symbols: degree, the two micro signs, the two ohm signs.
constexpr std::string_view wide_letters[] = {"°", "µ", "μ", "Ω", "Ω"};
constexpr std::string_view products[] = {"·", "⋅"};
constexpr std::string_view superscripts[] = {"⁰", "¹", "²", "³", "⁴", "⁵", "⁶", "⁷", "⁸", "⁹"};
constexpr std::string_view superscript_minus = "⁻";
constexpr std::string_view no_break_space = "\u00a0";

// Exponents of real units are small; the bound keeps the exact arithmetic far from overflow.
constexpr std::int64_t exponent_bound = 100;
constexpr std::int64_t denominator_bound = 24;
constexpr int nesting_bound = 20;

bool is_bounded(const Rational& e) {
  return boost::abs(e) <= Rational(exponent_bound) && e.denominator() <= denominator_bound;
}

std::string in_quotes(std::string_view text) { return "'" + std::string(text) + "'"; }

class Reader {
 public:
  Reader(std::string_view text, std::size_t begin, std::size_t end) : text_(text.substr(0, end)), at_(begin) {
    skip_blanks();
  }

  bool at_end() const { return at_ == text_.size(); }
  std::size_t offset() const { return at_; }
  std::string_view rest() const { return text_.substr(at_); }

  double number();
  /// The unit that fills the rest of the text. After a number it may begin with a slash: 3/s is 3 per second.
  Unit whole_unit(bool after_number);

 private:
  // A product under way. `only_level` is the unit as long as it is a single level unit with power one.
  struct Product {
    double factor = 1;
    Dimension dimension;
    std::optional<Unit> only_level;
    bool empty = true;
  };

  bool take(std::string_view token) {
    if (!rest().starts_with(token)) return false;
    at_ += token.size();
    return true;
  }
  bool skip_blanks() {
    const std::size_t before = at_;
    while (take(" ") || take("\t") || take(no_break_space)) {
    }
    return at_ != before;
  }
  bool take_product_sign() {
    for (const std::string_view sign : products) {
      if (take(sign)) return true;
    }
    return !rest().starts_with("**") && take("*");
  }
  /// The next character, which may have several bytes, for messages.
  std::string_view character() const {
    std::size_t size = 1;
    while (at_ + size < text_.size() && (static_cast<unsigned char>(text_[at_ + size]) & 0xC0) == 0x80) ++size;
    return text_.substr(at_, size);
  }
  [[noreturn]] void fail(const std::string& message, std::size_t offset, const std::string& hint = {}) const {
    throw TextError(message, offset, hint);
  }

  Product product(int depth, bool after_number);
  Product factor(int depth);
  std::string_view symbol();
  std::optional<Rational> power(std::string_view base);
  Rational written_power(std::string_view base);
  std::int64_t integer(std::string_view base);
  std::optional<Rational> superscript_power();
  void multiply(Product& product, const Product& factor, const Rational& power, std::size_t offset) const;
  [[noreturn]] void refuse_ambiguous(std::size_t group_begin, std::size_t slash, std::size_t offset);

  std::string_view text_;
  std::size_t at_;
};

double Reader::number() {
  const std::size_t begin = at_;
  take("+");
  const std::string_view digits = rest();
  const bool minus = digits.starts_with("-");
  const std::string_view unsigned_digits = digits.substr(minus ? 1 : 0);
  const bool starts_well = !unsigned_digits.empty() &&
                           (is_digit(unsigned_digits[0]) ||
                            (unsigned_digits[0] == '.' && unsigned_digits.size() > 1 && is_digit(unsigned_digits[1])));
  if (!starts_well || (minus && at_ != begin)) {
    fail("a number was expected, got " + in_quotes(text_.substr(begin)), begin,
         "write a number and a unit, such as 0.1 m");
  }
  double value = 0;
  const auto [stop, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  const std::size_t size = static_cast<std::size_t>(stop - digits.data());
  if (error != std::errc()) {
    fail(in_quotes(digits.substr(0, size)) + " is outside the range of double precision", begin);
  }
  at_ += size;
  if (rest().starts_with(",") && rest().size() > 1 && is_digit(rest()[1])) {
    fail("a comma in a number", at_, "write the decimal point as '.'");
  }
  return value;
}

std::string_view Reader::symbol() {
  const std::size_t begin = at_;
  while (!at_end()) {
    if (is_letter(text_[at_])) {
      ++at_;
      continue;
    }
    bool wide = false;
    for (const std::string_view letter : wide_letters) wide = wide || take(letter);
    if (!wide) break;
  }
  return text_.substr(begin, at_ - begin);
}

std::int64_t Reader::integer(std::string_view base) {
  const std::size_t begin = at_;
  while (!at_end() && is_digit(text_[at_])) ++at_;
  std::int64_t value = 0;
  const auto result = std::from_chars(text_.data() + begin, text_.data() + at_, value);
  if (at_ == begin) fail("the power of " + in_quotes(base) + " is missing", begin, "write for example m^2 or m^(1/2)");
  // Of a fraction too: 153/10 is a bounded power.
  if (result.ec != std::errc() || value > exponent_bound * denominator_bound) {
    fail("the power " + std::string(text_.substr(begin, at_ - begin)) + " of " + in_quotes(base) + " is too large",
         begin);
  }
  return value;
}

// An integer or a fraction with its sign, after "^", inside or outside of parentheses.
Rational Reader::written_power(std::string_view base) {
  const std::size_t begin = at_;
  const bool minus = take("-");
  const std::int64_t numerator = integer(base);
  Rational value = minus ? -numerator : numerator;
  if (rest().starts_with(".")) {
    std::size_t digits = 1;
    std::int64_t decimal = numerator;
    std::int64_t scale = 1;
    for (; digits < rest().size() && is_digit(rest()[digits]) && scale < 1000; ++digits) {
      decimal = 10 * decimal + (rest()[digits] - '0');
      scale *= 10;
    }
    const Rational fraction(minus ? -decimal : decimal, scale);
    const bool exact = is_bounded(fraction) && (digits >= rest().size() || !is_digit(rest()[digits]));
    fail("a decimal power of " + in_quotes(base) + " is not exact", begin,
         "write it as a fraction: " + std::string(base) + "^(" + (exact ? to_string(fraction) : "1/2") + ")");
  }
  return value;
}

std::optional<Rational> Reader::superscript_power() {
  const bool minus = take(superscript_minus);
  std::int64_t value = 0;
  bool any = false;
  for (bool more = true; more && value <= exponent_bound;) {
    more = false;
    for (std::size_t digit = 0; digit < std::size(superscripts); ++digit) {
      if (!take(superscripts[digit])) continue;
      value = 10 * value + static_cast<std::int64_t>(digit);
      any = more = true;
      break;
    }
  }
  if (minus && !any) fail("a superscript minus without a digit", at_, "write for example m⁻¹ or m^-1");
  if (value > exponent_bound) fail("a power of a unit is too large", at_);
  if (!any) return std::nullopt;
  return Rational(minus ? -value : value);
}

std::optional<Rational> Reader::power(std::string_view base) {
  if (const std::optional<Rational> raised = superscript_power()) return raised;
  const std::size_t begin = at_;
  if (take("^") || take("**")) {
    if (!take("(")) {
      const Rational value = written_power(base);
      if (rest().size() > 1 && rest()[0] == '/' && is_digit(rest()[1])) {
        const std::size_t slash = at_++;
        const Rational fraction(value.numerator(), std::max<std::int64_t>(1, integer(base)));
        fail(in_quotes(text_.substr(begin - base.size(), at_ - begin + base.size())) + " is ambiguous", slash,
             "write " + std::string(base) + "^(" + to_string(fraction) + ")");
      }
      if (!is_bounded(value)) fail("the power of " + in_quotes(base) + " is too large", begin);
      return value;
    }
    skip_blanks();
    Rational value = written_power(base);
    skip_blanks();
    if (take("/")) {
      skip_blanks();
      const std::size_t denominator_at = at_;
      const std::int64_t denominator = integer(base);
      if (denominator == 0) fail("a power with the denominator 0", denominator_at);
      value /= denominator;
      skip_blanks();
    }
    if (!take(")")) fail("the parenthesis around the power of " + in_quotes(base) + " is not closed", at_, "add ')'");
    if (!is_bounded(value)) fail("the power of " + in_quotes(base) + " is too large", begin);
    return value;
  }
  // "m2", "m-1" and, as printed for fractional exponents, "s1/2". After a symbol only: ")2" reads badly.
  if (base.empty() || at_end()) return std::nullopt;
  const bool minus = rest().size() > 1 && rest()[0] == '-' && is_digit(rest()[1]);
  if (!minus && !is_digit(rest()[0])) return std::nullopt;
  Rational value = written_power(base);
  if (rest().size() > 1 && rest()[0] == '/' && is_digit(rest()[1])) {
    const std::size_t denominator_at = ++at_;
    const std::int64_t denominator = integer(base);
    if (denominator == 0) fail("a power with the denominator 0", denominator_at);
    value /= denominator;
  }
  if (!is_bounded(value)) fail("the power of " + in_quotes(base) + " is too large", begin);
  return value;
}

void Reader::multiply(Product& product, const Product& factor, const Rational& power, std::size_t offset) const {
  const bool alone = product.empty && power == 1;
  product.only_level = alone ? factor.only_level : std::nullopt;
  product.empty = false;
  product.factor *= std::pow(factor.factor, to_double(power));
  product.dimension = product.dimension * factor.dimension.power(power);
  for (std::size_t i = 0; i < Dimension::base_count; ++i) {
    if (!is_bounded(product.dimension[i])) fail("the powers in this unit are too large", offset);
  }
  if (!std::isfinite(product.factor) || product.factor <= 0) {
    fail("this unit is outside the range of double precision", offset);
  }
}

Reader::Product Reader::factor(int depth) {
  const std::size_t begin = at_;
  Product result;
  if (take("(")) {
    if (depth == nesting_bound) fail("parentheses are nested too deeply", begin);
    result = product(depth + 1, false);
    if (!take(")")) fail("a parenthesis is not closed", begin, "add ')'");
    if (const std::optional<Rational> exponent = power("")) {
      Product raised;
      multiply(raised, result, *exponent, begin);
      return raised;
    }
    return result;
  }
  const std::string_view name = symbol();
  if (name.empty()) {
    if (take("1") && (at_end() || !(is_digit(text_[at_]) || is_letter(text_[at_]) || text_[at_] == '.'))) {
      result.empty = false;
      return result;
    }
    at_ = begin;
    if (at_end()) fail("a unit is missing at the end", begin);
    fail("a unit was expected, got " + in_quotes(is_digit(text_[at_]) ? rest() : character()), begin,
         is_digit(text_[at_])
             ? "the only number that can stand in a unit is 1, as in 1/K; a product of numbers goes into"
               " the value"
             : "");
  }
  const std::optional<Unit> unit = find_unit(name);
  if (!unit) {
    const bool two_readings = name == "C" || name == "F";
    fail(two_readings ? "the unit " + in_quotes(name) + " has two readings" : "unknown unit " + in_quotes(name), begin,
         unit_hint(name));
  }
  Product single;
  single.factor = unit->factor;
  single.dimension = unit->dimension;
  if (unit->level()) single.only_level = unit;
  multiply(result, single, power(name).value_or(1), begin);
  return result;
}

void Reader::refuse_ambiguous(std::size_t group_begin, std::size_t slash, std::size_t offset) {
  // The denominator that was probably meant runs to the next slash or to the end of this group.
  std::size_t end = offset;
  for (int depth = 0; end < text_.size(); ++end) {
    if (text_[end] == '(') ++depth;
    if (text_[end] == ')' && depth-- == 0) break;
    if (text_[end] == '/' && depth == 0) break;
  }
  const auto trimmed = [this](std::size_t from, std::size_t to) {
    while (from < to && text_[from] == ' ') ++from;
    while (to > from && text_[to - 1] == ' ') --to;
    return std::string(text_.substr(from, to - from));
  };
  std::string above = trimmed(group_begin, slash);
  if (above.empty()) above = "1";
  std::string below = trimmed(slash + 1, offset);
  if (below.ends_with("*")) below.pop_back();
  for (const std::string_view sign : products) {
    if (below.ends_with(sign)) below.resize(below.size() - sign.size());
  }
  const std::string right = trimmed(offset, end);
  while (!below.empty() && below.back() == ' ') below.pop_back();
  fail(in_quotes(trimmed(group_begin, end)) + " is ambiguous: does " + in_quotes(right) + " divide or multiply?",
       offset,
       "write " + above + "/(" + below + " " + right + ") if it divides, " +
           (above == "1" ? right : right + " " + above) + "/" + below + " if it multiplies");
}

Reader::Product Reader::product(int depth, bool after_number) {
  skip_blanks();
  const std::size_t begin = at_;
  Product result;
  std::optional<std::size_t> slash;
  if (after_number && rest().starts_with("/")) {
    result.empty = false;
  } else {
    multiply(result, factor(depth), 1, begin);
  }
  while (true) {
    const bool blank = skip_blanks();
    if (at_end() || rest().starts_with(")")) return result;
    const std::size_t sign = at_;
    const bool divide = take("/");
    const bool times = !divide && take_product_sign();
    if (!divide && !times && !blank) {
      fail("a unit ends before " + in_quotes(character()), at_, "separate units by a blank, '*' or '/'");
    }
    skip_blanks();
    const std::size_t next = at_;
    const Product next_factor = factor(depth);
    if (divide) {
      multiply(result, next_factor, -1, next);
      slash = sign;
    } else {
      if (slash) refuse_ambiguous(begin, *slash, next);
      multiply(result, next_factor, 1, next);
    }
  }
}

Unit Reader::whole_unit(bool after_number) {
  if (take("[")) {
    const std::size_t bracket = at_ - 1;
    const std::size_t size = rest().find(']');
    if (size == std::string_view::npos) fail("the bracket is not closed", bracket, "add ']'");
    Reader inside(text_, at_, at_ + size);
    if (inside.at_end()) fail("there is no unit between the brackets", inside.offset(), "a pure number is [1]");
    at_ += size + 1;
    skip_blanks();
    if (!at_end()) fail("nothing is expected after the unit, got " + in_quotes(rest()), at_);
    return inside.whole_unit(false);
  }
  if (!after_number && rest() == "-") return {};  // how CSV headers often mark a pure number
  const Product unit = product(0, after_number);
  if (!at_end()) fail("a closing parenthesis without an opening one", at_);
  return unit.only_level ? *unit.only_level : Unit{unit.factor, 0, unit.dimension};
}

std::size_t trimmed_size(std::string_view text) {
  std::size_t size = text.size();
  while (size > 0 && (text[size - 1] == ' ' || text[size - 1] == '\t' || text[size - 1] == '\r')) --size;
  return size;
}

}  // namespace

Quantity parse_quantity(std::string_view text) {
  Reader reader(text, 0, trimmed_size(text));
  const std::string_view trimmed = reader.rest();
  const std::size_t begin = reader.offset();
  if (reader.at_end()) throw TextError("a quantity is missing", begin, "write a number and a unit, such as 0.1 m");
  const double value = reader.number();
  const Reader after(text, reader.offset(), trimmed_size(text));
  Unit unit;
  if (!after.at_end()) {
    Reader unit_reader = after;
    unit = unit_reader.whole_unit(true);
  }
  Quantity quantity{unit.to_si(value), unit.dimension, unit.level(), std::string(trimmed)};
  if (!std::isfinite(quantity.si) || (quantity.si == 0 && value != 0 && !unit.level())) {
    throw TextError("'" + quantity.text + "' is outside the range of double precision in SI units", begin);
  }
  if (quantity.level && quantity.si < 0) {
    throw TextError("'" + quantity.text + "' is below absolute zero", begin,
                    "a temperature difference is written in K or delta_degC");
  }
  return quantity;
}

Unit parse_unit(std::string_view text) {
  Reader reader(text, 0, trimmed_size(text));
  return reader.at_end() ? Unit{} : reader.whole_unit(false);
}

}  // namespace nusselt
