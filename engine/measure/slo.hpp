// What a service promises: "ttft_p95=500ms,tpot_p95=50ms,e2e_p99=10s". Whether a trial keeps it is
// certain only where the percentile's 99 % bound does (statistics/percentile.hpp). Pure; any
// thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/measure/measurement.hpp"
#include "engine/statistics/percentile.hpp"
#include "io/base/error.hpp"

namespace retort::engine {

struct slo {
  metric what;
  double share;      // 0.95
  double limit;      // ns
  std::string text;  // as it was written
};

// errc::usage with what is wrong and the near miss.
result<std::vector<slo>> parse_slos(std::string_view text);

enum class kept {
  yes,      // the bound is within the limit
  no,       // the percentile itself is above it
  unknown,  // too few samples to say
  untold,   // nothing that was answered has a value of it
};
std::string_view name(kept how);

kept is_kept(const slo& one, const log_histogram& measured, const sampled_cases& cases);
// All of them are; not, where one is not; else not certain.
kept all_of(kept one, kept another);

// Whether every answer with content has a value: then one without misses. Others do not apply to
// each (the time per token to an answer of one, the handshake to a kept connection).
bool is_of_every_answer(metric what);

// An answer that keeps every limit that applies to it: what goodput counts.
bool keeps_all(const measurement& of, const std::vector<slo>& slos);

// "500ms" in ns: us, ms, s, min. errc::usage.
result<double> parse_time(std::string_view text);

}  // namespace retort::engine
