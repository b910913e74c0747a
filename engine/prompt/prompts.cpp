#include "engine/prompt/prompts.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "engine/config/config_output.hpp"
#include "engine/prompt/record_json.hpp"
#include "engine/prompt/record_messages.hpp"
#include "engine/prompt/reference.hpp"
#include "engine/prompt/step_names.hpp"
#include "engine/prompt/template_context.hpp"
#include "engine/text/text.hpp"
#include "io/base/json_writer.hpp"
#include "providers/body/json_parser.hpp"

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

// Which message is at fault stands in its words.
result<void> prompts::check_names(const messages& all, const config& run, std::uint32_t step) {
  for (const auto& one : all) {
    auto checked = check_step_names(one.content, run, step);
    if (!checked) return in_key(fmt::format("steps[{}].prompt", step), checked.error());
  }
  return {};
}

result<prompts> prompts::make(const config& run, std::uint32_t step) {
  const config& asked = step_of(run, step);
  prompts made;
  made.id_ = run.dataset.id;
  made.columns_ = columns_of(run);
  made.messages_field_ = asked.prompt.messages_field;
  made.notes_longest_ = asked.shortens;
  if (run.dataset.is_batch_input && made.messages_field_) made.own_sampling_.emplace(asked);
  for (std::uint32_t i = 0; i < combinations_of(asked); ++i) {
    const variation* const varied = variation_of(asked, i);
    auto parsed = parse(varied ? varied->prompt : asked.prompt);
    if (!parsed && varied) return in_key("vary " + varied->values, parsed.error());
    if (!parsed) return parsed.error();
    auto checked = check_names(*parsed, run, step);
    if (!checked) return checked.error();
    made.messages_.push_back(std::move(*parsed));
  }
  if (run.few_shot && must_draw(made.messages_, run, step)) {
    auto taken = made.take_pool(*run.few_shot);
    if (!taken) return taken.error();
  }
  if (!run.reference) return made;
  auto reference = parse_under("reference.template", run.reference->text);
  if (!reference) return reference.error();
  auto checked = check_no_step_names(*reference, run);
  if (!checked) return in_key("reference.template", checked.error());
  made.reference_ = std::move(*reference);
  made.empty_is_none_ = run.samples.keep == keep::majority;
  if (!run.reference->pattern) return made;
  auto compiled = pattern::compile(*run.reference->pattern);
  if (!compiled) return in_key("reference.pattern", compiled.error());
  made.reference_pattern_ = std::move(*compiled);
  return made;
}

bool prompts::shows_examples(const messages& of) {
  return std::ranges::any_of(
      of, [](const templated_message& one) { return one.content.has_section("examples"); });
}

// A step that shows none needs none, where another does.
bool prompts::must_draw(const std::vector<messages>& own, const config& run, std::uint32_t step) {
  if (run.step.empty() || std::ranges::any_of(own, shows_examples)) return true;
  for (std::uint32_t i = 0; i <= last_step(run); ++i) {
    const auto other = parse(step_of(run, i).prompt);
    if (i != step && other && shows_examples(*other)) return false;
  }
  return true;
}

result<void> prompts::take_pool(const few_shot_config& from) {
  if (!std::ranges::all_of(messages_, shows_examples)) {
    return error{errc::usage,
                 "few_shot is set and the prompt has no {{#examples}}; expected, say, "
                 "{{#examples}}Q: {{question}} A: {{answer}} {{/examples}}"};
  }
  auto pool = examples::load(from);
  if (!pool) return pool.error();
  examples_.emplace(std::move(*pool));
  return {};
}

// The examples before the answers before the record.
result<void> prompts::source::fill(const prompt_template& text, std::string& out,
                                   text_span* longest) const {
  const template_context of_record{record, nullptr};
  const template_context of_answers{answers ? *answers : record, &of_record};
  const template_context& behind = answers ? of_answers : of_record;
  const template_context of_examples{drawn.value_or(record), &behind, true};
  const template_context& from = drawn ? of_examples : behind;
  return without_steps ? text.render_without_steps(from, out) : text.render_in(from, out, longest);
}

