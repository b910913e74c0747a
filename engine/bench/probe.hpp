// Before anything is measured: one or two requests that show whether the endpoint answers, streams
// and counts tokens, and how many it counts for our words. One thread: the loop's.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "engine/bench/bench_options.hpp"
#include "engine/bench/prompt_supply.hpp"
#include "engine/endpoint/endpoint.hpp"
#include "engine/measure/measurement.hpp"

namespace retort::engine {

struct probe_result {
  std::string refused;                       // one line: nothing can be measured; "" where it can
  std::optional<providers::failure> failed;  // why, where a request failed
  std::vector<std::string> notes;            // what will be missing
  word_scale scale;
  std::optional<measurement> first;  // was answered: it is not asked again
};

// Pure: what a first answer shows.
probe_result look_at(const measurement& first, const bench_options& options);

// How long to wait before a probe that failed is tried again, as the server asks within bounds;
// nothing where that is of no use, or was tried enough. Pure.
std::optional<std::chrono::milliseconds> wait_before_again(const probe_result& seen, int tries,
                                                           std::chrono::milliseconds waited);

// `into`: fresh, or what the try before came to. `own`: the config's first prompt; null where
// prompts are made up. All outlive it.
io::awaitable<> probe(endpoint* to, const bench_options* options, const asked_prompt* own,
                      const providers::sampling* sampling, probe_result* into);

}  // namespace retort::engine
