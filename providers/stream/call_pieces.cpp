#include "providers/stream/call_pieces.hpp"

#include "providers/body/json_fields.hpp"

namespace retort::providers {
namespace {

using simdjson::dom::element;

constexpr std::size_t nowhere = ~std::size_t{0};

}  // namespace

std::string arguments_of(json_result value) {
  element arguments;
  if (value.get(arguments)) return "";
  if (arguments.is_object()) return exact_json(arguments);
  return std::string(text_at(found(arguments)));
}

void call_pieces::extent::take(std::string_view piece) {
  for (const char c : piece) {
    if (in_string) {
      in_string = escaped || c != '"';
      escaped = !escaped && c == '\\';
    } else if (c == '"') {
      in_string = true;
    } else if (c == '{' || c == '[') {
      ++depth;
    } else if (c == '}' || c == ']') {
      closed = --depth <= 0;
    }
  }
}

call_pieces::piece call_pieces::piece_of(element from) {
  const json_result function = from["function"];
  return {count_at(from["index"]), text_at(from["id"]), text_at(function["name"]),
          arguments_of(function["arguments"])};
}

// The pieces of one list are of different calls. Those that tell neither index nor id are of the
// last calls there were, in their order.
void call_pieces::add(json_result list, std::vector<tool_call>& to) {
  simdjson::dom::array pieces;
  if (list.get(pieces)) return;
  const std::size_t count = pieces.size();
  std::size_t place = to.size() < count ? nowhere : to.size() - count;
  for (const element each : pieces) {
    join(piece_of(each), place, to);
    place += place != nowhere;
  }
}

void call_pieces::add_function(element function, std::vector<tool_call>& to) {
  join({0, "", text_at(function["name"]), arguments_of(function["arguments"])}, nowhere, to);
}

// By its id where that is known, but not where another index has it and it is done: some servers
// give all calls of a function one id. Else by its index, else by its position.
std::size_t call_pieces::place_of(const piece& one, std::size_t by_position) const {
  const auto same_id = one.id.empty() ? by_id_.end() : by_id_.find(one.id);
  if (same_id != by_id_.end()) {
    const known_call& call = known_[same_id->second];
    if (one.index < 0 || one.index == call.index || !call.arguments.closed) return same_id->second;
  }
  if (one.index < 0) return by_position;
  const auto same_index = by_index_.find(one.index);
  return same_index == by_index_.end() ? nowhere : same_index->second;
}

// Another id is of another call. So is a name where the call at hand has its arguments, since names
// come before them, unless it only repeats what is there.
bool call_pieces::continues(const piece& one, std::size_t place, const tool_call& call) const {
  if (!one.id.empty() && !call.id.empty() && one.id != call.id) return false;
  if (one.name.empty() || call.name.empty() || call.arguments.empty()) return true;
  if (one.name != call.name) return false;
  if (!known_[place].arguments.closed) return true;
  const bool is_known = one.id.empty() ? one.index >= 0 : one.id == call.id;
  return is_known && (one.arguments.empty() || one.arguments == call.arguments);
}

void call_pieces::join(const piece& one, std::size_t by_position, std::vector<tool_call>& to) {
  std::size_t place = place_of(one, by_position);
  if (place == nowhere || !continues(one, place, to[place])) {
    if (one.id.empty() && one.name.empty() && one.arguments.empty()) return;
    place = to.size();
    to.emplace_back();
    known_.push_back({one.index, {}});
  }
  tool_call& call = to[place];
  extent& arguments = known_[place].arguments;
  const bool repeats = !one.name.empty() && arguments.closed;
  if (call.id.empty()) call.id = one.id;
  if (!one.id.empty()) by_id_.insert_or_assign(std::string(one.id), place);
  if (one.index >= 0) by_index_[one.index] = place;
  if (repeats) return;
  if (one.name != call.name) call.name += one.name;
  call.arguments += one.arguments;
  arguments.take(one.arguments);
}

}  // namespace retort::providers
