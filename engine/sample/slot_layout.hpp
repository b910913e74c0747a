// Where each of a record's samples has its slot: all that one may come to, step by step, each
// branch's side by side. A step begins once for each slot of the step before it. Plain values; any
// thread.
#pragma once

#include <boost/container/small_vector.hpp>
#include <cstdint>

#include "engine/sample/sample.hpp"

namespace retort::engine {

class slot_layout {
 public:
  // A step of `variants` times `n` samples, behind those that are there.
  void add_step(std::uint32_t variants, std::uint32_t n) {
    const std::uint32_t before = steps_.empty() ? 1 : places(last());
    steps_.push_back({slots(), before, variants, n});
  }

  std::uint32_t last() const { return static_cast<std::uint32_t>(steps_.size()) - 1; }
  std::uint32_t variants(std::uint32_t step) const { return steps_[step].variants; }
  std::uint32_t n(std::uint32_t step) const { return steps_[step].n; }
  std::uint32_t branches(std::uint32_t step) const { return steps_[step].branches; }
  // So many samples a branch of the step may have, and all its branches.
  std::uint32_t width(std::uint32_t step) const { return steps_[step].variants * steps_[step].n; }
  std::uint32_t places(std::uint32_t step) const { return steps_[step].branches * width(step); }
  std::uint32_t slots() const { return steps_.empty() ? 0 : steps_.back().first + places(last()); }

  // The first slot of the branch that goes on from a place of the step before (0 in the first).
  std::uint32_t first_slot(std::uint32_t step, std::uint32_t from) const {
    return steps_[step].first + from * width(step);
  }
  // A number of its own for each branch of each record.
  std::uint64_t branch_of(const sample_key& key) const {
    return key.ordinal * slots() + first_slot(key.step, key.from);
  }
  // A sample's place among all of its step: what the next step goes on from.
  std::uint32_t place_of(const sample_key& key) const {
    return key.from * width(key.step) + key.variant * n(key.step) + key.k;
  }
  std::uint32_t slot_of(const sample_key& key) const {
    return steps_[key.step].first + place_of(key);
  }
  // The key of a place; the ordinal is left 0.
  sample_key key_at(std::uint32_t step, std::uint32_t place) const {
    const std::uint32_t within = place % width(step);
    return {0, within / n(step), within % n(step), step, place / width(step)};
  }
  std::uint32_t step_of(std::uint32_t slot) const {
    std::uint32_t step = 0;
    while (step < last() && slot >= steps_[step + 1].first) ++step;
    return step;
  }
  sample_key key_of(std::uint32_t slot) const {
    const std::uint32_t step = step_of(slot);
    return key_at(step, slot - steps_[step].first);
  }
  // Whether a step of this layout can have it.
  bool has(const sample_key& key) const {
    return key.step < steps_.size() && key.from < steps_[key.step].branches;
  }

 private:
  struct level {
    std::uint32_t first;     // slot
    std::uint32_t branches;  // at most
    std::uint32_t variants, n;
  };
  boost::container::small_vector<level, 2> steps_;
};

}  // namespace retort::engine
