// The letters of a formula: where the parser stands in its text, and the numbers, units and exponents it reads there.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "nondim/quantity.hpp"
#include "nondim/rational.hpp"
#include "nondim/text_error.hpp"

namespace nusselt {

bool starts_name(char c);
bool continues_name(char c);

class TextCursor {
 public:
  /// `is_name`: whether a constant or field has that name; it is then no unit. Throws TextError for a text that is too
  /// long.
  TextCursor(std::string_view text, std::function<bool(const std::string&)> is_name);

  std::size_t at() const { return at_; }
  void go_to(std::size_t place) { at_ = place; }
  std::string_view text() const { return text_; }
  bool at_end() const { return at_ >= text_.size(); }
  /// The character here; at the end 0.
  char here() const { return at_end() ? '\0' : text_[at_]; }

  void skip_space();
  /// Past blanks and the character, if it stands there.
  bool take(char c);
  void expect(char c, const std::string& where);
  /// The name that starts here; empty where none does.
  std::string identifier();
  /// Whether a coordinate and `=` stand here, `x = ...`.
  bool at_assignment();

  /// A number with the unit that follows it, if one does.
  Quantity literal();
  /// What stands after `^`: `2`, `-1`, `(1/3)`.
  Rational exponent();
  /// The second argument of pow(): `3/2`, `-1`, `0.7`.
  Rational pow_exponent();

 private:
  int small_integer();
  Rational signed_integer();
  Rational decimal();
  std::size_t end_of_unit() const;
  bool is_unit_name(std::size_t i) const;
  std::size_t past_one_over(std::size_t i) const;
  void refuse_open_fraction(std::size_t end) const;
  void refuse_juxtaposition();

  std::string_view text_;
  std::function<bool(const std::string&)> is_name_;
  std::size_t at_ = 0;
};

/// Every name that a text mentions outside of `[unit]`, in order, without judging it: the dependency
/// order of constants rests on it.
std::vector<std::string> mentioned_names(std::string_view text);

}  // namespace nusselt
