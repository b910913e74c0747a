// Files as the tools write them: aiperf 0.13 and guidellm 0.8.1 against a server of theirs, cut to
// what is read; vLLM's and MLPerf Endpoints' made up by their writers.
#include "engine/contrast/result_file.hpp"

#include <doctest/doctest.h>

#include <fstream>

#include "engine/bench/bench_json.hpp"
#include "engine/bench/request_lines.hpp"
#include "engine/contrast/contrast.hpp"
#include "tests/support/measurements.hpp"
#include "tests/support/temporary_directory.hpp"

using namespace retort::engine;
using namespace retort::test;

namespace {

constexpr std::string_view of_aiperf = R"({"schema_version": "1.4", "aiperf_version": "0.13.0",
"request_throughput": {"unit": "requests/sec", "avg": 31.1127},
"request_latency": {"unit": "ms", "avg": 125.0718, "p50": 122.5614, "p90": 135.0517,
"p95": 139.1024, "p99": 142.1966, "max": 143.2077, "count": 70},
"request_count": {"unit": "requests", "avg": 70.0}, "time_to_first_token": {"unit": "ms",
"avg": 36.5839, "p50": 35.7709, "p90": 40.7022, "p95": 41.5559, "p99": 44.1431,
"max": 46.2694, "count": 70}, "inter_token_latency": {"unit": "ms", "avg": 5.8992,
"p50": 5.8008, "p90": 6.4618, "p95": 6.7325, "p99": 6.9161, "max": 7.0217, "count": 70},
"inter_chunk_latency": {"unit": "ms", "avg": 5.8992, "p50": 5.5461, "p90": 7.8851,
"p95": 9.0565, "p99": 12.0963, "max": 23.1672, "count": 1050},
"output_token_throughput": {"unit": "tokens/sec", "avg": 497.804},
"output_sequence_length": {"unit": "tokens", "avg": 16.0, "p50": 16.0, "p90": 16.0,
"p95": 16.0, "p99": 16.0, "max": 16.0, "count": 70},
"usage_prompt_tokens": {"unit": "tokens", "avg": 24.0286, "p50": 24.0, "p90": 27.0,
"p95": 28.0, "p99": 30.24, "max": 33.0, "count": 70}, "was_cancelled": false,
"is_complete": true, "input_config": {"endpoint": {"type": "chat", "streaming": true,
"use_server_token_count": true}, "phases": [{"name": "profiling", "kind": "profiling",
"type": "poisson", "requests": 70, "rate": 40.0}]}})";

constexpr std::string_view of_guidellm =
    R"({"metadata": {"version": 2, "guidellm_version": "0.8.1", "python_version": "3.11.7",
