// A list of expressions compiled to straight-line code: equal sub-expressions are computed once.
//
// The code is run on any type with arithmetic, V: double, long double, or a tensor of all points at once. Numbers stay
// numbers as long as they can, so that a tensor is never filled with a constant.
#pragma once

#include <cmath>
#include <cstddef>
#include <stdexcept>
#include <type_traits>
#include <unordered_map>
#include <utility>
#include <variant>
#include <vector>

#include "nondim/expression.hpp"

namespace nusselt {

class Tape {
 public:
  enum class Operation { number, input, add, multiply, power, function, minimum, maximum };
  struct Instruction {
    Operation operation;
    int a = 0;  ///< number of the instruction that made the operand; for an input its own number
    int b = 0;
    double number = 0;  ///< number; exponent of a power
    Function function = Function::exp;
  };

  /// Compiles an expression and returns the number of its result. Leaves become inputs, in order of first appearance.
  int add(const Expression& expression);
  const std::vector<Expression>& inputs() const { return inputs_; }
  /// Arithmetic instructions, inputs not counted: the work of one run.
  std::size_t instruction_count() const { return instructions_.size() - inputs_.size(); }
  /// The code, operands before what uses them, and which instruction makes each result.
  const std::vector<Instruction>& instructions() const { return instructions_; }
  const std::vector<int>& results() const { return results_; }

  /// A result that does not depend on the point stays a number.
  template <class V>
  using Value = std::variant<double, V>;

  /// Values of all results, in the order of `add`. `inputs` are given in the order of `inputs()`.
  template <class V>
  std::vector<Value<V>> run(const std::vector<V>& inputs) const;

 private:
  int emit(const Instruction& instruction);
  int compile(const Expression& expression);

  std::vector<Instruction> instructions_;
  std::vector<Expression> inputs_;
  std::vector<int> results_;
  std::unordered_multimap<std::size_t, std::pair<Expression, int>> known_;
};

namespace tape_detail {

template <class V>
V integer_power(const V& x, int n) {
  if (n == 1) return x;
  const V half = integer_power<V>(x, n / 2);
  return n % 2 == 0 ? V(half * half) : V(half * half * x);
}

template <class V>
V raise(const V& x, double exponent) {
  using std::pow;
  using std::sqrt;
  const int n = static_cast<int>(exponent);
  if (exponent == n && n != 0) {
    return n > 0 ? integer_power<V>(x, n) : V(1.0 / integer_power<V>(x, -n));
  }
  return exponent == 0.5 ? V(sqrt(x)) : V(pow(x, exponent));
}

template <class V>
V call(Function function, const V& x) {
  using std::atan;
  using std::cos;
  using std::cosh;
  using std::erf;
  using std::erfc;
  using std::exp;
  using std::log;
  using std::sin;
  using std::sinh;
  using std::tanh;
  switch (function) {
    case Function::exp:
      return exp(x);
    case Function::log:
      return log(x);
    case Function::sin:
      return sin(x);
    case Function::cos:
      return cos(x);
    case Function::tanh:
      return tanh(x);
    case Function::sinh:
      return sinh(x);
    case Function::cosh:
      return cosh(x);
    case Function::atan:
      return atan(x);
    case Function::erf:
      return erf(x);
    case Function::erfc:
      return erfc(x);
    case Function::step:
      if constexpr (std::is_arithmetic_v<V>) {
        return x > 0 ? V(1) : V(0);
      } else {
        return (x > 0).to(x.scalar_type());
      }
    case Function::min:
    case Function::max:
      break;  // of two arguments: `extreme`
  }
  throw std::logic_error("unknown function");
}

/// The smaller or larger of two values, where V is a tensor also of a tensor and a number.
template <class A, class B>
auto extreme(bool largest, const A& a, const B& b) {
  if constexpr (std::is_arithmetic_v<A> && std::is_arithmetic_v<B>) {
    return (largest ? a > b : a < b) ? std::common_type_t<A, B>(a) : std::common_type_t<A, B>(b);
  } else if constexpr (std::is_arithmetic_v<A>) {
    return extreme(largest, b, a);
  } else if constexpr (std::is_arithmetic_v<B>) {
    return largest ? a.clamp_min(b) : a.clamp_max(b);
  } else {
    return largest ? maximum(a, b) : minimum(a, b);
  }
}

/// A number stays a number. With V = double only the kinds of the operands tell, `number`.
template <class V, class R>
std::variant<double, V> as_value(R result, bool number) {
  using Value = std::variant<double, V>;
  if constexpr (!std::is_same_v<R, double>) {
    return Value(std::in_place_index<1>, std::move(result));
  } else if constexpr (!std::is_same_v<V, double>) {
    return Value(std::in_place_index<0>, result);
  } else {
    return number ? Value(std::in_place_index<0>, result) : Value(std::in_place_index<1>, result);
  }
}

}  // namespace tape_detail

template <class V>
std::vector<Tape::Value<V>> Tape::run(const std::vector<V>& inputs) const {
  if (inputs.size() != inputs_.size()) throw std::logic_error("a tape was run with a wrong number of inputs");
  std::vector<Value<V>> registers;
  registers.reserve(instructions_.size());
  // visit() picks number or V for each operand; only the result of two numbers is a number.
  for (const Instruction& i : instructions_) {
    const auto is_number = [&](int operand) { return registers[operand].index() == 0; };
    switch (i.operation) {
      case Operation::number:
        registers.emplace_back(std::in_place_index<0>, i.number);
        break;
      case Operation::input:
        registers.emplace_back(std::in_place_index<1>, inputs[i.a]);
        break;
      case Operation::add:
      case Operation::multiply:
        registers.push_back(std::visit(
            [&](const auto& a, const auto& b) {
              using Result = decltype(a + b);
              return tape_detail::as_value<V, Result>(i.operation == Operation::add ? Result(a + b) : Result(a * b),
                                                      is_number(i.a) && is_number(i.b));
            },
            registers[i.a], registers[i.b]));
        break;
      case Operation::minimum:
      case Operation::maximum:
        registers.push_back(std::visit(
            [&](const auto& a, const auto& b) {
              return tape_detail::as_value<V>(tape_detail::extreme(i.operation == Operation::maximum, a, b),
                                              is_number(i.a) && is_number(i.b));
            },
            registers[i.a], registers[i.b]));
        break;
      case Operation::power:
        registers.push_back(std::visit(
            [&](const auto& a) {
              return tape_detail::as_value<V>(tape_detail::raise<std::decay_t<decltype(a)>>(a, i.number),
                                              is_number(i.a));
            },
            registers[i.a]));
        break;
      case Operation::function:
        registers.push_back(std::visit(
            [&](const auto& a) {
              return tape_detail::as_value<V>(tape_detail::call<std::decay_t<decltype(a)>>(i.function, a),
                                              is_number(i.a));
            },
            registers[i.a]));
        break;
    }
  }
  std::vector<Value<V>> results;
  results.reserve(results_.size());
  for (int result : results_) results.push_back(registers[result]);
  return results;
}

/// With V = double both alternatives are numbers.
inline double number_of(const Tape::Value<double>& value) {
  return std::visit([](double x) { return x; }, value);
}

}  // namespace nusselt
