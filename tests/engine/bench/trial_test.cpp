#include "engine/bench/trial.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "engine/bench/bench_prompts.hpp"
#include "engine/bench/send_loop.hpp"
#include "engine/bench/verdict.hpp"
#include "tests/support/answering_peer.hpp"
#include "tests/support/temporary_directory.hpp"

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

// A trial against a peer on the same loop, which shares it with as many further ones as the options
// have loops.
class rig {
 public:
  rig(const bench_options& options, answering_peer::answer how,
      std::vector<asked_prompt> prompts = {})
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
    for (std::uint64_t i = 1; i < options_.loops; ++i) {
      loops_.push_back(send_loop::make(endpoints_).value());
    }
    supply_ = prompts.empty() ? made_up_prompts(options_, {}, {})
                              : shuffled_prompts(options_.seed, std::move(prompts));
    supply_->begin(1, 0);
  }
  ~rig() { end_requests(); }

  trial_result run(std::uint64_t number = 0) {
    trial_result out;
    out.run = number;
    out.load = options_.loads.front();
    trial_setting with{context_.get_executor(), endpoints_[0].get(), supply_.get(), &options_,
                       [this](const measurement& one) { each.push_back(one); }};
    with.answered = [this](const asked_prompt& what, const providers::completion&) {
      checked.push_back(what.messages.size());
    };
    for (const auto& one : loops_) with.further.push_back({one->on(), one->at(0)});
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
  void end_requests() {
    endpoints_[0]->client->stop();
    for (const auto& one : loops_) one->stop();
  }

  std::vector<measurement> each;
  std::vector<std::size_t> checked;  // of each answer that is evaluated, its prompt's messages
  trial* current = nullptr;

 private:
  io::asio::io_context context_{1};
  bench_options options_;
  answering_peer peer_;
  config config_;
  std::vector<std::unique_ptr<endpoint>> endpoints_;
  std::unique_ptr<prompt_supply> supply_;
  std::vector<std::unique_ptr<send_loop>> loops_;
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

TEST_CASE("a line that forms in the warm-up is seen in however few are measured, and told") {
  bench_options options = open(1e6, 40);
  options.warm_up = 2000;
  options.most_in_flight = 10;
  rig all(options, [](const auto&) { return streamed("8", 3); });
  const trial_result seen = all.run();
  CHECK(seen.measured.successes == 40);
  CHECK(seen.over_saturated);
  CHECK(seen.backlog > 100);
  CHECK(std::ranges::any_of(seen.against, [&](const std::string& why) {
    return why.starts_with(
        fmt::format("{} requests of the warm-up were still under way as the "
                    "first of 40 measured ones was due, over 10 %",
                    seen.backlog));
  }));
}

TEST_CASE(
    "a warm-up that the endpoint keeps up with leaves nothing behind, nor does a closed one") {
  bench_options options = open(200, 40);
  options.warm_up = 40;
  rig all(options, [](const auto&) { return streamed("8", 3); });
  const trial_result seen = all.run();
  CHECK_FALSE(seen.over_saturated);
  CHECK(why_backlogged(seen) == "");
  rig places(closed(8, 30), [](const auto&) { return streamed("8", 3); });
  CHECK(places.run().backlog == 0);
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

TEST_CASE("a ramp sends by its line, warm-up before it and cool-down behind it") {
  bench_options options = open(100, 0);
  options.requests.reset();
  options.warm_up = 5;
  options.cool_down = 5;
  options.duration = std::chrono::milliseconds(200);
  options.loads.front().rule->ramp = rate_ramp{900, 0.2};
  rig all(options, [](const auto&) { return streamed("8", 3); });
  const trial_result seen = all.run();
  CHECK(seen.measured.successes == 100);  // 100 x + 2000 x^2
  CHECK(all.peer().requests().size() == 110);
  CHECK_FALSE(seen.over_saturated);
  std::ranges::sort(all.each, {}, &measurement::number);
  const auto half = all.each[30].scheduled - all.each[0].scheduled;
  CHECK(std::chrono::duration<double>(half).count() == doctest::Approx(0.1));
}

TEST_CASE("who is given up is counted apart, in no figure, and their connections are closed") {
  bench_options options = closed(1, 40);
  options.warm_up = options.cool_down = 0;
  options.input = length_rule{10, 0};
  options.asked.cancel = cancel_rule_of("0.01").value();
  options.asked.cancel.share = 0.3;
  cancellation plan(options.asked.cancel, options.seed);
  const auto prompts = made_up_prompts(options, {}, {});
  prompts->begin(1, 0);
  std::vector<std::string> given_up;  // never answered: those would not end of themselves
  for (int i = 0; i < 40; ++i) {
    const std::string text = prompts->next().messages[0].content;
    if (plan.next()) given_up.push_back(text);
  }
  rig all(options, [&](const http_request& asked) -> std::optional<std::string> {
    const bool is_one = std::ranges::any_of(given_up, [&](const std::string& text) {
      return asked.body.find(text) != std::string::npos;
    });
    return is_one ? std::nullopt : std::optional(streamed("8", 3));
  });
  const trial_result seen = all.run();
  CHECK(given_up.size() > 5);
  CHECK(seen.measured.cancelled == given_up.size());
  CHECK(seen.measured.successes == 40 - given_up.size());
  CHECK(seen.measured.failures == 0);
  CHECK(seen.measured.of(metric::e2e).count() == 40 - given_up.size());
  CHECK(std::ranges::count(all.each, true, &measurement::is_cancelled) == std::ssize(given_up));
}

TEST_CASE("an answer that comes before it could be given up is in no figure either") {
  bench_options options = closed(1, 40);
  options.warm_up = options.cool_down = 0;
  options.asked.cancel = cancel_rule_of("3600").value();
  options.asked.cancel.share = 0.3;
  rig all(options, [&](const auto&) { return streamed("8", 3); });
  const trial_result seen = all.run();
  CHECK(seen.measured.cancelled == 0);
  CHECK(seen.measured.outran > 5);
  CHECK(seen.measured.successes + seen.measured.outran == 40);
  CHECK(seen.measured.of(metric::ttft).count() == seen.measured.successes);
  CHECK(seen.measured.output.sum == 3 * seen.measured.successes);
}

TEST_CASE("given up behind its first chunks, an answer is read no further") {
  bench_options options = closed(1, 20);
  options.warm_up = options.cool_down = 0;
  options.asked.cancel = cancel_rule_of("2chunks").value();
  options.asked.cancel.share = 0.5;
  const std::string chunk = "data: {\"choices\":[{\"delta\":{\"content\":\"8\"}}]}\n\n";
  cancellation same(options.asked.cancel, options.seed);
  std::uint64_t given_up = 0;
  rig all(options, [&](const auto&) {
    if (!same.next()) return streamed("8", 3);
    ++given_up;  // it announces more than ever comes
    return "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nContent-Length: 100000\r\n\r\n" +
           chunk + chunk + chunk;
  });
  const trial_result seen = all.run();
  CHECK(seen.measured.cancelled == given_up);
  CHECK(given_up > 3);
  CHECK(seen.measured.successes == 20 - given_up);
  for (std::size_t i = 1; i < all.each.size(); ++i) {  // its connection was closed
    const bool is_behind_one = all.each[i - 1].is_cancelled && !all.each[i].is_cancelled;
    if (is_behind_one) CHECK(all.each[i].opened.has_value());
  }
}

TEST_CASE("a trace is replayed at its times, all of it, and the trial ends with it") {
  bench_options options;
  trace made;
  for (const int ms : {0, 10, 10, 40, 100}) {
    made.requests.push_back({std::chrono::milliseconds(ms), 5, 3, {}});
  }
  options.asked.replayed = std::make_shared<const trace>(made);
  options.loads = {{.trace_speed = 2}};
  options.warm_up = 1;
  rig all(options, [](const auto&) { return streamed("8", 3); });
  const trial_result seen = all.run();
  CHECK(seen.measured.successes == 4);
  CHECK(all.peer().requests().size() == 5);
  std::ranges::sort(all.each, {}, &measurement::number);
  CHECK(all.each[1].scheduled == all.each[0].scheduled);
  CHECK(all.each[3].scheduled - all.each[0].scheduled == std::chrono::milliseconds(45));
}

TEST_CASE("a session goes on with the answers as they came, and begins anew behind its last turn") {
  bench_options options = closed(1, 6);
  options.warm_up = options.cool_down = 0;
  options.asked.turns = 3;
  int asked = 0;
  rig all(options, [&](const auto&) { return streamed(fmt::format("answer {}", ++asked), 3); });
  const trial_result seen = all.run();
  CHECK(seen.measured.successes == 6);
  const auto& requests = all.peer().requests();
  const auto says = [&](std::size_t which, std::string_view what) {
    return requests[which].body.find(what) != std::string::npos;
  };
  CHECK_FALSE(says(0, "assistant"));
  CHECK(says(1, "\"role\":\"assistant\",\"content\":\"answer 1\""));
  CHECK(says(2, "answer 1"));
  CHECK(says(2, "answer 2"));
  CHECK_FALSE(says(3, "assistant"));
  CHECK(says(4, "answer 4"));
  REQUIRE(seen.turns.size() == 3);
  for (const auto& one : seen.turns) CHECK(one.ttft.count() == 2);
}

TEST_CASE("sessions of an open loop begin at their times; their further turns follow the answers") {
  bench_options options;
  options.loads = {{.rule = arrival_rule{200, arrival_pattern::constant}}};
  options.requests = 30;
  options.warm_up = options.cool_down = 0;
  options.asked.turns = 3;
  int asked = 0;
  rig all(options, [&](const auto&) { return streamed(fmt::format("answer {}", ++asked), 3); });
  const trial_result seen = all.run();
  CHECK(seen.measured.successes == 30);
  REQUIRE(seen.turns.size() == 3);
  std::size_t scheduled = 0;
  for (const measurement& one : all.each) {
    const bool is_first = one.turn == 1;
    scheduled += is_first;
    CHECK((one.scheduled != measurement::stamp()) == is_first);
  }
  CHECK(seen.turns[0].e2e.count() == scheduled);
  CHECK(scheduled >= 10);
  CHECK(scheduled < 30);
  std::vector<measurement::stamp> begun;
  for (const measurement& one : all.each) {
    if (one.turn == 1) begun.push_back(one.scheduled);
  }
  std::ranges::sort(begun);
  for (std::size_t i = 1; i < begun.size(); ++i) {
    CHECK(begun[i] - begun[i - 1] == std::chrono::milliseconds(5));
  }
}

TEST_CASE("what instructs a session is said once, by whichever role") {
  for (const char* role : {"system", "developer"}) {
    CAPTURE(role);
    bench_options options = closed(1, 2);
    options.warm_up = options.cool_down = 0;
    options.asked.turns = 2;
    const asked_prompt one{{{role, "be brief"}, {"user", "go on"}}, {}};
    rig all(options, [](const auto&) { return streamed("8", 3); }, {one, one});
    CHECK(all.run().measured.successes == 2);
    const std::string& second = all.peer().requests().at(1).body;
    CHECK(second.find("\"assistant\"") != std::string::npos);
    CHECK(second.find("be brief") == second.rfind("be brief"));
  }
}

TEST_CASE("a record's own conversation is a session, with the endpoint's answers") {
  bench_options options = closed(1, 7);
  options.warm_up = options.cool_down = 0;
  options.asked.own.emplace(record_sessions{2, 4, 3});
  const auto later = later_turns({{{"user", "second"}}, {{"system", "hm"}, {"user", "third"}}});
  asked_prompt three{{{"system", "s"}, {"user", "first"}}, {}, nullptr, later};
  three.sampling.max_tokens = 77;
  const asked_prompt one{{{"user", "alone"}}, {}};
  int asked = 0;
  rig all(options, [&](const auto&) { return streamed(fmt::format("answer {}", ++asked), 3); },
          {three, one, three});
  const trial_result seen = all.run();
  CHECK(seen.measured.successes == 7);
  std::vector<std::string> bodies;
  for (const auto& each : all.peer().requests()) bodies.push_back(each.body);
  REQUIRE(bodies.size() == 7);
  const auto at = [&](std::string_view what) {
    return static_cast<std::size_t>(
        std::ranges::find_if(
            bodies, [&](const std::string& body) { return body.find(what) != body.npos; }) -
        bodies.begin());
  };
  const std::size_t first = at("first");
  const auto messages = [&](std::size_t which) {
    return bodies[which].substr(0, bodies[which].find("]") + 1);
  };
  CHECK(messages(first).ends_with(R"([{"role":"system","content":"s"},)"
                                  R"({"role":"user","content":"first"}])"));
  REQUIRE(first + 2 < bodies.size());
  CHECK(messages(first + 2).ends_with(fmt::format(R"({{"role":"user","content":"first"}},)"
                                                  R"({{"role":"assistant","content":"answer {}"}},)"
                                                  R"({{"role":"user","content":"second"}},)"
                                                  R"({{"role":"assistant","content":"answer {}"}},)"
                                                  R"({{"role":"system","content":"hm"}},)"
                                                  R"({{"role":"user","content":"third"}}])",
                                                  first + 1, first + 2)));
  CHECK(bodies[first + 2].find("77") != std::string::npos);
  CHECK(messages(at("alone")).ends_with(R"([{"role":"user","content":"alone"}])"));
  REQUIRE(seen.turns.size() == 3);
  CHECK(seen.turns[0].e2e.count() == 3);
  CHECK(seen.turns[1].e2e.count() == 2);
  CHECK(seen.turns[2].e2e.count() == 2);
  CHECK(all.each[first + 2].turn == 3);
  // Evaluated are the last answers alone.
  std::ranges::sort(all.checked);
  CHECK(all.checked == std::vector<std::size_t>{1, 7, 7});
}

TEST_CASE("an answer that no next step can use ends its record, is told, and is no failure") {
  const temporary_directory files;
  const config what =
      parse_config("run: b\nmodels: [{provider: openai, model: m}]\ndataset: {path: " +
                       files.file("one.jsonl", "{\"q\": \"hello\"}\n") +
                       "}\nsteps: [{name: a, prompt: {user: \"{{q}}\"}}, {name: b, prompt: {user: "
                       "\"got {{steps.a.json.x}}\"}}]\n",
                   "test", {})
          .value();
  const auto prompts = prompts_of(what).value();
  bench_options options = closed(1, 8);
  options.warm_up = options.cool_down = 0;
  options.asked.own = sessions_of(what, prompts).value();
  int asked = 0;
  rig all(
      options,
      [&](const auto&) { return streamed(++asked % 4 == 1 ? R"({\"x\": 5})" : "words", 3); },
      prompts);
  const trial_result seen = all.run();
  const auto& requests = all.peer().requests();
  const auto says = [&](std::size_t which, std::string_view text) {
    return requests[which].body.find(text) != std::string::npos;
  };
  REQUIRE(requests.size() == 8);
  for (const std::size_t begin : {0, 4}) {
    CHECK(says(begin, "hello"));
    CHECK(says(begin + 1, "got 5"));
    CHECK_FALSE(says(begin + 1, "hello"));
    CHECK(says(begin + 2, "hello"));  // answered by words
    CHECK(says(begin + 3, "hello"));
  }
  CHECK(seen.measured.successes == 8);
  CHECK(seen.steps == std::vector<std::string>{"a", "b"});
  REQUIRE(seen.turns.size() == 2);
  CHECK(seen.turns[1].e2e.count() == 2);
  CHECK(seen.unusable.count == 4);
  CHECK(seen.unusable.example.starts_with("step b: prompt: "));
  CHECK(std::ranges::any_of(seen.against, [](const std::string& why) {
    return why.starts_with("4 of 8 answers could not be used by the next turn, over 1 %: step b");
  }));
}

TEST_CASE("a turn that fails ends its session") {
  bench_options options = closed(1, 4);
  options.warm_up = options.cool_down = 0;
  options.asked.turns = 3;
  int asked = 0;
  rig all(options, [&](const auto&) {
    return ++asked == 2 ? http_answer(503, "{}") : streamed("answer", 3);
  });
  const trial_result seen = all.run();
  CHECK(seen.measured.failures == 1);
  CHECK(all.peer().requests()[1].body.find("assistant") != std::string::npos);
  CHECK(all.peer().requests()[2].body.find("assistant") == std::string::npos);
}

TEST_CASE("a trial that is over waits for nobody who thinks") {
  bench_options options = closed(2, 2);
  options.warm_up = options.cool_down = 0;
  options.asked.turns = 3;
  options.asked.think_s = {3600, 3600};
  rig all(options, [&](const auto&) { return streamed("answer", 3); });
  rig* const whole = &all;
  io::timer alarm(whole->on());
  alarm.expires_after(std::chrono::milliseconds(50));
  alarm.async_wait([&](const boost::system::error_code&) { whole->current->stop("enough"); });
  const trial_result seen = all.run();
  CHECK(seen.measured.successes == 2);
}

TEST_CASE("several loops carry each request once, over connections of their own") {
  for (const std::uint64_t loops : {2, 4}) {
    bench_options options = closed(8, 60);
    options.loops = loops;
    rig all(options, [](const auto&) { return streamed("8", 3); });
    const trial_result seen = all.run();
    CHECK(seen.conduct.loops == loops);
    CHECK(all.peer().requests().size() == 8 + 60 + 8);
    CHECK(seen.measured.successes == 60);
    CHECK(seen.measured.output.sum == 180);
    CHECK(seen.measured.input.sum == 420);
    CHECK(seen.measured.connections + seen.measured.reused == 60);
    CHECK(seen.conduct.most_in_flight <= 8);
    std::set<std::uint64_t> numbers;
    for (const auto& one : all.each) numbers.insert(one.number);
    CHECK(numbers.size() == 60);
  }
}

TEST_CASE("a stop ends what other loops carry") {
  bench_options options = closed(8, 100);
  options.loops = 3;
  options.warm_up = 0;
  int asked = 0;
  rig* running = nullptr;
  rig all(options, [&](const auto&) -> std::optional<std::string> {
    if (++asked <= 11) return streamed("8", 3);
    if (asked == 11 + 8) {
      io::asio::post(running->on(), [&] {
        running->current->stop("enough");
        running->end_requests();
      });
    }
    return std::nullopt;
  });
  running = &all;
  const trial_result seen = all.run();
  CHECK(seen.measured.successes == 11);
  CHECK(seen.measured.failures == 0);
  CHECK(seen.unfinished == 8);
  CHECK(seen.conduct.cut_by == "enough");
}

TEST_CASE("an endpoint that dies fails on every loop, and each failure counts") {
  bench_options options = closed(6, 60);
  options.loops = 3;
  options.warm_up = options.cool_down = 0;
  int asked = 0;
  rig all(options, [&](const auto&) { return ++asked <= 20 ? streamed("8", 3) : std::string(); });
  const trial_result seen = all.run();
  CHECK(seen.measured.successes == 20);
  CHECK(seen.measured.failures == 40);
  CHECK_FALSE(seen.is_valid());
}

TEST_CASE("a session goes on whichever loop carries its next turn") {
  bench_options options = closed(4, 40);
  options.loops = 3;
  options.asked.turns = 2;
  options.warm_up = options.cool_down = 0;
  rig all(options, [](const auto&) { return streamed("forty-two", 3); });
  const trial_result seen = all.run();
  REQUIRE(seen.turns.size() == 2);
  CHECK(seen.turns[0].e2e.count() + seen.turns[1].e2e.count() == 40);
  const auto further = std::ranges::count_if(all.peer().requests(), [](const auto& one) {
    return one.body.find("forty-two") != one.body.npos;
  });
  CHECK(further == static_cast<std::ptrdiff_t>(seen.turns[1].e2e.count()));
  CHECK(further >= 18);
}

TEST_CASE("the same requests are given up, whatever the number of loops") {
  std::vector<std::set<std::uint64_t>> given_up;
  for (const std::uint64_t loops : {1, 4}) {
    bench_options options = closed(4, 40);
    options.loops = loops;
    options.asked.cancel = cancel_rule_of("1chunks").value();
    options.asked.cancel.share = 0.5;
    rig all(options, [](const auto&) { return streamed("8", 3); });
    all.run();
    std::set<std::uint64_t>& numbers = given_up.emplace_back();
    for (const auto& one : all.each) {
      if (one.to_cancel) numbers.insert(one.number);
    }
  }
  CHECK(given_up[0].size() > 5);
  CHECK(given_up[0] == given_up[1]);
}

namespace {

// How far these gaps are from exponential ones of that mean (Kolmogorov and Smirnov).
double apart_from_poisson(std::vector<double> gaps_s, double mean_s) {
  std::ranges::sort(gaps_s);
  const auto count = static_cast<double>(gaps_s.size());
  double most = 0;
  for (std::size_t i = 0; i < gaps_s.size(); ++i) {
    const double due = 1 - std::exp(-gaps_s[i] / mean_s);
    const auto before = static_cast<double>(i);
    most = std::max({most, due - before / count, (before + 1) / count - due});
  }
  return most;
}

double seconds_between(measurement::stamp from, measurement::stamp to) {
  return std::chrono::duration<double>(to - from).count();
}

// Behind the first, by number.
std::vector<std::int64_t> schedule_of(std::vector<measurement>& each) {
  std::ranges::sort(each, {}, &measurement::number);
  std::vector<std::int64_t> out;
  for (const auto& one : each) out.push_back((one.scheduled - each[0].scheduled).count());
  return out;
}

}  // namespace

TEST_CASE("Poisson arrivals are the same and Poisson over 1, 2 and 4 loops") {
  constexpr double rate = 400;
  constexpr std::size_t count = 300;
  std::vector<std::vector<std::int64_t>> schedules;
  for (const std::uint64_t loops : {1, 2, 4}) {
    bench_options options = open(rate, count);
    options.loads.front().rule->pattern = arrival_pattern::poisson;
    options.loops = loops;
    rig all(options, [](const auto&) { return streamed("8", 3); });
    all.run();
    REQUIRE(all.each.size() == count);
    schedules.push_back(schedule_of(all.each));
    std::vector<double> due, late;
    for (std::size_t i = 1; i < count; ++i) {
      const measurement &before = all.each[i - 1], &one = all.each[i];
      due.push_back(seconds_between(before.scheduled, one.scheduled));
      CHECK(one.sent_off >= one.taken_up);
      CHECK(one.taken_up >= one.scheduled);
      late.push_back(seconds_between(one.scheduled, one.sent_off));
    }
    CHECK(apart_from_poisson(due, 1 / rate) < 1.63 / std::sqrt(due.size()));  // at 1 %
    std::ranges::nth_element(late, late.begin() + count / 2);
    CHECK(late[count / 2] < 0.1);  // loosely: this machine may be busy
  }
  CHECK(schedules[0] == schedules[1]);
  CHECK(schedules[0] == schedules[2]);
}
