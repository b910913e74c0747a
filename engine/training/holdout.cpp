#include "engine/training/holdout.hpp"

#include <xxhash.h>

namespace retort::engine {

// The hash as a number from 0 to below 1, of 53 bits: the most that a double holds.
bool is_held_out(std::string_view id, double share) {
  const std::uint64_t hash = XXH3_64bits(id.data(), id.size());
  return static_cast<double>(hash >> 11) * 0x1p-53 < share;
}

bool is_in_part_of(const output_config& output, const config& run, const sample& of) {
  if (!run.holdout) return true;
  return is_held_out(of.id, *run.holdout) == (output.part == part::holdout);
}

}  // namespace retort::engine
