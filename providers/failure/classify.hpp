// From a server's refusal to the kind of failure, which decides whether the sample is tried again
// and whether the run goes on. Pure; any thread.
#pragma once

#include <chrono>

#include "io/http/http_message.hpp"
#include "providers/body/types.hpp"
#include "providers/failure/error_body.hpp"

namespace retort::providers {

// A server that asks to wait longer than this is out of quota for the day, or down for
// maintenance: the run had better stop, resumable, than sit there. Ours; for scale, OpenAI's SDK
// (openai-python e43b4224) gives up beyond 120 s and Gemini's CLI (googleQuotaErrors.ts) beyond 300
// s, but a batch has more patience than a chat.
inline constexpr std::chrono::milliseconds longest_wait = std::chrono::hours(1);

// What a quota per minute is waited for when the server says no more than that: Gemini's CLI does
// so (google-gemini/gemini-cli, googleQuotaErrors.ts).
inline constexpr std::chrono::milliseconds minute_quota_wait = std::chrono::seconds(60);

// By openai/openai-openapi f85dbe2 and what the SDKs do (openai-python e43b4224,
// anthropic-sdk-python 009b0353). What the body names (quota, content filter, in a code or in
// words) decides first, then the header x-should-retry, then the status; for an error inside a 2xx,
// the status that the body gives. A status is a hint: whether it is true of every request shows in
// what the endpoint's answers have in common (engine/endpoint/endpoint_history.hpp). The wait is
// what the headers ask for, else the RetryInfo in the body, else, for a rate limit, what the
// message advises, else that of a quota per minute. A transient failure with a wait beyond
// `longest_wait` is quota_exhausted, and says how long; so is a spent quota per day (Gemini).
failure classify(const io::http_response& response, const error_report& report,
                 std::chrono::system_clock::time_point now);

}  // namespace retort::providers
