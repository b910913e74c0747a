#include "engine/prompt/record_messages.hpp"

#include <fmt/format.h>

#include <deque>
#include <optional>
#include <string_view>

#include "engine/prompt/record_json.hpp"
#include "io/base/one_line.hpp"
#include "providers/body/json_fields.hpp"

namespace retort::engine {
namespace {

using providers::found;
using providers::message;
using providers::tool_call;
using simdjson::dom::element;

error bad(std::string why) { return {errc::dataset, std::move(why)}; }

// A value that is not what it has to be: an odd one says itself what it is.
error bad(element value, std::string_view what, std::string otherwise) {
  const auto odd = odd_value(value);
  return bad(odd ? fmt::format("{} is {}", what, *odd) : std::move(otherwise));
}

error bad_at(element from, std::string_view key, std::string_view what, std::string otherwise) {
  element value;
  if (from[key].get(value)) return bad(std::move(otherwise));
  return bad(value, what, std::move(otherwise));
}

std::string shown(std::string_view text) { return io::one_line(text, 60); }

// ShareGPT's speakers, with those that its descendants have; "" for an unknown one.
std::string_view role_of(std::string_view from) {
  struct known_speaker {
    std::string_view from, role;
  };
  static constexpr known_speaker known[] = {
      {"human", "user"},          {"user", "user"},
      {"gpt", "assistant"},       {"chatgpt", "assistant"},
      {"assistant", "assistant"}, {"function_call", "assistant"},
      {"system", "system"},       {"observation", "tool"},
      {"tool", "tool"},           {"function_response", "tool"},
  };
  for (const known_speaker& each : known) {
    if (each.from == from) return each.role;
  }
  return "";
}

bool is_role(std::string_view role) {
  for (const std::string_view known : {"system", "developer", "user", "assistant", "tool"}) {
    if (role == known) return true;
  }
  return role == "function";  // the tool's of long ago
}

bool may_be_silent(std::string_view role) { return role == "assistant" || role == "tool"; }

result<void> append_part(element part, std::string& to) {
  std::string_view text;
  if (!to.empty()) to += '\n';
  if (!part.get(text) || !part["text"].get(text) || !part["refusal"].get(text)) {
    to += text;
    return {};
  }
  if (odd_value(part)) return bad(part, "with a part that", "");
  const std::string_view type = providers::text_at(part["type"]);
  return bad_at(
      part, "text", "with a part whose text",
      fmt::format("with a part that is no text{}; expected {{\"type\": \"text\", \"text\": ...}}",
                  type.empty() ? "" : " but " + shown(type)));
}

// Several parts are put on lines of their own, as vLLM does.
result<void> read_content(element from, std::string_view key, message& into) {
  element content;
  if (from[key].get(content) || content.is_null()) {
    if (may_be_silent(into.role)) return {};
    return bad("without content; expected a text");
  }
  std::string_view text;
  if (!content.get(text)) {
    into.content = text;
    return {};
  }
  simdjson::dom::array parts;
  if (content.get(parts))
    return bad(content, fmt::format("whose {}", key),
               "whose content is no text; expected a text or a list of parts");
  for (const element part : parts) {
    if (auto added = append_part(part, into.content); !added) return added;
  }
  return {};
}

// A text that may be missing or null.
result<void> read_text(element from, std::string_view key, std::string& into) {
  element value;
  if (from[key].get(value) || value.is_null()) return {};
  std::string_view text;
  if (value.get(text)) {
    return bad(value, fmt::format("whose {}", key), fmt::format("whose {} is no text", key));
  }
  into = text;
  return {};
}

// A JSON object, or the text of one.
result<void> read_arguments(element function, std::string& into) {
  element value;
  if (function["arguments"].get(value) || value.is_null()) return {};
  if (const auto odd = odd_within(value)) {
    return bad(fmt::format("with a tool call whose arguments {} {}",
                           odd_value(value) ? "are" : "hold", *odd));
  }
  if (value.is_object()) {
    into = providers::exact_json(value);
    return {};
  }
  std::string_view text;
  if (value.get(text)) return bad("with a tool call whose arguments are no JSON object");
  into = text;
  if (into.find_first_not_of(" \t\r\n") == into.npos) into.clear();
  return {};
}

// Some APIs take arguments as JSON, so these must be that, and on one line.
result<void> check_arguments(tool_call& call) {
  static thread_local providers::json_parser parser;  // the record's own document stays as it is
  const auto object = parse_answers(parser, call.arguments);
  if (!object) {
    return bad(fmt::format("with a call of {} whose arguments are no JSON object: {}",
                           shown(call.name), shown(call.arguments)));
  }
  if (const auto odd = odd_within(*object)) {
    return bad(fmt::format("with a call of {} whose arguments hold {}", shown(call.name), *odd));
  }
  if (call.arguments.find_first_of("\r\n") != std::string::npos)
    call.arguments = providers::exact_json(*object);
  return {};
}

result<void> check_arguments(std::vector<tool_call>& calls) {
  for (tool_call& each : calls) {
    if (each.arguments.empty()) continue;
    if (auto checked = check_arguments(each); !checked) return checked;
  }
  return {};
}

// {id, function: {name, arguments}}, or {id, name, arguments}.
result<void> read_call(element call, message& into) {
  if (odd_value(call)) return bad(call, "with a tool call that", "");
  element function;
  if (call["function"].get(function) || !function.is_object()) function = call;
  if (odd_value(function)) return bad(function, "with a tool call whose function", "");
  tool_call one;
  if (auto id = read_text(call, "id", one.id); !id)
    return bad("with a tool call " + id.error().message);
  one.name = providers::text_at(function["name"]);
  if (one.name.empty()) {
    return bad_at(function, "name", "with a tool call whose name",
                  "with a tool call without a name");
  }
  if (auto given = read_arguments(function, one.arguments); !given) return given;
  into.tool_calls.push_back(std::move(one));
  return {};
}

result<void> read_calls(element from, message& into) {
  element value;
  if (!from["function_call"].get(value) && value.is_object()) {
    if (auto read = read_call(value, into); !read) return read;
  }
  if (from["tool_calls"].get(value) || value.is_null()) return {};
  simdjson::dom::array calls;
  if (value.get(calls)) return bad(value, "whose tool_calls", "whose tool_calls are no list");
  for (const element each : calls) {
    if (auto read = read_call(each, into); !read) return read;
  }
  return {};
}

// What a model declined with is what it said, and stands beside a content that is null; what it
// said aloud is no text.
result<void> read_unwritten(element from, message& into) {
  if (into.role != "assistant" || !into.content.empty()) return {};
  element audio;
  if (!from["audio"].get(audio) && !audio.is_null()) {
    return bad("whose audio stands for its content; expected a text");
  }
  return read_text(from, "refusal", into.content);
}

result<void> read_weight(element from, message& into) {
  element value;
  if (from["weight"].get(value) || value.is_null()) return {};
  double number = -1;
  bool flag = false;
  if (!value.get(flag)) number = flag ? 1 : 0;
  if (number < 0 && (value.get(number) || (number != 0 && number != 1))) {
    return bad(
        value, "whose weight",
        fmt::format("whose weight is {}; expected 0 or 1", shown(providers::exact_json(value))));
  }
  into.weight = number != 0;
  return {};
}

// As ms-swift and axolotl have it; elsewhere a loss may be any number. Of two that contradict each
// other the one that says no counts.
void read_flag(element from, std::string_view key, message& into) {
  bool flag = false;
  if (!from[key].get(flag)) into.weight = flag && into.weight != 0;
}

// What goes to nobody but who trains with the record.
result<void> read_lesson(element from, message& into) {
  if (auto weighed = read_weight(from, into); !weighed) return weighed;
  for (const char* key : {"train", "loss"}) read_flag(from, key, into);
  for (const char* key : {"reasoning_content", "reasoning", "thinking"}) {
    if (into.role != "assistant" || !into.reasoning.empty()) return {};
    std::string_view thought;  // what is no text is a setting, or a provider's own form of it
    if (!from[key].get(thought)) into.reasoning = thought;
  }
  return {};
}

result<void> read_chat_message(element from, message& into) {
  if (from["role"].error()) return bad("without a role");
  into.role = providers::text_at(from["role"]);
  if (!is_role(into.role)) {
    return bad_at(
        from, "role", "whose role",
        fmt::format("of the unknown role {}; expected system, developer, user, assistant or "
                    "tool",
                    into.role.empty() ? "(no text)" : "\"" + shown(into.role) + "\""));
  }
  if (into.role == "function") into.role = "tool";
  if (auto said = read_content(from, "content", into); !said) return said;
  if (auto said = read_unwritten(from, into); !said) return said;
  if (auto name = read_text(from, "name", into.name); !name) return name;
  if (auto id = read_text(from, "tool_call_id", into.tool_call_id); !id) return id;
  return read_calls(from, into);
}

// The value of a function_call: {"name": ..., "arguments": {...}} as text, or a list of these.
result<void> read_shared_calls(message& into) {
  static thread_local providers::json_parser parser;  // the record's own document stays as it is
  element value;
  if (parse_any_numbers(parser, into.content).get(value))
    return bad("from function_call that is not JSON");
  into.content.clear();
  simdjson::dom::array list;
  if (value.get(list)) return read_call(value, into);
  for (const element each : list) {
    if (auto read = read_call(each, into); !read) return read;
  }
  return {};
}

result<void> read_shared_message(element from, message& into) {
  const std::string_view speaker = providers::text_at(from["from"]);
  into.role = role_of(speaker);
  if (into.role.empty()) {
    return bad_at(
        from, "from", "whose from",
        fmt::format("from the unknown \"{}\"; expected human, gpt, system, function_call or "
                    "observation",
                    shown(speaker)));
  }
  if (auto said = read_content(from, "value", into); !said) return said;
  return speaker == "function_call" ? read_shared_calls(into) : result<void>();
}

result<void> read_message(element from, message& into) {
  if (!from.is_object() || odd_value(from)) return bad(from, "that", "that is no object");
  const bool is_shared = from["role"].error() && !from["from"].error();
  auto read = is_shared ? read_shared_message(from, into) : read_chat_message(from, into);
  if (read) read = read_lesson(from, into);
  if (!read) return read;
  return check_arguments(into.tool_calls);
}

// Calls and answers know each other by id.
class call_ids {
 public:
  void link(message& one) {
    for (tool_call& each : one.tool_calls) {
      if (each.id.empty()) each.id = fmt::format("call_{}", ++given_);
      open_.emplace_back(each.id, each.name);
    }
    if (one.role != "tool" || open_.empty()) return;
    if (one.tool_call_id.empty()) one.tool_call_id = answered_by(one).first;
    std::erase_if(open_, [&](const call& each) { return each.first == one.tool_call_id; });
  }

 private:
  using call = std::pair<std::string, std::string>;  // id and name

  // The first of the name that the answer has, else the first.
  const call& answered_by(const message& answer) const {
    const auto named = std::ranges::find(open_, answer.name, &call::second);
    return named == open_.end() ? open_.front() : *named;
  }

  std::deque<call> open_;  // without an answer, in their order
  int given_ = 0;
};

}  // namespace

result<void> read_messages(element list, std::vector<message>& into) {
  simdjson::dom::array messages;
  if (const auto odd = odd_value(list)) return bad(fmt::format("is {} in this record", *odd));
  if (list.get(messages)) return bad("is not a list of messages in this record");
  if (messages.size() == 0) return bad("is empty in this record");
  call_ids ids;
  std::size_t place = 0;
  for (const element each : messages) {
    ++place;
    auto read = read_message(each, into.emplace_back());
    if (!read) return bad(fmt::format("has, as message {}, one {}", place, read.error().message));
    ids.link(into.back());
  }
  return {};
}

}  // namespace retort::engine
