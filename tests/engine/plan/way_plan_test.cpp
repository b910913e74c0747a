#include "engine/plan/way_plan.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace retort::engine;

namespace {

using act = way_plan::next_act::act;

// One model, and so many samples in each step, as "3", "4"; the last is the config itself.
config steps_of(const std::vector<std::uint32_t>& n, keep kept = keep::all) {
  config out;
  out.models.resize(1);
  for (std::size_t i = 0; i < n.size(); ++i) {
    config one;
    one.models.resize(1);
    one.samples.n = n[i];
    if (i + 1 < n.size()) {
      one.samples.keep = kept;
      out.earlier.push_back(one);
    } else {
      out.samples = one.samples;
    }
  }
  return out;
}

record_history history(const std::string& states) {
  record_history out;
  for (const char c : states) {
    if (c == ' ') continue;
    out.push_back(c == 'a'   ? slot_state::accepted
                  : c == 'p' ? slot_state::passed_over
                  : c == 'r' ? slot_state::rejected
                  : c == 'f' ? slot_state::failed
                  : c == 'u' ? slot_state::under_way
                             : slot_state::open);
  }
  return out;
}

std::string next(const config& run, const std::string& states) {
  const way_plan plan(run);
  const record_history of = history(states);
  REQUIRE(plan.slots() == of.size());
  const auto now = plan.next(of);
  CHECK(plan.is_done(of) == (now.what == act::done));
  switch (now.what) {
    case act::wait: return "wait";
    case act::done: return "done";
    case act::choose: return "choose " + std::to_string(now.slot);
    case act::ask: break;
  }
  return std::to_string(now.slot);
}

}  // namespace

TEST_CASE("one step's way is its plan") {
  CHECK(next(steps_of({2}), "..") == "0");
  CHECK(next(steps_of({2}), "u.") == "1");
  CHECK(next(steps_of({2}), "au") == "wait");
  CHECK(next(steps_of({2}), "ar") == "done");
}

TEST_CASE("a step goes on from each answer that is accepted, as soon as it is there") {
  const config two = steps_of({2, 2});
  CHECK(next(two, ".. .. ..") == "0");
  CHECK(next(two, "u. .. ..") == "1");
  CHECK(next(two, "uu .. ..") == "wait");
  CHECK(next(two, "ua .. ..") == "4");  // the second is faster
  CHECK(next(two, "ua .. uu") == "wait");
  CHECK(next(two, "aa .. rr") == "2");
  CHECK(next(two, "aa ar rr") == "done");
}

TEST_CASE("nothing goes on from what is rejected or failed, and a record may end there") {
  const config two = steps_of({2, 2});
  CHECK(next(two, "ra .. ..") == "4");
  CHECK(next(two, "ra .. aa") == "done");
  CHECK(next(two, "rf .. ..") == "done");
}

TEST_CASE("where one answer is handed on it is chosen when its step is done") {
  const config two = steps_of({3, 1}, keep::best);
  CHECK(next(two, "uaa . . .") == "wait");
  CHECK(next(two, "raa . . .") == "choose 0");
  CHECK(next(two, "rap . . .") == "4");
  CHECK(next(two, "rra . . .") == "5");  // there is nothing to choose
  CHECK(next(two, "rap . u .") == "wait");
  CHECK(next(two, "rap . a .") == "done");
  CHECK(next(two, "rrr . . .") == "done");
}

TEST_CASE("what was handed on stands, whatever of its step is asked for later") {
  const config two = steps_of({3, 2}, keep::best);
  CHECK(next(two, ".aa .. a. ..") == "6");  // as a resume finds it: slot 0 failed of what may pass
  CHECK(next(two, ".aa .. ar ..") == "done");
  CHECK(next(two, ".aa .. .. ..") == "0");  // nothing was handed on yet
}

TEST_CASE("each branch has a plan of its own") {
  config two = steps_of({2, 3});
  two.samples.until_accepted = 1;
  CHECK(next(two, "aa a.. ...") == "5");
  CHECK(next(two, "aa a.. rr.") == "7");
  CHECK(next(two, "aa a.. rra") == "done");
  CHECK(next(two, "aa rrr rra") == "done");
}

TEST_CASE("more comes behind a sample where enough is accepted and others are under way") {
  const auto has_more = [](const config& run, const std::string& states, std::uint32_t slot) {
    return way_plan(run).has_more(history(states), slot);
  };
  config one = steps_of({4});
  CHECK_FALSE(has_more(one, "uuuu", 0));  // all are needed
  one.samples.until_accepted = 2;
  CHECK_FALSE(has_more(one, "uu..", 0));  // one is not enough
  CHECK(has_more(one, "auu.", 1));
  CHECK_FALSE(has_more(one, "ruu.", 1));
  CHECK(has_more(one, "aaru", 2) == false);
  CHECK(has_more(one, "aauu", 2));
  CHECK_FALSE(has_more(one, "aru.", 2));
  config two = steps_of({2, 2});
  two.samples.until_accepted = 1;
  CHECK_FALSE(has_more(two, "aa u. u.", 2));  // the other is another branch's
  CHECK(has_more(two, "aa uu u.", 2));
  CHECK_FALSE(has_more(two, "aa uu u.", 4));
}

TEST_CASE("three steps go on from one another") {
  const config three = steps_of({1, 2, 1});
  CHECK(next(three, "a .. . .") == "1");
  CHECK(next(three, "a ru . .") == "wait");
  CHECK(next(three, "a ra . .") == "4");
  CHECK(next(three, "a ra . a") == "done");
  CHECK(next(three, "a aa . a") == "3");
}
