// Server-sent events (WHATWG HTML, 9.2.6) as bytes. Pure; any thread.
#pragma once

#include <string>
#include <string_view>

#include "tools/mock/answers/json.hpp"

namespace retort::mock {

struct event {
  std::string text;
  bool is_piece = false;  // of the answer: comes when the model has made it
};

// An event of that type, without one for ""; `data` is one line.
inline std::string sse(std::string_view type, std::string_view data) {
  std::string text;
  if (!type.empty()) text.append("event: ").append(type).append("\n");
  return text.append("data: ").append(data).append("\n\n");
}

// One whose data is an object that says its type too; `fill` writes the other members.
template <class Fill>
event typed_event(std::string_view type, const Fill& fill, bool is_piece) {
  const std::string data = object_text([&](io::json_writer& json) {
    json.member("type", type);
    fill(json);
  });
  return {sse(type, data), is_piece};
}

}  // namespace retort::mock
