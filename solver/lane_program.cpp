#include "solver/lane_program.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <optional>
#include <tuple>
#include <utility>
#include <variant>

namespace nusselt {

/// First value numbering, then products move into what uses them, then columns for the values.
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
    fuse();
    std::vector<std::size_t> last_use(nodes_.size(), 0);
    for (std::size_t n = 0; n < nodes_.size(); ++n) {
      for (int operand : nodes_[n].operands) {
        if (operand >= 0 && !nodes_[n].fused) last_use[operand] = n;
      }
    }
    std::vector<int> free_columns;
    std::vector<Operand> where(nodes_.size());
    for (std::size_t n = 0; n < nodes_.size(); ++n) {
      if (!nodes_[n].source) continue;
      if (nodes_[n].source->from == Source::From::jet) {
        where[n] = {true, nodes_[n].source->index};
      } else {
        where[n] = {false, program_.columns_++};
        program_.loads_.push_back(*nodes_[n].source);
      }
    }
    for (std::size_t n = 0; n < nodes_.size(); ++n) {
      const Node& node = nodes_[n];
      if (node.source || node.fused) continue;
      Instruction instruction{node.operation, node.function, {}, {}, {}, node.number, node.block, node.column};
      Operand* const operands[] = {&instruction.a, &instruction.b, &instruction.c};
      for (std::size_t i = 0; i < node.operands.size(); ++i) {
        const int operand = node.operands[i];
        if (operand < 0) continue;
        *operands[i] = where[operand];
        const bool again =
            std::find(node.operands.begin(), node.operands.begin() + i, operand) != node.operands.begin() + i;
        if (last_use[operand] == n && !where[operand].jet && !again) free_columns.push_back(where[operand].column);
      }
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
    std::array<int, 3> operands = {-1, -1, -1};
    double number = 0;
    std::optional<Source> source;
    int block = 0;
    int column = 0;
    bool fused = false;  // computed by the one node that uses it
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
    const auto [known, is_new] = known_.try_emplace({node.operation, node.function, node.operands, node.number},
                                                    static_cast<int>(nodes_.size()));
    if (is_new) nodes_.push_back(node);
    return known->second;
  }