result<void> prompts::render(element record, sample& into) const {
  return render_from({record}, into);
}

result<void> prompts::render(element record, element answers, sample& into) const {
  return render_from({record, &answers}, into);
}

result<void> prompts::render_messages(element record, sample& into) const {
  return take_messages({record}, into);
}

std::vector<std::string_view> prompts::answers_in(std::uint32_t variant) const {
  std::vector<std::string_view> out;
  for (const auto& one : messages_[variant % messages_.size()]) {
    for (const auto& one_name : one.content.mentions()) {
      if (one_name.path.starts_with("steps.")) out.push_back(one_name.path);
    }
  }
  return out;
}

std::vector<std::string_view> prompts::sections() const {
  std::vector<std::string_view> out;
  const auto add = [&](const prompt_template& text) {
    for (const std::string_view path : text.sections()) {
      const std::string_view first = path.substr(0, path.find('.'));
      if (first != "steps" && !(examples_ && first == "examples")) out.push_back(path);
    }
  };
  for (const messages& of : messages_) {
    for (const auto& one : of) add(one.content);
  }
  if (reference_) add(*reference_);
  return out;
}

result<void> prompts::render_without_steps(element record, sample& into) const {
  return render_from({record, nullptr, true}, into);
}

result<void> prompts::render_from(const source& from, sample& into) const {
  auto named = take_id(from.record, into);
  if (named) named = take_columns(from.record, into);
  if (!named) return named;
  auto asked = take_messages(from, into);
  if (!asked || !reference_) return asked;
  std::string text;
  auto rendered = reference_->render(from.record, text);
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
    into.id = providers::exact_json(value);
  }
  return {};
}

// In the form that they keep when a ledger's line is read and written again.
result<void> prompts::take_columns(element record, sample& into) const {
  into.columns.clear();
  const template_context whole{record, nullptr};
  for (const std::string& name : columns_) {
    element value;
    if (record[name].get(value) && find(whole, name).get(value)) {
      return in_key("outputs: columns", explain(whole, name));
    }
    if (const auto odd = odd_within(value)) {
      return error{errc::dataset, fmt::format("outputs: columns: the field \"{}\" {} {}", name,
                                              odd_value(value) ? "is" : "holds", *odd)};
    }
    if (!into.columns.empty()) into.columns += ',';
    io::append_json_string(into.columns, name);
    into.columns.append(":").append(providers::exact_json(value));
  }
  return {};
}

result<void> prompts::take_messages(source from, sample& into) const {
  const auto& templates = messages_[into.key.variant % messages_.size()];
  into.messages.reserve(templates.size());
  if (examples_) {
    const auto got = examples_->draw(from.record, into.key.ordinal);
    if (!got) return got.error();
    from.drawn = *got;
  }
  for (const auto& one : templates) {
    auto& made = into.messages.emplace_back();
    made.role = one.role;
    text_span longest;
    auto rendered = from.fill(one.content, made.content, notes_longest_ ? &longest : nullptr);
    if (!rendered) return in_key("prompt", rendered.error());
    note_longest(into.messages.size() - 1, longest, into);
  }
  auto own = own_sampling_ ? own_sampling_->take(from.record, into) : result<void>();
  return own && messages_field_ ? take_own_messages(from.record, into) : own;
}

void prompts::note_longest(std::size_t message, text_span field, sample& into) {
  if (field.size > into.longest.size) into.longest = {message, field.begin, field.size};
}

// The record brings its conversation. ShareGPT has the system message beside it.
result<void> prompts::take_own_messages(element record, sample& into) const {
  element list;
  // A field may have a dot in its name.
  const template_context whole{record, nullptr};
  if (record[*messages_field_].get(list) && find(whole, *messages_field_).get(list)) {
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
  const std::size_t first = into.messages.size();
  auto read = read_messages(list, into.messages);
  if (!read) return bad_messages(*messages_field_, read.error().message);
  for (std::size_t i = first; notes_longest_ && i < into.messages.size(); ++i)
    note_longest(i, {0, into.messages[i].content.size()}, into);
  return {};
}

}  // namespace retort::engine
