// What a server says in its headers about quotas: how much there is, how much of it is left, and
// when it will be whole again. Pure; any thread.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "io/http/http_message.hpp"

namespace retort::providers {

// Per minute unless the server says otherwise, which it does, if at all, by the reset alone.
enum class quota : std::uint8_t { requests, tokens, input_tokens, output_tokens };
inline constexpr std::size_t quota_count = 4;

struct quota_reading {
  std::optional<std::int64_t> limit;                // above 0
  std::optional<std::int64_t> remaining;            // at least 0
  std::optional<std::chrono::milliseconds> reset;   // from now until the quota is whole; above 0
  std::optional<std::chrono::seconds> period = {};  // where the header's name or its value tells

  bool any() const { return limit || remaining || reset; }
};

struct rate_limits {
  std::array<quota_reading, quota_count> of;

  bool any() const;
  quota_reading& operator[](quota which) { return of[static_cast<std::size_t>(which)]; }
  const quota_reading& operator[](quota which) const { return of[static_cast<std::size_t>(which)]; }
};

// Reads, by the documents of each (developers.openai.com, docs.claude.com, learn.microsoft.com; ~:
// unconfirmed, seen in third parties' code)
//   x-ratelimit-{limit,remaining,reset}-{requests,tokens}               OpenAI, Azure, Groq~
//   anthropic-ratelimit-{requests,tokens,input-tokens,output-tokens}-{limit,remaining,reset}
//   x-ratelimit-{limit,remaining,reset}-{req,requests,tokens}-{second,minute}   Mistral~, Cerebras~
//   x-ratelimit-{limit,remaining}-{second,minute}: requests             Kong's plugin
//   ratelimit-limit: 10, 10;w=1                                         a draft of the IETF's
//   x-ratelimit-{limit,remaining,reset}, also without x-: requests      Together~, OpenRouter~
//   x-tokenlimit-{limit,remaining,reset}: tokens                        Together~
// where the last two only speak for a quota of which the others say nothing. A reset is a duration
// ("6m0s", "12ms"), seconds (Azure: whole ones), an RFC 3339 time or, unconfirmed, seconds or
// milliseconds since 1970 (OpenRouter~). `now` is the wall clock that times are counted from.
//
// Left alone: tokens_usage_based (OpenAI's second reckoning of the same tokens), Anthropic's
// priority tier, Mistral's ratelimitbysize (its period is not known).
//
// What is malformed is ignored as if absent; so is all that is said of a quota whose limit is zero
// or below, and a reset of zero, below, or gone by: Azure has sent -1 and 0 for "not known".
// Of the same header twice the first counts. Cheap where no such header is: one search.
rate_limits read_rate_limits(const io::http_response& response,
                             std::chrono::system_clock::time_point now);

}  // namespace retort::providers
