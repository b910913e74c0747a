// Whole benchmarks, against peers of a thread of their own.
#include "engine/bench/bench.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <thread>

#include "tests/support/answering_peer.hpp"

using namespace retort;
using namespace retort::engine;
using namespace retort::test;

namespace {

std::string stream_of_one() {
  return http_answer(
      200,
      "data: {\"choices\":[{\"delta\":{\"content\":\"8\"},\"finish_reason\":\"stop\"}"
      "]}\n\ndata: {\"choices\":[],\"usage\":{\"prompt_tokens\":7,"
      "\"completion_tokens\":1}}\n\ndata: [DONE]\n\n",
      "Content-Type: text/event-stream\r\n");
}

// One that answers its first so many requests well, or all but those.
class endpoint_of_its_own {
 public:
  using rule = bool (*)(int asked);
  explicit endpoint_of_its_own(rule is_well) : is_well_(is_well) {}
  ~endpoint_of_its_own() {
    context_.stop();
    thread_.join();
  }
  std::string entry() const {
    return fmt::format("{{provider: openai, model: m, base_url: \"{}\"}}", peer_.base_url());
  }

 private:
  rule is_well_;
  int asked_ = 0;  // of its thread
  io::asio::io_context context_{1};
  answering_peer peer_{context_.get_executor(), [this](const http_request& one) {
                         if (one.head.starts_with("GET")) return http_answer(404, "{}");
                         return is_well_(asked_++) ? stream_of_one() : http_answer(503, "{}");
                       }};
  std::thread thread_{[this] { context_.run(); }};
};

// One that tells its metrics, and answers what follows the probe when it has been asked for them
// so often.
class watched_endpoint {
 public:
  explicit watched_endpoint(int looks) : looks_(looks) {}
  ~watched_endpoint() {
    context_.stop();
    thread_.join();
  }
  std::string entry() const {
    return fmt::format("{{provider: openai, model: m, base_url: \"{}\"}}", peer_.base_url());
  }

 private:
  std::optional<std::string> answer(const http_request& one) {
    if (one.head.starts_with("GET /metrics ")) {
      if (++looked_ == looks_) peer_.release();
      return http_answer(200,
                         "vllm:num_requests_running{engine=\"0\"} 3\n"
                         "vllm:kv_cache_usage_perc 0.5\n");
    }
    if (looked_ == 0 || looked_ >= looks_) return stream_of_one();
    return std::nullopt;
  }

  int looks_, looked_ = 0;  // of its thread
  io::asio::io_context context_{1};
  answering_peer peer_{context_.get_executor(),
                       [this](const http_request& one) { return answer(one); }};
  std::thread thread_{[this] { context_.run(); }};
};

bench_result measured(const std::string& entries, const bench_options& options) {
  const config what =
      parse_config("run: b\ndataset: {generate: 1}\nprompt: {user: x}\nmodels: [" + entries + "]\n",
                   "test", {})
          .value();
  return bench(what, options, {}, {}).value();
}

bench_options two_levels() {
  bench_options out;
  out.loads = {{.concurrency = 1}, {.concurrency = 2}};
  out.requests = 12;
  out.warm_up = out.cool_down = 0;
  out.input = length_rule{10, 0};
  return out;
}

}  // namespace

TEST_CASE("an endpoint that is busy when it is probed is asked again") {
  const endpoint_of_its_own late([](int asked) { return asked != 0; });
  const bench_result seen = measured(late.entry(), two_levels());
  CHECK(seen.trials.size() == 2);
  for (const auto& one : seen.trials) CHECK(one.measured.successes == 12);
}

TEST_CASE("what a probe has learnt is not asked again: a quota may have room for one request") {
  // Every other request is refused, the measured ones too: of two in a row none would pass.
  const endpoint_of_its_own scarce([](int asked) { return asked % 2 == 0; });
  const bench_result seen = measured(scarce.entry(), two_levels());
  REQUIRE(seen.trials.size() == 2);
  CHECK(seen.trials[0].measured.successes == 6);
}

TEST_CASE("an endpoint that fails wholly is left out; the other is measured at every level") {
  for (const std::uint64_t loops : {1, 3}) {
    const endpoint_of_its_own dying([](int asked) { return asked < 2; });  // the probe
    const endpoint_of_its_own good([](int) { return true; });
    bench_options options = two_levels();
    options.loops = loops;
    const bench_result seen = measured(dying.entry() + ", " + good.entry(), options);
    REQUIRE(seen.trials.size() == 3);
    CHECK(std::ranges::count(seen.trials, 0, &trial_result::place) == 1);
    for (const auto& one : seen.trials) CHECK(one.conduct.loops == loops);
    CHECK(seen.trials[0].measured.failures == 12);
    CHECK(seen.trials[1].measured.successes == 12);
    CHECK_FALSE(seen.trials[0].is_valid());
    CHECK(seen.status == bench_status::degraded);
    CHECK(std::ranges::any_of(seen.notes, [](const std::string& note) {
      return note.find("concurrency 1: all 12 requests failed") != note.npos;
    }));
  }
}

TEST_CASE("where each level fails wholly, nothing was measured") {
  const endpoint_of_its_own dying([](int asked) { return asked < 2; });
  const bench_result seen = measured(dying.entry(), two_levels());
  CHECK(seen.trials.size() == 1);
  CHECK(seen.status == bench_status::nothing_measured);
  CHECK(seen.reason.find("all 12 requests failed, 12 by overloaded 503") != seen.reason.npos);
}

TEST_CASE("a server's own metrics are sampled beside what is measured, unless nobody wants them") {
  const watched_endpoint vllm(3);
  bench_options options = two_levels();
  options.loads.pop_back();
  const bench_result seen = measured(vllm.entry(), options);
  REQUIRE(seen.trials.size() == 1);
  CHECK(seen.trials[0].measured.successes == 12);
  REQUIRE(seen.trials[0].server);
  CHECK(seen.trials[0].server->software == "vLLM");
  CHECK(seen.trials[0].server->samples >= 1);
  CHECK(seen.trials[0].server->running.mean() == 3);
  CHECK(seen.trials[0].server->cache_use.most() == 0.5);
  CHECK(seen.trials[0].server->waiting.count() == 0);

  const endpoint_of_its_own silent([](int) { return true; });
  CHECK_FALSE(measured(silent.entry(), options).trials[0].server);
  options.server_metrics = "http://127.0.0.1:1/metrics";
  const bench_result asked = measured(silent.entry(), options);
  CHECK(std::ranges::any_of(asked.notes, [](const std::string& note) {
    return note.starts_with("http://127.0.0.1:1/metrics: no metrics: ");
  }));
  CHECK_FALSE(asked.trials[0].server);
}

TEST_CASE("how far a trial is, is told while it runs") {
  const watched_endpoint slow(4);  // some time goes by
  bench_options options = two_levels();
  options.loads.pop_back();
  std::vector<std::string> told;
  bench_events events;
  events.interval = std::chrono::milliseconds(10);
  events.progress = [&](const trial_progress& at) { told.push_back(progress_line(at)); };
  const config what = parse_config("run: b\ndataset: {generate: 1}\nprompt: {user: x}\nmodels: [" +
                                       slow.entry() + "]\n",
                                   "test", {})
                          .value();
  CHECK(bench(what, options, {}, events).value().trials.size() == 1);
  REQUIRE_FALSE(told.empty());
  CHECK(told.front().starts_with("concurrency 1: "));
}
