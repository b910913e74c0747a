// The formats of one conversation, the answer its last message or its last words. Pure; any thread.
#pragma once

#include "engine/formats/example.hpp"
#include "io/base/json_writer.hpp"

namespace retort::engine {

// {"messages", "tools"}: OpenAI, Azure, Together, Mistral, TRL, axolotl; the rules of all of them.
broken_rule write_messages(const example& what, io::json_writer& json);
// {"text"}: all that is said, parted by blank lines, without who says it.
broken_rule write_plain_text(const example& what, io::json_writer& json);

}  // namespace retort::engine
