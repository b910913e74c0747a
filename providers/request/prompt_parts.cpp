#include "providers/request/prompt_parts.hpp"

#include <boost/url/encode.hpp>
#include <boost/url/rfc/unreserved_chars.hpp>

namespace retort::providers {

bool is_instruction(const message& one) { return one.role == "system" || one.role == "developer"; }

std::string_view instructions(const std::vector<message>& messages, std::string& room) {
  std::string_view all;
  for (const message& each : messages) {
    if (!is_instruction(each)) continue;
    if (all.empty()) {
      all = each.content;
      continue;
    }
    if (all.data() != room.data()) room = all;
    room.append("\n\n").append(each.content);
    all = room;
  }
  return all;
}

bool is_tool_answer(const message& one) { return one.role == "tool"; }

std::string_view called_by(const std::vector<message>& messages, std::size_t place) {
  const message& answer = messages[place];
  if (!answer.name.empty() || answer.tool_call_id.empty()) return answer.name;
  for (std::size_t i = place; i-- > 0;) {
    for (const tool_call& each : messages[i].tool_calls) {
      if (each.id == answer.tool_call_id) return each.name;
    }
  }
  return {};
}

std::string_view arguments_object(const tool_call& call) {
  return call.arguments.empty() ? std::string_view("{}") : call.arguments;
}

std::string path_segment(std::string_view name) {
  return boost::urls::encode(name, boost::urls::unreserved_chars);
}

}  // namespace retort::providers
