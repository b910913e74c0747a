#include "engine/keys/yaml_tree.hpp"

#include <simdjson.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <functional>
#include <optional>
#include <sstream>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "engine/text/shown_text.hpp"

namespace retort::engine {
namespace {

constexpr std::size_t max_depth = 64;
constexpr std::size_t max_nodes = 100'000;
constexpr std::size_t max_text_bytes = 4 * max_yaml_bytes;

using kind = yaml_node::kind;
using placing = std::function<std::string(const YAML::Mark&)>;

// Ends the parsing from inside yaml-cpp's callbacks; caught in build().
struct refusal {
  std::string line;
};

// What a tree costs, so that copies for aliases cannot fill the memory.
struct extent {
  std::size_t nodes = 0;
  std::size_t bytes = 0;

  void add(const yaml_node& node) {
    ++nodes;
    bytes += node.text.size() + node.key.size();
    for (const yaml_node& child : node.children) add(child);
  }
};

void check_keys(const yaml_node& map) {
  std::unordered_map<std::string_view, const yaml_node*> seen;
  for (const yaml_node& child : map.children) {
    if (child.key == "<<") {
      throw refusal{child.key_where +
                    ": the merge key \"<<\" is not read here: write out the keys "
                    "that it stands for"};
    }
    const auto [first, is_new] = seen.emplace(child.key, &child);
    if (is_new) continue;
    throw refusal{child.key_where + ": duplicate key " + shown(child.key) + ", first set at " +
                  first->second->key_where};
  }
}

class tree_builder : public YAML::EventHandler {
 public:
  explicit tree_builder(const placing& place) : place_(place) {}

  yaml_node take() { return std::move(root_); }

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (std::exchange(started_, true)) {
      throw refusal{place_(mark) +
                    ": expected the end here: one YAML document and nothing after it"};
    }
  }
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    finish(counted({.where = place_(mark)}), anchor);
  }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    check_tag(mark, tag);
    finish(
        counted({.type = kind::text, .text = value, .quoted = tag == "!", .where = place_(mark)}),
        anchor);
  }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    const auto named = anchors_.find(anchor);
    if (named == anchors_.end()) throw refusal{place_(mark) + ": an alias within what it names"};
    add(counted(named->second));
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    open(mark, tag, anchor, kind::list);
  }
  void OnSequenceEnd() override { close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    open(mark, tag, anchor, kind::map);
  }
  void OnMapEnd() override {
    check_keys(open_.back().node);
    close();
  }

 private:
  // A list or map that is still being read, and the key that waits for its value.
  struct unfinished {
    yaml_node node;
    YAML::anchor_t anchor;
    std::optional<yaml_node> key = {};
  };

  // yaml-cpp writes "?" for a plain node, "!" for a quoted one and the tag for a tagged one.
  void check_tag(const YAML::Mark& mark, const std::string& tag) {
    if (tag.empty() || tag == "?" || tag == "!") return;
    throw refusal{place_(mark) + ": the tag " + shown(tag) + " means nothing here"};
  }

  yaml_node counted(yaml_node node) {
    total_.add(node);
    if (total_.nodes > max_nodes) throw refusal{node.where + ": more than 100000 values"};
    if (total_.bytes > max_text_bytes) throw refusal{node.where + ": more than 16 MiB of text"};
    return node;
  }

  void open(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor, kind type) {
    check_tag(mark, tag);
    if (open_.size() == max_depth) {
      throw refusal{place_(mark) + ": nested more than 64 levels deep"};
    }
    open_.push_back({.node = counted({.type = type, .where = place_(mark)}), .anchor = anchor});
  }

  void close() {
    unfinished done = std::move(open_.back());
    open_.pop_back();
    finish(std::move(done.node), done.anchor);
  }

  void finish(yaml_node node, YAML::anchor_t anchor) {
    if (anchor != YAML::NullAnchor) anchors_[anchor] = counted(node);
    add(std::move(node));
  }

  void add(yaml_node node) {
    if (open_.empty()) {
      root_ = std::move(node);
      return;
    }
    unfinished& parent = open_.back();
    if (parent.node.type == kind::map) return add_to_map(parent, std::move(node));
    parent.node.children.push_back(std::move(node));
  }

  void add_to_map(unfinished& parent, yaml_node node) {
    if (!parent.key) {
      check_key(node);
      parent.key = std::move(node);
      return;
    }
    // yaml-cpp places a missing value at the next token, which may be lines away.
    if (node.type == kind::null) node.where = parent.key->where;
    node.key = std::move(parent.key->text);
    node.key_where = std::move(parent.key->where);
    parent.key.reset();
    parent.node.children.push_back(std::move(node));
  }

  void check_key(const yaml_node& key) {
    if (key.type == kind::text) return;
    throw refusal{key.where + ": a key must be a word (a text such as {{field}} needs quotes)"};
  }

  const placing& place_;
  bool started_ = false;
  extent total_;
  yaml_node root_;
  std::vector<unfinished> open_;
  std::unordered_map<YAML::anchor_t, yaml_node> anchors_;
};

