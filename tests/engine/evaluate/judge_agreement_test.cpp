#include "engine/evaluate/judge_agreement.hpp"

#include <doctest/doctest.h>

#include <vector>

using namespace retort::engine;

namespace {

judge_agreement over(const std::vector<std::vector<double>>& samples) {
  judge_agreement made;
  for (const auto& scores : samples) made.add(scores);
  return made;
}

}  // namespace

// The example of the paper named in the header: twelve units, four observers, with gaps, 0.849 for
// interval data. A unit that one observer saw counts for nothing.
TEST_CASE("alpha is what its author computes") {
  const auto all = over({{1, 1, 1},
                         {2, 2, 3, 2},
                         {3, 3, 3, 3},
                         {3, 3, 3, 3},
                         {2, 2, 2, 2},
                         {1, 2, 3, 4},
                         {4, 4, 4, 4},
                         {1, 1, 2, 1},
                         {2, 2, 2, 2},
                         {5, 5, 5},
                         {1, 1},
                         {3}});
  CHECK(all.samples() == 11);
  CHECK(all.alpha().value() == doctest::Approx(0.849).epsilon(0.0005));
}

TEST_CASE("judges that always agree have 1, and opposite ones less than 0") {
  CHECK(over({{0.5, 0.5}, {1, 1}, {0, 0}}).alpha().value() == doctest::Approx(1));
  CHECK(over({{1, 0}, {0, 1}, {1, 0}}).alpha().value() < 0);
}

TEST_CASE("where nothing can be told apart, or nothing was judged twice, there is none") {
  CHECK_FALSE(over({}).alpha().has_value());
  CHECK_FALSE(over({{1}, {0}}).alpha().has_value());
  CHECK_FALSE(over({{0.7, 0.7}, {0.7, 0.7}}).alpha().has_value());
}
