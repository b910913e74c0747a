// Values of a metric as a file has them, each by itself or in the bins of a histogram; and by how
// much what is said of two such spreads may differ by chance. The intervals are those of the
// percentile bootstrap (Efron and Tibshirani, "An Introduction to the Bootstrap", 1993, ch. 13),
// drawn directly: the k-th smallest of n values drawn again is the value at a place that is beta
// distributed with k and n + 1 - k, which is what n draws would come to. Requests count as
// independent of each other. Pure; any thread.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <utility>
#include <vector>

#include "engine/measure/random_stream.hpp"

namespace retort::engine {

class spread {
 public:
  // Values with how often each occurs, in any order, in ms; `cases`: of how many requests they are
  // (gaps within a request depend on each other), 0: as many as values.
  spread(std::vector<std::pair<double, std::uint64_t>> values, std::uint64_t cases);

  std::uint64_t cases() const { return cases_; }
  double mean() const { return mean_; }
  // By nearest rank; nothing where LoadGen's rule has too few cases (statistics/percentile.hpp).
  std::optional<double> percentile(double share) const;

  // The same of requests drawn anew.
  double drawn_percentile(double share, random_stream& chance) const;
  double drawn_mean(random_stream& chance) const;  // by its standard error

 private:
  double at(double place) const;  // from 0 to 1

  std::vector<std::pair<double, std::uint64_t>> upto_;  // each value, and how many are at most it
  std::uint64_t count_ = 0, cases_ = 0;
  double mean_ = 0, error_ = 0;  // standard, of the mean
};

// How much higher the other is than the first, as a share of the first: 0.1 is +10 %.
struct relative_change {
  double value = 0;
  std::optional<double> low, high;  // 95 %
};

// From 2,000 draws; always the same. `figure` draws what is compared. Of one case anything
// may be chance: it tells nothing of how others scatter.
relative_change resampled(double first, double other, const spread& of_first,
                          const spread& of_other,
                          const std::function<double(const spread&, random_stream&)>& figure);
// Of repeated runs, two or more of each: Welch's t of the logarithms, so that it is of the ratio of
// the means. Without an interval where a value is not above 0.
relative_change repeated(const std::vector<double>& first, const std::vector<double>& other);
// From 0 to something is infinitely more.
double share_more(double first, double other);

}  // namespace retort::engine
