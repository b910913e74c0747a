// What a run would be, found out without sending anything: the whole dataset is read and rendered,
// and counted by the plan against limits and prices. One thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/config/config.hpp"
#include "engine/config/prices.hpp"
#include "engine/endpoint/endpoint.hpp"
#include "engine/forecast/judge_forecast.hpp"
#include "engine/sample/sample.hpp"
#include "io/base/error.hpp"

namespace retort::engine {

// The least time that one limit allows.
struct bound {
  std::string limit;  // "rpm", "tpm", ...
  double seconds = 0;
};

// A model entry, in one step where there are several: step by step, entry by entry.
struct model_forecast {
  std::string model;
  std::string step;  // "" where there are none
  const model_config* entry = nullptr;
  std::vector<std::string> endpoints;
  bool batch = false;  // mode: batch
  // By the plan, were all answers rejected from now on, and were all accepted; tries apart. Of
  // several steps the earlier ones hand on all they can, or nothing.
  std::uint64_t requests = 0, least_requests = 0;
  std::int64_t input_tokens = 0;  // of `requests`, at token_estimate's first guess
  std::int64_t least_input_tokens = 0;
  std::int64_t most_input_tokens = 0;  // as the budget counts them
  // At most, by max_tokens (request_bound.hpp); nothing where nothing bounds them.
  std::optional<std::int64_t> output_tokens;
  std::optional<engine::price> costs;
  // Of the limits that are stated, the tightest first: of the least requests without the answers'
  // tokens, and of all with answers as long as max_tokens allows (without, where it is not set).
  std::vector<bound> bounds, most_bounds;
  std::vector<std::string> doubts;  // what the model may refuse all the same
  std::string first_request;        // as it would go out, the key masked

  double input_usd() const;
  double least_input_usd() const;
  std::optional<double> most_usd() const;
};

struct forecast {
  std::uint64_t records = 0;
  std::uint64_t settled = 0;   // samples that an earlier run has done
  std::uint64_t unjudged = 0;  // and those that it has answers to, still to be judged
  std::uint64_t bad_rows = 0;
  std::vector<std::string> first_bad;  // "file:line: why"
  std::uint64_t repeated_ids = 0;      // records whose dataset.id an earlier one has
  std::string first_repeated_id;       // "\"x\" is that of records 3 and 7"
  std::vector<std::string>
      never_shown;                    // why: the sections of prompts that no record has a field for
  std::uint64_t ending_answered = 0;  // records whose own conversation ends with the model's words
  std::vector<model_forecast> models;
  std::vector<judge_forecast> judges;
};

// Which of forecast::models a sample counts for.
std::size_t forecast_of(const config& run, const sample_key& key);

// Reads the dataset to its end (or dataset.limit). `endpoints` are those of make_endpoints().
// errc::usage and errc::dataset for what would end the run before its first request.
result<forecast> make_forecast(const config& run,
                               const std::vector<std::unique_ptr<endpoint>>& endpoints);

// The times that the stated limits allow for so many requests and tokens, the tightest first; the
// limits of several endpoints add up, and a limit that one of them lacks bounds nothing.
std::vector<bound> bounds_of(std::span<const endpoint_config> endpoints, double requests,
                             double input_tokens, double output_tokens);

}  // namespace retort::engine
