#include "engine/measure/random_stream.hpp"

#include <bit>
#include <cmath>

namespace retort::engine {
namespace {

std::uint64_t splitmix(std::uint64_t& state) {
  std::uint64_t z = state += 0x9e3779b97f4a7c15;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
  z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
  return z ^ (z >> 31);
}

}  // namespace

// By the golden ratio's multiples (Knuth): the runs of one seed are not those of its neighbours.
std::uint64_t seed_of(std::uint64_t seed, std::uint64_t run) {
  return seed ^ (run * 0x9e3779b97f4a7c15);
}

random_stream::random_stream(std::uint64_t seed, drawn_for what) {
  std::uint64_t own = static_cast<std::uint64_t>(what);
  std::uint64_t mixed = seed ^ splitmix(own);
  for (std::uint64_t& word : state_) word = splitmix(mixed);
}

std::uint64_t random_stream::next() {
  auto& s = state_;
  const std::uint64_t out = std::rotl(s[0] + s[3], 23) + s[0];
  const std::uint64_t t = s[1] << 17;
  s[2] ^= s[0];
  s[3] ^= s[1];
  s[1] ^= s[2];
  s[0] ^= s[3];
  s[2] ^= t;
  s[3] = std::rotl(s[3], 45);
  return out;
}

double random_stream::uniform() { return (static_cast<double>(next() >> 12) + 0.5) * 0x1p-52; }

// What the last, cut short round of `bound` would add is drawn again.
std::uint64_t random_stream::below(std::uint64_t bound) {
  const std::uint64_t uneven = (0 - bound) % bound;
  std::uint64_t drawn = next();
  while (drawn < uneven) drawn = next();
  return drawn % bound;
}

double random_stream::exponential() { return -std::log(uniform()); }

// Marsaglia's polar method.
double random_stream::normal() {
  for (;;) {
    const double x = 2 * uniform() - 1, y = 2 * uniform() - 1, square = x * x + y * y;
    if (square < 1) return x * std::sqrt(-2 * std::log(square) / square);
  }
}

// A shape below 1 by way of one above it.
double random_stream::gamma(double shape) {
  if (shape >= 1) return large_gamma(shape);
  const double larger = large_gamma(shape + 1);
  return larger * std::pow(uniform(), 1 / shape);
}

// Marsaglia and Tsang (2000), "A simple method for generating gamma variables".
double random_stream::large_gamma(double shape) {
  const double d = shape - 1.0 / 3, c = 1 / std::sqrt(9 * d);
  for (;;) {
    const double x = normal(), v = std::pow(1 + c * x, 3);
    if (v <= 0) continue;
    if (std::log(uniform()) < x * x / 2 + d - d * v + d * std::log(v)) return d * v;
  }
}

}  // namespace retort::engine
