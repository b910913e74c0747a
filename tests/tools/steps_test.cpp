// Records that pass several steps: each answer goes on into the next prompt, as many requests are
// made as that takes, and killed on the way it goes on from what was committed.
#include <doctest/doctest.h>
#include <fmt/format.h>
#include <signal.h>

#include <algorithm>
#include <map>
#include <memory>
#include <random>
#include <set>
#include <tuple>
#include <vector>

#include "tests/support/eventually.hpp"
#include "tests/support/ledger_samples.hpp"
#include "tests/support/questions.hpp"
#include "tests/support/rehearsal.hpp"
#include "tests/support/wanted_kills.hpp"
#include "tools/mock/answers/answers.hpp"

using namespace retort;
using namespace retort::test;

namespace {

using flags = std::vector<std::string>;
constexpr char ledger[] = "run/ledger.jsonl";
constexpr char training[] = "run/finetuning_data.jsonl";
constexpr char rejected[] = "run/finetuning_data.rejected.jsonl";
constexpr std::size_t records = 60;
constexpr std::uint64_t seed = 5;

constexpr char first_step[] =
    "{name: rephrase, prompt: {user: \"Other words: {{question}}\"}, samples: {n: 3}, evaluate: "
    "[]}";
constexpr char second_step[] =
    "{name: solve, prompt: {user: \"{{question}} You said {{steps.rephrase.text}}\"}, samples: "
    "{n: 4, until_accepted: 1, parallel: 1}}";

flags with_steps(const std::string& first = first_step, const std::string& second = second_step) {
  return {"--set", fmt::format("steps=[{}, {}]", first, second), "--set", "sampling.seed=5"};
}

mock::options noisy(double latency_ms = 0) {
  mock::options chosen;
  chosen.wrong = 0.6;
  chosen.latency_ms = latency_ms;
  return chosen;
}

// (ordinal, step, from, k)
using keys = std::set<std::tuple<std::uint64_t, std::uint32_t, std::uint32_t, std::uint32_t>>;

// What a run must ask, and how often it must be right: the mock's own answers, followed by hand.
struct truth {
  keys asked;
  std::size_t right = 0;
};

truth truth_of(std::size_t of) {
  truth out;
  const auto answer = mock::make_answer_source(noisy()).value();
  for (std::size_t n = 0; n < of; ++n) {
    const std::string right = fmt::format("{{\"answer\": \"{}\"}}", right_answer(n));
    for (std::uint32_t from = 0; from < 3; ++from) {
      out.asked.insert({n, 0, 0, from});
      const auto text = answer("Other words: " + question(n), seed + from).value();
      const std::string prompt = question(n) + " You said " + text;
      bool is_right = false;
      for (std::uint32_t k = 0; k < 4 && !is_right; ++k) {
        out.asked.insert({n, 1, from, k});
        is_right = answer(prompt, seed + 1000 * (1 + from) + k) == right;
      }
      out.right += is_right;
    }
  }
  return out;
}

// Each sample stands there once.
keys keys_in(const rehearsal& of) {
  keys out;
  for (const engine::sample& one : read_ledger(of.path(ledger)).samples) {
    CHECK(out.insert({one.key.ordinal, one.key.step, one.key.from, one.key.k}).second);
  }
  return out;
}

void kill_at_times(const rehearsal& of, const flags& with, std::size_t kills,
                   std::uint64_t most_requests) {
  std::mt19937 random(7);
  for (std::size_t i = 0; i < kills; ++i) {
    const std::uint64_t before = of.seen().requests;
    child_process one = of.start_run(with);
    const std::uint64_t more = 1 + random() % most_requests;
    REQUIRE(eventually([&] { return of.seen().requests >= before + more || !one.is_running(); }));
    one.signal(SIGKILL);
    one.wait();
  }
}

void check_done(const outcome& left) {
  INFO(left.output << left.errors);
  CHECK(left.status == 0);
}

// Steps, a judge that holds a third of the right answers for unreadable, unique texts, and no more
// than one accepted answer to each rephrasing.
struct everything {
  rehearsal run;
  std::unique_ptr<mock::server> judge;
  flags with;

  explicit everything(const mock::options& provider) : run(records, provider) {
    mock::options unsure;
    unsure.plain = true;
    unsure.wrong = 0.3;
    unsure.latency_ms = provider.latency_ms;
    judge = std::move(mock::server::start(unsure)).value();
    std::string second = second_step;
    second.pop_back();
    with = with_steps(
        first_step,
        fmt::format(
            "{}, evaluate: [{{json_field: {{path: answer}}}}, {{judge: {{model: {{provider: "
            "openai, model: j, base_url: \"{}\", concurrency: 8}}, prompt: \"What is 1 + "
            "0? {{{{completion}}}}\", scale: [0, 1]}}, decides: true}}], filter: {{unique: "
            "{{}}}}}}",
            second, judge->base_url()));
  }

