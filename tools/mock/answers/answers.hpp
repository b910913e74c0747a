// Where the mock's answers come from: worked out, a hash of the prompt, or replayed from a file.
// Immutable once made; any thread.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "io/base/error.hpp"
#include "tools/mock/faults/options.hpp"

namespace retort::mock {

// The answer to a prompt (the last user message), drawn anew for each seed; nothing when there is
// none to give.
using answer_source =
    std::function<std::optional<std::string>(std::string_view prompt, std::uint64_t seed)>;

// Solver, echo or replay, as the options say. An error names the replay file and the line.
result<answer_source> make_answer_source(const options& chosen);

// What identifies a prompt to the counters and decides whether its answer is wrong.
std::uint64_t hash_of_prompt(std::string_view prompt, std::uint64_t seed);

}  // namespace retort::mock
