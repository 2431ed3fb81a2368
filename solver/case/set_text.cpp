#include "solver/case/set_text.hpp"

#include <cctype>

#include "nondim/did_you_mean.hpp"
#include "nondim/text_error.hpp"

namespace nusselt {

namespace {

constexpr int deepest = 64;

class Parser {
 public:
  Parser(std::string_view text, const Shapes& shapes) : text_(text), shapes_(shapes) {}

  Shapes::Entry whole() {
    Shapes::Entry entry = sum(0);
    if (at_ < text_.size()) fail(text_[at_] == ')' ? "a parenthesis that nothing opens" : "expected +, - or &");
    return entry;
  }

 private:
  [[noreturn]] void fail(const std::string& message, const std::string& hint = {}) const {
    throw TextError(message, at_, hint);
  }

  void skip_blanks() {
    while (at_ < text_.size() && std::isspace(static_cast<unsigned char>(text_[at_]))) ++at_;
  }

  bool takes(char c) {
    if (at_ >= text_.size() || text_[at_] != c) return false;
    ++at_;
    skip_blanks();
    return true;
  }

  template <class Operation>
  Shapes::Entry joined(const Shapes::Entry& a, const Shapes::Entry& b, Operation operation) const {
    if (a.primitives + b.primitives > most_primitives) {
      fail("more than " + std::to_string(most_primitives) + " primitives in one shape");
    }
    const Shape shape = operation(a.shape, b.shape);
    return {"", shape, shape, a.primitives + b.primitives};
  }

  Shapes::Entry sum(int depth) {
    Shapes::Entry left = product(depth);
    while (true) {
      if (takes('+')) {
        left = joined(left, product(depth), [](const Shape& a, const Shape& b) { return a + b; });
      } else if (takes('-')) {
        left = joined(left, product(depth), [](const Shape& a, const Shape& b) { return a - b; });
      } else {
        return left;
      }
    }
  }

  Shapes::Entry product(int depth) {
    Shapes::Entry left = one(depth);
    while (takes('&')) left = joined(left, one(depth), [](const Shape& a, const Shape& b) { return a & b; });
    return left;
  }

  Shapes::Entry one(int depth) {
    skip_blanks();
    if (takes('(')) {
      if (depth == deepest) fail("nested deeper than " + std::to_string(deepest) + " parentheses");
      Shapes::Entry inner = sum(depth + 1);
      if (!takes(')')) fail("expected ) here");
      return inner;
    }
    std::size_t end = at_;
    while (end < text_.size() && (std::isalnum(static_cast<unsigned char>(text_[end])) || text_[end] == '_')) ++end;
    const std::string name(text_.substr(at_, end - at_));
    if (name.empty()) fail("expected the name of a shape");
    const Shapes::Entry* entry = shapes_.find(name);
    if (entry == nullptr) {
      fail("there is no shape " + quote(name) + " so far", suggestion(name, shapes_.names(), "shapes"));
    }
    at_ = end;
    skip_blanks();
    return *entry;
  }

  std::string_view text_;
  const Shapes& shapes_;
  std::size_t at_ = 0;
};

}  // namespace

Shapes::Entry parse_set(std::string_view text, const Shapes& shapes) { return Parser(text, shapes).whole(); }

}  // namespace nusselt
