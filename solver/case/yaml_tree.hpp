// From YAML bytes to the strict tree of document.hpp: what the bytes, the parser's events and the nodes may be.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "solver/case/document.hpp"

namespace nusselt {

/// A text that is being read, and the places in it.
class Source {
 public:
  /// Throws InputError when the text is not valid UTF-8 or holds control characters.
  Source(std::string file, std::shared_ptr<const std::string> text);

  const std::shared_ptr<const std::string>& text() const { return text_; }
  Place at(std::size_t offset) const;
  /// Where the line of that byte begins.
  std::size_t line_begin(std::size_t offset) const;

 private:
  std::string file_;
  std::shared_ptr<const std::string> text_;
  std::vector<std::size_t> line_begins_ = {0};
  // Up to where the characters of a line are counted: thousands of values may stand on one line.
  mutable std::size_t counted_to_ = 0;
  mutable std::size_t characters_ = 0;
};

/// Reads what stands in `source` from byte `begin` on. `node_count` is what the document has already, and is brought up
/// to date; `depth` is how deep the result will be hung. Throws InputError.
Node parse_yaml(const Source& source, std::size_t begin, std::size_t depth, std::size_t& node_count);

}  // namespace nusselt
