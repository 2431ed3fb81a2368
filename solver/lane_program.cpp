#include "solver/lane_program.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <tuple>
#include <utility>
#include <variant>

namespace nusselt {

/// First value numbering, then columns for the values.
class LaneProgram::Compiler {
 public:
  explicit Compiler(LaneProgram& program) : program_(program) {}

  void add(const Part& part, int block) {
    std::vector<Value> values;
    const std::vector<Tape::Instruction>& code = part.tape.instructions();
    std::multimap<int, int> results;
    for (std::size_t r = 0; r < part.tape.results().size(); ++r) {
      results.emplace(part.tape.results()[r], static_cast<int>(r));
    }
    for (std::size_t i = 0; i < code.size(); ++i) {
      values.push_back(value_of(code[i], part, values));
      // A result is stored as soon as it is known, so that its column is free again.
      const auto [first, last] = results.equal_range(static_cast<int>(i));
      for (auto result = first; result != last; ++result) {
        const int scale = input({Source::From::scale, part.scales[result->second]});
        Node store = product(values.back(), scale);
        store.block = block;
        store.column = result->second;
        nodes_.push_back(store);
      }
    }
  }

  void finish() {
    std::vector<std::size_t> last_use(nodes_.size(), 0);
    for (std::size_t n = 0; n < nodes_.size(); ++n) {
      for (int operand : {nodes_[n].a, nodes_[n].b}) {
        if (operand >= 0) last_use[operand] = n;
      }
    }
    std::vector<int> free_columns;
    std::vector<Operand> where(nodes_.size());
    for (std::size_t n = 0; n < nodes_.size(); ++n) {
      if (!nodes_[n].source || nodes_[n].source->from == Source::From::jet) continue;
      where[n] = {false, program_.columns_++};
      program_.loads_.push_back(*nodes_[n].source);
    }
    for (std::size_t n = 0; n < nodes_.size(); ++n) {
      const Node& node = nodes_[n];
      if (node.source) {
        if (node.source->from == Source::From::jet) where[n] = {true, node.source->index};
        continue;
      }
      Instruction instruction{node.operation, node.function, where[node.a], {}, node.number, node.block, node.column};
      if (node.b >= 0) instruction.b = where[node.b];
      const auto release = [&](int operand) {
        if (operand >= 0 && last_use[operand] == n && !where[operand].jet) {
          free_columns.push_back(where[operand].column);
        }
      };
      release(node.a);
      if (node.b != node.a) release(node.b);
      if (node.block == 0) {
        if (free_columns.empty()) free_columns.push_back(program_.columns_++);
        where[n] = {false, free_columns.back()};
        free_columns.pop_back();
        instruction.column = where[n].column;
      }
      program_.code_.push_back(instruction);
    }
  }

 private:
  struct Node {
    Operation operation = Operation::add;
    Function function = Function::exp;
    int a = -1;
    int b = -1;
    double number = 0;
    std::optional<Source> source;
    int block = 0;
    int column = 0;
  };
  using Value = std::variant<double, int>;  // a number, or a node

  static bool is_number(const Value& value) { return std::holds_alternative<double>(value); }

  int input(const Source& source) {
    const auto [known, is_new] = inputs_.try_emplace(source, static_cast<int>(nodes_.size()));
    if (is_new) {
      Node node;
      node.source = source;
      nodes_.push_back(node);
    }
    return known->second;
  }

  int emit(const Node& node) {
    const auto [known, is_new] = known_.try_emplace({node.operation, node.function, node.a, node.b, node.number},
                                                    static_cast<int>(nodes_.size()));
    if (is_new) nodes_.push_back(node);
    return known->second;
  }

  Node commutative(Operation of_nodes, Operation with_number, const Value& a, int b) const {
    Node node;
    if (is_number(a)) {
      node.operation = with_number;
      node.a = b;
      node.number = std::get<double>(a);
    } else {
      node.operation = of_nodes;
      std::tie(node.a, node.b) = std::minmax(std::get<int>(a), b);
    }
    return node;
  }
  Node product(const Value& a, int b) const {
    return commutative(Operation::multiply, Operation::multiply_number, a, b);
  }

  Value combined(Tape::Operation operation, const Value& a, const Value& b) {
    const bool sum = operation == Tape::Operation::add;
    if (is_number(a) && is_number(b)) {
      return sum ? std::get<double>(a) + std::get<double>(b) : std::get<double>(a) * std::get<double>(b);
    }
    const Value& other = is_number(b) ? b : a;
    const int node = std::get<int>(is_number(b) ? a : b);
    return emit(sum ? commutative(Operation::add, Operation::add_number, other, node) : product(other, node));
  }

