// The tool calls of a stream of chat completions, from their pieces. A piece names its call by
// index, as the API has it; but servers are known to begin at 1, to give every call the index 0 or
// none, to repeat id and name in each piece, and to leave out the id. One call is one call all the
// same. Linear in what comes. One thread at a time.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "providers/body/json_body.hpp"
#include "providers/body/types.hpp"

namespace retort::providers {

// A call's arguments as text: they come as such, or as an object (Ollama's habit ~).
std::string arguments_of(json_result value);

class call_pieces {
 public:
  // Adds one delta's list of pieces.
  void add(json_result list, std::vector<tool_call>& to);
  // Adds a piece of `function_call`, which was there before there were lists: one call, no id.
  void add_function(simdjson::dom::element function, std::vector<tool_call>& to);

 private:
  struct piece {
    std::int64_t index = -1;  // -1: not told
    std::string_view id, name;
    std::string arguments;
  };
  // Whether a call's arguments are an object that has closed: what follows is of another call.
  struct extent {
    int depth = 0;
    bool in_string = false, escaped = false, closed = false;
    void take(std::string_view piece);
  };

  struct known_call {
    std::int64_t index = -1;
    extent arguments = {};
  };

  static piece piece_of(simdjson::dom::element from);
  void join(const piece& one, std::size_t by_position, std::vector<tool_call>& to);
  std::size_t place_of(const piece& one, std::size_t by_position) const;
  bool continues(const piece& one, std::size_t place, const tool_call& call) const;

  std::vector<known_call> known_;                          // one for each call
  std::map<std::int64_t, std::size_t> by_index_;           // the latest call of each index
  std::map<std::string, std::size_t, std::less<>> by_id_;  // the latest of each id
};

}  // namespace retort::providers
