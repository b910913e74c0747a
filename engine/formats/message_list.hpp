// Messages as OpenAI's chat completions and TRL write them, as an output wants them. Pure; any
// thread.
#pragma once

#include "engine/formats/example.hpp"
#include "io/base/json_writer.hpp"

namespace retort::engine {

// Elements of the list that is open: the answer as the assistant's; all that is said, with the
// weights of the turns.
void write_answer_message(io::json_writer& json, const example& what);
void write_conversation(io::json_writer& json, const example& what);

// Lists of the prompt's messages, of which none is taught, and of the answer's; and "tools" where
// some were offered, as members of the object that is open.
void write_prompt_list(io::json_writer& json, std::string_view name, const example& what);
void write_answer_list(io::json_writer& json, std::string_view name, const example& what);
void write_tools(io::json_writer& json, const example& what);

// A member of reasoning beside the answer, under the name that the output gives it; none where
// there is none.
void write_reasoning(io::json_writer& json, const example& what);

}  // namespace retort::engine
