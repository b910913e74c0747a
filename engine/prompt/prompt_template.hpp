// Prompt templates: the part of Mustache (mustache.github.io, mustache(5)) that prompts need,
// rendered from a record's JSON, and stricter: a variable that the record cannot fill is an error,
// never a blank, and nothing is escaped, as a prompt is not HTML.
//
//   {{field}}  {{a.b}}  {{a.0}}    a text, a number or a boolean; {{{x}}} and {{&x}} are the same
//   {{.}}                          the current element of a list
//   {{#x}}...{{/x}}                left out when x is missing, null, false, "" or []; once per
//                                  element of a list; else once. x is the context inside
//   {{^x}}...{{/x}}                the reverse: only when x is missing, null, false, "" or []
//   {{! ... }}                     a comment
//   {{=<% %>=}}                    from here on tags are <%x%>, and "{{" is a text
//
// A name is looked up in the innermost context first, then outwards. Section, comment and
// set-delimiter tags that stand alone on a line take the whole line with them. Partials are
// refused. Behind a LaTeX command, its arguments, _ or ^ the outer braces are LaTeX's:
// \boxed{{{q}}} is a brace, the field, a brace.
#pragma once

#include <simdjson.h>

#include <string>
#include <string_view>
#include <vector>

#include "engine/prompt/template_context.hpp"
#include "engine/prompt/template_parser.hpp"
#include "io/base/error.hpp"
#include "providers/body/json_parser.hpp"

namespace retort::engine {

// A part of a text, in bytes.
struct text_span {
  std::size_t begin = 0, size = 0;
};

// Immutable once parsed: any number of threads may render it.
class prompt_template {
 public:
  // errc::usage with "line:column: ..." inside the template, both 1-based, columns in characters.
  static result<prompt_template> parse(std::string_view text);

  // Appends the text for one record (a JSON object) to `out`. Numbers come out
  // as they are spelt, where a json_parser made it. errc::dataset when a variable cannot be filled:
  // the message names the field, the near miss and the fields there are; `out` is then as it was.
  result<void> render(simdjson::dom::element record, std::string& out) const;

  // The same where names are looked up in `inner` first.
  result<void> render(simdjson::dom::element record, simdjson::dom::element inner,
                      std::string& out) const;

  // Whether it has a section {{#name}}.
  bool has_section(std::string_view name) const;

  // The same where names are looked up in these contexts. `longest`, where it is not null, becomes
  // what a variable gave, where that is longer.
  result<void> render_in(const template_context& from, std::string& out,
                         text_span* longest = nullptr) const;

  // The same of the record's fields alone: what is named steps, or within such a section, is left
  // out. So a row is known to be a prompt before the answers that go into it are there.
  result<void> render_without_steps(const template_context& from, std::string& out) const;

  // Whether anything of a record shows in it, or decides what does.
  bool uses_record() const;

  // The path of each variable and section.
  struct mention {
    std::string_view path;
    bool is_section;
  };
  std::vector<mention> mentions() const;
  // The paths of its sections that stand in no other one.
  std::vector<std::string_view> sections() const;

 private:
  prompt_template(std::string_view text, std::vector<template_segment> segments)
      : text_(text), segments_(std::move(segments)) {}

  result<void> render_from(const template_context& from, bool without_steps, std::string& out,
                           text_span* longest = nullptr) const;

  std::string text_;  // what the segments point into
  std::vector<template_segment> segments_;
};

}  // namespace retort::engine
