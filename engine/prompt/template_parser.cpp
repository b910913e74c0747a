#include "engine/prompt/template_parser.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include <re2/re2.h>

#include "io/base/one_line.hpp"

namespace retort::engine {
namespace {

constexpr std::string_view blanks = " \t";
constexpr std::string_view spaces = " \t\r\n";
constexpr std::string_view braces = "{{";
constexpr std::size_t max_tag_bytes = 60;  // of a tag in a message

struct tag {
  char sigil;  // one of # ^ / ! > =, or 0 for a variable
  std::string_view name;
  std::size_t begin;  // the whole tag with its braces
  std::size_t end;
};

struct extent {
  std::size_t begin;
  std::size_t end;
};

std::string_view trim(std::string_view text) {
  const std::size_t begin = std::min(text.find_first_not_of(spaces), text.size());
  return text.substr(begin, text.find_last_not_of(spaces) + 1 - begin);
}

bool is_path(std::string_view name) {
  return name == "." || (!name.starts_with('.') && !name.ends_with('.') &&
                         name.find("..") == std::string_view::npos);
}

class template_parser {
 public:
  explicit template_parser(std::string_view text) : text_(text) {}

  result<std::vector<template_segment>> parse();

 private:
  result<tag> read_tag(std::size_t begin) const;
  result<void> check(const tag& tag) const;
  bool is_triple(std::size_t begin) const;
  bool is_in_latex(std::size_t begin) const;
  result<void> set_delimiters(const tag& tag);
  extent taken_by(const tag& tag) const;
  void add_literal(std::size_t begin, std::size_t end);
  result<void> add(const tag& tag);
  result<void> close(const tag& tag);

  std::string position(std::size_t offset) const;
  error fail(std::size_t offset, const std::string& why) const;
  std::string_view name_of(const template_segment& segment) const {
    return text_.substr(segment.begin, segment.size);
  }

  // A section still open: its index and where its tag stands.
  struct open_section {
    std::size_t index;
    std::size_t begin;
  };

