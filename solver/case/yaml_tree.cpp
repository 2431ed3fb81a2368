// Longer than a usual file: the events of one parser and what each may be are one subject.
#include "solver/case/yaml_tree.hpp"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <istream>
#include <optional>
#include <streambuf>
#include <string_view>
#include <utility>

namespace nusselt {

namespace {

constexpr std::string_view white = " \t\r\n";

bool is_white(char c) { return white.find(c) != std::string_view::npos; }

/// What YAML itself forbids, and what the parser below would swallow: it takes byte 4 for the end of the file.
void check_bytes(const Source& source) {
  const std::string& text = *source.text();
  const std::size_t valid = valid_utf8_length(text);
  if (valid < text.size()) {
    throw InputError(source.at(valid), "the text is not valid UTF-8", "save the file in the encoding UTF-8");
  }
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if ((byte < 0x20 && !is_white(text[i])) || byte == 0x7f) {
      throw InputError(source.at(i), "control character " + quote(text.substr(i, 1)) + " in the text",
                       "a case file is plain text; remove it");
    }
  }
}

/// Feeds the parser and stops it when it reads on and on without an event: its queue of tokens would grow with the
/// file (400 bytes for each bracket), for it cannot know before the last bracket whether the first one opens a key.
class BoundedBuffer : public std::streambuf {
 public:
  BoundedBuffer(const Source& source, std::size_t begin) : source_(source), fed_(begin), last_event_(begin) {}

  void event_at(std::size_t offset) { last_event_ = std::max(last_event_, offset); }

 protected:
  int_type underflow() override {
    constexpr std::size_t piece = 2048;
    constexpr std::size_t most_without_event = 128 * 1024;
    const std::string& text = *source_.text();
    if (fed_ >= text.size()) return traits_type::eof();
    if (fed_ > last_event_ + most_without_event) {
      throw InputError(source_.at(last_event_), "what begins here does not end within 128 KiB",
                       "look for a bracket or a quote that is never closed; large data belongs into a CSV file");
    }
    const std::size_t length = std::min(piece, text.size() - fed_);
    char* begin = const_cast<char*>(text.data()) + fed_;  // the get area is only read
    setg(begin, begin, begin + length);
    fed_ += length;
    return traits_type::to_int_type(*begin);
  }

 private:
  const Source& source_;
  std::size_t fed_;
  std::size_t last_event_;
};

/// The end of the quoted text that begins at `begin`; npos when the quote is never closed.
std::size_t closing_quote(const std::string& text, std::size_t begin) {
  const char mark = text[begin];
  for (std::size_t i = begin + 1; i < text.size(); ++i) {
    if (text[i] == mark && mark == '\'' && i + 1 < text.size() && text[i + 1] == mark) {
      ++i;
    } else if (text[i] == mark) {
      return i;
    } else if (mark == '"' && text[i] == '\\') {
      ++i;
    }
  }
  return std::string::npos;
}

[[noreturn]] void refuse_alias(const Place& place) {
  throw InputError(place, "YAML anchors (&name) and aliases (*name) are not used in a case",
                   "write the value out; a text that begins with & or * needs quotes");
}

/// Whether the bracket at `begin` is closed by one of its kind, as far as brackets outside quotes tell.
bool is_closed(const std::string& text, std::size_t begin) {
  std::size_t open = 0;
  for (std::size_t i = begin; i < text.size(); ++i) {
    if (text[i] == '"' || text[i] == '\'') i = std::min(closing_quote(text, i), text.size() - 1);
    if (text[i] == '[' || text[i] == '{') ++open;
    if ((text[i] == ']' || text[i] == '}') && --open == 0) return true;
  }
  return false;
}

/// Builds the tree and refuses whatever is no plain map, list or text, as early as the parser says so.
class TreeBuilder : public YAML::EventHandler {
 public:
  TreeBuilder(const Source& source, BoundedBuffer& buffer, std::size_t begin, std::size_t depth, std::size_t node_count)
      : source_(source), buffer_(buffer), begin_(begin), outer_depth_(depth), node_count_(node_count) {}