"platform": "Linux-6.18.44-fc-v595-x86_64-with-glibc2.36"},
"benchmarks": [{"config": {"strategy": {"type_": "concurrent", "worker_count": 4,
"max_concurrency": 4, "streams": 4, "rampup_duration": 0.0}},
"metrics": {"request_totals": {"successful": 80, "errored": 0, "incomplete": 0,
"total": 80}, "requests_per_second": {"successful": {"mean": 26.0213, "count": 80,
"percentiles": {"p50": 15.8987, "p90": 35.1901, "p95": 85.2535, "p99": 224.8474,
"p999": 456.498}}}, "output_tokens_per_second": {"successful": {"mean": 416.3407,
"count": 1280, "percentiles": {"p50": 372.529, "p90": 806.2868, "p95": 1045.1792,
"p99": 1779.5095, "p999": 4104.0157}}}, "prompt_token_count": {"successful": {"mean": 99.0,
"count": 80, "percentiles": {"p50": 99.0, "p90": 99.0, "p95": 99.0, "p99": 99.0,
"p999": 99.0}}}, "output_token_count": {"successful": {"mean": 16.0, "count": 80,
"percentiles": {"p50": 16.0, "p90": 16.0, "p95": 16.0, "p99": 16.0, "p999": 16.0}}},
"request_latency": {"successful": {"mean": 0.1401, "count": 80,
"percentiles": {"p50": 0.1268, "p90": 0.1944, "p95": 0.2536, "p99": 0.28, "p999": 0.28}}},
"time_to_first_token_ms": {"successful": {"mean": 42.3698, "count": 80,
"percentiles": {"p50": 37.9989, "p90": 54.4391, "p95": 95.14, "p99": 105.2852,
"p999": 105.2852}}}, "inter_token_latency_ms": {"successful": {"mean": 6.4198,
"count": 1200, "percentiles": {"p50": 5.7623, "p90": 7.6518, "p95": 14.3193,
"p99": 16.1406, "p999": 16.1406}}}},
"requests": {"successful": [{"request_latency": 0.1944, "time_to_first_token_ms": 95.14,
"inter_token_latency_ms": 6.4713, "time_per_output_token_ms": 12.0131},
{"request_latency": 0.2061, "time_to_first_token_ms": 96.0817,
"inter_token_latency_ms": 7.15, "time_per_output_token_ms": 12.7083},
{"request_latency": 0.1878, "time_to_first_token_ms": 97.7848,
"inter_token_latency_ms": 5.8246, "time_per_output_token_ms": 11.5721},
{"request_latency": 0.192, "time_to_first_token_ms": 105.2852,
"inter_token_latency_ms": 5.7185, "time_per_output_token_ms": 11.9414},
{"request_latency": 0.1352, "time_to_first_token_ms": 45.4195,
"inter_token_latency_ms": 5.9462, "time_per_output_token_ms": 8.4133},
{"request_latency": 0.1203, "time_to_first_token_ms": 37.4143,
"inter_token_latency_ms": 5.4808, "time_per_output_token_ms": 7.4766},
{"request_latency": 0.1289, "time_to_first_token_ms": 38.3446,
"inter_token_latency_ms": 5.9694, "time_per_output_token_ms": 7.9929},
{"request_latency": 0.1316, "time_to_first_token_ms": 41.6679,
"inter_token_latency_ms": 5.931, "time_per_output_token_ms": 8.1646},
{"request_latency": 0.1245, "time_to_first_token_ms": 36.4304,
"inter_token_latency_ms": 5.8345, "time_per_output_token_ms": 7.7467},
{"request_latency": 0.1294, "time_to_first_token_ms": 39.1426,
"inter_token_latency_ms": 5.9802, "time_per_output_token_ms": 8.0528},
{"request_latency": 0.1224, "time_to_first_token_ms": 37.9353,
"inter_token_latency_ms": 5.6043, "time_per_output_token_ms": 7.625},
{"request_latency": 0.1287, "time_to_first_token_ms": 37.8728,
"inter_token_latency_ms": 6.0297, "time_per_output_token_ms": 8.0199}]}}]})";

constexpr std::string_view of_vllm = R"({"date": "20261127-170000", "backend": "openai-chat",
"label": "openai-chat", "model_id": "m", "num_prompts": 4, "request_rate": "inf", "burstiness": 1.0,
"max_concurrency": 2, "duration": 2.0, "completed": 3, "failed": 1, "total_input_tokens": 300,
"total_output_tokens": 9, "request_throughput": 1.5, "request_goodput": null,
"output_throughput": 4.5, "ttfts": [0.1, 0.2, 0.0, 0.3],
"itls": [[0.01, 0.03], [0.02, 0.02], [], [0.02, 0.04]], "output_lens": [3, 3, 0, 3],
"errors": ["", "", "boom", ""], "mean_ttft_ms": 200.0, "median_ttft_ms": 200.0,
"p99_ttft_ms": 299.0, "mean_tpot_ms": 23.3, "median_tpot_ms": 20.0, "p99_tpot_ms": 29.9})";