  // Replies that the judge owes: three for what it cannot say.
  std::uint64_t judged() const {
    std::uint64_t sum = 0;
    for (const engine::sample& one : read_ledger(run.path(ledger)).samples) {
      for (const engine::evaluation& said : one.evaluations) {
        if (said.name == "judge") sum += said.score ? 1 : 3;
      }
    }
    return sum;
  }
  std::vector<std::string> completions() const {
    std::vector<std::string> out;
    for (const std::string& line : run.sorted_lines(training)) {
      const auto begin = line.find("\"completion\":");
      out.push_back(line.substr(begin, line.find(",\"metadata\"") - begin));
    }
    std::ranges::sort(out);
    return out;
  }
};

std::size_t count_in(const rehearsal& of, const char* file, const std::string& what) {
  return static_cast<std::size_t>(std::ranges::count_if(
      of.sorted_lines(file), [&](const auto& line) { return line.find(what) != line.npos; }));
}

}  // namespace

TEST_CASE("each answer of a step is gone on from until it is right, by no request too many") {
  const rehearsal all(records, noisy());
  const truth expected = truth_of(records);
  check_done(all.run(with_steps()));
  CHECK(keys_in(all) == expected.asked);
  CHECK(all.seen().requests == expected.asked.size());
  CHECK(expected.right > records);
  CHECK(all.sorted_lines(training).size() == expected.right);
  CHECK(count_in(all, training, "You said") == expected.right);  // the last step's alone
  check_done(all.run(with_steps()));                             // nothing is left to be asked
  CHECK(all.seen().requests == expected.asked.size());
}

TEST_CASE("killed again and again, steps go on from what was committed, and end the same") {
  const rehearsal calm(records, noisy()), killed(records, noisy(5));
  check_done(calm.run(with_steps()));
  kill_at_times(killed, with_steps(), 12, 60);
  check_done(killed.run(with_steps()));
  CHECK(keys_in(killed) == truth_of(records).asked);  // nothing twice
  CHECK(killed.sorted_lines(training) == calm.sorted_lines(training));
  CHECK(killed.sorted_lines(rejected) == calm.sorted_lines(rejected));
}

TEST_CASE("the best of a step alone is handed on, the same whether the run was killed or not") {
  const std::string best =
      "{name: rephrase, prompt: {user: \"{{question}}\"}, samples: {n: 3, keep: best}, filter: "
      "{only_correct: false}}";
  const rehearsal calm(records, noisy()), killed(records, noisy(5));
  check_done(calm.run(with_steps(best)));
  kill_at_times(killed, with_steps(best), 8, 60);
  check_done(killed.run(with_steps(best)));
  std::map<std::uint64_t, std::set<std::uint32_t>> branches;
  for (const auto& [ordinal, step, from, k] : keys_in(killed)) {
    if (step == 1) branches[ordinal].insert(from);
  }
  CHECK(branches.size() == records);
  for (const auto& [ordinal, from] : branches) CHECK(from.size() == 1);
  CHECK(keys_in(killed) == keys_in(calm));
  CHECK(killed.sorted_lines(training) == calm.sorted_lines(training));
}

TEST_CASE("a record of which a step keeps nothing ends there, and its file says why") {
  const rehearsal all(records, noisy());
  const std::string judged =
      "{name: draft, prompt: {user: \"{{question}}\"}}, {name: solve, prompt: {user: "
      "\"{{question}} {{steps.draft.json.answer}}\"}}";
  const flags with = {"--set", fmt::format("steps=[{}]", judged)};
  check_done(all.run(with));
  const std::size_t wrong = count_wrong(records, noisy());
  REQUIRE(wrong > 0);
  CHECK(count_in(all, rejected, "\"step\":\"draft\"") == wrong);
  CHECK(all.seen().requests == records + (records - wrong));
  CHECK(all.sorted_lines(training).size() + all.sorted_lines(rejected).size() == records);
}

