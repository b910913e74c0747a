// Parts of a request that several dialects write alike: the prompt as those APIs want it that have
// no system message among the others, and forms of their own for tools' calls and answers; texts;
// keys and names. Pure; any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "io/base/json_writer.hpp"
#include "providers/body/types.hpp"

namespace retort::providers {

// All instructions, a blank line between them; "" when there are none. `room` holds the text where
// it is not that of one message alone.
std::string_view instructions(const std::vector<message>& messages, std::string& room);

// The member of that name that holds them, if there are any.
void write_instructions(io::json_writer& json, std::string_view name,
                        const std::vector<message>& messages);

// A tool's answer: the API has it in a form of its own.
bool is_tool_answer(const message& one);

// The function that the tool's answer at `place` answers: its own name, else that of the call with
// its id; "" where neither is told.
std::string_view called_by(const std::vector<message>& messages, std::size_t place);

// The list of that name, where tools answer as the user, all answers to one message in one, whose
// list is `parts`. write_message(message) writes each other message but instructions,
// write_answer(place) each answer.
template <class Message, class Answer>
void write_turns(io::json_writer& json, std::string_view name, std::string_view parts,
                 const std::vector<message>& messages, const Message& write_message,
                 const Answer& write_answer) {
  json.key(name);
  json.open_array();
  for (std::size_t at = 0; at < messages.size(); ++at) {
    if (is_instruction(messages[at])) continue;
    if (!is_tool_answer(messages[at])) {
      write_message(messages[at]);
      continue;
    }
    json.open_object();
    json.member("role", "user");
    json.key(parts);
    json.open_array();
    const auto goes_on = [&] {
      return at + 1 < messages.size() && is_tool_answer(messages[at + 1]);
    };
    write_answer(at);
    while (goes_on()) write_answer(++at);
    json.close_array();
    json.close_object();
  }
  json.close_array();
}

// A list of that name; nothing where there are none.
void write_texts(io::json_writer& json, std::string_view name,
                 const std::vector<std::string>& texts);

// A call's arguments as a JSON object; {} where it has none.
std::string_view arguments_object(const tool_call& call);

// The header line that carries the key behind `before`, "x-api-key: "; "" where there is none.
std::string key_line(std::string_view before, std::string_view api_key);

// A name as part of a request line's path: what a path cannot have is escaped, "/" too.
std::string path_segment(std::string_view name);

}  // namespace retort::providers
