// Most lines of a ledger are as line_writer writes them today, with no more than what every answer
// has: those are read in one pass, without making a tree of them. Pure; any thread.
#pragma once

#include <string_view>
#include <vector>

#include "engine/sample/sample.hpp"

namespace retort::engine {

// What the line says of its verdict, in words; views of the line.
struct verdict_words {
  std::string_view verdict = {}, reason = {};
};

// At the first free place, or in the room of one that is not wanted any more.
providers::message& empty_message(std::vector<providers::message>& in, std::size_t place);

// False where the line has another form, or calls of tools, log probabilities, columns and the
// like: it is for a reader of JSON then, and `into` holds parts of it. Where it is true `into`,
// which was empty, holds what that reader would have found. `room`: messages of another sample,
// in whose place these may stand. `line` is simdjson-padded.
bool read_plain_line(std::string_view line, sample& into, verdict_words& words,
                     std::vector<providers::message>& room);

}  // namespace retort::engine
