#include "engine/evaluate/judged_text.hpp"

#include "engine/text/text.hpp"

namespace retort::engine {

std::string_view judged_text(const providers::completion& of, std::string& room) {
  if (of.tool_calls.empty() || !trim(of.text).empty()) return of.text;
  for (const providers::tool_call& each : of.tool_calls) {
    if (!room.empty()) room += '\n';
    room += each.arguments.empty() ? std::string_view("{}") : each.arguments;
  }
  return room;
}

}  // namespace retort::engine