  Node commutative(Operation of_nodes, Operation with_number, const Value& a, int b) const {
    Node node;
    if (is_number(a)) {
      node.operation = with_number;
      node.operands[0] = b;
      node.number = std::get<double>(a);
    } else {
      node.operation = of_nodes;
      std::tie(node.operands[0], node.operands[1]) = std::minmax(std::get<int>(a), b);
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

  Value extreme(bool largest, const Value& a, const Value& b) {
    if (is_number(a) && is_number(b)) {
      return tape_detail::extreme(largest, std::get<double>(a), std::get<double>(b));
    }
    return emit(commutative(largest ? Operation::maximum : Operation::minimum,
                            largest ? Operation::maximum_number : Operation::minimum_number, is_number(b) ? b : a,
                            std::get<int>(is_number(b) ? a : b)));
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
    node.operands[0] = x;
    node.number = exponent;
    node.operation = Operation::power;
    const int n = static_cast<int>(exponent);
    if (exponent == n && n != 0) {
      const int positive = integer_power(x, std::abs(n));
      if (n > 0) return positive;
      node.operation = Operation::invert;
      node.operands[0] = positive;
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
      case Tape::Operation::minimum:
      case Tape::Operation::maximum:
        return extreme(i.operation == Tape::Operation::maximum, values[i.a], values[i.b]);
      case Tape::Operation::power:
        if (is_number(values[i.a])) return tape_detail::raise(std::get<double>(values[i.a]), i.number);
        return raised(std::get<int>(values[i.a]), i.number);
      case Tape::Operation::function: {
        if (is_number(values[i.a])) return tape_detail::call(i.function, std::get<double>(values[i.a]));
        Node node;
        node.operation = Operation::function;
        node.function = i.function;
        node.operands[0] = std::get<int>(values[i.a]);
        return emit(node);
      }
    }
    throw std::logic_error("unknown operation of a tape");
  }

  /// A sum takes in one product, a product one more factor or number, where nothing else needs them.
  void fuse() {
    std::vector<int> uses(nodes_.size(), 0);
    for (const Node& node : nodes_) {
      for (int operand : node.operands) {
        if (operand >= 0) ++uses[operand];
      }
    }
    for (Node& node : nodes_) {
      const bool sum = node.operation == Operation::add;
      if (node.source || (!sum && node.operation != Operation::multiply)) continue;
      for (int i : {0, 1}) {
        Node& product = nodes_[node.operands[i]];
        const int other = node.operands[1 - i];
        if (product.source || product.fused || uses[node.operands[i]] != 1) continue;
        if (product.operation == Operation::multiply) {
          node.operation = sum ? Operation::multiply_add : Operation::multiply_multiply;
          node.operands = {product.operands[0], product.operands[1], other};
        } else if (product.operation == Operation::multiply_number) {
          node.operation = sum ? Operation::multiply_number_add : Operation::multiply_multiply_number;
          node.operands = sum ? std::array{product.operands[0], -1, other} : std::array{product.operands[0], other, -1};
          node.number = product.number;
        } else {
          continue;
        }
        product.fused = true;
        break;
      }
    }
  }

  LaneProgram& program_;
  std::vector<Node> nodes_;
  std::map<Source, int> inputs_;
  std::map<std::tuple<Operation, Function, std::array<int, 3>, double>, int> known_;
};

LaneProgram::LaneProgram(const std::vector<Part>& parts) {
  Compiler compiler(*this);
  for (std::size_t p = 0; p < parts.size(); ++p) compiler.add(parts[p], static_cast<int>(p) + 1);
  compiler.finish();
}

namespace {

// Columns are either the same or apart, so lanes never depend on each other; `omp simd` says so, and vectorises at -O2.
template <int fixed_stride, class F>
inline void for_lanes(int stride, const F& f) {
  const int lanes = fixed_stride > 0 ? fixed_stride : stride;
#pragma omp simd
  for (int lane = 0; lane < lanes; ++lane) f(lane);
}

}  // namespace

template <int fixed_stride, class Real>
void LaneProgram::run_code(const Real* jet, Real* memory, Real* const* results, int stride) const {
  const auto column = [&](const Operand& operand) {
    return (operand.jet ? jet : memory) + static_cast<std::ptrdiff_t>(operand.column) * stride;
  };
  const auto lanes = [&](const auto& f) { for_lanes<fixed_stride>(stride, f); };
  for (const Instruction& i : code_) {
    const Real* a = column(i.a);
    const Real* b = column(i.b);
    const Real* c = column(i.c);
    const Real n = static_cast<Real>(i.number);
    Real* out = (i.block == 0 ? memory : results[i.block - 1]) + static_cast<std::ptrdiff_t>(i.column) * stride;
    switch (i.operation) {
      case Operation::add:
        lanes([=](int k) { out[k] = a[k] + b[k]; });
        break;
      case Operation::add_number:
        lanes([=](int k) { out[k] = a[k] + n; });
        break;
      case Operation::multiply:
        lanes([=](int k) { out[k] = a[k] * b[k]; });
        break;
      case Operation::multiply_number:
        lanes([=](int k) { out[k] = n * a[k]; });
        break;
      case Operation::multiply_add:
        lanes([=](int k) { out[k] = a[k] * b[k] + c[k]; });
        break;
      case Operation::multiply_number_add:
        lanes([=](int k) { out[k] = n * a[k] + c[k]; });
        break;
      case Operation::multiply_multiply:
        lanes([=](int k) { out[k] = a[k] * b[k] * c[k]; });
        break;
      case Operation::multiply_multiply_number:
        lanes([=](int k) { out[k] = n * a[k] * b[k]; });
        break;
      case Operation::minimum:
        lanes([=](int k) { out[k] = a[k] < b[k] ? a[k] : b[k]; });
        break;
      case Operation::minimum_number:
        lanes([=](int k) { out[k] = a[k] < n ? a[k] : n; });
        break;
      case Operation::maximum:
        lanes([=](int k) { out[k] = a[k] > b[k] ? a[k] : b[k]; });
        break;
      case Operation::maximum_number:
        lanes([=](int k) { out[k] = a[k] > n ? a[k] : n; });
        break;
      case Operation::invert:
        lanes([=](int k) { out[k] = 1 / a[k]; });
        break;
      case Operation::root:
        lanes([=](int k) { out[k] = std::sqrt(a[k]); });
        break;
      case Operation::power:
        for (int k = 0; k < stride; ++k) out[k] = std::pow(a[k], n);
        break;
      case Operation::function:
        for (int k = 0; k < stride; ++k) out[k] = tape_detail::call(i.function, a[k]);
        break;
    }
  }
}

template <class Real>
void LaneProgram::run(const Real* jet, Real* memory, Real* const* results, int stride) const {
  // Loops of known length need no prologue; a tile is short enough to notice.
  switch (stride) {
    case 16:
      return run_code<16>(jet, memory, results, stride);
    case 32:
      return run_code<32>(jet, memory, results, stride);
    case 64:
      return run_code<64>(jet, memory, results, stride);
    default:
      return run_code<0>(jet, memory, results, stride);
  }
}

template void LaneProgram::run(const float*, float*, float* const*, int) const;
template void LaneProgram::run(const double*, double*, double* const*, int) const;

}  // namespace nusselt
