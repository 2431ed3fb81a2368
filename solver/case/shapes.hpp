// The shapes of a case: the section `shapes`, each under its name, and texts that put them together.
//
// Faces have the name of the shape they come from, `rod`, with that of the primitive's face behind it where there are
// several, `step.x-`. What an entry moves, or copies as it is, gets names of its own; set operations keep the names of
// their operands. `box` is the box of the domain in space; its faces are x-, x+ ...
#pragma once

#include <string>
#include <vector>

#include "solver/case/box.hpp"
#include "solver/case/constants.hpp"
#include "solver/case/shape.hpp"

namespace nusselt {

/// Primitives in one shape: the file may come from a stranger, and names of names double their number each time. The
/// work to find the surfaces grows as the square.
inline constexpr int most_primitives = 200;

class Shapes {
 public:
  struct Entry {
    std::string name;
    Shape shape;
    Shape bare;      // without the entry's name before its faces
    int primitives;  // that it is made of
  };

  explicit Shapes(Entry box) : entries_{std::move(box)} {}

  void add(Entry entry) { entries_.push_back(std::move(entry)); }
  /// Null when there is none.
  const Entry* find(const std::string& name) const;
  std::vector<std::string> names() const;

  /// `box - rod`: + is the union, - the difference, & the intersection, which binds more strongly; parentheses. Throws
  /// InputError: shapes that are none, and nothing left.
  Shape combined(const Node& node, const std::string& key) const;
  Entry combined_entry(const Node& node, const std::string& key) const;

 private:
  std::vector<Entry> entries_;
};

/// Reads the section; shapes have as many dimensions as the box has axes in space. STL files stand in `folder`; `notes`
/// tells what was mended in them. Throws InputError.
Shapes read_shapes(const Node& root, const Box& box, const Constants& constants, const std::string& folder,
                   std::vector<std::string>& notes);

}  // namespace nusselt