  std::string_view text_;
  std::string_view opening_ = braces, closing_ = "}}";
  std::vector<template_segment> segments_;
  std::vector<open_section> open_;
};

std::string shown(const tag& tag) {
  std::string name = io::one_line(tag.name, max_tag_bytes);
  return tag.sigil == 0 ? "{{" + name + "}}" : std::string("{{") + tag.sigil + name + "}}";
}

result<std::vector<template_segment>> template_parser::parse() {
  std::size_t at = 0;
  for (auto begin = text_.find(opening_); begin < text_.size(); begin = text_.find(opening_, at)) {
    if (is_triple(begin) && is_in_latex(begin)) ++begin;
    const auto tag = read_tag(begin);
    if (!tag) return tag.error();
    const extent taken = taken_by(*tag);
    add_literal(at, taken.begin);
    if (auto added = add(*tag); !added) return added.error();
    at = taken.end;
  }
  add_literal(at, text_.size());
  if (open_.empty()) return std::move(segments_);
  const std::string name = io::one_line(name_of(segments_[open_.back().index]), max_tag_bytes);
  return fail(open_.back().begin,
              "the section \"" + name + "\" is never closed by {{/" + name + "}}");
}

result<tag> template_parser::read_tag(std::size_t begin) const {
  const bool triple = is_triple(begin);
  const std::string closing = (text_.substr(begin + opening_.size()).starts_with('=') ? "=" : "") +
                              std::string(triple ? "}}}" : closing_);
  const std::size_t inside = begin + opening_.size() + (triple ? 1 : 0);
  const std::size_t end = text_.find(closing, inside + (closing.starts_with('=') ? 1 : 0));
  const std::string_view content = trim(text_.substr(inside, end - inside));
  const bool has_sigil = !triple && !content.empty() &&
                         std::string_view("#^/!>=&").find(content[0]) != std::string_view::npos;
  const char sigil = has_sigil && content[0] != '&' ? content[0] : '\0';
  const bool swallowed_another =
      sigil != '!' && sigil != '=' && content.find(opening_) != std::string_view::npos;
  if (end == std::string_view::npos || swallowed_another) {
    return fail(begin, "this tag is never closed by \"" + closing + "\"");
  }
  const tag read{sigil, trim(content.substr(has_sigil ? 1 : 0)), begin, end + closing.size()};
  if (auto checked = check(read); !checked) return checked.error();
  return read;
}

// "{{{x}}}" is Mustache's word for what is not to be escaped, and nothing is escaped here.
bool template_parser::is_triple(std::size_t begin) const {
  return opening_ == braces && text_.substr(begin).starts_with("{{{");
}

// \boxed{{{q}}}, \frac{1}{{{q}}}, x^{{{n}}}: behind a command, its arguments or a script mark the
// first brace and the last are LaTeX's own.
bool template_parser::is_in_latex(std::size_t begin) const {
  static const re2::RE2 argument(
      R"((\\[A-Za-z]+\*?\s*(\[[^\[\]]*\])?(\{[^\n]*\})?|[0-9A-Za-z)}][_^])$)");
  constexpr std::size_t far_enough = 256;
  std::string_view before = text_.substr(0, begin);
  before.remove_prefix(before.rfind('\n') + 1);
  if (before.size() > far_enough) before.remove_prefix(before.size() - far_enough);
  return re2::RE2::PartialMatch(before, argument);
}

// {{=<% %>=}}: from here on tags look like <% this %>.
result<void> template_parser::set_delimiters(const tag& tag) {
  const std::size_t blank = tag.name.find_first_of(spaces);
  const std::string_view opening = tag.name.substr(0, blank);
  const std::string_view closing =
      blank == std::string_view::npos ? "" : trim(tag.name.substr(blank));
  const bool fits = !opening.empty() && !closing.empty() &&
                    closing.find_first_of(spaces) == std::string_view::npos &&
                    tag.name.find('=') == std::string_view::npos;
  if (!fits) {
    return fail(tag.begin,
                "a set-delimiter tag holds two delimiters and a blank, as in {{=<% %>=}}");
  }
  opening_ = opening;
  closing_ = closing;
  return {};
}

result<void> template_parser::check(const tag& tag) const {
  if (tag.sigil == '!') return {};
  if (tag.sigil == '>') return fail(tag.begin, "partials ({{>...}}) are not supported");
  if (tag.sigil == '=') return {};
  if (tag.name.empty()) return fail(tag.begin, "this tag has no name");
  if (!is_path(tag.name)) return fail(tag.begin, shown(tag) + ": a part of the path is empty");
  return {};
}

// A section's tag or a comment that is alone on its line takes the blanks around it and the line's
// end with it; any other tag takes itself.
extent template_parser::taken_by(const tag& tag) const {
  const extent itself{tag.begin, tag.end};
  if (tag.sigil == 0) return itself;
  const std::size_t left = text_.substr(0, tag.begin).find_last_not_of(blanks) + 1;
  const bool starts_line = left == 0 || text_[left - 1] == '\n';
  const std::size_t right = std::min(text_.find_first_not_of(blanks, tag.end), text_.size());
  const std::string_view rest = text_.substr(right);
  const std::size_t newline = rest.starts_with("\r\n") ? 2 : rest.starts_with('\n') ? 1 : 0;
  const bool ends_line = newline > 0 || rest.empty();
  return starts_line && ends_line ? extent{left, right + newline} : itself;
}

void template_parser::add_literal(std::size_t begin, std::size_t end) {
  if (begin == end) return;
  const std::size_t next = segments_.size() + 1;
  segments_.push_back({segment_kind::literal, begin, end - begin, next});
}

result<void> template_parser::add(const tag& tag) {
  using enum segment_kind;
  if (tag.sigil == '!') return {};
  if (tag.sigil == '=') return set_delimiters(tag);
  if (tag.sigil == '/') return close(tag);
  if (tag.sigil != 0) open_.push_back({segments_.size(), tag.begin});
  const auto kind = tag.sigil == '#' ? section : tag.sigil == '^' ? inverted : variable;
  const auto begin = static_cast<std::size_t>(tag.name.data() - text_.data());
  segments_.push_back({kind, begin, tag.name.size(), segments_.size() + 1});
  return {};
}

result<void> template_parser::close(const tag& tag) {
  if (open_.empty()) return fail(tag.begin, shown(tag) + " closes no section");
  const auto [index, begin] = open_.back();
  if (name_of(segments_[index]) != tag.name) {
    return fail(tag.begin, shown(tag) + " does not close the section \"" +
                               io::one_line(name_of(segments_[index]), max_tag_bytes) + "\" of " +
                               position(begin));
  }
  segments_[index].next = segments_.size();
  open_.pop_back();
  return {};
}

std::string template_parser::position(std::size_t offset) const {
  const std::string_view before = text_.substr(0, offset);
  const auto line = std::count(before.begin(), before.end(), '\n') + 1;
  const std::string_view on_line = before.substr(before.rfind('\n') + 1);
  // Characters: every byte but those that continue a UTF-8 sequence.
  const auto column =
      std::count_if(on_line.begin(), on_line.end(), [](char c) { return (c & 0xc0) != 0x80; }) + 1;
  return std::to_string(line) + ":" + std::to_string(column);
}

error template_parser::fail(std::size_t offset, const std::string& why) const {
  return {errc::usage, position(offset) + ": " + why};
}

}  // namespace

result<std::vector<template_segment>> parse_template(std::string_view text) {
  return template_parser(text).parse();
}

}  // namespace retort::engine
