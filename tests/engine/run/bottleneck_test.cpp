#include "engine/run/bottleneck.hpp"

#include <doctest/doctest.h>

using namespace std::chrono_literals;
using retort::engine::bottleneck;
using retort::engine::bound_by;

namespace {

const bottleneck::time_point start{1h};

}  // namespace

TEST_CASE("each stretch of time counts for what held it") {
  bottleneck why;
  why.at(start, bound_by::dataset);
  why.at(start + 83s, bound_by::token_quota);
  why.at(start + 95s, bound_by::concurrency);
  why.at(start + 100s, bound_by::disk);
  CHECK(why.share(bound_by::token_quota) == doctest::Approx(0.83));
  CHECK(why.share(bound_by::dataset) == 0);
  CHECK(why.summary() == "bound by: token quota 83 %, concurrency 12 %, disk 5 %");
}

TEST_CASE("what comes back is summed up") {
  bottleneck why;
  why.at(start, bound_by::cpu);
  for (int i = 1; i <= 10; ++i) {
    why.at(start + i * 1s, i % 2 == 0 ? bound_by::cpu : bound_by::pause);
  }
  CHECK(why.summary() == "bound by: pause 50 %, CPU 50 %");
}

TEST_CASE("what rounds to nothing is not named") {
  bottleneck why;
  why.at(start, bound_by::provider);
  why.at(start + 999s, bound_by::provider);
  why.at(start + 1000s, bound_by::budget);
  CHECK(why.summary() == "bound by: provider latency 100 %");
}

TEST_CASE("before any time has passed there is nothing to say") {
  bottleneck why;
  CHECK(why.summary().empty());
  why.at(start, bound_by::request_quota);
  why.at(start - 1s, bound_by::request_quota);
  CHECK(why.summary().empty());
  CHECK(why.share(bound_by::request_quota) == 0);
}