// The commonest of yaml-cpp's messages, in words that say what to do.
std::string in_plain_words(const std::string& message) {
  static const std::pair<std::string_view, std::string_view> phrases[] = {
      {YAML::ErrorMsg::MAP_VALUE,
       "a \": \" that fits no key (indent the keys of one map alike; quote a text with \": \" in "
       "it)"},
      {YAML::ErrorMsg::END_OF_MAP,
       "a line that fits neither the map above it nor a key of its own"},
      {YAML::ErrorMsg::END_OF_SEQ, "a line that does not belong to the list above it"},
      {YAML::ErrorMsg::END_OF_MAP_FLOW, "a \"{\" without its \"}\""},
      {YAML::ErrorMsg::END_OF_SEQ_FLOW, "a \"[\" without its \"]\""},
      {YAML::ErrorMsg::FLOW_END, "a \"]\" or \"}\" that closes nothing"},
      {YAML::ErrorMsg::EOF_IN_SCALAR, "the text ends inside quotes"},
      {YAML::ErrorMsg::UNKNOWN_ANCHOR,
       "unknown alias (a text that begins with \"*\" needs quotes)"},
      {YAML::ErrorMsg::UNKNOWN_TOKEN, "a text that begins with \"@\", \"`\" or \"%\" needs quotes"},
  };
  for (const auto& [theirs, ours] : phrases) {
    if (message.starts_with(theirs)) return std::string(ours);
  }
  return message;
}

std::string_view line_at(std::string_view text, int line) {
  for (; line > 0; --line) text.remove_prefix(std::min(text.size(), text.find('\n') + 1));
  return text.substr(0, text.find('\n'));
}

bool is_indented_with_tab(std::string_view line) {
  return line.substr(0, line.find_first_not_of(" \t")).find('\t') != std::string_view::npos;
}

std::string syntax_error(const YAML::Exception& e, const std::string& text, const placing& place) {
  const bool tab = !e.mark.is_null() && is_indented_with_tab(line_at(text, e.mark.line));
  return place(e.mark) +
         ": not YAML: " + (tab ? "a tab in the indentation (use spaces)" : in_plain_words(e.msg));
}

bool is_control(char c) {
  return (c >= 0 && c < 0x20 && c != '\t' && c != '\n' && c != '\r') || c == 0x7F;
}

// yaml-cpp takes bytes as they come, and the byte 4 for the end of the file.
std::optional<error> text_problem(std::string_view text, const placing& place) {
  if (text.size() > max_yaml_bytes) return error{errc::usage, place({}) + ": larger than 4 MiB"};
  YAML::Mark mark;
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    if (!simdjson::validate_utf8(line)) return error{errc::usage, place(mark) + ": not UTF-8"};
    if (std::ranges::any_of(line, is_control)) {
      return error{errc::usage, place(mark) + ": a control character in this line"};
    }
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    ++mark.line;
  }
  return std::nullopt;
}

result<yaml_node> build(const std::string& text, const placing& place) {
  if (auto problem = text_problem(text, place)) return *problem;
  std::istringstream in(text);
  tree_builder builder(place);
  try {
    YAML::Parser parser(in);
    while (parser.HandleNextDocument(builder)) continue;
  } catch (const refusal& refused) {
    return error{errc::usage, refused.line};
  } catch (const YAML::Exception& e) {
    return error{errc::usage, syntax_error(e, text, place)};
  }
  return builder.take();
}

}  // namespace

const yaml_node* yaml_node::child(std::string_view name) const {
  if (type != kind::map) return nullptr;
  const auto found = std::ranges::find(children, name, &yaml_node::key);
  return found == children.end() ? nullptr : &*found;
}

yaml_node* yaml_node::child(std::string_view name) {
  return const_cast<yaml_node*>(std::as_const(*this).child(name));
}

result<yaml_node> parse_yaml(const std::string& text, const std::string& name) {
  return build(text, [&name](const YAML::Mark& mark) {
    if (mark.is_null()) return name;
    return name + ":" + std::to_string(mark.line + 1) + ":" + std::to_string(mark.column + 1);
  });
}

result<yaml_node> parse_yaml_value(const std::string& text, const std::string& origin) {
  if (text == "-") return yaml_node{.type = yaml_node::kind::text, .text = text, .where = origin};
  return build(text, [&origin](const YAML::Mark&) { return origin; });
}

result<yaml_node> text_value(const std::string& text, const std::string& origin) {
  auto problem = text_problem(text, [&origin](const YAML::Mark&) { return origin; });
  if (problem) return *problem;
  return yaml_node{.type = yaml_node::kind::text, .text = text, .where = origin};
}

}  // namespace retort::engine
