// How far several judges agree: Krippendorff's alpha over the samples that at least two of them
// gave a score, for interval data (K. Krippendorff, Computing Krippendorff's Alpha-Reliability,
// 2011). 1: always; 0: as by chance; below: less than that. In constant memory. One thread.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

namespace retort::engine {

class judge_agreement {
 public:
  // One sample's scores, of those judges that gave one.
  void add(std::span<const double> scores);

  std::uint64_t samples() const { return samples_; }
  // Nothing where all scores are one: what is never told apart shows no agreement.
  std::optional<double> alpha() const;

 private:
  std::uint64_t samples_ = 0;
  double values_ = 0, sum_ = 0, squares_ = 0;  // of all scores
  double within_ = 0;  // over each sample's ordered pairs: squared differences by (scores - 1)
};

}  // namespace retort::engine
