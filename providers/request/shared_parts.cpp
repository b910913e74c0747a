#include "providers/request/shared_parts.hpp"

#include <boost/url/encode.hpp>
#include <boost/url/rfc/unreserved_chars.hpp>

namespace retort::providers {

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

void write_instructions(io::json_writer& json, std::string_view name,
                        const std::vector<message>& messages) {
  std::string room;
  const std::string_view text = instructions(messages, room);
  if (!text.empty()) json.member(name, text);
}

void write_texts(io::json_writer& json, std::string_view name,
                 const std::vector<std::string>& texts) {
  if (texts.empty()) return;
  json.key(name);
  json.open_array();
  for (const std::string& each : texts) json.value(each);
  json.close_array();
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

std::string key_line(std::string_view before, std::string_view api_key) {
  std::string line;
  if (!api_key.empty()) line.append(before).append(api_key).append("\r\n");
  return line;
}

std::string path_segment(std::string_view name) {
  return boost::urls::encode(name, boost::urls::unreserved_chars);
}

}  // namespace retort::providers
