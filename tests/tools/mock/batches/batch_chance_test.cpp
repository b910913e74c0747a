#include "tools/mock/batches/batch_chance.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>

using namespace retort::mock;

namespace {

options rates(double expired, double errored, double failed = 0) {
  options chosen;
  chosen.batch_expired = expired;
  chosen.batch_errored = errored;
  chosen.batch_failed = failed;
  return chosen;
}

int how_many(const batch_chance& chance, const std::string& batch, line_fate fate) {
  int found = 0;
  for (int i = 0; i < 1000; ++i) found += chance.fate_of(batch, std::to_string(i)) == fate;
  return found;
}

}  // namespace

TEST_CASE("lines expire and break at their rates") {
  const batch_chance chance(rates(0.2, 0.3));
  CHECK(std::abs(how_many(chance, "b", line_fate::expired) - 200) < 40);
  CHECK(std::abs(how_many(chance, "b", line_fate::errored) - 300) < 45);
  CHECK(how_many(batch_chance(rates(1, 0)), "b", line_fate::expired) == 1000);
  CHECK(how_many(batch_chance(rates(0, 0)), "b", line_fate::answered) == 1000);
}

TEST_CASE("a line's fate is its own in each batch, and the same when asked again") {
  const batch_chance chance(rates(0.5, 0));
  int changed = 0;
  for (int i = 0; i < 1000; ++i) {
    const std::string id = std::to_string(i);
    CHECK(chance.fate_of("a", id) == batch_chance(rates(0.5, 0)).fate_of("a", id));
    changed += chance.fate_of("a", id) != chance.fate_of("b", id);
  }
  CHECK(std::abs(changed - 500) < 60);
}

TEST_CASE("batches are refused at their rate") {
  const batch_chance chance(rates(0, 0, 0.25));
  int refused = 0;
  for (std::uint64_t nth = 1; nth <= 1000; ++nth) refused += chance.refuses(nth);
  CHECK(std::abs(refused - 250) < 45);
  CHECK(batch_chance(rates(0, 0, 1)).refuses(1));
  CHECK_FALSE(batch_chance(rates(0, 0, 0)).refuses(1));
}

TEST_CASE("lines never finish in the order of the input, but all of them do") {
  for (const std::size_t lines : {0, 1, 2, 3, 100}) {
    for (const char* const batch : {"a", "b", "c", "d", "e", "f", "g", "h"}) {
      std::vector<std::size_t> order = batch_chance({}).order_of(batch, lines);
      CHECK(order == batch_chance({}).order_of(batch, lines));
      CHECK(std::is_sorted(order.begin(), order.end()) == (lines < 2));
      std::sort(order.begin(), order.end());
      CHECK(order.size() == lines);
      for (std::size_t i = 0; i < order.size(); ++i) CHECK(order[i] == i);
    }
  }
}
