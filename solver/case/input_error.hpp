// A mistake in something the user wrote: where it stands, what is wrong, and what to do about it.
//
// what() reads like a compiler's message, with the line and a caret, so that editors and people find the place:
//
//   case.yaml:12:9: error: constants.mu: expected a dynamic viscosity [Pa s], got "1.8e-5 m^2/s"
//       mu: 1.8e-5 m^2/s
//           ^
//     hint: ...
//
// Control characters of file content are escaped, so that a file cannot drive the terminal.
#pragma once

#include <cstddef>
#include <stdexcept>
#include <string>
#include <string_view>

namespace nusselt {

/// A place in a text. Lines and columns count from 1 and columns count characters, as editors do; line 0 is the whole
/// file. `source` is the text of the line; of a very long line only the part around the column is kept, and `skipped`
/// is the number of characters cut off before it.
struct Place {
  std::string file;
  int line = 0;
  int column = 0;
  std::string source;
  int skipped = 0;
};

/// The place of byte `offset` in `text`, the content of `file`. An offset past the end is the end.
Place place_at(const std::string& file, std::string_view text, std::size_t offset);
/// The same where the line is known: byte `offset` of line `number`, with that many characters before it.
Place place_in_line(const std::string& file, int number, std::string_view line, std::size_t offset,
                    std::size_t characters_before);

/// Characters in UTF-8 text.
std::size_t count_characters(std::string_view text);

/// Text of a file as a message may show it: control characters escaped, at most `limit` characters, in double quotes.
std::string quote(std::string_view text, std::size_t limit = 80);

/// Bytes of well-formed UTF-8 (no surrogates, no overlong forms) at the start of `text`; text.size() when all of it is.
std::size_t valid_utf8_length(std::string_view text);

/// Exit code 65 (bad case or data).
class InputError : public std::runtime_error {
 public:
  static constexpr int exit_code = 65;

  /// `message` is a phrase that starts with the key it speaks of; `hint` says what to do, or is empty.
  InputError(const Place& place, const std::string& message, const std::string& hint = {});

  const Place& place() const { return place_; }
  const std::string& message() const { return message_; }
  const std::string& hint() const { return hint_; }

 private:
  Place place_;
  std::string message_;
  std::string hint_;
};

}  // namespace nusselt
