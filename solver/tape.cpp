#include "solver/tape.hpp"

namespace nusselt {

int Tape::add(const Expression& expression) {
  results_.push_back(compile(expression));
  return static_cast<int>(results_.size()) - 1;
}

int Tape::emit(const Instruction& instruction) {
  instructions_.push_back(instruction);
  return static_cast<int>(instructions_.size()) - 1;
}

int Tape::compile(const Expression& e) {
  const auto [first, last] = known_.equal_range(e.hash());
  for (auto known = first; known != last; ++known) {
    if (known->second.first == e) return known->second.second;
  }
  int result = 0;
  switch (e.kind()) {
    case Expression::Kind::number:
      result = emit({.operation = Operation::number, .number = e.value()});
      break;
    case Expression::Kind::sum:
    case Expression::Kind::product: {
      const Operation operation = e.kind() == Expression::Kind::sum ? Operation::add : Operation::multiply;
      result = compile(e.children().front());
      for (std::size_t i = 1; i < e.children().size(); ++i) {
        const int next = compile(e.children()[i]);
        result = emit({.operation = operation, .a = result, .b = next});
      }
      break;
    }
    case Expression::Kind::power: {
      const int base = compile(e.children().front());
      result = emit({.operation = Operation::power, .a = base, .number = to_double(e.exponent())});
      break;
    }
    case Expression::Kind::function: {
      const int argument = compile(e.children().front());
      if (e.children().size() == 2) {
        const int other = compile(e.children()[1]);
        const bool largest = e.function() == Function::max;
        result = emit({.operation = largest ? Operation::maximum : Operation::minimum, .a = argument, .b = other});
        break;
      }
      result = emit({.operation = Operation::function, .a = argument, .function = e.function()});
      break;
    }
    default:
      inputs_.push_back(e);
      result = emit({.operation = Operation::input, .a = static_cast<int>(inputs_.size()) - 1});
  }
  known_.emplace(e.hash(), std::make_pair(e, result));
  return result;
}

}  // namespace nusselt
