#include "engine/prompt/prompts.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "engine/prompt/record_json.hpp"
#include "engine/prompt/record_messages.hpp"
#include "engine/prompt/reference.hpp"
#include "engine/prompt/template_context.hpp"
#include "engine/text/text.hpp"

namespace retort::engine {
namespace {

using element = simdjson::dom::element;

error in_key(std::string_view key, const error& why) {
  return {why.code, fmt::format("{}: {}", key, why.message)};
}

result<prompt_template> parse_under(std::string_view key, const std::string& text) {
  auto parsed = prompt_template::parse(text);
  if (!parsed) return in_key(key, parsed.error());
  return parsed;
}

error bad_messages(const std::string& field, std::string_view why) {
  return {errc::dataset, fmt::format("prompt.messages_field \"{}\" {}", field, why)};
}

}  // namespace

result<prompts::messages> prompts::parse(const prompt_config& prompt) {
  messages made;
  const auto add = [&made](const std::string& key, const std::string& role,
                           const std::string& text) -> result<void> {
    auto parsed = parse_under(key, text);
    if (!parsed) return parsed.error();
    made.push_back({role, std::move(*parsed)});
    return {};
  };
  result<void> added;
  if (prompt.system) added = add("prompt.system", "system", *prompt.system);
  if (added && prompt.user) added = add("prompt.user", "user", *prompt.user);
  for (std::size_t i = 0; added && i < prompt.messages.size(); ++i) {
    const auto& one = prompt.messages[i];
    added = add(fmt::format("prompt.messages[{}].content", i), one.role, one.content);
  }
  if (!added) return added.error();
  return made;
}

result<prompts> prompts::make(const config& run) {
  prompts made;
  made.id_ = run.dataset.id;
  made.messages_field_ = run.prompt.messages_field;
  for (std::uint32_t i = 0; i < combinations_of(run); ++i) {
    const variation* const varied = variation_of(run, i);
    auto parsed = parse(varied ? varied->prompt : run.prompt);
    if (!parsed && varied) return in_key("vary " + varied->values, parsed.error());
    if (!parsed) return parsed.error();
    made.messages_.push_back(std::move(*parsed));
  }
  if (run.few_shot) {
    auto taken = made.take_pool(*run.few_shot);
    if (!taken) return taken.error();
  }
  if (!run.reference) return made;
  auto reference = parse_under("reference.template", run.reference->text);
  if (!reference) return reference.error();
  made.reference_ = std::move(*reference);
  made.empty_is_none_ = run.samples.keep == keep::majority;
  if (!run.reference->pattern) return made;
  auto compiled = pattern::compile(*run.reference->pattern);
  if (!compiled) return in_key("reference.pattern", compiled.error());
  made.reference_pattern_ = std::move(*compiled);
  return made;
}

result<void> prompts::take_pool(const few_shot_config& from) {
  const auto shows = [](const messages& of) {
    return std::ranges::any_of(
        of, [](const templated_message& one) { return one.content.has_section("examples"); });
  };
  if (!std::ranges::all_of(messages_, shows)) {
    return error{errc::usage,
                 "few_shot is set and the prompt has no {{#examples}}; expected, say, "
                 "{{#examples}}Q: {{question}} A: {{answer}} {{/examples}}"};
  }
  auto pool = examples::load(from);
  if (!pool) return pool.error();
  examples_.emplace(std::move(*pool));
  return {};
}

result<void> prompts::render(element record, sample& into) const {
  auto named = take_id(record, into);
  if (!named) return named;
  auto asked = take_messages(record, into);
  if (!asked || !reference_) return asked;
  std::string text;
  auto rendered = reference_->render(record, text);
  if (!rendered) return in_key("reference", rendered.error());
  if (empty_is_none_ && trim(text).empty()) return {};
  auto taken = take_reference(text, reference_pattern_);
  if (!taken) return taken.error();
  into.reference = std::string(*taken);
  return {};
}

result<void> prompts::take_id(element record, sample& into) const {
  if (!id_) {
    into.id = fmt::format_int(into.key.ordinal).str();
    return {};
  }
  element value;
  std::string_view text;
  const template_context whole{record, nullptr};
  // A field may have a dot in its name.
  if (record[*id_].get(value) && find(whole, *id_).get(value)) {
    return in_key("dataset.id", explain(whole, *id_));
  }
  if (const auto odd = odd_within(value)) {
    const std::string_view verb = odd_value(value) ? "is" : "holds";
    return error{errc::dataset,
                 fmt::format("dataset.id: the field \"{}\" {} {}", *id_, verb, *odd)};
  }
  if (!value.get(text)) {
    into.id = text;
  } else {
    into.id = simdjson::minify(value);
  }
  return {};
}

result<void> prompts::take_messages(element record, sample& into) const {
  const auto& templates = messages_[into.key.variant % messages_.size()];
  into.messages.reserve(templates.size());
  std::optional<element> drawn;
  if (examples_) {
    const auto got = examples_->draw(record, into.key.ordinal);
    if (!got) return got.error();
    drawn = *got;
  }
  for (const auto& one : templates) {
    auto& made = into.messages.emplace_back();
    made.role = one.role;
    auto rendered = drawn ? one.content.render_closed(record, *drawn, made.content)
                          : one.content.render(record, made.content);
    if (!rendered) return in_key("prompt", rendered.error());
  }
  return messages_field_ ? take_own_messages(record, into) : result<void>();
}

// The record brings its conversation. ShareGPT has the system message beside it.
result<void> prompts::take_own_messages(element record, sample& into) const {
  element list;
  if (record[*messages_field_].get(list)) {
    return bad_messages(*messages_field_, "is not in this record");
  }
  std::string_view text;
  element system;
  const bool is_shared = !list.at(0)["from"].error();
  if (is_shared && !record["system"].get(system)) {
    if (const auto odd = odd_value(system))
      return bad_messages(*messages_field_, fmt::format("has beside it a system that is {}", *odd));
    if (!system.get(text) && !text.empty()) into.messages.push_back({"system", std::string(text)});
  }
  auto read = read_messages(list, into.messages);
  if (!read) return bad_messages(*messages_field_, read.error().message);
  return {};
}

}  // namespace retort::engine