constexpr std::string_view of_mlperf = R"({"version": "0.1", "n_samples_issued": 100,
"n_samples_completed": 98, "n_samples_failed": 2, "duration_ns": 1000000000, "state": "complete",
"complete": true, "qps": 98.0, "tps": 980.0, "ttft": {"avg": 5000000.0, "percentiles":
{"99.9": 9000000, "99": 8000000, "50.0": 4000000}}, "tpot": {}, "latency": {"avg": 20000000.0,
"percentiles": {"99": 30000000}}, "output_sequence_lengths": {"avg": 10.0}, "run_config":
{"load_pattern": {"type": "poisson", "target_qps": 100.0, "target_concurrency": null}}})";

const temporary_directory files;

benchmark_file read(const std::string& name, std::string_view content) {
  std::ofstream(files.path() + "/" + name) << content;
  return read_result_file(files.path() + "/" + name).value();
}

std::string why_not(const std::string& name, std::string_view content) {
  std::ofstream(files.path() + "/" + name) << content;
  const auto made = read_result_file(files.path() + "/" + name);
  return made ? "" : made.error().message.substr(files.path().size() + 1);
}

std::string own_json() {
  bench_result out;
  trial_result one;
  one.endpoint = "http://a/v1";
  one.model = "m";
  one.load.concurrency = 4;
  for (int i = 0; i < 64; ++i) one.measured.add(timed_answer(i * 100, 50 + i, 450, 5), {});
  out.trials.push_back(one);
  one.superseded = true;
  out.trials.push_back(one);
  return bench_json(out, {});
}

}  // namespace

TEST_CASE("a server that the benchmark started is known by its entry, whatever its port") {
  bench_result out;
  trial_result one;
  one.load.concurrency = 4;
  one.measured.add(timed_answer(0, 50, 450, 5), {});
  one.endpoint = "http://127.0.0.1:20001/v1";
  one.served = "models[0].serve";
  one.place = 1;
  out.trials.push_back(one);
  CHECK(read("served.json", bench_json(out, {})).loads.front().endpoint == "models[0].serve 1");
}

TEST_CASE("sessions of other turns are another load") {
  bench_result out;
  out.sessions = record_sessions{2, 5, 3};
  trial_result one;
  one.load.concurrency = 4;
  one.measured.add(timed_answer(0, 50, 450, 5), {});
  out.trials.push_back(one);
  const auto file = read("sessions.json", bench_json(out, {}));
  CHECK(text_of(file.loads.front().shape) == "concurrency 4, conversations of 2.5 turns");
  out.sessions = record_sessions{2, 4, 2, {"draft", "solve"}};
  CHECK(text_of(read("steps.json", bench_json(out, {})).loads.front().shape) ==
        "concurrency 4, the steps draft, solve");
}

TEST_CASE("our JSON tells what its requests are made of; our CSV does not") {
  bench_result out;
  bench_options options;
  options.asked.shared_prefix = 0.5;
  options.asked.cancel.share = 0.2;
  options.asked.cancel.after = {1, 2};
  trace replayed;
  replayed.file = "/some/where/arxiv.jsonl";
  options.asked.replayed = std::make_shared<trace>(replayed);
  trial_result one;
  one.load.concurrency = 4;
  one.measured.add(timed_answer(0, 50, 450, 5), {});
  out.trials.push_back(one);
  const auto workload = read("kind.json", bench_json(out, options)).loads.front().workload;
  REQUIRE(workload.has_value());
  CHECK(workload->at("shared_prefix") == "0.5");
  CHECK(workload->at("cancel") == R"({"share":0.2,"after_s":[1,2]})");
  CHECK(workload->at("trace") == "arxiv.jsonl of 0 requests");
  CHECK_FALSE(workload->contains("think_s"));
}

