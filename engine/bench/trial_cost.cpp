#include "engine/bench/trial_cost.hpp"

#include <algorithm>

namespace retort::engine {

std::optional<trial_cost> cost_of(const tally& measured, const std::optional<price>& costs) {
  const bool is_told = measured.input.untold == 0 && measured.output.untold == 0;
  if (!costs || !is_told || measured.output.sum == 0) return std::nullopt;
  const auto output = static_cast<double>(measured.output.sum);
  const double input = static_cast<double>(measured.input.sum);
  const double cached = std::min(input, static_cast<double>(measured.cached.sum));
  const double written = std::min(input - cached, static_cast<double>(measured.cache_written.sum));
  trial_cost out;
  out.usd = ((input - cached - written) * costs->input + cached * costs->cached +
             written * costs->cache_write + output * costs->output) /
            1e6;
  out.usd_per_million_output_tokens = out.usd / output * 1e6;
  return out;
}

}  // namespace retort::engine
