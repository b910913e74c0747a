#include "engine/bench/bench_json.hpp"

#include <doctest/doctest.h>
#include <simdjson.h>

#include "engine/contrast/result_file.hpp"
#include "tests/support/measurements.hpp"

using namespace retort::engine;
using namespace retort::test;
using simdjson::dom::element;

namespace {

bench_result measured() {
  bench_result out;
  out.status = bench_status::degraded;
  out.reason = "why";
  out.notes = {"note"};
  trial_result one;
  one.endpoint = "http://a/v1";
  one.model = "m";
  one.load.rule = arrival_rule{10, arrival_pattern::gamma, 0.5};
  for (int i = 0; i < 64; ++i) {
    measurement each = timed_answer(i * 100, 50, 450, 5);
    each.scheduled = at_ms(i * 100 - 1);
    one.measured.add(each, {});
  }
  one.measured.add(timed_failure(retort::providers::failure_kind::overloaded, 529), {});
  one.against = {"late"};
  one.server.emplace().add({"vLLM", 3, {}, 0.5, {}});
  out.trials.push_back(std::move(one));
  return out;
}

}  // namespace

TEST_CASE("the JSON is as its page says, and what is missing is not there") {
  bench_options options;
  options.slos = parse_slos("ttft_p50=60ms,ttft_p99=60ms").value();
  const std::string text = bench_json(measured(), options);
  simdjson::dom::parser parser;
  element all;
  REQUIRE_FALSE(parser.parse(text).get(all));
  CHECK(all["schema"].get_string().value_unsafe() == "retort.bench");
  CHECK(all["version"].get_int64().value_unsafe() == bench_schema_version);
  CHECK(all["status"].get_int64().value_unsafe() == 3);
  const element trial = all["trials"].at(0).value_unsafe();
  CHECK(trial.at_pointer("/load/kind").get_string().value_unsafe() == "open");
  CHECK(trial.at_pointer("/load/burstiness").get_double().value_unsafe() == 0.5);
  CHECK(trial.at_pointer("/server/software").get_string().value_unsafe() == "vLLM");
  CHECK(trial.at_pointer("/server/running/mean").get_double().value_unsafe() == 3);
  CHECK(trial.at_pointer("/server/waiting").error() == simdjson::NO_SUCH_FIELD);
  CHECK(trial["verdict"].get_string().value_unsafe() == "DEGRADED");
  CHECK(trial.at_pointer("/requests/succeeded").get_int64().value_unsafe() == 64);
  CHECK(trial.at_pointer("/requests/failures/overloaded 529/count").get_int64().value_unsafe() ==
        1);
  CHECK(trial.at_pointer("/tokens/output/sum").get_int64().value_unsafe() == 320);
  CHECK(trial.at_pointer("/tokens/cached/untold").get_int64().value_unsafe() == 64);
  CHECK(trial.at_pointer("/tokens/cached/sum").error() == simdjson::NO_SUCH_FIELD);
  CHECK(trial.at_pointer("/metrics/ttft/unit").get_string().value_unsafe() == "ms");
  CHECK(trial.at_pointer("/metrics/ttft/count").get_int64().value_unsafe() == 64);
  CHECK(trial.at_pointer("/metrics/ttft/mean").get_double().value_unsafe() == 50);
  CHECK(trial.at_pointer("/metrics/ttft/p90").get_double().value_unsafe() == 50);
  CHECK(trial.at_pointer("/metrics/ttft/at_most/p90").get_double().value_unsafe() == 50);
  CHECK(trial.at_pointer("/metrics/ttft/p95").error() == simdjson::NO_SUCH_FIELD);
  CHECK(trial.at_pointer("/metrics/dns").error() == simdjson::NO_SUCH_FIELD);
  CHECK(trial.at_pointer("/metrics/e2e_from_schedule/max").get_double().value_unsafe() == 451);
  CHECK(trial.at_pointer("/slos/ttft_p50=60ms").get_string().value_unsafe() == "yes");
  CHECK(trial.at_pointer("/slos/ttft_p99=60ms").get_string().value_unsafe() == "too few samples");
}

TEST_CASE("sessions that are the dataset's own say how many turns they have") {
  bench_result of_records = measured();
  of_records.sessions = record_sessions{4, 10, 5};
  const std::string text = bench_json(of_records, {});
  simdjson::dom::parser parser;
  element all;
  REQUIRE_FALSE(parser.parse(text).get(all));
  CHECK(all.at_pointer("/workload/record_turns/records").get_int64().value_unsafe() == 4);
  CHECK(all.at_pointer("/workload/record_turns/mean").get_double().value_unsafe() == 2.5);
  CHECK(all.at_pointer("/workload/record_turns/most").get_int64().value_unsafe() == 5);
  CHECK(all.at_pointer("/workload/think_s/0").get_double().value_unsafe() == 0);
  CHECK(all.at_pointer("/workload/turns").error() == simdjson::NO_SUCH_FIELD);
}

TEST_CASE("turns that are steps are called by their names, and what they could not use is told") {
  bench_result of_steps = measured();
  of_steps.sessions = record_sessions{4, 8, 2, {"draft", "solve"}};
  of_steps.trials[0].turns.resize(2);
  of_steps.trials[0].steps = of_steps.sessions->steps;
  of_steps.trials[0].unusable = {3, "step solve: why"};
  const std::string text = bench_json(of_steps, {});
  simdjson::dom::parser parser;
  element all;
  REQUIRE_FALSE(parser.parse(text).get(all));
  CHECK(all.at_pointer("/workload/record_turns/steps/1").get_string().value_unsafe() == "solve");
  const element trial = all["trials"].at(0).value_unsafe();
  CHECK(trial.at_pointer("/turns/0/step").get_string().value_unsafe() == "draft");
  CHECK(trial.at_pointer("/requests/unusable/count").get_int64().value_unsafe() == 3);
  CHECK(trial.at_pointer("/requests/unusable/example").get_string().value_unsafe() ==
        "step solve: why");
}

TEST_CASE("what a search found says of which entry, and whether it is certain") {
  bench_options options;
  options.searches = true;
  bench_result found = measured();
  found.highest = {{"http://a/v1", "m", 1, load_level{.concurrency = 4}, false},
                   {"b", "m", 2, {}, true}};
  const std::string text = bench_json(found, options);
  simdjson::dom::parser parser;
  element all;
  REQUIRE_FALSE(parser.parse(text).get(all));
  const element one = all.at_pointer("/highest/0").value_unsafe();
  CHECK(one["entry"].get_int64().value_unsafe() == 1);
  CHECK_FALSE(one["certain"].get_bool().value_unsafe());
  CHECK(one.at_pointer("/load/concurrency").get_int64().value_unsafe() == 4);
  CHECK(all.at_pointer("/highest/1/certain").get_bool().value_unsafe());
  CHECK(all.at_pointer("/highest/1/load").error() == simdjson::NO_SUCH_FIELD);
}
