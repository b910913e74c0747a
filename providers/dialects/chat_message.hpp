// A message of a chat completion, or a piece of one (a stream's delta): they have the same members.
// Pure; any thread.
#pragma once

#include "providers/body/json_body.hpp"
#include "providers/body/types.hpp"
#include "providers/stream/call_pieces.hpp"

namespace retort::providers {

// Adds what the message holds: content as text or as a list of parts (Mistral's reasoning is one of
// them), reasoning under each name it goes by, refusal, tool calls. A delta's calls are pieces, to
// be joined with those before; a message's are whole, one each. False when its content is not text.
bool append_message(simdjson::dom::object message, completion& to, call_pieces* pieces = nullptr);

// Tokens under the names of all servers of the family.
usage read_chat_usage(json_result from);

// How much of an answer is there, to see whether something was added.
std::size_t size_of(const completion& what);

}  // namespace retort::providers
