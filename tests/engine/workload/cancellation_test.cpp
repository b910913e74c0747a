#include "engine/workload/cancellation.hpp"

#include <doctest/doctest.h>

#include <vector>

using namespace retort::engine;

namespace {

std::vector<std::optional<cancel_plan>> plans(const cancel_rule& rule, std::uint64_t seed) {
  cancellation all(rule, seed);
  std::vector<std::optional<cancel_plan>> out(10'000);
  for (auto& one : out) one = all.next();
  return out;
}

}  // namespace

TEST_CASE("the share asked for is given up, within the bounds, always the same ones") {
  cancel_rule rule = cancel_rule_of("0.5:1.5").value();
  rule.share = 0.2;
  const auto first = plans(rule, 1), again = plans(rule, 1), other = plans(rule, 2);
  double count = 0, sum = 0, same = 0;
  for (std::size_t i = 0; i < first.size(); ++i) {
    CHECK(first[i].has_value() == again[i].has_value());
    same += first[i].has_value() && other[i].has_value();
    if (!first[i]) continue;
    CHECK(first[i]->after == again[i]->after);
    CHECK(first[i]->after >= std::chrono::milliseconds(500));
    CHECK(first[i]->after <= std::chrono::milliseconds(1500));
    ++count;
    sum += std::chrono::duration<double>(first[i]->after).count();
  }
  CHECK(count == doctest::Approx(2000).epsilon(0.06));
  CHECK(sum / count == doctest::Approx(1).epsilon(0.03));
  CHECK(same == doctest::Approx(400).epsilon(0.2));
}

TEST_CASE("which are given up does not hang on when") {
  cancel_rule early = cancel_rule_of("0.1").value(), chunks = cancel_rule_of("3:9chunks").value();
  early.share = chunks.share = 0.5;
  const auto one = plans(early, 3), other = plans(chunks, 3);
  for (std::size_t i = 0; i < one.size(); ++i) {
    CHECK(one[i].has_value() == other[i].has_value());
    if (!other[i]) continue;
    CHECK(other[i]->chunks >= 3);
    CHECK(other[i]->chunks <= 9);
  }
}

TEST_CASE("what is no time and no count is none") {
  for (const char* wrong : {"", "x", "1:", ":1", "2:1", "-1", "nan", "inf", "1s", "chunks",
                            "0chunks", "0.5:3chunks", "1 chunks", "100000", "1:2:3"}) {
    CAPTURE(std::string(wrong));
    CHECK_FALSE(cancel_rule_of(wrong).has_value());
  }
  CHECK(cancel_rule_of("0").has_value());
}

TEST_CASE("a share of none gives nothing up") {
  for (const auto& one : plans({}, 1)) CHECK_FALSE(one.has_value());
}
