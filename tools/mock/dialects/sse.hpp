// Server-sent events (WHATWG HTML, 9.2.6) as bytes. Pure; any thread.
#pragma once

#include <string>
#include <string_view>

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

}  // namespace retort::mock
