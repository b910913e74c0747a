// From a server's refusal to the kind of failure, which decides whether the sample is tried again
// and whether the run goes on. Pure; any thread.
#pragma once

#include <chrono>

#include "io/http_message.hpp"
#include "providers/error_body.hpp"
#include "providers/types.hpp"

namespace retort::providers {

// A server that asks to wait longer than this is out of quota for the day, or down for
// maintenance: the run had better stop, resumable, than sit there. Ours; for scale, OpenAI's SDK
// gives up beyond 120 s and Gemini's CLI beyond 300 s (wire-reference sections 7 and 12), but a
// batch has more patience than a chat.
inline constexpr std::chrono::milliseconds longest_wait = std::chrono::hours(1);

// By wire-reference section 12. What the body names (quota, content filter) decides first, then
// the header x-should-retry, then the status; for an error inside a 2xx, the status that the body
// gives. A transient failure with a Retry-After beyond `longest_wait` is quota_exhausted.
failure classify(const io::http_response& response, const error_report& report,
                 std::chrono::system_clock::time_point now);

}  // namespace retort::providers
