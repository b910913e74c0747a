#include "engine/plan/variants.hpp"

#include <doctest/doctest.h>

using namespace retort::engine;

TEST_CASE("a variant is a model entry with its sampling, and what its requests can grow to") {
  config run;
  run.models.resize(2);
  run.sampling.temperature = 0.5;
  run.sampling.max_tokens = 77;
  const auto variants = variants_of(run);
  REQUIRE(variants.size() == 2);
  for (std::uint32_t i = 0; i < 2; ++i) {
    CHECK(variants[i].model == i);
    CHECK(variants[i].sampling.temperature == 0.5);
    CHECK(variants[i].most_output == 77);
  }
}

TEST_CASE("where keys vary a model entry has a variant for each combination") {
  config run;
  run.models.resize(2);
  run.variations.resize(3);
  for (std::size_t i = 0; i < 3; ++i) run.variations[i].sampling.max_tokens = 10 + i;
  const auto variants = variants_of(run);
  REQUIRE(variants.size() == 6);
  for (std::uint32_t i = 0; i < 6; ++i) {
    CHECK(variants[i].model == i / 3);
    CHECK(variants[i].sampling.max_tokens == 10 + i % 3);
    CHECK(variants[i].most_output == 10 + i % 3);
  }
  CHECK(plan_of(run).slots() == 6);
}

TEST_CASE("the plan of a run has a slot for each sample that may be asked") {
  config run;
  run.models.resize(2);
  CHECK(plan_of(run).slots() == 2);
  run.samples = {.n = 4, .until_accepted = 1, .parallel = 2};
  CHECK(plan_of(run).slots() == 8);
}