TEST_CASE("every kind of load is the same in our JSON and our CSV, and no other is") {
  const arrival_rule poisson{10}, constant{10, arrival_pattern::constant};
  const arrival_rule gamma{10, arrival_pattern::gamma, 0.5};
  const arrival_rule ramp{10, arrival_pattern::poisson, 1, rate_ramp{50, 60}, {}};
  const arrival_rule longer_ramp{10, arrival_pattern::poisson, 1, rate_ramp{50, 90}, {}};
  const arrival_rule burst{10, arrival_pattern::poisson, 1, {}, rate_burst{5, 2, 10}};
  workload sessions, more_sessions, records, steps;
  sessions.turns = 3;
  more_sessions.turns = 4;
  records.own = record_sessions{2, 5, 3};
  steps.own = record_sessions{2, 4, 2, {"draft", "solve"}};
  const std::pair<load_level, workload> kinds[] = {{{.concurrency = 4}, {}},
                                                   {{.concurrency = 1234567}, {}},
                                                   {{.concurrency = 4}, sessions},
                                                   {{.concurrency = 4}, more_sessions},
                                                   {{.concurrency = 4}, records},
                                                   {{.concurrency = 4}, steps},
                                                   {{.rule = poisson}, {}},
                                                   {{.rule = arrival_rule{100.0 / 7}}, {}},
                                                   {{.rule = poisson}, sessions},
                                                   {{.rule = poisson, .cap = 8}, {}},
                                                   {{.rule = constant}, {}},
                                                   {{.rule = gamma}, {}},
                                                   {{.rule = ramp}, {}},
                                                   {{.rule = longer_ramp}, {}},
                                                   {{.rule = burst}, {}},
                                                   {{.rule = burst, .cap = 8}, {}},
                                                   {{.rule = poisson, .cap = 8}, sessions},
                                                   {{.rule = burst, .cap = 8}, sessions},
                                                   {{.trace_speed = 1}, {}},
                                                   {{.trace_speed = 2}, {}},
                                                   {{.trace_speed = 2, .cap = 8}, {}}};
  std::vector<benchmark_file> all;
  for (const auto& [load, asked] : kinds) {
    bench_result out;
    out.sessions = asked.own;
    bench_options options;
    options.asked.turns = asked.turns;
    trial_result one;
    one.load = load;
    one.sessions = name_of_sessions(asked);
    std::string lines = request_head();
    for (int i = 0; i < 64; ++i) {
      const auto each = timed_answer(i * 100, 50 + i, 450, 5);
      one.measured.add(each, {});
      append_request(one, each, at_ms(0), lines);
    }
    out.trials.push_back(one);
    const auto json = read("kind.json", bench_json(out, options));
    const auto csv = read("kind.csv", lines);
    CAPTURE(text_of(json.loads.front().shape));
    CHECK(text_of(json.loads.front().shape) == text_of(csv.loads.front().shape));
    for (const auto& [first, other] :
         {std::pair(&json, &json), std::pair(&csv, &csv), std::pair(&json, &csv)}) {
      const auto made = hold_against(*first, *other, {}).value();
      CHECK(made.notes.empty());
      for (const auto& each : made.loads.front().figures) {
        CHECK(each.by.value == doctest::Approx(0).epsilon(0.004));
      }
    }
    for (const auto& before : all) CHECK(hold_against(before, csv, {}).has_error());
    all.push_back(json);
  }
}

TEST_CASE("our own JSON has its histograms: what is drawn from them is what was measured") {
  const auto file = read("own.json", own_json());
  CHECK(file.tool.starts_with("retort "));
  REQUIRE(file.loads.size() == 1);  // and none that was made again
  const measured_load& load = file.loads.front();
  CHECK(text_of(load.shape) == "concurrency 4");
  CHECK(load.streams == true);
  CHECK(load.output_tokens == 5);
  CHECK(load.values.at("failed") == 0);
  CHECK(load.values.at("ttft_mean") == doctest::Approx(81.5));
  CHECK_FALSE(load.values.contains("ttft_p99"));  // too few
  const spread& ttft = load.spreads.at(metric::ttft);
  CHECK(ttft.cases() == 64);
  CHECK(ttft.mean() == doctest::Approx(81.5).epsilon(0.002));
  CHECK(*ttft.percentile(0.9) == doctest::Approx(load.values.at("ttft_p90")).epsilon(0.002));
}

