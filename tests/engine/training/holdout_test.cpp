#include "engine/training/holdout.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>

using namespace retort::engine;

namespace {

std::size_t held_out(double share) {
  std::size_t count = 0;
  for (int n = 0; n < 100'000; ++n) count += is_held_out(fmt::format("q{}", n), share);
  return count;
}

sample of_record(std::string id) {
  sample one;
  one.id = std::move(id);
  return one;
}

}  // namespace

TEST_CASE("about the share of the records is held out, and none or all at the ends") {
  CHECK(held_out(0) == 0);
  CHECK(held_out(1) == 100'000);
  CHECK(std::abs(static_cast<double>(held_out(0.02)) - 2'000) < 200);  // 4.5 deviations
  CHECK(std::abs(static_cast<double>(held_out(0.5)) - 50'000) < 750);
}

// Files of earlier runs lean on it.
TEST_CASE("who is held out is a matter of the id alone, in every version") {
  std::vector<std::string> found;
  for (int n = 0; n < 200; ++n) {
    const std::string id = fmt::format("q{}", n);
    if (is_held_out(id, 0.02)) found.push_back(id);
    CHECK((!is_held_out(id, 0.02) || is_held_out(id, 0.05)));
  }
  CHECK(found == std::vector<std::string>{"q23", "q96", "q191"});
}

TEST_CASE("an output has one part of the records, or all where none are held out") {
  config run;
  output_config training, holdout;
  holdout.part = part::holdout;
  const auto count = [&](const output_config& of) {
    int in = 0;
    for (int n = 0; n < 100; ++n) {
      in += is_in_part_of(of, run, of_record(fmt::format("q{}", n)));
    }
    return in;
  };
  CHECK(count(training) == 100);
  run.holdout = 0.5;
  CHECK(count(training) + count(holdout) == 100);
  CHECK(count(holdout) > 20);
  CHECK(count(training) > 20);
}
