#include "engine/plan/record_plan.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace retort::engine;

namespace {

using act = record_plan::step::act;

// "a" accepted, "r" rejected, "f" failed, "u" under way, "." open; by variant, then by k.
record_history history(const std::string& states) {
  record_history out;
  for (const char c : states) {
    out.push_back(c == 'a'   ? slot_state::accepted
                  : c == 'r' ? slot_state::rejected
                  : c == 'f' ? slot_state::failed
                  : c == 'u' ? slot_state::under_way
                             : slot_state::open);
  }
  return out;
}

std::string next(const plan_rules& rules, const std::string& states) {
  const record_plan plan(rules);
  REQUIRE(plan.slots() == states.size());
  const auto step = plan.next(history(states));
  if (step.what == act::wait) return "wait";
  return step.what == act::done ? "done" : std::to_string(step.slot);
}

// Carries a plan out: each slot ends as `ends` has it, the oldest first. The order of asking.
std::string asked(const plan_rules& rules, const std::string& ends) {
  const record_plan plan(rules);
  record_history of(ends.size(), slot_state::open);
  const record_history last = history(ends);
  std::string order, under_way;
  for (;;) {
    const auto step = plan.next(of);
    if (step.what == act::done) return order;
    if (step.what == act::ask) {
      of[step.slot] = slot_state::under_way;
      order += static_cast<char>('0' + step.slot);
      under_way += static_cast<char>('0' + step.slot);
      continue;
    }
    REQUIRE_FALSE(under_way.empty());
    const auto first = static_cast<std::size_t>(under_way.front() - '0');
    under_way.erase(0, 1);
    of[first] = last[first];
  }
}

}  // namespace

TEST_CASE("each variant is asked once") {
  const plan_rules two{.models = {0, 1}};
  CHECK(next(two, "..") == "0");
  CHECK(next(two, "u.") == "1");
  CHECK(next(two, "uu") == "wait");
  CHECK(next(two, "ru") == "wait");
  CHECK(next(two, "a.") == "1");
  CHECK(next(two, "rf") == "done");
}

TEST_CASE("n samples of each variant: each variant once before any a second time") {
  CHECK(asked({.models = {0, 1}, .n = 3}, "rrrrrr") == "031425");
  CHECK(next({.models = {0}, .n = 3}, "a.a") == "1");
}

TEST_CASE("so many are in flight together as the plan says, or as are still needed") {
  const plan_rules all{.models = {0}, .n = 4};
  CHECK(next(all, "uuu.") == "3");
  const plan_rules paced{.models = {0}, .n = 4, .parallel = 2};
  CHECK(next(paced, "u...") == "1");
  CHECK(next(paced, "uu..") == "wait");
  CHECK(next(paced, "ru..") == "2");
  const plan_rules until{.models = {0}, .n = 4, .until_accepted = 2};
  CHECK(next(until, "uu..") == "wait");
  CHECK(next(until, "au..") == "wait");
  CHECK(next(until, "ar..") == "2");
  const plan_rules ahead{.models = {0}, .n = 4, .until_accepted = 1, .parallel = 3};
  CHECK(next(ahead, "uu..") == "2");
}

TEST_CASE("no more is asked once so many are accepted, or n were tried") {
  const plan_rules until{.models = {0}, .n = 4, .until_accepted = 1};
  CHECK(asked(until, "a...") == "0");
  CHECK(asked(until, "rra.") == "012");
  CHECK(asked(until, "rfrr") == "0123");
  CHECK(next(until, "au..") == "wait");  // what is under way is paid for, and comes home
  CHECK(next(until, "..a.") == "done");  // an older process has left it so
  CHECK(next(until, ".r..") == "0");
  const plan_rules of_all{.models = {0, 1}, .n = 2, .until_accepted = 2};
  CHECK(asked(of_all, "aara") ==
        "02"
        "1");
}

TEST_CASE("a dearer model is asked only where the one before got none accepted") {
  const plan_rules stairs{.models = {0, 0, 1}, .n = 2, .escalate = true};
  CHECK(asked(stairs, "rrrrrr") == "021345");
  CHECK(asked(stairs, "rrarrr") == "0213");
  CHECK(next(stairs, "uurr..") == "wait");
  CHECK(next(stairs, "frrf..") == "4");
  const plan_rules stop{.models = {0, 1}, .n = 2, .until_accepted = 1, .escalate = true};
  CHECK(asked(stop, "ra..") == "01");
  CHECK(asked(stop, "rrra") == "0123");
  CHECK(asked(stop, "rra.") == "012");
}

TEST_CASE("a plan is asked the same whatever order its answers come in") {
  for (const char first : {'a', 'r', 'f'}) {
    for (const char second : {'a', 'r', 'f', '.'}) {
      const plan_rules rules{.models = {0}, .n = 2, .until_accepted = 1};
      CAPTURE(first);
      CAPTURE(second);
      const std::string states{first, second};
      const bool enough = first == 'a' || second == 'a';
      CHECK(next(rules, states) == (second == '.' && !enough ? "1" : "done"));
    }
  }
}