TEST_CASE("aiperf's export is read, with the requests of the file beside it") {
  std::ofstream(files.path() + "/profile_export.jsonl") << "";
  const auto file = read("profile_export_aiperf.json", of_aiperf);
  CHECK(file.tool == "aiperf 0.13.0");
  const measured_load& load = file.loads.front();
  CHECK(text_of(load.shape) == "40/s poisson");
  CHECK(load.streams == true);
  CHECK(load.values.at("requests_per_s") == doctest::Approx(31.1127));
  CHECK(load.values.at("e2e_p99") == doctest::Approx(142.1966));
  CHECK(load.values.at("failed") == 0);
  CHECK(load.output_tokens == 16);
  CHECK(load.spreads.empty());
}

TEST_CASE("aiperf's requests count where they are of this run: by their mean") {
  const std::string whole = R"({"aiperf_version": "0.13.0", "request_count": {"avg": 2},
      "time_to_first_token": {"unit": "ms", "avg": 15}})";
  const auto line = [](int ms, const char* phase) {
    return R"({"metadata": {"benchmark_phase": ")" + std::string(phase) +
           R"("}, "metrics": {"time_to_first_token": {"unit": "ms", "value": )" +
           std::to_string(ms) + R"(}, "inter_chunk_latency": {"unit": "ms", "value": [1, 2]}}})" +
           "\n";
  };
  std::ofstream(files.path() + "/x.jsonl")
      << line(10, "profiling") << line(99, "warmup") << "torn {"
      << "\n"
      << line(20, "profiling");
  CHECK(read("x_aiperf.json", whole).loads[0].spreads.at(metric::ttft).cases() == 2);
  std::ofstream(files.path() + "/x.jsonl") << line(10, "profiling");
  CHECK(read("x_aiperf.json", whole).loads[0].spreads.empty());
}

TEST_CASE("guidellm's report is read, a load of each benchmark") {
  const auto file = read("benchmarks.json", of_guidellm);
  CHECK(file.tool == "guidellm 0.8.1");
  REQUIRE(file.loads.size() == 1);
  const measured_load& load = file.loads.front();
  CHECK(text_of(load.shape) == "concurrency 4");
  CHECK(load.values.at("failed") == 0);
  CHECK(load.values.at("e2e_mean") == doctest::Approx(140.1));
  CHECK(load.values.contains("tpot_p99"));
  CHECK(load.values.contains("ntpot_mean"));  // by its requests alone
  CHECK(load.input_tokens == 99);
  CHECK(load.spreads.at(metric::ttft).cases() == 12);
}

TEST_CASE("vLLM's result is read, with its arrays where they were saved") {
  const auto file = read("vllm.json", of_vllm);
  CHECK(file.tool == "vLLM");
  const measured_load& load = file.loads.front();
  CHECK(text_of(load.shape) == "concurrency 2");
  CHECK(load.values.at("failed") == 0.25);
  CHECK(load.values.at("ttft_p50") == 200);
  CHECK(load.values.at("ttft_p99") == 299);
  CHECK_FALSE(load.values.contains("goodput_per_s"));
  CHECK(load.input_tokens == 100);
  const spread& ttft = load.spreads.at(metric::ttft);
  CHECK(ttft.cases() == 3);  // not the 0 of the one that failed
  CHECK(ttft.mean() == doctest::Approx(200));
  CHECK(load.spreads.at(metric::e2e).mean() == doctest::Approx((140 + 240 + 360) / 3.0));
  CHECK(load.spreads.at(metric::tpot).mean() == doctest::Approx((20 + 20 + 30) / 3.0));
  CHECK(load.spreads.at(metric::icl).cases() == 3);
}

