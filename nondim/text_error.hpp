// A mistake in a piece of user text: what is wrong, where in that text, and what to do about it.
//
// Parsers of small texts (a quantity, a formula, an equation) know the offset inside their text but not the file it
// stands in. They throw TextError; the case file turns it into `case.yaml:12:9: error: ...` with the line and a caret.
#pragma once

#include <cstddef>
#include <stdexcept>
#include <string>
#include <utility>

namespace nusselt {

class TextError : public std::runtime_error {
 public:
  /// `offset` counts bytes from the start of the parsed text; `hint` is a sentence about what to do, or empty.
  TextError(const std::string& message, std::size_t offset, std::string hint = {})
      : std::runtime_error(message), offset_(offset), hint_(std::move(hint)) {}

  std::size_t offset() const { return offset_; }
  const std::string& hint() const { return hint_; }

 private:
  std::size_t offset_;
  std::string hint_;
};

}  // namespace nusselt
