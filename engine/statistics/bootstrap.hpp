// Percentile bootstrap intervals (Efron 1979; Efron and Tibshirani, "An Introduction to the
// Bootstrap", 1993, ch. 13) of means over records, in constant memory: records are dealt out to a
// fixed number of groups, one by one, and it is the groups that are drawn again. With no more
// records than groups each is a group, and this is the bootstrap of the textbook; all samples of a
// record are in one group, so that what they have in common is not counted as evidence. Pure: the
// same sums give the same interval. One thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace retort::engine {

// What is averaged: a sum and how many it is over.
struct ratio {
  double sum = 0, count = 0;

  void add(double value, double weight = 1) { sum += value, count += weight; }
  ratio& operator+=(const ratio& more);
  std::optional<double> mean() const;  // nothing over nothing
};

class grouped_ratio {
 public:
  static constexpr std::size_t groups = 4096;

  // `record`: its number, of which consecutive ones are in different groups.
  void add(std::uint64_t record, double value, double weight = 1);
  ratio all() const;
  std::span<const ratio> parts() const { return parts_; }

 private:
  std::vector<ratio> parts_;  // as many as were needed
};

struct estimate {
  double value = 0, low = 0, high = 0;
};

// Of the mean, 95 %: from 1,000 draws of as many groups as hold something. Nothing over nothing.
std::optional<estimate> bootstrap(std::span<const ratio> groups);

}  // namespace retort::engine