TEST_CASE("vLLM's goodput is read by its name of today and by that with a colon") {
  for (const std::string key : {"request_goodput", "request_goodput:"}) {
    const auto file = read("good.json", R"({"model_id": "m", "request_rate": "inf",
        "max_concurrency": 2, "completed": 3, "request_throughput": 1.5, ")" +
                                            key + R"(": 1.25})");
    CHECK(file.loads.front().values.at("goodput_per_s") == 1.25);
  }
}

TEST_CASE("MLPerf Endpoints' summary is read, in ns") {
  const auto file = read("result_summary.json", of_mlperf);
  CHECK(file.tool == "MLPerf Endpoints 0.1");
  const measured_load& load = file.loads.front();
  CHECK(text_of(load.shape) == "100/s poisson");
  CHECK(load.values.at("failed") == 0.02);
  CHECK(load.values.at("ttft_p50") == 4);
  CHECK(load.values.at("ttft_p99.9") == 9);
  CHECK(load.values.at("e2e_mean") == 20);
  CHECK_FALSE(load.values.contains("tpot_mean"));
  CHECK(load.output_tokens == 10);
}

TEST_CASE("what failed, was given up or is empty counts in our CSV as it does in our JSON") {
  trial_result one;
  one.load.concurrency = 4;
  measurement given_up = timed_answer(100, 50, 450, 5), outran = timed_answer(200, 50, 450, 5);
  given_up.to_cancel = outran.to_cancel = cancel_plan{};
  given_up.is_cancelled = true;
  given_up.ended = at_ms(300);
  measurement refused = timed_failure(retort::providers::failure_kind::overloaded, 503);
  refused.sent_off = at_ms(-500);  // it never went out
  refused.ended = at_ms(700);
  measurement empty = timed_answer(600, 50, 450, 5);
  empty.first_content = empty.first_visible = empty.last = {};
  empty.chunks = 0;
  empty.gaps.clear();
  empty.ended = at_ms(9000);  // the last of all
  std::vector<measurement> all = {given_up, outran, refused, empty};
  for (int i = 0; i < 20; ++i) all.push_back(timed_answer(i * 100, 50, 450, 5));
  std::string lines = request_head();
  for (const auto& each : all) {
    one.measured.add(each, {});
    append_request(one, each, at_ms(0), lines);
  }
  bench_result out;
  out.trials.push_back(one);
  const auto json = read("counts.json", bench_json(out, {}));
  const auto csv = read("counts.csv", lines);
  const auto& told = json.loads.front().values;
  CHECK(told.at("failed") == doctest::Approx(1 / 22.0));
  CHECK(told.at("requests_per_s") == doctest::Approx(21 / 9.5));
  CHECK(told.at("empty") == doctest::Approx(1 / 21.0));
  for (const char* figure :
       {"failed", "empty", "requests_per_s", "output_tokens_per_s", "input_tokens_per_s"}) {
    CAPTURE(figure);
    CHECK(csv.loads.front().values.at(figure) == doctest::Approx(told.at(figure)));
  }
  CHECK(*csv.loads.front().output_tokens == doctest::Approx(*json.loads.front().output_tokens));
}

TEST_CASE("where no request succeeded no answer was empty, in the CSV as in the JSON") {
  trial_result one;
  std::string lines = request_head();
  for (int i = 0; i < 3; ++i) {
    const auto down = timed_failure(retort::providers::failure_kind::overloaded, 503);
    one.measured.add(down, {});
    append_request(one, down, at_ms(0), lines);
  }
  bench_result out;
  out.trials.push_back(one);
  for (const auto& made : {read("down.json", bench_json(out, {})), read("down.csv", lines)}) {
    CHECK(made.loads.front().values.at("failed") == 1);
    CHECK(made.loads.front().values.at("empty") == 0);
  }
}

