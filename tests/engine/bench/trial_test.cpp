#include "engine/bench/trial.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>

#include "tests/support/answering_peer.hpp"

using namespace retort;
using namespace retort::engine;
using namespace retort::test;

namespace {

std::string streamed(std::string_view text, int tokens) {
  return http_answer(
      200,
      fmt::format(
          "data: {{\"choices\":[{{\"delta\":{{\"role\":\"assistant\",\"content\":\"\"}}}}]}}\n\n"
          "data: "
          "{{\"choices\":[{{\"delta\":{{\"content\":\"{}\"}},\"finish_reason\":\"stop\"}}]}}\n\n"
          "data: {{\"choices\":[],\"usage\":{{\"prompt_tokens\":7,\"completion_tokens\":{}}}}}\n\n"
          "data: [DONE]\n\n",
          text, tokens),
      "Content-Type: text/event-stream\r\n");
}

// A trial against a peer on the same loop.
class rig {
 public:
  rig(const bench_options& options, answering_peer::answer how)
      : options_(options), peer_(context_.get_executor(), std::move(how)) {
    options_.input = length_rule{10, 0};
    if (options_.most_in_flight == 0) options_.most_in_flight = 100;
    config_ = parse_config(fmt::format("run: b\ndataset: {{generate: 1}}\nprompt: {{user: x}}\n"
                                       "models: [{{provider: openai, model: m, base_url: \"{}\", "
                                       "stream: true}}]\n",
                                       peer_.base_url()),
                           "test", {})
                  .value();
    endpoints_ =
        make_endpoints(config_, {}, context_.get_executor(), [](const char*) -> const char* {
          return nullptr;
        }).value();
    supply_ = made_up_prompts(options_, {}, {});
    supply_->begin(1, 0);
  }
  ~rig() { endpoints_[0]->client->stop(); }

  trial_result run(std::uint64_t number = 0) {
    trial_result out;
    out.run = number;
    out.load = options_.loads.front();
    const trial_setting with{context_.get_executor(), endpoints_[0].get(), supply_.get(), &options_,
                             [this](const measurement& one) { each.push_back(one); }};
    trial one(with, &out);
    current = &one;
    bool done = false;
    io::asio::co_spawn(context_, perform(&one), [&](std::exception_ptr thrown) {
      CHECK_FALSE(thrown);
      done = true;
    });
    while (!done) REQUIRE(context_.run_one() > 0);
    current = nullptr;
    return out;
  }

  const answering_peer& peer() const { return peer_; }
  answering_peer& peer() { return peer_; }
  io::executor on() { return context_.get_executor(); }
  void end_requests() { endpoints_[0]->client->stop(); }

  std::vector<measurement> each;
  trial* current = nullptr;

 private:
  io::asio::io_context context_{1};
  bench_options options_;
  answering_peer peer_;
  config config_;
  std::vector<std::unique_ptr<endpoint>> endpoints_;
  std::unique_ptr<prompt_supply> supply_;
};

bench_options closed(std::uint64_t concurrency, std::uint64_t requests) {
  bench_options out;
  out.loads = {{.concurrency = concurrency}};
  out.requests = requests;
  return out;
}

bench_options open(double rate, std::uint64_t requests) {
  bench_options out;
  out.loads = {{.rule = arrival_rule{rate, arrival_pattern::constant}}};
  out.requests = requests;
  out.warm_up = out.cool_down = 0;
  return out;
}

}  // namespace

TEST_CASE("a closed loop sends warm-up, measured and cool-down, and counts the measured alone") {
  rig all(closed(4, 30), [](const auto&) { return streamed("8", 3); });
  const trial_result seen = all.run();
  CHECK(all.peer().requests().size() == 4 + 30 + 4);
  CHECK(seen.measured.successes == 30);
  CHECK(seen.measured.output.sum == 90);
  CHECK(seen.measured.input.sum == 210);
  CHECK(seen.measured.connections + seen.measured.reused == 30);
  CHECK(seen.conduct.most_in_flight <= 4);
  CHECK_FALSE(seen.offered.has_value());
  CHECK(seen.measured.of(metric::ttft).count() == 30);
  CHECK(seen.measured.of(metric::schedule_lag).count() == 0);
}

