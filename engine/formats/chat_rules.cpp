#include "engine/formats/chat_rules.hpp"

#include <algorithm>

#include "engine/formats/call_arguments.hpp"
#include "engine/text/text.hpp"

namespace retort::engine {
namespace {

using providers::message;
using providers::tool_call;

bool has_arguments(const tool_call& one) { return is_json_object(one.arguments); }
bool has_id(const tool_call& one) { return !one.id.empty(); }
bool is_tool(const message& one) { return one.role == "tool"; }
bool calls_any(const message& one) { return !one.tool_calls.empty(); }

broken_rule broken_by_calls(std::span<const tool_call> calls, const chat_rules& rules) {
  if (calls.empty()) return {};
  if (!rules.has_calls) return "it has no place for calls of tools";
  if (rules.needs_ids && !std::ranges::all_of(calls, has_id)) return "a call of a tool has an id";
  if (!std::ranges::all_of(calls, has_arguments)) {
    return "the arguments of a call are a JSON object";
  }
  return {};
}

// The last message before it that is no tool's called what it answers.
broken_rule broken_by_tool(std::span<const message> before, const message& one,
                           const chat_rules& rules) {
  if (!rules.has_calls) return "it has no place for the messages of tools";
  if (rules.needs_ids && one.tool_call_id.empty()) return "a tool's message names the call's id";
  const auto caller = std::ranges::find_if_not(before.rbegin(), before.rend(), is_tool);
  const bool is_called =
      caller != before.rend() &&
      (one.tool_call_id.empty() ? calls_any(*caller)
                                : std::ranges::find(caller->tool_calls, one.tool_call_id,
                                                    &tool_call::id) != caller->tool_calls.end());
  return is_called ? broken_rule() : "a tool's message answers a call before it";
}

bool is_out_of_turn(std::span<const message> before, std::string_view role) {
  if (before.empty()) return role != "user";
  const std::string_view last = before.back().role;
  return role == "user" ? last != "assistant" : role == "assistant" && last == "assistant";
}

broken_rule broken_by_turn(std::span<const message> turns, std::size_t n, const chat_rules& rules) {
  const message& one = turns[n];
  const auto before = turns.first(n);
  if (is_instruction(one)) return "the system speaks before all others";
  if (rules.takes_turns && is_out_of_turn(before, one.role)) {
    return "the user and the assistant speak in turn, the user first";
  }
  return one.role == "tool" ? broken_by_tool(before, one, rules)
                            : broken_by_calls(one.tool_calls, rules);
}

// By its id, or where an answer has none by their number.
bool is_answered(const tool_call& call, std::span<const message> answers, std::size_t calls) {
  const bool are_named =
      std::ranges::none_of(answers, [](const message& one) { return one.tool_call_id.empty(); });
  if (!are_named || call.id.empty()) return answers.size() >= calls;
  return std::ranges::find(answers, call.id, &message::tool_call_id) != answers.end();
}

broken_rule broken_by_unanswered(std::span<const message> turns) {
  for (std::size_t n = 0; n < turns.size(); ++n) {
    const auto behind = turns.subspan(n + 1);
    const auto end = std::ranges::find_if_not(behind, is_tool);
    const auto answers = behind.first(static_cast<std::size_t>(end - behind.begin()));
    const auto& calls = turns[n].tool_calls;
    if (!std::ranges::all_of(
            calls, [&](const tool_call& one) { return is_answered(one, answers, calls.size()); })) {
      return "a call in the prompt has its tool's message";
    }
  }
  return {};
}

bool says_nothing(const conversation& what) {
  return what.is_only_thought || (what.calls.empty() && trim(what.answer).empty());
}

}  // namespace

broken_rule rule_broken_by(const conversation& what, const chat_rules& rules) {
  const auto turns = what.turns;
  if (std::ranges::find(turns, "user", &message::role) == turns.end()) {
    return "the user says something";
  }
  for (std::size_t n = 0; n < turns.size(); ++n) {
    if (const broken_rule broken = broken_by_turn(turns, n, rules); !broken.empty()) return broken;
  }
  if (const broken_rule broken = broken_by_unanswered(turns); !broken.empty()) return broken;
  if (says_nothing(what)) return "the answer says or calls something";
  if (rules.takes_turns && is_out_of_turn(turns, "assistant")) {
    return "the user and the assistant speak in turn, the user first";
  }
  return broken_by_calls(what.calls, rules);
}

}  // namespace retort::engine