TEST_CASE("a dialogue is steps whose messages hold earlier answers") {
  const rehearsal all(3);
  const std::string steps =
      "{name: one, prompt: {user: \"{{question}}\"}}, {name: two, prompt: {messages: [{role: user, "
      "content: \"{{question}}\"}, {role: assistant, content: \"{{steps.one.text}}\"}, {role: "
      "user, "
      "content: \"Again: {{question}}\"}]}}, {name: three, prompt: {user: \"{{question}} "
      "{{steps.one.json.answer}} {{steps.two.text}}\"}}";
  check_done(all.run({"--set", fmt::format("steps=[{}]", steps)}));
  const auto samples = read_ledger(all.path(ledger)).samples;
  REQUIRE(samples.size() == 9);
  std::size_t seen = 0;
  for (const engine::sample& one : samples) {
    const std::string right = right_answer(one.key.ordinal);
    if (one.step == "two") {
      REQUIRE(one.messages.size() == 3);
      CHECK(one.messages[1].content == fmt::format("{{\"answer\": \"{}\"}}", right));
      ++seen;
    }
    if (one.step == "three") {
      CHECK(one.messages.at(0).content ==
            fmt::format("{} {} {{\"answer\": \"{}\"}}", question(one.key.ordinal), right, right));
      ++seen;
    }
  }
  CHECK(seen == 6);
  CHECK(all.sorted_lines(training).size() == 3);
}

TEST_CASE("an answer that a later prompt cannot use fails that prompt without a request") {
  const rehearsal all(4);
  const std::string second =
      "{name: solve, prompt: {user: \"{{question}} {{steps.rephrase.json.nothing}}\"}}";
  const outcome left = all.run(with_steps(first_step, second));
  INFO(left.output << left.errors);
  CHECK(left.status == 1);
  CHECK(all.seen().requests == 12);
  CHECK(left.errors.find("bad_request: prompt: the field \"steps.rephrase.json\" has no "
                         "\"nothing\"") != std::string::npos);
  CHECK(keys_in(all).size() == 24);
  const outcome again = all.run(with_steps(first_step, second));
  CHECK(again.status == 1);
  CHECK(all.seen().requests == 12);
}

TEST_CASE("a row that a later prompt cannot take is a bad one before anything is paid for") {
  const rehearsal all(4);
  const outcome left =
      all.run(with_steps(first_step, "{name: b, prompt: {user: \"{{missing}}\"}}"));
  CHECK(left.status == 2);
  CHECK_MESSAGE(left.errors.find("the record has no field \"missing\"") != std::string::npos,
                left.errors);
  CHECK(all.seen().requests == 0);
}

TEST_CASE("what a step hands on may not change under a run, and the last one may ask for more") {
  const rehearsal all(6, noisy());
  check_done(all.run(with_steps()));
  const std::uint64_t asked = all.seen().requests;
  flags with = with_steps();
  with.insert(with.end(), {"--set", "steps.0.samples.n=4"});
  const outcome refused = all.run(with);
  CHECK(refused.status == 2);
  CHECK_MESSAGE(refused.errors.find("steps.0.samples.n was \"3\", now \"4\"") != std::string::npos,
                refused.errors);
  CHECK(all.seen().requests == asked);
  with = with_steps();
  with.insert(with.end(), {"--set", "steps.1.samples.n=9"});
  const std::size_t before = all.sorted_lines(training).size();
  check_done(all.run(with));
  CHECK(all.seen().requests > asked);
  CHECK(all.sorted_lines(training).size() > before);
  keys_in(all);
}

TEST_CASE("another judgement of the last step goes on from the answers that are there") {
  const rehearsal all(10, noisy());
  check_done(all.run(with_steps()));
  const std::uint64_t asked = all.seen().requests;
  flags with = with_steps();
  with.insert(with.end(), {"--set", "steps.1.filter={only_correct: false}"});
  check_done(all.run(with));
  CHECK(all.seen().requests == asked);
  const std::size_t solved = count_in(all, ledger, "\"step\":\"solve\"");
  CHECK(all.sorted_lines(training).size() == solved);
  CHECK(all.sorted_lines(rejected).empty());
}

TEST_CASE("a judge that comes later to the last step sees the rows of records that are over") {
  const rehearsal all(10, noisy());
  check_done(all.run(with_steps()));
  mock::options plain;
  plain.plain = true;
  const auto judge = std::move(mock::server::start(plain)).value();
  std::string second = second_step;
  second.pop_back();
  second += fmt::format(
      ", evaluate: [{{json_field: {{path: answer}}, decides: true}}, {{judge: {{model: {{provider: "
      "openai, model: "
      "j, base_url: \"{}\"}}, prompt: \"{{{{question}}}} {{{{completion}}}}\", scale: [0, 100]}}, "
      "decides: true, threshold: 0.01}}]}}",
      judge->base_url());
  const std::size_t accepted = all.sorted_lines(training).size();
  check_done(all.run(with_steps(first_step, second)));
  CHECK(judge->snapshot().answered == accepted);
  CHECK(all.sorted_lines(training).size() == accepted);
}

