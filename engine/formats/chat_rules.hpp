// What those who take conversations demand of them. Sources: OpenAI's and Vertex's guides to
// fine-tuning, Together's file check, TRL's dataset formats, LLaMA-Factory's data README (all of
// 2026). Pure; any thread.
#pragma once

#include <span>
#include <string_view>

#include "engine/formats/example.hpp"
#include "engine/training/conversation.hpp"

namespace retort::engine {

struct chat_rules {
  bool has_calls = true;     // calls of tools and what they give have a place
  bool takes_turns = false;  // the user and the assistant speak in turn, the user first
  bool needs_ids = false;    // a call has an id, and a tool's message names it
};

// Of the prompt and the answer. In any case: the user says something, the system speaks before all
// others, the answer says or calls something, calls have JSON objects as their arguments, and a
// tool answers a call.
broken_rule rule_broken_by(const conversation& what, const chat_rules& rules);

}  // namespace retort::engine
