// A response as the targets of the dialects read it from an input: "DIALECT STATUS [CUTS]", header
// lines, a blank line, the body.
#pragma once

#include <string_view>

#include "io/http/http_message.hpp"
#include "providers/stream/dialect.hpp"
#include "tests/fuzz/fuzz_input.hpp"

namespace retort::fuzz {

// The dialect of that name, or for any other word one that its first byte selects.
const providers::dialect& dialect_for(std::string_view word);

// The status is one that servers send; headers are such as the HTTP parser lets through.
io::http_response response_in(const fuzz_input& input);

// Some time in 1994.
std::chrono::system_clock::time_point wall_clock();

}  // namespace retort::fuzz
