// `retort bench`: its flags, the benchmark, and what it came to as a table.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace retort::tools {

struct bench_flags {
  std::string config, url, model, api_key_env;
  std::string provider, arrivals;  // "": openai, poisson
  std::string concurrency, rate;   // levels, parted by commas
  std::optional<double> burstiness, timeout_s;
  std::uint64_t requests = 0, warm_up = 0, cool_down = 0;
  double duration_s = 0;
  bool has_warm_up = false, has_cool_down = false;
  std::uint64_t runs = 1, seed = 1, most_in_flight = 0;
  std::string slo, input_tokens, output_tokens;
  bool whole = false, search = false;
  std::string json, requests_csv;
  std::vector<std::string> sets;
};

void add_bench_flags(CLI::App& app, bench_flags& flags);
// Returns the exit status.
int bench_command(const bench_flags& flags);

}  // namespace retort::tools
