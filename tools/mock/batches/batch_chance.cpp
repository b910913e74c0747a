#include "tools/mock/batches/batch_chance.hpp"

#include <xxhash.h>

#include <algorithm>
#include <numeric>
#include <random>

namespace retort::mock {
namespace {

std::uint64_t hash_of(std::string_view text, std::uint64_t seed) {
  return XXH3_64bits_withSeed(text.data(), text.size(), seed);
}

// A hash as a number in [0,1).
double as_share(std::uint64_t hash) { return static_cast<double>(hash >> 11) * 0x1p-53; }

}  // namespace

batch_chance::batch_chance(const options& chosen)
    : expired_(chosen.batch_expired),
      errored_(chosen.batch_errored),
      refused_(chosen.batch_failed),
      seed_(chosen.seed) {}

line_fate batch_chance::fate_of(std::string_view batch, std::string_view custom_id) const {
  const double drawn = as_share(hash_of(custom_id, hash_of(batch, seed_)));
  if (drawn < expired_) return line_fate::expired;
  return drawn < expired_ + errored_ ? line_fate::errored : line_fate::answered;
}

bool batch_chance::refuses(std::uint64_t nth) const {
  const std::string_view bytes(reinterpret_cast<const char*>(&nth), sizeof nth);
  return as_share(hash_of(bytes, seed_)) < refused_;
}

std::vector<std::size_t> batch_chance::order_of(std::string_view batch, std::size_t lines) const {
  std::vector<std::size_t> order(lines);
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::mt19937_64 random(hash_of(batch, seed_));
  std::shuffle(order.begin(), order.end(), random);
  if (lines > 1 && std::is_sorted(order.begin(), order.end())) {
    std::rotate(order.begin(), order.begin() + 1, order.end());
  }
  return order;
}

}  // namespace retort::mock