  std::optional<Node>& root() { return root_; }
  std::size_t node_count() const { return node_count_; }

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (document_started_) {
      throw InputError(
          at(mark), "a second document begins here",
          "a case is one YAML document: remove the line \"---\", or indent what belongs to the keys above");
    }
    document_started_ = true;
  }

  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    refuse_anchor(mark, anchor);
    if (frames_.empty()) return;  // an empty document; the caller says so
    const Frame& frame = frames_.back();
    const std::string hint =
        is_flow(frame.node) && !frame.node.is_list()
            ? "inside { } a comma begins the next key: a text with a comma needs quotes"
            : "write the value after a colon and a space, or delete the key; the words null and ~ mean no value in "
              "YAML, in quotes they are text";
    if (frame.node.is_list()) throw InputError(at(mark), "an item of this list has no value", hint);
    if (!frame.has_key) throw InputError(at(mark), "a key is missing before the value", hint);
    throw InputError(frame.key_place, frame.key + ": has no value", hint);
  }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override { refuse_alias(at(mark)); }

  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    Node node = start(mark, tag, anchor, Node::Kind::scalar);
    const std::string& text = *source_.text();
    const char first = node.begin < text.size() ? text[node.begin] : '\0';
    if ((first == '"' || first == '\'') && closing_quote(text, node.begin) == std::string::npos) {
      throw InputError(node.place, "this quote is never closed");
    }
    if (value.size() > document_limits::scalar_bytes) {
      throw InputError(node.place,
                       "this text has " + std::to_string(value.size()) + " bytes; at most " +
                           std::to_string(document_limits::scalar_bytes) + " are allowed",
                       "large data belongs into a CSV file");
    }
    for (const char c : value) {
      if (static_cast<unsigned char>(c) < 0x20 && !is_white(c)) {
        throw InputError(node.place, "this text holds the control character " + quote(std::string_view(&c, 1)));
      }
    }
    if (valid_utf8_length(value) < value.size()) {  // the parser makes single bytes of these two
      throw InputError(node.place, "the escapes \\N and \\_ are not used in a case", "type the character itself");
    }
    node.text = value;
    node.quoted = first == '"' || first == '\'' || first == '|' || first == '>';
    finish(std::move(node));
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    open(start(mark, tag, anchor, Node::Kind::list));
  }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    open(start(mark, tag, anchor, Node::Kind::map));
  }
  void OnSequenceEnd() override { close(); }
  void OnMapEnd() override { close(); }

 private:
  struct Frame {
    Node node;
    std::string key;
    Place key_place;
    bool has_key = false;
  };

  std::size_t offset(const YAML::Mark& mark) const { return begin_ + static_cast<std::size_t>(std::max(mark.pos, 0)); }
  Place at(const YAML::Mark& mark) const { return source_.at(offset(mark)); }

  bool is_flow(const Node& node) const { return (*source_.text())[node.begin] == '{'; }

  void refuse_anchor(const YAML::Mark& mark, YAML::anchor_t anchor) const {
    if (anchor != 0) refuse_alias(at(mark));
  }

  Node start(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor, Node::Kind kind) {
    Node node;
    node.kind = kind;
    node.begin = offset(mark);
    node.origin = source_.text();
    node.place = source_.at(node.begin);
    buffer_.event_at(node.begin);
    refuse_anchor(mark, anchor);
    const std::string& text = *source_.text();
    // "?" and "!" are what the parser reports for plain and quoted nodes; a lone "!" before a node reads like the
    // latter.
    const bool has_tag = tag.size() > 1 || (node.begin < text.size() && text[node.begin] == '!');
    if (has_tag) {
      throw InputError(node.place, "YAML tags (!name) are not used in a case",
                       "a text that begins with ! needs quotes");
    }
    refuse_tab_before(node.begin);
    if (++node_count_ > document_limits::nodes) {
      throw InputError(node.place, "more than " + std::to_string(document_limits::nodes) + " keys and values",
                       "large data belongs into a CSV file");
    }
    return node;
  }

  void refuse_tab_before(std::size_t begin) const {
    const std::size_t line = source_.line_begin(begin);
    const std::string_view before = std::string_view(*source_.text()).substr(line, begin - line);
    const std::size_t tab = before.find('\t');
    if (tab == std::string_view::npos || before.find_first_not_of(white) != std::string_view::npos) return;
    throw InputError(source_.at(line + tab), "a tab in the indentation", "YAML is indented with spaces only");
  }

  void open(Node node) {
    if (!frames_.empty() && frames_.back().node.is_map() && !frames_.back().has_key) {
      // At the end of the file the parser takes an open bracket for the beginning of a key.
      const std::string& text = *source_.text();
      const bool is_bracket = text[node.begin] == '[' || text[node.begin] == '{';
      if (is_bracket && !is_closed(text, node.begin)) throw InputError(node.place, "this bracket is never closed");
      throw InputError(node.place, "a key must be a plain name, not a list or a map",
                       "a text that begins with [ or { needs quotes");
    }
    if (outer_depth_ + frames_.size() >= document_limits::depth) {
      throw InputError(node.place, "nested deeper than " + std::to_string(document_limits::depth) + " levels");
    }
    frames_.emplace_back();
    frames_.back().node = std::move(node);
  }

  void close() {
    Node node = std::move(frames_.back().node);
    frames_.pop_back();
    finish(std::move(node));
  }

  void finish(Node node) {
    if (frames_.empty()) {
      root_ = std::move(node);
      return;
    }
    Frame& frame = frames_.back();
    if (frame.node.is_list()) {
      frame.node.items.push_back(std::move(node));
    } else if (!frame.has_key) {
      take_key(frame, node);
    } else {
      frame.node.entries.push_back({std::move(frame.key), std::move(frame.key_place), std::move(node)});
      frame.has_key = false;
    }
  }

  static void take_key(Frame& frame, const Node& key) {
    if (key.text == "<<") {
      throw InputError(key.place, "YAML merge keys (<<) are not used in a case", "write the keys out");
    }
    if (key.text.empty()) throw InputError(key.place, "a key is missing before the colon");
    for (const Entry& entry : frame.node.entries) {
      if (entry.key != key.text) continue;
      throw InputError(key.place,
                       key.text + ": duplicate key, first given in line " + std::to_string(entry.key_place.line) +
                           ", again in line " + std::to_string(key.place.line),
                       "keep one of the two");
    }
    if (frame.node.entries.size() >= document_limits::keys_per_map) {
      throw InputError(key.place, "more than " + std::to_string(document_limits::keys_per_map) + " keys in one map");
    }
    frame.key = key.text;
    frame.key_place = key.place;
    frame.has_key = true;
  }

  const Source& source_;
  BoundedBuffer& buffer_;
  std::size_t begin_;
  std::size_t outer_depth_;
  std::size_t node_count_;
  bool document_started_ = false;
  std::vector<Frame> frames_;
  std::optional<Node> root_;
};

