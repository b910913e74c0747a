#include "engine/bench/request_lines.hpp"

#include <doctest/doctest.h>

#include <algorithm>

#include "tests/support/measurements.hpp"

using namespace retort::engine;
using namespace retort::test;

TEST_CASE("a request is a line under its head: what is missing is empty") {
  trial_result of;
  of.endpoint = "http://a/v1";
  of.model = "m \"x\"";
  of.place = 3;
  of.number = 2;
  of.load.concurrency = 4;
  measurement one = timed_answer(1500, 50, 450, 5);
  one.number = 7;
  one.is_reused = true;
  std::string line;
  append_request(of, one, at_ms(1000), line);
  CHECK(line ==
        "\"http://a/v1\",\"m \"\"x\"\"\",3,\"concurrency 4\",0,7,0.500000000,ok,stop,kept,10,5,2,"
        "50.000000,50.000000,400.000000,100.000000,90.000000,450.000000,,,,,50.000000,,,,,"
        ",0.500000000,0.950000000,2\n");
  one.turn = 2;
  std::string second;
  append_request(of, one, at_ms(1000), second);
  const std::string times = ",0.500000000,0.950000000,2\n";
  const std::string bare = line.substr(0, line.size() - times.size() - 1);
  CHECK(second == bare + "2," + times);
  of.steps = {"draft", "solve"};
  std::string step;
  append_request(of, one, at_ms(1000), step);
  CHECK(step == bare + "2,solve" + times);
  CHECK(request_head().ends_with(",turn,step,from_s,until_s,trial\n"));
  CHECK(std::ranges::count(line, ',') == std::ranges::count(request_head(), ','));
  line.clear();
  append_request(of, timed_failure(retort::providers::failure_kind::overloaded, 529), at_ms(0),
                 line);
  CHECK(line ==
        "\"http://a/v1\",\"m \"\"x\"\"\",3,\"concurrency 4\",0,0,,overloaded 529,,,,,0,"
        ",,,,,,,,,,,,,,,,,,2\n");
}
