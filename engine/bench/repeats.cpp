#include "engine/bench/repeats.hpp"

#include <algorithm>

namespace retort::engine {
namespace {

using figure = std::optional<double> (*)(const tally&);

template <metric What, int Percent>
std::optional<double> percentile_ms(const tally& of) {
  const auto found = of.stated(What, Percent / 100.0);
  if (!found) return std::nullopt;
  return found->value / 1e6;
}

struct named_figure {
  std::string_view name;
  figure of;
};
constexpr named_figure figures[] = {
    {"requests_per_s", [](const tally& of) { return of.success_rate(); }},
    {"output_tokens_per_s", [](const tally& of) { return of.rate_of(of.output); }},
    {"ttft_p50", percentile_ms<metric::ttft, 50>},
    {"ttft_p90", percentile_ms<metric::ttft, 90>},
    {"tpot_p50", percentile_ms<metric::tpot, 50>},
    {"tpot_p90", percentile_ms<metric::tpot, 90>},
    {"e2e_p50", percentile_ms<metric::e2e, 50>},
    {"e2e_p90", percentile_ms<metric::e2e, 90>},
};

bool are_alike(const trial_result& one, const trial_result& other) {
  return one.place == other.place && one.level == other.level;
}

std::optional<t_interval> over_runs(const std::vector<const trial_result*>& runs, figure of) {
  std::vector<double> values;
  values.reserve(runs.size());
  for (const trial_result* one : runs) {
    const auto value = of(one->measured);
    if (!value) return std::nullopt;
    values.push_back(*value);
  }
  return t_interval_of(values);
}

repeated_load summed_up(const std::vector<const trial_result*>& runs) {
  repeated_load out{runs.front(), runs.size(), {}};
  for (const named_figure& one : figures) {
    out.figures.push_back({one.name, over_runs(runs, one.of)});
  }
  return out;
}

}  // namespace

std::vector<repeated_load> repeats_of(const std::vector<trial_result>& trials) {
  std::vector<repeated_load> out;
  for (const trial_result& first : trials) {
    if (first.run != 0) continue;
    std::vector<const trial_result*> runs;
    for (const trial_result& one : trials) {
      if (are_alike(one, first)) runs.push_back(&one);
    }
    if (runs.size() > 1) out.push_back(summed_up(runs));
  }
  return out;
}

}  // namespace retort::engine
