#include "engine/look/variant_label.hpp"

#include <doctest/doctest.h>

using namespace retort::engine;

TEST_CASE("a variant is called by its step, its model and what varies") {
  run_facts of;
  of.variants.push_back({0, 0, "", "openai", "m", "", {}, {}});
  of.variants.push_back({1,
                         2,
                         "solve",
                         "openai",
                         "gpt",
                         R"({"sampling.temperature":0.3,"prompt.user":"Be\nbrief"})",
                         {},
                         {}});
  CHECK(variant_label(of, 0, 0) == "m");
  CHECK(variant_label(of, 1, 2) == "solve: gpt temperature=0.3 user=Be brief");
  of.variants[0].values = R"({"sampling.extra":{"x":123456789012345678901234567890,"y":1e400}})";
  CHECK(variant_label(of, 0, 0) == R"(m extra={"x":123456789012345678901234567890,"y":1e400})");
  CHECK(variant_label(of, 0, 7) == "variant 7");
  CHECK(variant_label(std::nullopt, 0, 1) == "variant 1");
}
