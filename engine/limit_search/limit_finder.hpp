// Looks for an endpoint's limits within a stated spend ([how](limit_search.md)): one request, then
// closed loops of doubling concurrency until the rate no longer rises or requests are refused
// (429), then what is admitted while there are refusals. One thread: the loop's.
#pragma once

#include <boost/asio/io_context.hpp>
#include <memory>
#include <string>
#include <vector>

#include "engine/bench/prompt_supply.hpp"
#include "engine/endpoint/endpoint.hpp"
#include "engine/limit_search/deduced_limits.hpp"
#include "engine/limit_search/spend.hpp"
#include "engine/measure/measurement.hpp"

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

// For each endpoint of the config, one after the other, with the servers that it wants started.
// errc::usage and the like: nothing was sent.
// Blocks until it is over. `say` is told what goes on.
result<std::vector<found_limits>> find_limits(
    const config& what, const finder_options& options,
    const std::map<std::size_t, embedded_provider>& embedded,
    const std::function<void(const std::string&)>& say);

}  // namespace retort::engine