/// `T0:300 K` is a text in YAML, and the parser stumbles over the line below it.
std::optional<std::size_t> colon_without_space(const Source& source, std::size_t offset) {
  const std::string& text = *source.text();
  for (std::size_t line = source.line_begin(offset); line > 0;) {
    const std::size_t end = line - 1;
    line = source.line_begin(end);
    const std::size_t begin = text.find_first_not_of(' ', line);
    if (begin >= end || text[begin] == '#') continue;
    const std::size_t colon = text.find(':', begin);
    const bool is_key = colon < end && text.find_first_of(" #\"'[{", begin) > colon;
    if (is_key && colon + 1 < end && !is_white(text[colon + 1])) return colon;
    return std::nullopt;
  }
  return std::nullopt;
}

/// yaml-cpp knows what is wrong, but not what people usually did to get there.
std::string advice_for(const std::string& parser_message) {
  const std::pair<const char*, const char*> advice[] = {
      {YAML::ErrorMsg::MAP_VALUE, "a text with \": \" inside needs quotes; a key stands below its neighbours exactly"},
      {YAML::ErrorMsg::BLOCK_ENTRY, "the items of a list begin on lines of their own, below their key"},
      {YAML::ErrorMsg::UNKNOWN_TOKEN, "a text that begins with @, % or ` needs quotes"},
      {YAML::ErrorMsg::END_OF_MAP_FLOW, "inside { } a text with a comma or a bracket, as in \"0.1 [m]\", needs quotes"},
      {YAML::ErrorMsg::END_OF_SEQ_FLOW, "inside [ ] a text with a bracket, as in \"0.1 [m]\", needs quotes"},
      {YAML::ErrorMsg::FLOW_END, "a list opened with [ is closed with ], a map opened with { is closed with }"},
      {YAML::ErrorMsg::EOF_IN_SCALAR, "a quote is never closed"},
      {YAML::ErrorMsg::END_OF_MAP, "write key: value with a space after the colon; nothing may follow a closing quote"},
      {YAML::ErrorMsg::INVALID_ESCAPE, "in double quotes a backslash begins an escape; use single quotes"},
  };
  for (const auto& [message, hint] : advice) {
    if (parser_message.starts_with(message)) return hint;
  }
  return {};
}

}  // namespace

