#include "engine/quota/token_estimate.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <random>

using namespace retort;
using engine::token_estimate;
using engine::token_load;
using providers::usage;

namespace {

usage used(std::int64_t input, std::int64_t output) { return {input, -1, output, -1}; }

}  // namespace

TEST_CASE(
    "before anything was seen: four bytes a token, and 512 tokens out unless fewer may come") {
  const token_estimate fresh;
  CHECK(fresh.expected(4000, 100) == token_load{1000, 100});
  CHECK(fresh.expected(4000, 8000) == token_load{1000, 512});
  CHECK(fresh.expected(4000, std::nullopt) == token_load{1000, 512});
  CHECK(fresh.expected(0, 100).input == 0);
}

TEST_CASE("bytes per token are learned within 5 %, and learned again when they change") {
  token_estimate estimate;
  for (const double bytes_per_token : {4.6, 2.2}) {
    std::mt19937_64 random(1);
    std::uniform_real_distribution<> size(400, 8000), noise(0.95, 1.05);
    for (int i = 0; i < 1000; ++i) {
      const double bytes = size(random);
      const auto tokens = std::llround(bytes / bytes_per_token * noise(random));
      estimate.observe(static_cast<std::size_t>(bytes), used(tokens, 10));
    }
    CHECK(static_cast<double>(estimate.expected(10'000, 1).input) ==
          doctest::Approx(10'000 / bytes_per_token).epsilon(0.05));
  }
}

TEST_CASE("the expected output is the mean of what came, not the most that may come") {
  for (const double sigma : {0.5, 0.7, 1.0}) {
    token_estimate estimate;
    std::mt19937_64 random(7);
    std::lognormal_distribution<> length(std::log(300), sigma);
    for (int i = 0; i < 2000; ++i) estimate.observe(400, used(100, std::llround(length(random))));
    const double mean = 300 * std::exp(sigma * sigma / 2);
    CAPTURE(sigma);
    CHECK(static_cast<double>(estimate.expected(400, 3000).output) ==
          doctest::Approx(mean).epsilon(0.15));
  }
}

TEST_CASE("while few were seen the default still counts, and a margin is added") {
  token_estimate few, many;
  for (int i = 0; i < 4; ++i) few.observe(4, used(1, i % 2 == 0 ? 100 : 300));
  for (int i = 0; i < 4000; ++i) many.observe(4, used(1, i % 2 == 0 ? 100 : 300));
  CHECK(few.expected(4, 3000).output >= 400);
  CHECK(many.expected(4, 3000).output >= 200);
  CHECK(many.expected(4, 3000).output <= 210);
}

TEST_CASE("a model that answers at greater length is followed") {
  token_estimate estimate;
  for (int i = 0; i < 5000; ++i) estimate.observe(4, used(1, 100));
  for (int i = 0; i < 5000; ++i) estimate.observe(4, used(1, 1000));
  CHECK(estimate.expected(4, 3000).output >= 950);
}

TEST_CASE("nothing more than max_tokens is expected") {
  token_estimate estimate;
  for (int i = 0; i < 10; ++i) estimate.observe(4, used(1, 1000));
  CHECK(estimate.expected(4, 50).output == 50);
}

TEST_CASE("the worst is a token a byte and its frame, and max_tokens or many times the longest") {
  token_estimate estimate;
  CHECK(estimate.worst(1000, 500) == token_load{1064, 500});
  CHECK(estimate.worst(1000, std::nullopt).output == 16'384);
  estimate.observe(4, used(1, 10'000));
  CHECK(estimate.worst(1000, std::nullopt).output == 40'000);
}

TEST_CASE("what the provider does not say teaches nothing") {
  token_estimate estimate;
  const token_load before = estimate.expected(400, std::nullopt);
  estimate.observe(400, {});
  CHECK(estimate.expected(400, std::nullopt) == before);
  CHECK(estimate.input_error() == 0);
  CHECK(estimate.output_error() == 0);
  estimate.observe(400, used(-1, 40));
  CHECK(estimate.input_error() == 0);
}

TEST_CASE("errors are the mean of what the estimates were off, of what came") {
  token_estimate estimate;
  estimate.observe(400, used(50, 1024));  // 100 and 512 were expected
  CHECK(estimate.input_error() == doctest::Approx(1));
  CHECK(estimate.output_error() == doctest::Approx(0.5));
}

TEST_CASE("empty and giant lengths are lengths") {
  token_estimate estimate;
  estimate.observe(0, used(0, 0));
  CHECK(estimate.expected(0, std::nullopt).output > 0);
  estimate.observe(1'000'000'000, used(1'000'000'000, 1'000'000'000'000));
  CHECK(estimate.expected(4, std::nullopt).output > 0);
}

TEST_CASE("a server that counts more input than the body has bytes is expected to do so again") {
  token_estimate estimate;
  const auto before = estimate.worst(100, 10).input;
  estimate.observe(80, {.input = 90, .output = 1}, 100);
  CHECK(estimate.worst(100, 10).input == before);
  estimate.observe(80, {.input = before + 3000, .output = 1}, 100);
  estimate.observe(80, {.input = before + 2000, .output = 1}, 100);
  CHECK(estimate.worst(100, 10).input == before + 3000);
  CHECK(estimate.worst(500, 10).input == before + 3400);
}