TEST_CASE("a CSV without entries keeps its endpoints apart by their names, and tells no number") {
  const auto made = read("older.csv",
                         "endpoint,model,load,run,outcome,e2e_ms\n"
                         "A,m,concurrency 4,0,ok,100\n"
                         "B,m,concurrency 4,0,ok,200\n"
                         "A,m,concurrency 4,0,ok,100\n");
  REQUIRE(made.loads.size() == 2);
  CHECK(made.loads[0].endpoint == "A");
  CHECK(made.loads[1].endpoint == "B");
  CHECK_FALSE(made.loads[0].place);
}

TEST_CASE("a trial that a search made again counts by its remake, in the CSV as in the JSON") {
  bench_result out;
  std::string lines = request_head();
  for (int number = 0; number < 2; ++number) {
    trial_result one;
    one.load.concurrency = 4;
    one.number = out.trials.size();
    one.superseded = number == 0;
    for (int i = 0; i < 20; ++i) {
      const auto each = timed_answer(number * 9000 + i * 100, 50, number == 0 ? 900 : 450, 5);
      one.measured.add(each, {});
      append_request(one, each, at_ms(0), lines);
    }
    out.trials.push_back(std::move(one));
  }
  for (const auto& file : {read("search.json", bench_json(out, {})), read("search.csv", lines)}) {
    REQUIRE(file.loads.size() == 1);
    CHECK(file.loads.front().spreads.at(metric::e2e).cases() == 20);
    CHECK(file.loads.front().values.at("e2e_mean") == doctest::Approx(450));
    CHECK(file.loads.front().values.at("requests_per_s") == doctest::Approx(20 / 2.35));
  }
}

TEST_CASE("the last answer of an older CSV may have no end: then no rate is told") {
  const std::string head = "endpoint,model,entry,load,run,number,written_s,outcome,e2e_ms\n";
  const std::string first = "a,m,0,concurrency 4,0,0,1,ok,400\n",
                    last = "a,m,0,concurrency 4,0,1,2,ok,\n";
  CHECK(read("timed.csv", head + first).loads.front().values.at("requests_per_s") ==
        doctest::Approx(2.5));
  CHECK_FALSE(
      read("untimed.csv", head + first + last).loads.front().values.contains("requests_per_s"));
}

TEST_CASE(
    "a CSV in which nothing succeeded, or all was empty, does not tell whether answers stream") {
  const std::string head = "endpoint,model,entry,load,run,outcome,ttft_ms,e2e_ms\n";
  const std::string good = "a,m,0,concurrency 4,0,ok,50,400\n",
                    whole = "a,m,0,concurrency 4,0,ok,,400\n",
                    empty = "a,m,0,concurrency 4,0,ok,,\n",
                    failed = "a,m,0,concurrency 4,0,overloaded 503,,\n";
  CHECK(read("good.csv", head + good).loads.front().streams == true);
  CHECK(read("whole.csv", head + whole).loads.front().streams == false);
  for (const std::string& none : {failed, empty}) {
    const auto file = read("none.csv", head + none);
    CHECK_FALSE(file.loads.front().streams);
    CHECK(hold_against(read("good.csv", head + good), file, {}).has_value());
  }
  CHECK(why_not("given_up.csv", head + "a,m,0,concurrency 4,0,cancelled,,\n") ==
        "given_up.csv: nothing was measured in this benchmark");
}

