#include "engine/measure/trial_window.hpp"

#include <doctest/doctest.h>

#include <map>

using namespace retort::engine;
using std::chrono::seconds;

namespace {

trial_window::stamp at(int second) { return trial_window::stamp(seconds(1000 + second)); }

}  // namespace

TEST_CASE("behind the warm-up so many are measured, and so many follow") {
  trial_window window({.warm_up = 3, .requests = 5, .cool_down = 2});
  std::map<trial_part, int> seen;
  for (int i = 0; i < 20; ++i) ++seen[window.next(at(i))];
  CHECK(seen[trial_part::warm_up] == 3);
  CHECK(seen[trial_part::measured] == 5);
  CHECK(seen[trial_part::cool_down] == 2);
  CHECK(seen[trial_part::over] == 10);
  CHECK(window.asked() == 10);
}

TEST_CASE("with a duration those are measured that begin within it, from the first one on") {
  trial_window window({.warm_up = 1, .requests = 1, .duration = seconds(10), .cool_down = 1});
  CHECK(window.next(at(0)) == trial_part::warm_up);
  CHECK(window.next(at(5)) == trial_part::measured);
  CHECK(window.next(at(14)) == trial_part::measured);
  CHECK(window.next(at(15)) == trial_part::cool_down);
  CHECK(window.next(at(15)) == trial_part::over);
}

TEST_CASE("a window that was closed stays closed") {
  trial_window window({.warm_up = 5, .requests = 5});
  CHECK(window.next(at(0)) == trial_part::warm_up);
  window.close();
  CHECK(window.next(at(0)) == trial_part::over);
}