TEST_CASE("nothing is tried again: every refusal is counted, by its class") {
  int asked = 0;
  rig all(closed(1, 12), [&](const auto&) {
    const int status = ++asked % 3 == 0 ? 429 : asked % 3 == 1 ? 529 : 200;
    return status == 200 ? streamed("8", 3) : http_answer(status, "{}", "Retry-After: 60\r\n");
  });
  const trial_result seen = all.run();
  CHECK(all.peer().requests().size() == 14);
  CHECK(seen.measured.requests() == 12);
  CHECK(seen.measured.successes == 4);
  CHECK(seen.measured.by_class.at("rate_limited 429").count == 4);
  CHECK(seen.measured.by_class.at("overloaded 529").count == 4);
}

TEST_CASE("a stream that is cut is a failure, one that tells no usage a success without tokens") {
  int asked = 0;
  bench_options options = closed(1, 2);
  options.warm_up = options.cool_down = 0;
  rig all(options, [&](const auto&) {
    const char* const cut = "data: {\"choices\":[{\"delta\":{\"content\":\"8\"}}]}\n\n";
    const char* const untold =
        "data: {\"choices\":[{\"delta\":{\"content\":\"8\"},\"finish_reason\":\"stop\"}]}\n\ndata: "
        "[DONE]\n\n";
    return http_answer(200, ++asked == 1 ? cut : untold, "Content-Type: text/event-stream\r\n");
  });
  const trial_result seen = all.run();
  CHECK(seen.measured.by_class.at("network 200").count == 1);
  CHECK(seen.measured.successes == 1);
  CHECK(seen.measured.output.untold == 1);
  CHECK(seen.measured.of(metric::ttft).count() == 1);
  CHECK(seen.measured.of(metric::tpot).count() == 0);
}

TEST_CASE("an open loop sends each request of its schedule, on it or behind it, and none before") {
  rig all(open(1000, 100), [](const auto&) { return streamed("8", 3); });
  const trial_result seen = all.run();
  REQUIRE(all.each.size() == 100);
  std::ranges::sort(all.each, {}, &measurement::number);
  for (std::size_t i = 0; i < 100; ++i) {
    const auto planned = all.each[i].scheduled - all.each[0].scheduled;
    CHECK(planned == std::chrono::milliseconds(i));
    CHECK(all.each[i].taken_up >= all.each[i].scheduled);
  }
  CHECK(*seen.offered == doctest::Approx(1000));
  CHECK(seen.measured.of(metric::e2e_from_schedule).count() == 100);
}

TEST_CASE("a rate far beyond reach forfeits no slot, and is no VALID one") {
  bench_options options = open(1e6, 3000);
  options.most_in_flight = 10;
  rig all(options, [](const auto&) { return streamed("8", 3); });
  const trial_result seen = all.run();
  CHECK(seen.measured.successes == 3000);
  CHECK(all.peer().requests().size() == 3000);
  CHECK(seen.conduct.most_in_flight == 10);
  CHECK(seen.conduct.waited_for_place > 0);
  CHECK_FALSE(seen.is_valid());
  CHECK(*seen.achieved < *seen.offered);
  CHECK(seen.over_saturated);
}

