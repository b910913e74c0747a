// What is held against each other of two benchmarks: a metric's mean or percentile ("ttft_p95",
// "e2e_mean"), a rate, or the share of requests that failed, or of answers without content. Pure;
// any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/measure/metric.hpp"
#include "io/base/error.hpp"

namespace retort::engine {

struct figure {
  std::string name;             // "ttft_p95", "requests_per_s", "failed"
  std::optional<metric> what;   // of a metric
  std::optional<double> share;  // of a percentile; a metric without one: its mean
  bool is_rate = false;         // more is better; of all others less is
  bool is_share = false;        // changes in points, as 0 has no multiple
};

// All there are, in the order in which they are shown.
const std::vector<figure>& figures();
// errc::usage with the near miss.
result<const figure*> figure_called(std::string_view name);

// "ttft_p95=+10%": not more than a tenth above the first. "requests_per_s=-5%",
// "e2e_p99=+200ms", "failed=+1%" (in points).
struct stated_limit {
  const figure* of = nullptr;
  double relative = 0;         // 0.1, -0.05; of a share in points of 1
  std::optional<double> more;  // instead: ms above
  std::string text;            // as it was written
};
result<std::vector<stated_limit>> parse_limits(std::string_view text);

}  // namespace retort::engine
