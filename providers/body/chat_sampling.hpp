// The sampling that the body of a chat completions request asks for, as a line of OpenAI's batch
// input has it (developers.openai.com/api/reference: Create chat completion), with what servers of
// the same API know besides (top_k, min_p). Pure; any thread.
#pragma once

#include <simdjson.h>

#include <span>
#include <string>
#include <string_view>

#include "io/base/error.hpp"
#include "providers/body/types.hpp"

namespace retort::providers {

// As an API understands it: one that takes members of chat completions gets those that have no
// place in `sampling` as they are; for another they are an error.
enum class body_taker { chat, other };

// Sets what the body says over what `into` has. Members that are null say nothing; model, messages
// and what is about delivery alone (stream, stream_options) are passed over. `fixed` are keys by
// their names in a config ("temperature", "reasoning.effort") that stay as they are. `said` is the
// object of the members that were taken, as they were. errc::dataset with one line that begins with
// the member's name: a wrong type, a value out of its range, several answers, what `to` has no
// place for.
result<void> take_chat_sampling(simdjson::dom::object body, body_taker to,
                                std::span<const std::string> fixed, sampling& into,
                                std::string& said);

}  // namespace retort::providers
