// A case file as a strict tree of texts: YAML without what makes YAML dangerous or surprising.
//
// Every scalar stays the text the user wrote (`no` is not false, `1.10` is not 1.1); the key table gives it a type
// later. Every node knows its place. Refused, with the place: anchors, aliases, tags, merge keys, several documents,
// duplicate keys, keys that are not plain names, keys without a value, control characters, invalid UTF-8, and whatever
// goes over the limits below. The file comes from strangers as well: the limits hold before memory or time is spent.
#pragma once

#include <cstddef>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "nondim/text_error.hpp"
#include "solver/case/input_error.hpp"

namespace nusselt {

namespace document_limits {
inline constexpr std::size_t bytes = 1024 * 1024;
inline constexpr std::size_t scalar_bytes = 64 * 1024;
inline constexpr std::size_t nodes = 10000;
inline constexpr std::size_t keys_per_map = 1000;
inline constexpr std::size_t depth = 32;
}  // namespace document_limits

struct Entry;

struct Node {
  enum class Kind { scalar, map, list };

  Kind kind = Kind::scalar;
  std::string text;            // of a scalar
  std::vector<Entry> entries;  // of a map, in the order of the file
  std::vector<Node> items;     // of a list
  Place place;                 // of the first character
  bool quoted = false;         // a scalar in quotes, or a block after | or >

  std::shared_ptr<const std::string> origin;  // the text that this node was read from
  std::size_t begin = 0;                      // where in it the node starts, in bytes

  bool is_scalar() const { return kind == Kind::scalar; }
  bool is_map() const { return kind == Kind::map; }
  bool is_list() const { return kind == Kind::list; }

  /// The value of `key`, or the item of that number in a list ("0" is the first); null when there is none.
  const Node* find(std::string_view key) const;
  /// The node at a path of keys and item numbers, "conditions.0.at"; the node itself for "". Null when there is none.
  const Node* find_path(std::string_view path) const;
};

struct Entry {
  std::string key;
  Place key_place;
  Node value;
};

/// The place of byte `offset` of a scalar's text, past quotes, escapes, folded lines and the indentation of blocks.
Place place_in(const Node& scalar, std::size_t offset);

/// The mistake that a parser of small texts found in a scalar, at its place in the file; `key` is named before it.
InputError located(const TextError& error, const Node& scalar, const std::string& key);

class Document {
 public:
  /// Reads YAML text; `file` is the name that messages show. Throws InputError.
  Document(std::string file, std::string text);
  /// Reads a file; a file that is missing, unreadable, no regular file or too large is an InputError as well.
  static Document load(const std::string& path);

  /// Sets one value from a command line argument, `constants.Ra=1e5`. Numbers in the path are items of a list,
  /// `conditions.0.T=310 K`. A value that starts with a bracket or a quote is read as YAML, any other is the text
  /// itself. Missing maps on the way are made; what is not a key of the case format is left to the key table.
  void override(const std::string& argument);

  /// Puts `value`, with the place it came from, where `path` already has a node.
  void replace(std::string_view path, const Node& value);

  const Node& root() const { return root_; }
  /// The file as it was read, byte for byte, without overrides.
  const std::string& text() const { return text_; }
  /// The tree with overrides, every scalar a string.
  nlohmann::json resolved() const;

 private:
  std::string text_;
  Node root_;
  std::size_t node_count_ = 0;
};

}  // namespace nusselt
