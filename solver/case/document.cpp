#include "solver/case/document.hpp"

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <optional>
#include <stdexcept>
#include <utility>

#include "solver/case/yaml_tree.hpp"

namespace nusselt {

namespace {

constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";
constexpr std::string_view white = " \t\r\n";

bool is_white(char c) { return white.find(c) != std::string_view::npos; }

std::optional<std::size_t> item_number(std::string_view key) {
  std::size_t number = 0;
  const auto [end, error] = std::from_chars(key.data(), key.data() + key.size(), number);
  if (error != std::errc() || end != key.data() + key.size()) return {};
  return number;
}

nlohmann::json to_json(const Node& node) {
  switch (node.kind) {
    case Node::Kind::scalar:
      return node.text;
    case Node::Kind::list: {
      nlohmann::json result = nlohmann::json::array();
      for (const Node& item : node.items) result.push_back(to_json(item));
      return result;
    }
    case Node::Kind::map:
      break;
  }
  nlohmann::json result = nlohmann::json::object();
  for (const Entry& entry : node.entries) result[entry.key] = to_json(entry.value);
  return result;
}

std::size_t utf8_length(char first) {
  const auto byte = static_cast<unsigned char>(first);
  return byte < 0x80 ? 1 : byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : 4;
}

/// Walks the text and what it was written as side by side, over quotes, escapes, folded lines and indentation.
std::size_t written_offset(const Node& scalar, std::size_t offset) {
  const std::string& written = *scalar.origin;
  const std::string& text = scalar.text;
  std::size_t w = scalar.begin;
  if (w >= written.size()) return w;
  const char style = scalar.quoted ? written[w] : '\0';
  if (style == '|' || style == '>') w = std::min(written.find('\n', w), written.size());
  if (style == '"' || style == '\'') ++w;
  std::size_t t = 0;
  while (w < written.size()) {
    if (t >= text.size()) break;
    const bool escaped = style == '"' && written[w] == '\\' && w + 1 < written.size();
    if (escaped && (written[w + 1] == '\n' || written[w + 1] == '\r')) {  // a line goes on
      w = std::min(written.find_first_not_of(white, w + 1), written.size());
      continue;
    }
    const bool aligned = written[w] == text[t];
    const bool layout = !escaped && !aligned && is_white(written[w]);
    if (layout) {
      w = std::min(written.find_first_not_of(white, w), written.size());
      if (is_white(text[t])) t = std::min(text.find_first_not_of(white, t), text.size());
      continue;
    }
    if (t >= offset) break;
    if (escaped) {
      const char kind = written[w + 1];
      w += kind == 'x' ? 4 : kind == 'u' ? 6 : kind == 'U' ? 10 : 2;
      t += utf8_length(text[t]);
    } else {
      if (style == '\'' && written[w] == '\'') ++w;
      ++w;
      ++t;
    }
  }
  return std::min(w, written.size());
}

const char* const override_usage =
    "write KEY=VALUE with a path of keys, as in constants.Ra=1e5 or conditions.0.T=\"310 K\"";

struct PathPart {
  std::string key;
  std::size_t begin;
};

/// The keys before the equals sign.
std::vector<PathPart> path_of(const Source& source) {
  const std::string& argument = *source.text();
  const std::size_t equals = argument.find('=');
  if (equals == std::string::npos || equals == 0) {
    throw InputError(source.at(0), quote(argument) + " is not of the form KEY=VALUE", override_usage);
  }
  std::vector<PathPart> path;
  for (std::size_t begin = 0; begin <= equals;) {
    const std::size_t end = std::min(argument.find('.', begin), equals);
    if (end == begin) throw InputError(source.at(begin), "a part of the path is empty", override_usage);
    if (path.size() + 1 == document_limits::depth) {
      throw InputError(source.at(begin), "nested deeper than " + std::to_string(document_limits::depth) + " levels");
    }
    path.push_back({argument.substr(begin, end - begin), begin});
    begin = end + 1;
  }
  return path;
}

/// What stands behind the equals sign.
Node value_of(const Source& source, std::size_t depth, std::size_t& node_count) {
  const std::string& argument = *source.text();
  const std::size_t begin = std::min(argument.find_first_not_of(white, argument.find('=') + 1), argument.size());
  if (begin == argument.size()) throw InputError(source.at(begin), "a value is missing after =", override_usage);
  if (std::string_view("[{\"'").find(argument[begin]) != std::string_view::npos) {
    return parse_yaml(source, begin, depth, node_count);
  }
  Node value;
  value.text = argument.substr(begin, argument.find_last_not_of(white) + 1 - begin);
  value.place = source.at(begin);
  value.origin = source.text();
  value.begin = begin;
  return value;
}

/// The node below `parent` that an override means; made when it is a new key of a map.
Node& child_for(Node& parent, const PathPart& part, const Source& source, const std::string& above) {
  const Place place = source.at(part.begin);
  if (parent.is_scalar()) {
    throw InputError(place, above + ": is the single value " + quote(parent.text) + " and has no keys");
  }
  if (const Node* child = parent.find(part.key)) return const_cast<Node&>(*child);
  if (parent.is_list()) {
    throw InputError(place, above + ": has no item " + quote(part.key),
                     parent.items.empty()
                         ? "the list is empty"
                         : "items count from 0; the last is " + std::to_string(parent.items.size() - 1));
  }
  if (parent.entries.size() >= document_limits::keys_per_map) {
    throw InputError(place, "more than " + std::to_string(document_limits::keys_per_map) + " keys in one map");
  }
  Node made;
  made.kind = Node::Kind::map;
  made.place = place;
  parent.entries.push_back({part.key, place, std::move(made)});
  return parent.entries.back().value;
}

}  // namespace

const Node* Node::find(std::string_view key) const {
  if (is_list()) {
    const std::optional<std::size_t> number = item_number(key);
    return number && *number < items.size() ? &items[*number] : nullptr;
  }
  const auto entry = std::find_if(entries.begin(), entries.end(), [&](const Entry& e) { return e.key == key; });
  return entry == entries.end() ? nullptr : &entry->value;
}

const Node* Node::find_path(std::string_view path) const {
  const Node* node = this;
  while (node != nullptr && !path.empty()) {
    const std::size_t dot = std::min(path.find('.'), path.size());
    node = node->find(path.substr(0, dot));
    path.remove_prefix(std::min(dot + 1, path.size()));
  }
  return node;
}

Place place_in(const Node& scalar, std::size_t offset) {
  if (!scalar.origin) return scalar.place;
  return place_at(scalar.place.file, *scalar.origin, written_offset(scalar, offset));
}

InputError located(const TextError& error, const Node& scalar, const std::string& key) {
  return InputError(place_in(scalar, error.offset()), key + ": " + error.what(), error.hint());
}

Document::Document(std::string file, std::string text) : text_(std::move(text)) {
  if (text_.size() > document_limits::bytes) {
    throw InputError({std::move(file), 0, 0, {}, 0},
                     "the file has more than " + std::to_string(document_limits::bytes) + " bytes",
                     "large data belongs into a CSV file that the case names");
  }
  const std::size_t begin = text_.starts_with(byte_order_mark) ? byte_order_mark.size() : 0;
  const Source source(std::move(file), std::make_shared<const std::string>(text_.substr(begin)));
  root_ = parse_yaml(source, 0, 0, node_count_);
  if (!root_.is_map()) {
    throw InputError(root_.place, "a case is a map of keys and values",
                     "write key: value, with a space after the colon");
  }
}

Document Document::load(const std::string& path) {
  std::error_code error;
  const Place whole{path, 0, 0, {}, 0};
  const auto status = std::filesystem::status(path, error);
  if (!std::filesystem::exists(status)) throw InputError(whole, "there is no such file", "give a case folder or file");
  if (!std::filesystem::is_regular_file(status)) throw InputError(whole, "this is not a regular file");
  std::ifstream stream(path, std::ios::binary);
  // One byte more than allowed, so that the size is judged in one place and a growing file cannot fill the memory.
  std::string text(document_limits::bytes + 1, '\0');
  stream.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (!stream && !stream.eof()) throw InputError(whole, "the file cannot be read", "look at its permissions");
  text.resize(static_cast<std::size_t>(stream.gcount()));
  return Document(path, std::move(text));
}

void Document::override(const std::string& argument) {
  const Source source("command line", std::make_shared<const std::string>(argument));
  const std::vector<PathPart> path = path_of(source);
  Node value = value_of(source, path.size(), node_count_);
  Node* node = &root_;
  std::string above = "the case";
  for (const PathPart& part : path) {
    node = &child_for(*node, part, source, above);
    above = argument.substr(0, part.begin + part.key.size());
  }
  *node = std::move(value);
}

void Document::replace(std::string_view path, const Node& value) {
  const Node* node = root_.find_path(path);
  if (node == nullptr) throw std::logic_error("the case has no " + std::string(path));
  *const_cast<Node*>(node) = Node(value);
}

nlohmann::json Document::resolved() const { return to_json(root_); }

}  // namespace nusselt
