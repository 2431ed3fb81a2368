// Tapes compiled for the lanes of a tile: one column of numbers per value, one loop over a column per instruction.
//
// Equal values are computed once over all tapes of a program, integer powers become multiplications that share their
// squares, a product that only one sum or product uses is computed in the same loop, and columns are reused as soon as
// their value is dead (linear scan: M. Poletto & V. Sarkar, ACM TOPLAS 21, 1999, 895, doi:10.1145/330249.330250), so
// that the working memory of a tile stays in the first-level cache. The arithmetic is the same on every processor: it
// uses no instruction beyond the baseline.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "solver/tape.hpp"

namespace nusselt {

class LaneProgram {
 public:
  /// What an input is: a column of the jets, a coordinate, a component of the normal, a measured
  /// datum, the scale of an equation.
  struct Source {
    enum class From { jet, coordinate, normal, data, scale } from;
    int index = 0;
    auto operator<=>(const Source&) const = default;
  };
  /// A tape, and results that go to one block of columns: result i is multiplied by the scale of equation scales[i].
  struct Part {
    const Tape& tape;
    std::vector<Source> inputs;  ///< one per input of the tape
    std::vector<int> scales;     ///< one per result
  };

  LaneProgram() = default;
  explicit LaneProgram(const std::vector<Part>& parts);

  /// What the caller puts into the first columns of the working memory; inputs from the jets are read in place.
  const std::vector<Source>& loads() const { return loads_; }
  /// Columns of working memory.
  int columns() const { return columns_; }
  std::size_t instruction_count() const { return code_.size(); }

  /// Runs all lanes of the columns. results[i]: the block of part i. Columns of a block stand `stride` numbers apart.
  template <class Real>
  void run(const Real* jet, Real* memory, Real* const* results, int stride) const;

 private:
  /// With operands a, b, c and number n: a+b, a+n, a*b, n*a, a*b+c, n*a+c, a*b*c, n*a*b, 1/a, sqrt(a), a^n, f(a),
  /// the smaller and the larger of a and b, of a and n.
  enum class Operation : std::uint8_t {
    add,
    add_number,
    multiply,
    multiply_number,
    multiply_add,
    multiply_number_add,
    multiply_multiply,
    multiply_multiply_number,
    invert,
    root,
    power,
    function,
    minimum,
    minimum_number,
    maximum,
    maximum_number
  };
  /// A column of the jets or of the working memory.
  struct Operand {
    bool jet = false;
    int column = 0;
  };
  struct Instruction {
    Operation operation;
    Function function;
    Operand a;
    Operand b;
    Operand c;
    double number;
    int block;  // written: 0 the working memory, i + 1 the results of part i
    int column;
  };
  class Compiler;
  template <int fixed_stride, class Real>
  void run_code(const Real* jet, Real* memory, Real* const* results, int stride) const;

  std::vector<Source> loads_;
  std::vector<Instruction> code_;
  int columns_ = 0;
};

}  // namespace nusselt