TEST_CASE("a stall shows in what users of a schedule wait, and not in half of the service times") {
  bench_options options = open(1000, 700);
  options.most_in_flight = 1;
  constexpr std::chrono::milliseconds stall{800};
  bool stalled = false, over = false;
  rig* whole = nullptr;
  std::optional<io::timer> alarm;
  rig all(options, [&](const auto&) -> std::optional<std::string> {
    if (whole->peer().requests().size() == 5 && !over) {
      if (!std::exchange(stalled, true)) {
        alarm.emplace(whole->on());
        alarm->expires_after(stall);
        alarm->async_wait([&](const boost::system::error_code&) {
          over = true;
          whole->peer().release();
        });
      }
      return std::nullopt;
    }
    return streamed("8", 3);
  });
  whole = &all;
  const trial_result seen = all.run();
  alarm.reset();  // it is of a loop that ends before it
  CHECK(stalled);
  const double ns = std::chrono::nanoseconds(stall).count();
  const auto& service = seen.measured.of(metric::e2e);
  const auto& waited = seen.measured.of(metric::e2e_from_schedule);
  CHECK(service.count() == 700);
  CHECK(service.largest() >= ns);
  CHECK(*service.quantile(0.5) < ns / 2);
  CHECK(*waited.quantile(0.99) >= *service.quantile(0.99));
  CHECK(*waited.quantile(0.99) > ns / 2);
}

TEST_CASE("a trial that is stopped keeps what was measured, and says that it was cut short") {
  rig* whole = nullptr;
  rig all(closed(2, 1000), [&](const auto&) {
    if (whole->peer().requests().size() == 50) {
      whole->current->stop("cut short by SIGINT");
      whole->end_requests();
    }
    return streamed("8", 3);
  });
  whole = &all;
  const trial_result seen = all.run();
  CHECK(seen.measured.successes > 0);
  CHECK(seen.measured.successes < 50);
  CHECK(seen.measured.failures == 0);
  REQUIRE_FALSE(seen.is_valid());
  CHECK(seen.against.front() == "cut short by SIGINT");
}

TEST_CASE("an endpoint that only fails is not asked for ever") {
  bench_options options = closed(4, 1);
  options.duration = std::chrono::hours(1);
  rig all(options, [](const auto&) { return http_answer(503, "{}"); });
  const trial_result seen = all.run();
  CHECK(seen.measured.successes == 0);
  CHECK(all.peer().requests().size() < 1100);
  CHECK(seen.against.front() == "1,000 requests in a row failed, the last by overloaded 503");
}

TEST_CASE("each run has a schedule of its own, and always the same") {
  const auto gaps = [](std::uint64_t run) {
    bench_options options = open(2000, 20);
    options.loads.front().rule->pattern = arrival_pattern::poisson;
    rig all(options, [](const auto&) { return streamed("8", 3); });
    all.run(run);
    std::ranges::sort(all.each, {}, &measurement::number);
    std::vector<std::chrono::nanoseconds> out;
    for (const auto& one : all.each) out.emplace_back(one.scheduled - all.each[0].scheduled);
    return out;
  };
  CHECK(gaps(1) == gaps(1));
  CHECK(gaps(0) != gaps(1));
  CHECK(gaps(1) != gaps(2));
}

TEST_CASE("a failure has an end, and its time counts") {
  bench_options options = closed(1, 3);
  options.warm_up = options.cool_down = 0;
  rig all(options, [](const auto&) { return std::string(); });
  const trial_result seen = all.run();
  CHECK(seen.measured.failures == 3);
  for (const auto& one : all.each) CHECK(one.ended >= one.sent_off);
  CHECK(seen.measured.wall_s() > 0);
  CHECK_FALSE(seen.is_valid());
}

TEST_CASE("what was sent before a stop counts as sent, whether it ended or not") {
  bench_options options = open(1000, 1000);
  rig* whole = nullptr;
  rig all(options, [&](const auto&) -> std::optional<std::string> {
    const std::size_t asked = whole->peer().requests().size();
    if (asked == 50) {
      whole->current->stop("cut short by SIGINT");
      whole->end_requests();
    }
    if (asked % 2 == 0) return std::nullopt;  // every other one is under way for ever
    return streamed("8", 3);
  });
  whole = &all;
  const trial_result seen = all.run();
  CHECK(seen.unfinished > 0);
  CHECK(*seen.offered == doctest::Approx(1000));
}
