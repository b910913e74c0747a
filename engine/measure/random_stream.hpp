// Chance that is the same on every machine: xoshiro256++ (Blackman and Vigna, 2018; public domain),
// its state filled by splitmix64 from a seed and what the numbers are for, so that each use has a
// stream of its own. One thread.
#pragma once

#include <array>
#include <cstdint>

namespace retort::engine {

// What is drawn by chance, each apart from the others: another schedule changes no prompt.
enum class drawn_for : std::uint64_t {
  subset = 1,
  order,
  schedule,
  sampling,
  cancelling,
  thinking
};

// Of one of several runs: each draws anew, or their figures would be less apart than the truth. The
// first has the seed itself.
std::uint64_t seed_of(std::uint64_t seed, std::uint64_t run);

class random_stream {
 public:
  random_stream(std::uint64_t seed, drawn_for what);

  std::uint64_t next();
  double uniform();                          // in (0, 1), never 0 or 1
  std::uint64_t below(std::uint64_t bound);  // 0 to bound - 1, each as likely; bound > 0
  double exponential();                      // of mean 1
  double normal();                           // of mean 0 and deviation 1
  double gamma(double shape);                // of mean `shape` and scale 1; shape > 0

 private:
  double large_gamma(double shape);

  std::array<std::uint64_t, 4> state_;
};

}  // namespace retort::engine
