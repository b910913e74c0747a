#include "engine/bench/bench_options.hpp"

#include <doctest/doctest.h>

#include <memory>

using namespace retort::engine;

TEST_CASE("unless it is told, a trial is ten times its level, and one level before and behind") {
  bench_options options;
  const auto usual = extent_of(options, {.concurrency = 16});
  CHECK(usual.warm_up == 16);
  CHECK(usual.requests == 160);
  CHECK(usual.cool_down == 16);
  CHECK(extent_of(options, {.concurrency = 1}).requests == 64);
  CHECK(extent_of(options, {.rule = arrival_rule{0.5}}).warm_up == 1);
  options.slos = parse_slos("e2e_p50=1s,ttft_p99=1s").value();
  CHECK(extent_of(options, {.concurrency = 16}).requests == 662);
  options.requests = 5;
  options.warm_up = options.cool_down = 0;
  const auto told = extent_of(options, {.concurrency = 16});
  CHECK(told.requests == 5);
  CHECK(told.warm_up == 0);
  CHECK(told.cool_down == 0);
}

TEST_CASE("a load has loops by its size, no more than there are cores, unless it is told") {
  const auto loops = [](std::vector<load_level> loads, std::uint64_t cores) {
    bench_options options;
    options.loads = std::move(loads);
    return loops_of(options, cores, {});
  };
  CHECK(loops({{.concurrency = 1}}, 8) == 1);
  CHECK(loops({{.concurrency = 1000}}, 8) == 1);
  CHECK(loops({{.concurrency = 1}, {.concurrency = 1001}}, 8) == 2);
  CHECK(loops({{.concurrency = 100000}}, 8) == 8);
  CHECK(loops({{.rule = arrival_rule{10000}}}, 8) == 1);
  CHECK(loops({{.rule = arrival_rule{25000}}}, 8) == 3);
  CHECK(loops({{.rule = arrival_rule{.rate = 1, .ramp = rate_ramp{15000, 10}}}}, 8) == 2);
  CHECK(loops({{.concurrency = 5000}}, 0) == 1);
  trace dense;
  for (int i = 0; i < 15000; ++i) {
    dense.requests.push_back({.at = std::chrono::microseconds(i * 100), .blocks = {}});
  }
  bench_options replay;
  replay.asked.replayed = std::make_shared<const trace>(dense);
  replay.loads = {{.trace_speed = 1}};
  CHECK(loops_of(replay, 8, {}) == 1);
  replay.loads = {{.trace_speed = 1.5}};
  CHECK(loops_of(replay, 8, {}) == 2);
  bench_options told;
  told.loads = {{.concurrency = 1}};
  told.loops = 16;
  CHECK(loops_of(told, 2, {}) == 16);
}

TEST_CASE("what an open loop has in flight counts, by the time of an answer") {
  bench_options options;
  options.loads = {{.rule = arrival_rule{100}}};
  CHECK(loops_of(options, 8, std::chrono::seconds(10)) == 1);
  CHECK(loops_of(options, 8, std::chrono::seconds(25)) == 3);
  CHECK(loops_of(options, 2, std::chrono::hours(1)) == 2);
  options.most_in_flight = 1500;
  CHECK(loops_of(options, 8, std::chrono::seconds(25)) == 2);
  options.loads = {{.concurrency = 1}};
  CHECK(loops_of(options, 8, std::chrono::hours(1)) == 1);
  trace dense;
  for (int i = 0; i < 4000; ++i)
    dense.requests.push_back({.at = std::chrono::milliseconds(i), .blocks = {}});
  options = {};
  options.asked.replayed = std::make_shared<const trace>(dense);
  options.loads = {{.trace_speed = 1}};
  CHECK(loops_of(options, 8, std::chrono::milliseconds(900)) == 1);
  CHECK(loops_of(options, 8, std::chrono::milliseconds(2500)) == 3);
}

TEST_CASE("an SLO of what will not be measured is refused") {
  bench_options options;
  options.loads = {{.concurrency = 1}};
  options.slos = parse_slos("ttft_p95=1s").value();
  CHECK(check(options).has_value());
  options.streams = false;
  CHECK(check(options).error().message ==
        "SLO \"ttft_p95=1s\": is a time within a stream, which --whole does without");
  options.slos = parse_slos("e2e_p95=1s").value();
  CHECK(check(options).has_value());
  options.slos = parse_slos("e2e_from_schedule_p95=1s").value();
  CHECK(check(options).error().message ==
        "SLO \"e2e_from_schedule_p95=1s\": needs a schedule (--rate); a closed loop has none");
  options.loads = {{.rule = arrival_rule{1}}};
  CHECK(check(options).has_value());
}

TEST_CASE("a level that is given twice is refused") {
  bench_options options;
  options.loads = {{.rule = arrival_rule{2}}, {.rule = arrival_rule{5}}, {.rule = arrival_rule{2}}};
  CHECK(check(options).error().message == "2/s poisson is given twice; --runs repeats a level");
  options.loads.pop_back();
  CHECK(check(options).has_value());
}

TEST_CASE("a ramp and bursts are called by what they do, and go on as they end") {
  load_level up{.rule = arrival_rule{1, arrival_pattern::poisson, 1, rate_ramp{50, 60}, {}}};
  CHECK(text_of(up) == "1 to 50/s poisson over 60 s");
  CHECK(extent_of({}, up).warm_up == 1);
  CHECK(extent_of({}, up).cool_down == 50);
  up.rule->burst = rate_burst{5, 2, 10};
  CHECK(text_of(up) == "1 to 50/s poisson over 60 s, 5x for 2 of 10 s");
  up.cap = 8;
  CHECK(text_of(up) == "1 to 50/s poisson over 60 s, 5x for 2 of 10 s, at most 8 in flight");
}

TEST_CASE("all of a trace is measured, but for what is told to be warm-up and cool-down") {
  bench_options options;
  trace made;
  made.file = "t.jsonl";
  made.requests.resize(20);
  options.asked.replayed = std::make_shared<const trace>(made);
  options.loads = {{.trace_speed = 2}};
  CHECK(text_of(options.loads[0]) == "trace x2");
  CHECK(extent_of(options, options.loads[0]).requests == 20);
  CHECK(extent_of(options, options.loads[0]).warm_up == 0);
  options.warm_up = options.cool_down = 5;
  CHECK(extent_of(options, options.loads[0]).requests == 10);
  CHECK(check(options).has_value());
  options.requests = 11;
  CHECK(check(options).error().message ==
        "t.jsonl has 20 requests, and --requests, --warmup and --cooldown take 21; expected that "
        "many at most");
}
