// Looks for one endpoint's limits within a stated spend ([how](limit_search.md)): one request, then
// closed loops of doubling concurrency until the rate no longer rises or requests are refused
// (429), then what is admitted while there are refusals. One thread: the loop's.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "engine/bench/prompt_supply.hpp"
#include "engine/endpoint/endpoint.hpp"
#include "engine/limit_search/deduced_limits.hpp"
#include "engine/limit_search/spend.hpp"
#include "io/base/awaitable.hpp"

namespace retort::engine {

struct finder_options {
  bench_options requests;  // lengths, streams, seed
  spend_limit spend;
  std::chrono::nanoseconds window = std::chrono::seconds(60);  // quotas are per minute
  std::uint64_t most_concurrency = 1024;
  std::chrono::nanoseconds patience = std::chrono::seconds(30);  // with one that only fails
};

struct found_limits {
  std::string endpoint, model;
  std::string refused;  // one line: nothing can be found; "" where it can
  seen_limits seen;
  std::uint64_t requests = 0;
  std::optional<double> usd;  // where the price is known
  bool is_cut = false;        // by a signal
};

// What a search needs, all of which outlives it.
struct search_setting {
  io::executor on;
  endpoint* to;
  const finder_options* options;             // with a length of its prompts
  const std::vector<asked_prompt>* prompts;  // empty: made up
  const providers::sampling* sampling;
  const std::function<void(const std::string&)>* say;  // told what goes on
};

// `stop` is what ends it early, as long as it is under way.
io::awaitable<> find_at(const search_setting* how, found_limits* into, std::function<void()>* stop);

}  // namespace retort::engine
