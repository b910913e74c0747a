#include "engine/sample/slot_layout.hpp"

#include <doctest/doctest.h>

#include <set>
#include <tuple>

using namespace retort::engine;

namespace {

slot_layout three_steps() {
  slot_layout out;
  out.add_step(2, 3);
  out.add_step(1, 2);
  out.add_step(1, 4);
  return out;
}

}  // namespace

TEST_CASE("one step's slots are those of variant and k") {
  slot_layout one;
  one.add_step(3, 4);
  CHECK(one.slots() == 12);
  CHECK(one.slot_of({7, 2, 3}) == 11);
  const sample_key key = one.key_of(9);
  CHECK(key.variant == 2);
  CHECK(key.k == 1);
  CHECK(key.step == 0);
  CHECK(one.has({7, 2, 3}));
  CHECK_FALSE(one.has({7, 0, 0, 1, 0}));
}

TEST_CASE("each answer of a step has a branch of the next, and every sample a slot of its own") {
  const slot_layout all = three_steps();
  CHECK(all.slots() == 6 + 6 * 2 + 12 * 4);
  CHECK(all.branches(1) == 6);
  CHECK(all.branches(2) == 12);
  std::set<std::tuple<std::uint32_t, std::uint32_t, std::uint32_t, std::uint32_t>> keys;
  for (std::uint32_t slot = 0; slot < all.slots(); ++slot) {
    const sample_key key = all.key_of(slot);
    CHECK(all.has(key));
    CHECK(all.slot_of(key) == slot);
    keys.insert({key.step, key.from, key.variant, key.k});
  }
  CHECK(keys.size() == all.slots());
}

TEST_CASE("where a sample goes on from is the place of an answer of the step before") {
  const slot_layout all = three_steps();
  const sample_key first{0, 1, 2};                           // place 5
  const sample_key second{0, 0, 1, 1, all.place_of(first)};  // place 11
  const sample_key third{0, 0, 0, 2, all.place_of(second)};
  CHECK(second.from == 5);
  CHECK(third.from == 11);
  CHECK(all.slot_of(third) == all.first_slot(2, 11));
  CHECK(all.slot_of(all.key_at(1, third.from)) == all.slot_of(second));
  CHECK_FALSE(all.has({0, 0, 0, 1, 6}));
  CHECK_FALSE(all.has({0, 0, 0, 3, 0}));
}

TEST_CASE("more samples of the last step leave the places of the others as they are") {
  slot_layout more;
  more.add_step(2, 3);
  more.add_step(1, 2);
  more.add_step(1, 9);
  const sample_key third{0, 0, 3, 2, 11};
  CHECK(more.key_of(more.slot_of(third)).from == 11);
  CHECK(more.first_slot(1, 5) == three_steps().first_slot(1, 5));
}
