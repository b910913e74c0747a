// How long to wait before another attempt; whether there is one is decided in
// engine/endpoint/next_step.hpp. Pure: the caller brings the random bits and does the waiting. Any
// thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

namespace retort::engine {

// The first of these is OpenAI's SDK's (openai-python e43b4224), the second Mistral's and Google's
// (client-python 05629d23, python-genai 66807187); a batch has time for the longer one.
inline constexpr std::chrono::milliseconds base_backoff{500};
inline constexpr std::chrono::milliseconds longest_backoff{60'000};

// Exponential backoff with full jitter: uniform in [0, min(longest_backoff, base_backoff * 2^n)]
// before retry n (0-based), as `random` (64 uniform bits) chooses.
std::chrono::milliseconds backoff(std::uint32_t n, std::uint64_t random);

// The wait that the server asked for is a floor: up to a tenth of it comes on top, so that those it
// sent away together do not come back together, and the backoff counts when it is longer. More
// would only make the last ones late: the entrance sees to it that no herd arrives. A wait is
// honoured whatever its length; one too long to sit through is no transient failure to begin with
// (providers/failure/classify.hpp).
std::chrono::milliseconds delay(std::uint32_t n, std::optional<std::chrono::milliseconds> asked,
                                std::uint64_t random);

// The same where tries cost nothing, and a short word of the server's shall count: it is waited
// for, not for the backoff. Who was sent away so soon again and again waits for `shortest_wait` and
// then for twice as long each time, or a server that says "50 ms" would be asked twenty times a
// second.
inline constexpr std::chrono::milliseconds shortest_wait{50};
std::chrono::milliseconds free_delay(std::uint32_t n,
                                     std::optional<std::chrono::milliseconds> asked,
                                     std::uint64_t random);

}  // namespace retort::engine
