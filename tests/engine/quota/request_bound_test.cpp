#include "engine/quota/request_bound.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace retort;
using engine::most_input;
using engine::most_output;

namespace {

providers::sampling with(std::optional<std::int64_t> max_tokens, std::string extra = "") {
  providers::sampling asked;
  asked.max_tokens = max_tokens;
  asked.extra = std::move(extra);
  return asked;
}

}  // namespace

TEST_CASE("an answer is bounded by max_tokens, or by what extra puts in its place") {
  CHECK(most_output(with({})) == std::nullopt);
  CHECK(most_output(with(500)) == 500);
  CHECK(most_output(with(500, R"({"user":"x"})")) == 500);
  CHECK(most_output(with(500, R"({"max_completion_tokens":9000})")) == 9000);
  CHECK(most_output(with(500, R"({"max_tokens":5})")) == 500);  // who knows which one counts
  CHECK(most_output(with({}, R"({"generationConfig":{"maxOutputTokens":70}})")) == 70);
  CHECK(most_output(with({}, R"({"max_tokens":7.0})")) == 7);
  CHECK(most_output(with({}, R"({"max_tokens":"7"})")) == std::nullopt);
  CHECK(most_output(with({}, R"({"max_tokens":-1})")) == std::nullopt);
}

TEST_CASE("several answers to one request are as long as all of them") {
  CHECK(most_output(with(100, R"({"best_of":8})")) == 800);
  CHECK(most_output(with(100, R"({"generationConfig":{"candidateCount":3}})")) == 300);
}

TEST_CASE("no bound overflows") {
  const auto most = most_output(with({}, R"({"max_tokens":9223372036854775807,"best_of":1e300})"));
  REQUIRE(most);
  CHECK(*most > 0);
  CHECK(*most <= 1'000'000'000'000);
}

TEST_CASE("tools and schemas are wrapped in words of the provider's") {
  providers::sampling asked;
  CHECK(most_input(1000, asked) == 1000);
  asked.tools = "[]";
  CHECK(most_input(1000, asked) > 1500);
  asked = {};
  asked.response_schema = "{}";
  CHECK(most_input(1000, asked) > 1500);
}
