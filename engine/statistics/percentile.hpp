// What may be said of a percentile, from so many samples. The rule is that of MLPerf LoadGen's
// early stopping (inference_rules.adoc, "early stopping criterion"; docs/early_stopping.md): with n
// samples, t is the largest count of which "at most t of n above" would be seen in one case of a
// hundred or fewer, were the true percentile higher; the t-th largest sample bounds it then. With
// no such t from 1 on there are too few samples, and there is no value: p90 needs 64 of them, p95
// 130, p99 662, p99.9 6,636. Pure; any thread.
#pragma once

#include <cstdint>
#include <optional>

#include "engine/statistics/log_histogram.hpp"

namespace retort::engine {

inline constexpr double percentile_confidence = 0.99;

// t, above; nothing where the samples are too few.
std::optional<std::uint64_t> samples_above(std::uint64_t n, double share);
// The least n that has a t.
std::uint64_t least_samples(double share);

struct percentile {
  double value = 0;  // by nearest rank
  double bound = 0;  // what the true one is at most, at `percentile_confidence`
};

// Nothing where the samples are too few. 0 < share < 1.
std::optional<percentile> percentile_of(const log_histogram& of, double share);

// Where there are several values of one case (the gaps of a request), the cases are the samples;
// and cases that had no end count as longer than all, without end: infinity.
struct sampled_cases {
  std::uint64_t with_values = 0, endless = 0;
};
std::optional<percentile> percentile_of(const log_histogram& of, double share,
                                        const sampled_cases& cases);

}  // namespace retort::engine