TEST_CASE("a hundred kills of a run with steps, a judge, unique texts and until_accepted at once") {
  const std::size_t kills = wanted_kills(100);
  const everything calm(noisy()), killed(noisy(5));
  check_done(calm.run.run(calm.with));
  kill_at_times(killed.run, killed.with, kills, 12);
  check_done(killed.run.run(killed.with));
  // Nothing twice that was committed: a second answer would have a second line.
  CHECK(keys_in(killed.run).size() >= records);
  CHECK(calm.judge->snapshot().answered == calm.judged());
  const auto completions = calm.completions();
  CHECK(killed.completions() == completions);
  CHECK(completions.size() > records / 2);
  CHECK(completions.size() < records);  // the judge keeps some out
  CHECK(std::set(completions.begin(), completions.end()).size() == completions.size());
  const std::string once = killed.run.content(training);
  flags exported = {"export", "run.yaml"};
  exported.insert(exported.end(), killed.with.begin(), killed.with.end());
  check_done(finish(killed.run.start(exported)));
  CHECK(killed.run.content(training) == once);
}

TEST_CASE("models, unique texts and judges of its own: a step has what it says") {
  const rehearsal all(8);
  const auto other = std::move(mock::server::start({})).value();
  all.files().file("other.pem", other->ca_pem());
  const std::string first = fmt::format(
      "{{name: rephrase, prompt: {{user: \"{{{{question}}}}\"}}, samples: {{n: 3}}, models: "
      "[{{provider: openai, model: other, base_url: \"{}\", ca_file: other.pem}}], evaluate: "
      "[{{judge: {{model: {{provider: openai, model: judge, base_url: \"{}\", ca_file: "
      "other.pem}}, "
      "prompt: \"What is 1 + 0? {{{{completion}}}}\", scale: [0, 1]}}}}], filter: {{unique: "
      "{{}}}}}}",
      other->base_url(), other->base_url());
  check_done(all.run(with_steps(first)));
  const auto samples = read_ledger(all.path(ledger)).samples;
  std::map<std::string, std::size_t> by_step;
  for (const engine::sample& one : samples) {
    ++by_step[one.step];
    if (one.step != "rephrase") continue;
    REQUIRE(one.evaluations.size() == 1);
    CHECK(one.evaluations[0].name == "judge");
  }
  CHECK(by_step["rephrase"] == 24);
  CHECK(by_step["solve"] == 8);  // of three equal answers one is handed on
  CHECK(all.seen().requests == 8);
  CHECK(other->snapshot().requests == 48);
  CHECK(count_in(all, rejected, "\"reason\":\"duplicate\"") == 16);
  CHECK(count_in(all, rejected, "\"model\":\"other\"") == 16);
}

TEST_CASE("what is wrong with steps is found by check and at the start, and nothing is sent") {
  const rehearsal all(3);
  const struct {
    const char* steps;
    const char* told;
  } table[] = {
      {"[]", "steps is empty"},
      {"[{name: a, prompt: {user: \"{{steps.b.text}}\"}}, {name: b, prompt: {user: x}}]",
       "steps[0].prompt: {{steps.b.text}} is of the step \"b\", which comes later"},
      {"[{name: a}, {name: b, prompt: {user: \"{{steps.c.text}}\"}}]",
       "steps[1].prompt: {{steps.c.text}} names no step"},
      {"[{name: a}, {name: a}]", "as that of steps.0 is"},
      {"[{name: a, budget: {usd: 1}}]", "unknown key \"budget\" in steps.0"},
      {"[{name: a, prompt: {user: \"{{#x}}\"}}]", "prompt.user: 1:1: the section"},
      {"[{name: a}, {name: b, evaluate: [{judge: {model: {provider: mock}, scale: [0, 1], prompt: "
       "\"{{completion}} {{steps.a.text}}\"}}]}]",
       "judge.prompt: {{steps.a.text}} names a step, whose answers only prompts have"},
  };
  for (const auto& row : table) {
    CAPTURE(row.steps);
    for (const char* verb : {"check", "run"}) {
      const outcome told =
          finish(all.start({verb, "run.yaml", "--set", fmt::format("steps={}", row.steps)}));
      CHECK(told.status == 2);
      CHECK_MESSAGE(told.errors.find(row.told) != std::string::npos, told.errors);
    }
  }
  CHECK(all.seen().requests == 0);
}

TEST_CASE("check counts the requests of each step, at least and at most") {
  const rehearsal all(10);
  flags words = {"check", "run.yaml"};
  for (const std::string& one : with_steps()) words.push_back(one);
  const outcome told = finish(all.start(words));
  INFO(told.output << told.errors);
  CHECK(told.status == 0);
  CHECK(told.output.find("step rephrase, model fake") != std::string::npos);
  CHECK(told.output.find("plan: 30 to 150 samples") != std::string::npos);
  CHECK(told.output.find("  30 requests") != std::string::npos);
  CHECK(told.output.find("  0 to 120 requests") != std::string::npos);
}
