// What OpenAI's batch API gives back for a request: {"id", "custom_id", "response": {"status_code",
// "request_id", "body": a chat completion}, "error": null}. Pure; any thread.
#pragma once

#include "engine/formats/example.hpp"
#include "io/base/json_writer.hpp"

namespace retort::engine {

broken_rule write_openai_batch(const example& what, io::json_writer& json);

}  // namespace retort::engine
