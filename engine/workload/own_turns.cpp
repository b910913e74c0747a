#include "engine/workload/own_turns.hpp"

#include <utility>

namespace retort::engine {

result<std::vector<turn_messages>> own_turns(std::vector<providers::message> conversation) {
  std::vector<turn_messages> out;
  turn_messages next;
  for (providers::message& one : conversation) {
    if (one.role == "assistant") continue;
    if (one.role == "tool") {
      return error{errc::dataset,
                   "the conversation has a tool's answer, to a call of words that --turns record "
                   "does not send: those of its own model"};
    }
    const bool is_asked = one.role == "user";
    next.push_back(std::move(one));
    if (is_asked) out.push_back(std::exchange(next, {}));
  }
  if (out.empty()) return error{errc::dataset, "the conversation has no message of a user"};
  return out;
}

}  // namespace retort::engine