  int integer_power(int x, int n) {
    if (n == 1) return x;
    const int half = integer_power(x, n / 2);
    const int square = emit(product(half, half));
    return n % 2 == 0 ? square : emit(product(square, x));
  }

  /// The cases of tape_detail::raise.
  Value raised(int x, double exponent) {
    Node node;
    node.a = x;
    node.number = exponent;
    node.operation = Operation::power;
    const int n = static_cast<int>(exponent);
    if (exponent == n && n != 0) {
      const int positive = integer_power(x, std::abs(n));
      if (n > 0) return positive;
      node.operation = Operation::invert;
      node.a = positive;
      node.number = 0;
    } else if (exponent == 0.5) {
      node.operation = Operation::root;
      node.number = 0;
    }
    return emit(node);
  }

  Value value_of(const Tape::Instruction& i, const Part& part, const std::vector<Value>& values) {
    switch (i.operation) {
      case Tape::Operation::number:
        return i.number;
      case Tape::Operation::input:
        return input(part.inputs[i.a]);
      case Tape::Operation::add:
      case Tape::Operation::multiply:
        return combined(i.operation, values[i.a], values[i.b]);
      case Tape::Operation::power:
        if (is_number(values[i.a])) return tape_detail::raise(std::get<double>(values[i.a]), i.number);
        return raised(std::get<int>(values[i.a]), i.number);
      case Tape::Operation::function: {
        if (is_number(values[i.a])) return tape_detail::call(i.function, std::get<double>(values[i.a]));
        Node node;
        node.operation = Operation::function;
        node.function = i.function;
        node.a = std::get<int>(values[i.a]);
        return emit(node);
      }
    }
    throw std::logic_error("unknown operation of a tape");
  }

  LaneProgram& program_;
  std::vector<Node> nodes_;
  std::map<Source, int> inputs_;
  std::map<std::tuple<Operation, Function, int, int, double>, int> known_;
};

LaneProgram::LaneProgram(const std::vector<Part>& parts) {
  Compiler compiler(*this);
  for (std::size_t p = 0; p < parts.size(); ++p) compiler.add(parts[p], static_cast<int>(p) + 1);
  compiler.finish();
}

namespace {

// Columns are either the same or apart, so lanes never depend on each other; `omp simd` says so, and vectorises at -O2.
template <class F>
inline void for_lanes(int stride, const F& f) {
#pragma omp simd
  for (int lane = 0; lane < stride; ++lane) f(lane);
}

}  // namespace

template <class Real>
void LaneProgram::run(const Real* jet, Real* memory, Real* const* results, int stride) const {
  const auto column = [&](const Operand& operand) {
    return (operand.jet ? jet : memory) + static_cast<std::ptrdiff_t>(operand.column) * stride;
  };
  for (const Instruction& i : code_) {
    const Real* a = column(i.a);
    const Real* b = column(i.b);
    const Real number = static_cast<Real>(i.number);
    Real* out = (i.block == 0 ? memory : results[i.block - 1]) + static_cast<std::ptrdiff_t>(i.column) * stride;
    switch (i.operation) {
      case Operation::add:
        for_lanes(stride, [=](int k) { out[k] = a[k] + b[k]; });
        break;
      case Operation::add_number:
        for_lanes(stride, [=](int k) { out[k] = a[k] + number; });
        break;
      case Operation::multiply:
        for_lanes(stride, [=](int k) { out[k] = a[k] * b[k]; });
        break;
      case Operation::multiply_number:
        for_lanes(stride, [=](int k) { out[k] = a[k] * number; });
        break;
      case Operation::invert:
        for_lanes(stride, [=](int k) { out[k] = 1 / a[k]; });
        break;
      case Operation::root:
        for_lanes(stride, [=](int k) { out[k] = std::sqrt(a[k]); });
        break;
      case Operation::power:
        for (int k = 0; k < stride; ++k) out[k] = std::pow(a[k], number);
        break;
      case Operation::function:
        for (int k = 0; k < stride; ++k) out[k] = tape_detail::call(i.function, a[k]);
        break;
    }
  }
}

template void LaneProgram::run(const float*, float*, float* const*, int) const;
template void LaneProgram::run(const double*, double*, double* const*, int) const;

}  // namespace nusselt