TEST_CASE("a CSV that is torn anywhere loses its last line alone, and no other is lost by a name") {
  trial_result one;
  one.model = "a\nb \"c\", d";
  one.load.concurrency = 4;
  one.number = 12;
  std::string lines = request_head();
  for (int i = 0; i < 19; ++i) append_request(one, timed_answer(i, 50, 450, 5), at_ms(0), lines);
  const std::size_t before = lines.size();
  append_request(one, timed_answer(19, 50, 450, 5), at_ms(0), lines);
  for (std::size_t end = before; end <= lines.size(); ++end) {
    CAPTURE(end);
    const auto file = read("torn.csv", lines.substr(0, end));
    REQUIRE(file.loads.size() == 1);
    CHECK(file.loads.front().model == one.model);
    CHECK(file.loads.front().spreads.at(metric::e2e).cases() == (end == lines.size() ? 20 : 19));
  }
}

TEST_CASE("what is no benchmark's result is one line") {
  CHECK(why_not("torn.json", "{\"trials\": [").starts_with("torn.json: is no JSON: "));
  CHECK(why_not("empty.json", "").starts_with("empty.json: is no JSON: "));
  CHECK(why_not("list.json", "[1]").starts_with("list.json: is no benchmark's JSON"));
  CHECK(why_not("none.json", R"({"trials": []})") ==
        "none.json: nothing was measured in this benchmark");
  CHECK(why_not("odd.json", R"({"trials": {"a": [null]}, "retort": 5})") ==
        "odd.json: nothing was measured in this benchmark");
  CHECK(why_not("odd.json",
                R"({"trials": [5, null, {"metrics": {"ttft": {"bins": [[1], 2, ["x", -1]]}}}]})") ==
        "odd.json: nothing was measured in this benchmark");
  CHECK(why_not("later.json", R"({"schema": "retort.bench", "version": 2, "trials": [{}]})") ==
        "later.json: is of a later retort bench: version 2; expected 1");
  CHECK(read_result_file(files.path()).has_error());
  CHECK(read_result_file(files.path() + "/none").has_error());
}

TEST_CASE("the CSV of requests is a result, too: by its loads, whatever columns come later") {
  const retort::test::temporary_directory files;
  std::string text =
      "endpoint,model,entry,load,run,number,written_s,outcome,finish,connection,input_tokens,"
      "output_tokens,chunks,new_column,ttft_ms,largest_icl_ms,e2e_ms\n";
  for (int i = 0; i < 20; ++i) {
    text += "\"http://a, \"\"b\"\"\",\"m\",0,\"10/s gamma 0.5\",0," + std::to_string(i) + "," +
            std::to_string(i * 0.5) + ",ok,stop,new,7,5,3,x,50,9,500\n";
  }
  text += "\"a\",\"m\",1,\"concurrency 4\",0,0,1,ok,stop,kept,7,,3,x,40,,400\n";
  text += "\"a\",\"m\",1,\"concurrency 4\",0,1,1,overloaded 503,,kept,,,0,x,,,\n";
  text += "\"a\",\"m\",1,\"conc";  // torn
  const auto seen = read_result_file(files.file("all.csv", text));
  REQUIRE(seen.has_value());
  REQUIRE(seen->loads.size() == 2);
  const auto& open = seen->loads[0];
  CHECK(text_of(open.shape) == "10/s gamma 0.5");
  CHECK(open.endpoint == "http://a, \"b\"");
  CHECK(open.streams == true);
  CHECK(open.output_tokens == 5.0);
  CHECK(open.values.at("requests_per_s") == doctest::Approx(2));
  CHECK(open.values.at("output_tokens_per_s") == doctest::Approx(10));
  CHECK(open.values.at("ttft_p50") == 50);
  CHECK_FALSE(open.values.contains("ttft_p99"));
  CHECK_FALSE(open.values.contains("icl_mean"));
  CHECK(open.values.at("failed") == 0);
  const auto& closed = seen->loads[1];
  CHECK(closed.shape.concurrency == 4.0);
  CHECK(closed.values.at("failed") == 0.5);
  CHECK_FALSE(closed.values.contains("requests_per_s"));
  CHECK_FALSE(closed.output_tokens);
  CHECK(read_result_file(files.file("head.csv", "endpoint,model,entry\n")).has_error());
}
