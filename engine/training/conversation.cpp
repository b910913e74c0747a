#include "engine/training/conversation.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <initializer_list>

#include "engine/answers/answer_text.hpp"
#include "engine/text/text.hpp"

namespace retort::engine {
namespace {

using providers::message;
using providers::tool_call;

std::string joined(std::span<const message> all) {
  std::string out;
  for (const message& one : all) {
    if (!out.empty()) out += "\n\n";
    out += one.content;
  }
  return out;
}

// What a model thought aloud, in the same text or beside it, and the rest.
struct thinking {
  std::string reasoning;
  std::string_view answer;
};

std::string_view without(std::string_view begin, std::string_view text) {
  return text.starts_with(begin) ? text.substr(begin.size()) : text;
}

// Of what stands before the answer, tags and all.
std::string_view thought_in(std::string_view before) {
  before = trim(before);
  if (before.ends_with("</think>") || before.ends_with("</thinking>")) {
    before = before.substr(0, before.rfind("</"));
  }
  return trim(without("<think>", without("<thinking>", before)));
}

std::size_t tag_size(std::string_view text, std::initializer_list<std::string_view> tags) {
  for (const std::string_view tag : tags) {
    if (text.starts_with(tag)) return tag.size();
  }
  return 0;
}

// Of a text up to its last tag that ends thinking, or all of one that never comes to that: how much
// of it, from its beginning on, was thought. A tag that opens behind what was said is text.
std::size_t size_of_thought(std::string_view before) {
  std::size_t end = 0;
  bool is_open = false;
  for (std::size_t at = before.find('<'); at != before.npos; at = before.find('<', at + 1)) {
    const std::string_view rest = before.substr(at);
    if (const auto size = tag_size(rest, {"</think>", "</thinking>"})) end = at + size;
    if (tag_size(rest, {"<think>", "<thinking>"}) == 0) continue;
    if (end > 0 && !trim(before.substr(end, at - end)).empty()) return end;
    if (!is_open && !trim(before.substr(0, at)).empty()) return 0;
    is_open = true;
  }
  return end > 0 ? end : before.size();
}

thinking thinking_in(const providers::completion& said) {
  const std::string_view text = without("\xEF\xBB\xBF", said.text);  // a byte order mark
  const std::string_view answer = answer_part(text);
  const std::size_t thought = size_of_thought(text.substr(0, text.size() - answer.size()));
  if (thought == 0) return {said.reasoning, text};
  thinking found{said.reasoning, trim(text.substr(thought))};
  if (!found.reasoning.empty()) found.reasoning += "\n\n";
  found.reasoning += thought_in(text.substr(0, thought));
  return found;
}

std::string tagged(std::string_view reasoning, std::string_view text) {
  std::string out = "<think>\n";
  out.append(reasoning).append("\n</think>\n\n").append(text);
  return out;
}

void tell(const thinking& of, const output_config& output, const providers::completion& said,
          conversation& into) {
  using enum reasoning_place;
  into.is_only_thought =
      said.tool_calls.empty() && trim(of.answer).empty() && !trim(said.text).empty();
  into.answer = output.reasoning == as_it_came || output.reasoning == keep
                    ? std::string_view(said.text)
                    : of.answer;
  if (output.reasoning == keep) into.reasoning = said.reasoning;
  if (output.reasoning == field) into.reasoning = of.reasoning;
  if (output.reasoning == think_tags && !of.reasoning.empty()) {
    into.tagged = std::make_shared<const std::string>(tagged(of.reasoning, of.answer));
    into.answer = *into.tagged;
  }
}

// The earlier turns as the answer: what was thought is beside the words, within them, or nowhere.
void place_reasoning(reasoning_place place, conversation& into) {
  const auto has_reasoning = [](const message& one) { return !one.reasoning.empty(); };
  if (place == reasoning_place::keep || place == reasoning_place::field) return;
  if (std::ranges::none_of(into.messages, has_reasoning)) return;
  std::vector<message> all(into.messages.begin(), into.messages.end());
  for (message& one : all) {
    if (!has_reasoning(one)) continue;
    if (place == reasoning_place::think_tags) one.content = tagged(one.reasoning, one.content);
    one.reasoning.clear();
  }
  into.placed = std::make_shared<const std::vector<message>>(std::move(all));
  into.messages = *into.placed;
}

bool is_taken(const conversation& by, std::span<const tool_call> calls, std::string_view id) {
  const auto has_id = [&](std::span<const tool_call> of) {
    return std::ranges::find(of, id, &tool_call::id) != of.end();
  };
  return has_id(calls) || std::ranges::any_of(by.messages, [&](const message& one) {
           return has_id(one.tool_calls);
         });
}

// Gemini's calls have no id, nor those of some servers: what is trained on names each, as a
// record's own are named.
void name_calls(conversation& into) {
  const auto has_id = [](const tool_call& one) { return !one.id.empty(); };
  if (std::ranges::all_of(into.calls, has_id)) return;
  std::vector<tool_call> all(into.calls.begin(), into.calls.end());
  int given = 0;
  for (tool_call& one : all) {
    while (one.id.empty()) {
      std::string id = fmt::format("call_{}", ++given);
      if (!is_taken(into, all, id)) one.id = std::move(id);
    }
  }
  into.named = std::make_shared<const std::vector<tool_call>>(std::move(all));
  into.calls = *into.named;
}

// The row's own, where it brings some.
std::string_view tools_of(const config& asked, const sample& of) {
  if (of.own && !of.own->whole.tools.empty()) return of.own->whole.tools;
  return sampling_of(asked, of.key.variant).tools;
}

}  // namespace

conversation conversation_of(const config& run, const output_config& output, const sample& of) {
  conversation made;
  made.messages = of.messages;
  place_reasoning(output.reasoning, made);
  const auto first = std::ranges::find_if_not(made.messages, providers::is_instruction);
  const auto systems = static_cast<std::size_t>(first - made.messages.begin());
  made.system = joined(made.messages.first(systems));
  made.turns = made.messages.subspan(systems);
  made.calls = of.completion.tool_calls;
  name_calls(made);
  made.tools = tools_of(step_of(run, of.key.step), of);
  if (output.reasoning == reasoning_place::as_it_came) {
    made.answer = of.completion.text;
  } else {
    tell(thinking_in(of.completion), output, of.completion, made);
  }
  return made;
}

}  // namespace retort::engine
