#include "engine/bench/measured_answer.hpp"

#include <doctest/doctest.h>

#include "providers/dialects/registry.hpp"
#include "tests/support/measurements.hpp"

using namespace retort::engine;
using namespace retort::test;
using std::chrono::milliseconds;

namespace {

std::string event(std::string_view delta) {
  return "data: {\"choices\":[{\"delta\":" + std::string(delta) + "}]}\n\n";
}

measured_answer openai() {
  return measured_answer(retort::providers::find_dialect("openai")->read_stream());
}

}  // namespace

TEST_CASE("an empty delta is no token, reasoning is the first and no visible one") {
  measured_answer stream = openai();
  REQUIRE(stream.take(event(R"({"role":"assistant","content":""})"), at_ms(1)).has_value());
  REQUIRE(stream.take(event(R"({"content":null})"), at_ms(2)).has_value());
  REQUIRE(stream.take(event(R"({"reasoning_content":"hm"})"), at_ms(10)).has_value());
  REQUIRE(stream.take(event(R"({"reasoning_content":"m"})"), at_ms(14)).has_value());
  REQUIRE(stream.take(event(R"({"content":"8"})"), at_ms(20)).has_value());
  REQUIRE(stream.take(event(R"({"content":""})"), at_ms(90)).has_value());
  measurement seen;
  stream.give_stamps(seen);
  CHECK(seen.first_content == at_ms(10));
  CHECK(seen.first_visible == at_ms(20));
  CHECK(seen.last == at_ms(20));
  CHECK(seen.chunks == 3);
  CHECK(seen.gaps == std::vector<std::chrono::nanoseconds>{milliseconds(4), milliseconds(6)});
}

TEST_CASE("an answer of reasoning alone has no visible token") {
  measured_answer stream = openai();
  REQUIRE(stream.take(event(R"({"reasoning_content":"hm"})"), at_ms(10)).has_value());
  measurement seen;
  stream.give_stamps(seen);
  CHECK(seen.first_content == at_ms(10));
  CHECK(seen.first_visible == measurement::stamp());
}

TEST_CASE("chunks that come together have gaps of nothing, and every gap is counted") {
  measured_answer stream = openai();
  const std::string one = event(R"({"content":"a"})");
  REQUIRE(stream.take(one + one + one, at_ms(10)).has_value());
  REQUIRE(stream.take(one + one.substr(0, 20), at_ms(15)).has_value());
  REQUIRE(stream.take(one.substr(20) + one, at_ms(18)).has_value());
  measurement seen;
  stream.give_stamps(seen);
  CHECK(seen.chunks == 6);
  CHECK(seen.gaps == std::vector<std::chrono::nanoseconds>{milliseconds(5), milliseconds(3)});
  CHECK(seen.joint_gaps == 3);
}