Source::Source(std::string file, std::shared_ptr<const std::string> text)
    : file_(std::move(file)), text_(std::move(text)) {
  for (std::size_t i = 0; i < text_->size(); ++i) {
    if ((*text_)[i] == '\n') line_begins_.push_back(i + 1);
  }
  check_bytes(*this);
}

Place Source::at(std::size_t offset) const {
  const std::string_view text = *text_;
  const auto next = std::upper_bound(line_begins_.begin(), line_begins_.end(), offset);
  const std::size_t begin = *(next - 1);
  const std::size_t end = next == line_begins_.end() ? text.size() : *next - 1;
  if (offset < counted_to_ || begin > counted_to_) {
    counted_to_ = begin;
    characters_ = 0;
  }
  characters_ += count_characters(text.substr(counted_to_, offset - counted_to_));
  counted_to_ = offset;
  return place_in_line(file_, static_cast<int>(next - line_begins_.begin()), text.substr(begin, end - begin),
                       offset - begin, characters_);
}

std::size_t Source::line_begin(std::size_t offset) const {
  return *(std::upper_bound(line_begins_.begin(), line_begins_.end(), offset) - 1);
}

Node parse_yaml(const Source& source, std::size_t begin, std::size_t depth, std::size_t& node_count) {
  BoundedBuffer buffer(source, begin);
  TreeBuilder builder(source, buffer, begin, depth, node_count);
  std::istream stream(&buffer);
  try {
    YAML::Parser parser(stream);
    while (parser.HandleNextDocument(builder)) {
    }
  } catch (const YAML::Exception& error) {
    const std::size_t offset = begin + static_cast<std::size_t>(std::max(error.mark.pos, 0));
    const std::string& text = *source.text();
    const std::size_t line = source.line_begin(offset);
    const std::size_t tab = text.find_first_not_of(' ', line);
    if (tab < text.size() && text[tab] == '\t') {
      throw InputError(source.at(tab), "a tab in the indentation", "YAML is indented with spaces only");
    }
    if (error.msg == YAML::ErrorMsg::UNKNOWN_ANCHOR) refuse_alias(source.at(offset));
    if (const auto colon =
            error.msg == YAML::ErrorMsg::MAP_VALUE ? colon_without_space(source, offset) : std::nullopt) {
      throw InputError(source.at(*colon), "a space is missing after this colon", "write key: value");
    }
    throw InputError(source.at(offset), "not valid YAML: " + error.msg, advice_for(error.msg));
  }
  if (!builder.root()) throw InputError(source.at(begin), "nothing but comments and empty lines");
  node_count = builder.node_count();
  return std::move(*builder.root());
}

}  // namespace nusselt
