// What one says to `retort bench`, and the benchmark that it asks for. Pure, but for a CONFIG and a
// reference that are read.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/bench/bench_options.hpp"
#include "engine/config/config.hpp"
#include "io/base/error.hpp"
#include "tools/bench_load_flags.hpp"

namespace CLI {
class App;
}

namespace retort::tools {

struct bench_flags {
  std::string config, url, model, api_key_env;
  std::string provider, arrivals;  // "": openai, poisson
  std::string concurrency, rate;   // levels, parted by commas
  std::optional<double> burstiness, timeout_s;
  std::uint64_t requests = 0;
  std::optional<std::uint64_t> warm_up, cool_down;
  double duration_s = 0;
  std::uint64_t runs = 1, seed = 1, most_in_flight = 0, loops = 0;
  std::string slo, input_tokens, output_tokens;
  bool whole = false, search = false;
  bool audit = false, calibrate = false;
  std::string reference;
  std::string server_metrics;  // an address, "none" or "": where it is usual
  std::string json, requests_csv, report;
  std::vector<std::string> sets;
  std::vector<std::string> compare;  // two result files, or none
  std::string fail_if;
  load_flags load;
  bool find_limits = false;
  std::string spend;
};

void add_bench_flags(CLI::App& app, bench_flags& flags);

// errc::usage, in words of the flags; of a CONFIG, as load() has it.
result<engine::bench_options> options_of(const bench_flags& flags);
result<engine::config> config_of(const bench_flags& flags, const engine::bench_options& options);

}  // namespace retort::tools
