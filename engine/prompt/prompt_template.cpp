#include "engine/prompt/prompt_template.hpp"

#include <algorithm>
#include <span>
#include <utility>

#include "engine/prompt/record_json.hpp"
#include "engine/prompt/template_context.hpp"
#include "providers/body/json_parser.hpp"

namespace retort::engine {
namespace {

using simdjson::dom::element;
using simdjson::dom::element_type;

bool is_empty(const json_lookup& value) {
  element found;
  if (value.get(found)) return true;
  switch (found.type()) {
    case element_type::NULL_VALUE: return true;
    case element_type::BOOL: return !bool(found.get_bool().value_unsafe());
    case element_type::STRING: return found.get_string().value_unsafe().empty();
    case element_type::ARRAY: return found.get_array().value_unsafe().size() == 0;
    default: return false;
  }
}

bool is_odd(const json_lookup& value) {
  element found;
  return !value.get(found) && odd_value(found).has_value();
}

// False when the value is none that stands in a text.
bool append_value(element value, std::string& out) {
  switch (value.type()) {
    case element_type::STRING: out += value.get_string().value_unsafe(); return true;
    case element_type::INT64:
    case element_type::UINT64:
    case element_type::DOUBLE: out += providers::spelt_number(value); return true;
    case element_type::BOOL: out += value.get_bool().value_unsafe() ? "true" : "false"; return true;
    default: return false;
  }
}

bool is_of_steps(std::string_view path) { return path == "steps" || path.starts_with("steps."); }

class renderer {
 public:
  renderer(std::string_view text, std::span<const template_segment> segments, std::string& out,
           bool without_steps, text_span* longest)
      : text_(text),
        segments_(segments),
        out_(out),
        without_steps_(without_steps),
        longest_(longest) {}

  // Renders the segments [begin, end), sections with what belongs to them.
  result<void> render(std::size_t begin, std::size_t end, const template_context& from) {
    for (std::size_t i = begin; i < end; i = segments_[i].next) {
      auto done = render_segment(i, from);
      if (!done) return done;
    }
    return {};
  }

 private:
  result<void> render_segment(std::size_t index, const template_context& from) {
    const template_segment& segment = segments_[index];
    const std::string_view text = text_.substr(segment.begin, segment.size);
    if (without_steps_ && segment.kind != segment_kind::literal && is_of_steps(text)) return {};
    switch (segment.kind) {
      case segment_kind::literal: out_ += text; return {};
      case segment_kind::variable: return render_variable(text, from);
      case segment_kind::section:
      case segment_kind::inverted: break;
    }
    const json_lookup found = find(from, text);
    if (is_odd(found)) return explain(from, text);
    if (segment.kind == segment_kind::section) return render_section(index, found, from);
    return is_empty(found) ? render(index + 1, segment.next, from) : result<void>();
  }

  result<void> render_variable(std::string_view path, const template_context& from) {
    element value;
    const std::size_t begin = out_.size();
    if (find(from, path).get(value) || !append_value(value, out_)) return explain(from, path);
    const std::size_t size = out_.size() - begin;
    if (longest_ && size > longest_->size) *longest_ = {begin, size};
    return {};
  }

  // What is outside of a section's own context.
  const template_context* outer_for(std::size_t section, const template_context& from) const {
    const template_segment& segment = segments_[section];
    const auto* const holder = holder_of(from, text_.substr(segment.begin, segment.size));
    return holder && holder->is_closed ? nullptr : &from;
  }

  result<void> render_section(std::size_t index, const json_lookup& found,
                              const template_context& from) {
    if (is_empty(found)) return {};
    const element value = found.value_unsafe();
    const std::size_t end = segments_[index].next;
    const template_context* const outer = outer_for(index, from);
    simdjson::dom::array list;
    if (value.get(list)) return render(index + 1, end, {value, outer});
    for (const element each : list) {
      auto done = render(index + 1, end, {each, outer});
      if (!done) return done;
    }
    return {};
  }

  std::string_view text_;
  std::span<const template_segment> segments_;
  std::string& out_;
  const bool without_steps_;
  text_span* const longest_;
};

}  // namespace

result<prompt_template> prompt_template::parse(std::string_view text) {
  auto segments = parse_template(text);
  if (!segments) return segments.error();
  return prompt_template(text, std::move(*segments));
}

bool prompt_template::uses_record() const {
  return std::ranges::any_of(segments_,
                             [](const auto& one) { return one.kind != segment_kind::literal; });
}

std::vector<prompt_template::mention> prompt_template::mentions() const {
  std::vector<mention> all;
  all.reserve(segments_.size());
  for (const template_segment& one : segments_) {
    if (one.kind == segment_kind::literal) continue;
    const std::string_view path = std::string_view(text_).substr(one.begin, one.size);
    all.push_back({path, one.kind != segment_kind::variable});
  }
  return all;
}

std::vector<std::string_view> prompt_template::sections() const {
  std::vector<std::string_view> out;
  for (std::size_t i = 0; i < segments_.size(); i = segments_[i].next) {
    const template_segment& one = segments_[i];
    const bool is_section = one.kind == segment_kind::section || one.kind == segment_kind::inverted;
    if (is_section) out.push_back(std::string_view(text_).substr(one.begin, one.size));
  }
  return out;
}

result<void> prompt_template::render_from(const template_context& from, bool without_steps,
                                          std::string& out, text_span* longest) const {
  const std::size_t before = out.size();
  auto rendered =
      renderer(text_, segments_, out, without_steps, longest).render(0, segments_.size(), from);
  if (!rendered) out.resize(before);
  return rendered;
}

result<void> prompt_template::render(element record, std::string& out) const {
  return render_in({record, nullptr}, out);
}

result<void> prompt_template::render_in(const template_context& from, std::string& out,
                                        text_span* longest) const {
  return render_from(from, false, out, longest);
}

result<void> prompt_template::render_without_steps(const template_context& from,
                                                   std::string& out) const {
  return render_from(from, true, out);
}

result<void> prompt_template::render(element record, element inner, std::string& out) const {
  const template_context outer{record, nullptr};
  return render_in({inner, &outer}, out);
}

bool prompt_template::has_section(std::string_view name) const {
  return std::ranges::any_of(segments_, [&](const template_segment& one) {
    return one.kind == segment_kind::section &&
           std::string_view(text_).substr(one.begin, one.size) == name;
  });
}

}  // namespace retort::engine
