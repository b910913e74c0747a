// Answers that other models, programs and tests judge, in whole runs: real processes, a provider
// that is asked for answers and another that judges them.
#include <doctest/doctest.h>
#include <fmt/format.h>
#include <signal.h>

#include <algorithm>
#include <array>
#include <random>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "engine/judging/fenced_text.hpp"
#include "io/base/json_writer.hpp"
#include "tests/support/eventually.hpp"
#include "tests/support/ledger_samples.hpp"
#include "tests/support/questions.hpp"
#include "tests/support/rehearsal.hpp"

using namespace retort;
using namespace retort::test;

namespace {

using flags = std::vector<std::string>;
constexpr char ledger[] = "run/ledger.jsonl";
constexpr char training[] = "run/finetuning_data.jsonl";
constexpr char rejects[] = "run/finetuning_data.rejected.jsonl";

// A judge's verdict on the n-th question's answer, 5 and more of which is good.
std::string verdict_on(std::size_t n) {
  return n % 5 == 4 ? "I cannot say" : n % 2 == 0 ? "Verdict: 9/10" : "2";
}

// A judge of a rehearsal, and the evaluator that asks it.
class judge_rig {
 public:
  explicit judge_rig(const rehearsal& of, std::size_t records, mock::options chosen = {}) {
    std::string rows;
    for (std::size_t n = 0; n < records; ++n) {
      rows += fmt::format("{{\"question\": \"{}\", \"verdict\": \"{}\"}}\n", question(n),
                          verdict_on(n));
    }
    chosen.replay = of.files().file("verdicts.jsonl", rows);
    chosen.match = "question";
    chosen.reply = "verdict";
    start(chosen);
  }
  void start(mock::options chosen) {
    if (server_) chosen.port = server_->port();
    server_.reset();
    chosen.plain = true;
    chosen_ = chosen;
    server_ = std::move(mock::server::start(chosen)).value();
  }
  mock::options chosen() const { return chosen_; }
  mock::counters seen() const { return server_->snapshot(); }

  // Two of them, of which none decides.
  flags two_evaluators() const {
    flags both = evaluators();
    std::string& one = both[1];
    one.insert(one.find("threshold"), "decides: false, ");
    const std::string other = one.substr(one.find('{'), one.rfind(']') - one.find('{'));
    one.insert(one.rfind(']'), ", " + std::string(other).insert(1, "name: second, "));
    return both;
  }
  flags evaluators(const std::string& more = "") const {
    return {"--set",
            fmt::format("evaluate=[{{judge: {{model: {{provider: openai, model: j, base_url: "
                        "\"{}\", concurrency: 8}}, prompt: \"{{{{{{question}}}}}} "
                        "{{{{{{completion}}}}}}\", scale: [0, 10]{}}}, threshold: 0.5}}]",
                        server_->base_url(), more)};
  }

 private:
  mock::options chosen_;
  std::unique_ptr<mock::server> server_;
};

flags with(flags a, const flags& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

std::size_t count_if(std::size_t records, bool (*what)(std::size_t)) {
  std::size_t sum = 0;
  for (std::size_t n = 0; n < records; ++n) sum += what(n);
  return sum;
}

std::size_t unreadable(std::size_t records) {
  return count_if(records, [](std::size_t n) { return n % 5 == 4; });
}

std::size_t good(std::size_t records) {
  return count_if(records, [](std::size_t n) { return n % 5 != 4 && n % 2 == 0; });
}

std::size_t lines_in(const rehearsal& of, std::string_view file) {
  return of.sorted_lines(file).size();
}

// Samples that have such a line, or two: of while they waited, and of when the run ended.
std::size_t unjudged_in(const rehearsal& of) {
  std::set<std::uint64_t> out;
  for (const engine::sample& one : read_ledger(of.path(ledger)).samples) {
    if (one.is_unjudged) out.insert(one.key.ordinal);
  }
  return out.size();
}

// No answer was asked for that a process before had written down.
void check_paid_once(const rehearsal& of, std::size_t records) {
  for (std::size_t n = 0; n < records; ++n) {
    CAPTURE(n);
    CHECK(of.provider().answers_to(question(n)) == 1);
  }
}

// As one that nobody disturbed has them.
void check_views(const rehearsal& of, std::size_t records) {
  const rehearsal calm(records);
  const judge_rig judge(calm, records);
  REQUIRE(calm.run(judge.evaluators()).status == 0);
  for (const char* view : {training, rejects}) {
    CAPTURE(view);
    CHECK(of.sorted_lines(view) == calm.sorted_lines(view));
  }
}

}  // namespace

TEST_CASE("a judge's verdicts decide; an unreadable one is asked for again, then unscored") {
  constexpr std::size_t records = 40;
  const rehearsal run(records);
  const judge_rig judge(run, records);
  const outcome ended = run.run(judge.evaluators());
  INFO(ended.errors);
  CHECK(ended.status == 0);
  CHECK(lines_in(run, training) == good(records));
  CHECK(judge.seen().answered == records + 2 * unreadable(records));
  check_paid_once(run, records);
  std::size_t unscored = 0;
  for (const engine::sample& one : read_ledger(run.path(ledger)).samples) {
    REQUIRE(one.evaluations.size() == 1);
    const engine::evaluation& said = one.evaluations[0];
    CHECK(said.fingerprint != 0);
    REQUIRE(said.usage.has_value());
    CHECK(said.usage->input > 0);
    unscored += one.rejected == engine::reject_reason::unscored;
    if (one.verdict() == engine::verdict::accepted) CHECK(said.score == 0.9);
  }
  CHECK(unscored == unreadable(records));

  CHECK(run.run(judge.evaluators()).status == 0);  // nothing is asked twice
  CHECK(judge.seen().answered == records + 2 * unreadable(records));
}

TEST_CASE("a judge that compares is asked with either answer first, so a place is no advantage") {
  constexpr std::size_t records = 30;
  const rehearsal run(records);
  // Of three records, the first one's answer is the better, the second one's the worse, and of the
  // third's the judge prefers whatever stands first.
  std::string rows;
  const auto add = [&](char place, const std::string& other, char better) {
    std::string text;
    io::json_writer json(text);
    json.open_object();
    json.member("seen", fmt::format("{}: {}", place, engine::fence(other).text));
    json.member("better", fmt::format("The better answer is {}.", better));
    json.close_object();
    rows += text + "\n";
  };
  for (std::size_t n = 0; n < records; ++n) {
    const std::string other = "Not " + question(n);
    add('B', other, n % 3 == 1 ? 'B' : 'A');  // the completion stands first
    add('A', other, n % 3 == 0 ? 'B' : 'A');
  }
  mock::options chosen;
  chosen.plain = true;
  chosen.replay = run.files().file("preferences.jsonl", rows);
  chosen.match = "seen";
  chosen.reply = "better";
  const auto judge = mock::server::start(chosen).value();
  const outcome ended = run.run(
      {"--set", fmt::format("evaluate=[{{judge: {{model: {{provider: openai, model: j, base_url: "
                            "\"{}\"}}, prompt: \"A: {{{{first}}}} B: {{{{second}}}}\", "
                            "pairwise: \"Not {{{{question}}}}\"}}, threshold: 0.5}}]",
                            judge->base_url())});
  INFO(ended.errors);
  CHECK(ended.status == 0);
  CHECK(judge->snapshot().answered == 2 * records);
  for (const engine::sample& one : read_ledger(run.path(ledger)).samples) {
    CAPTURE(one.key.ordinal);
    REQUIRE(one.evaluations.size() == 1);
    CHECK(one.evaluations[0].score == std::array{1.0, 0.0, 0.5}[one.key.ordinal % 3]);
  }
}

TEST_CASE("how far several judges agree is told, the same after a resume and by export") {
  constexpr std::size_t records = 20;
  const rehearsal run(records);
  const judge_rig judge(run, records);
  const outcome first = run.run(judge.two_evaluators());
  INFO(first.output << first.errors);
  CHECK(first.status == 0);
  const auto told = fmt::format("the judges agree by 1.00 (Krippendorff's alpha) on {} samples\n",
                                records - unreadable(records));
  CHECK(first.output.find(told) != std::string::npos);
  CHECK(run.run(judge.two_evaluators()).output.find(told) != std::string::npos);
  flags exported = {"export", "run.yaml"};
  const outcome again = finish(run.start(with(exported, judge.two_evaluators())));
  CHECK((again.output + again.errors).find(told) != std::string::npos);
}

TEST_CASE("a judge that fails leaves answers to be judged, and they are asked for no more") {
  constexpr std::size_t records = 30;
  const rehearsal run(records);
  judge_rig judge(run, records);
  mock::options broken = judge.chosen();
  broken.error_500 = 0.5;
  judge.start(broken);
  const flags once = {"--set", "retry.attempts=1"};
  const outcome first = run.run(with(judge.evaluators(), once));
  INFO(first.errors);
  CHECK(first.status == 1);
  CHECK(first.errors.find("not judged q") != std::string::npos);
  const std::size_t left = unjudged_in(run);
  CHECK(left > 0);
  CHECK(lines_in(run, training) + lines_in(run, rejects) == records - left);

  broken.error_500 = 0;
  judge.start(broken);
  const outcome second = run.run(judge.evaluators());
  INFO(second.errors);
  CHECK(second.status == 0);
  check_paid_once(run, records);
  check_views(run, records);
}

TEST_CASE("a budget that ends before the judge leaves its answers to a resume, and counts once") {
  constexpr std::size_t records = 60;
  const rehearsal run(records);
  const judge_rig judge(run, records);
  const flags bounded = {"--set", "sampling.max_tokens=50", "--set",
                         "evaluate.0.judge.sampling.max_tokens=50"};
  const auto capped = [&](const char* tokens) {
    return run.run(with(with(judge.evaluators(), bounded),
                        {"--set", fmt::format("budget.tokens={}", tokens)}));
  };
  const outcome first = capped("4000");
  INFO(first.errors);
  CHECK(first.status == 75);
  const std::size_t written = read_ledger(run.path(ledger)).samples.size();
  CHECK(written > 0);
  CHECK(unjudged_in(run) > 0);
  const outcome second = capped("8000");
  INFO(second.errors);
  CHECK(second.status == 75);
  const outcome last = capped("1000000");
  INFO(last.errors);
  CHECK(last.status == 0);
  check_paid_once(run, records);

  std::int64_t tokens = 0;  // what the ledger says was used is what the summary says
  for (const engine::sample& one : read_ledger(run.path(ledger)).samples) {
    if (!one.is_earlier) tokens += one.completion.usage.input + one.completion.usage.output;
    for (const engine::evaluation& said : one.evaluations) {
      if (said.usage && !said.is_earlier) tokens += said.usage->input + said.usage->output;
    }
  }
  CHECK(last.output.find(fmt::format("budget: {} tokens", tokens)) != std::string::npos);
}

TEST_CASE("another prompt for the judge asks it alone, on the answers that are there") {
  constexpr std::size_t records = 30;
  const rehearsal run(records);
  const judge_rig judge(run, records);
  REQUIRE(run.run().status == 0);  // without a judge
  const outcome judged = run.run(judge.evaluators());
  INFO(judged.errors);
  CHECK(judged.status == 0);
  check_paid_once(run, records);
  check_views(run, records);
  const std::uint64_t asked = judge.seen().answered;
  CHECK(run.run(judge.evaluators(", votes: 2")).status == 0);
  CHECK(judge.seen().answered > asked);
  const std::uint64_t asked_again = judge.seen().answered;
  CHECK(run.run(judge.evaluators()).status == 0);  // those verdicts are still in the ledger
  CHECK(judge.seen().answered == asked_again);
  check_paid_once(run, records);
}

TEST_CASE("answers that wait for a judge are judged by what another config makes of their rows") {
  constexpr std::size_t records = 20;
  const flags other = {"--set", "dataset.id=question",    "--set", "reference.template=10",
                       "--set", "output.columns=[answer]"};
  for (const double share : {1.0, 0.5}) {
    CAPTURE(share);
    const rehearsal run(records), calm(records);
    judge_rig judge(run, records);
    mock::options broken = judge.chosen();
    broken.error_500 = share;
    judge.start(broken);
    CHECK(run.run(with(judge.evaluators(), {"--set", "retry.attempts=1"})).status != 0);
    CHECK((unjudged_in(run) == records) == (share == 1));
    REQUIRE(calm.run(other).status == 0);
    const auto check_same = [&](const outcome& ended) {
      INFO(ended.errors);
      CHECK(ended.status == 0);
      for (const char* view : {training, rejects}) {
        CHECK(run.sorted_lines(view) == calm.sorted_lines(view));
      }
    };
    const auto exported = [&] { return finish(run.start(with({"export", "run.yaml"}, other))); };
    check_same(exported());
    check_same(run.run(other));
    CHECK(run.seen().requests == records);
    run.files().file("questions.jsonl", question_rows(1, records + 1));
    CHECK(exported().status == 2);  // it is not the dataset that they answer
  }
}

TEST_CASE(
    "a row that another config cannot render is left out, whether it waits for a judge or not") {
  constexpr std::size_t records = 6;
  const rehearsal run(records);
  judge_rig judge(run, records);
  mock::options broken = judge.chosen();
  broken.error_500 = 1;
  judge.start(broken);
  CHECK(run.run(with(judge.evaluators(), {"--set", "retry.attempts=1"})).status != 0);
  const outcome ended =
      run.run({"--set", "reference.template={{missing}}", "--set", "dataset.on_error=skip"});
  INFO(ended.output << ended.errors);
  CHECK(ended.status == 0);
  CHECK(lines_in(run, training) + lines_in(run, rejects) == 0);
  CHECK(ended.errors.find("skipped questions.jsonl:6: ") != std::string::npos);
  CHECK(run.seen().requests == records);
}

TEST_CASE(
    "a vote that a judge has given is not asked for again, however often the run is stopped") {
  constexpr std::size_t records = 4;
  const rehearsal run(records);
  mock::options slow;
  slow.latency_ms = 200;
  const judge_rig judge(run, records, slow);
  const flags voting = judge.evaluators(", votes: 5");
  for (int stop = 0; stop < 3; ++stop) {
    const std::uint64_t enough = judge.seen().answered + records;
    child_process life = run.start_run(voting);
    REQUIRE(eventually([&] { return judge.seen().answered >= enough || !life.is_running(); }));
    life.signal(SIGTERM);
    const int status = life.wait();
    CHECK((status == 75 || status == 0));
  }
  const auto all = read_ledger(run.path(ledger)).samples;
  CHECK(std::ranges::any_of(all, [](const engine::sample& one) {
    return one.is_unjudged && !one.evaluations.at(0).votes.empty();
  }));
  const outcome last = run.run(voting);
  INFO(last.errors);
  CHECK(last.status == 0);
  CHECK(judge.seen().answered == 5 * records);
  CHECK(lines_in(run, training) == good(records));
  for (const engine::sample& one : read_ledger(run.path(ledger)).samples) {
    if (one.is_unjudged) continue;
    CHECK(one.evaluations.at(0).detail ==
          (one.key.ordinal % 2 == 0 ? "9, 9, 9, 9, 9" : "2, 2, 2, 2, 2"));
  }
  check_paid_once(run, records);
}

TEST_CASE("killed while it is judged, a run pays for nothing twice that was committed") {
  constexpr std::size_t records = 300;
  const rehearsal run(records);
  mock::options slow;
  slow.latency_ms = 10;
  slow.latency_sigma = 0.5;
  const judge_rig judge(run, records, slow);
  std::mt19937_64 random(std::random_device{}());
  std::vector<std::uint32_t> paid(records);
  for (int kill = 0; kill < 8; ++kill) {
    const std::uint64_t enough = judge.seen().answered + 1 + random() % 40;
    child_process life = run.start_run(judge.evaluators());
    REQUIRE(eventually([&] { return judge.seen().answered >= enough || !life.is_running(); }));
    life.signal(kill % 2 ? SIGKILL : SIGTERM);
    const int status = life.wait();
    CAPTURE(status);
    CHECK((status == 128 + SIGKILL || status == 75 || status == 0));  // 0: all was judged by then
    REQUIRE(eventually(
        [&] { return run.seen().open_connections + judge.seen().open_connections == 0; }));
    const auto kept = finished_samples(run.path(ledger));
    for (std::size_t n = 0; n < records; ++n) {
      const std::uint32_t now = run.provider().answers_to(question(n));
      CHECK(now - paid[n] <= 1);
      paid[n] = now;
    }
    for (const engine::sample& one : read_ledger(run.path(ledger)).samples) {
      CHECK(paid[one.key.ordinal] >= 1);
    }
  }
  std::vector<bool> has_answer(records);
  for (const engine::sample& one : read_ledger(run.path(ledger)).samples)
    has_answer[one.key.ordinal] = true;
  const outcome last = run.run(judge.evaluators());
  INFO(last.errors);
  CHECK(last.status == 0);
  for (std::size_t n = 0; n < records; ++n) {
    CAPTURE(n);
    CHECK(run.provider().answers_to(question(n)) - paid[n] == (has_answer[n] ? 0 : 1));
  }
  CHECK(finished_samples(run.path(ledger)).size() == records);
  check_views(run, records);
}

TEST_CASE("a run that is stopped while a judge is slow writes down what it has paid for") {
  constexpr std::size_t records = 20;
  const rehearsal run(records);
  mock::options slow;
  slow.latency_ms = 60'000;
  judge_rig judge(run, records, slow);
  child_process life = run.start_run(with(judge.evaluators(), {"--set", "grace_s=1"}));
  REQUIRE(eventually([&] { return run.seen().answered == records; }));
  life.signal(SIGTERM);
  CHECK(life.wait() == 75);
  CHECK(unjudged_in(run) == records);
  slow = judge.chosen();
  slow.latency_ms = 0;
  judge.start(slow);
  const outcome last = run.run(judge.evaluators());
  INFO(last.errors);
  CHECK(last.status == 0);
  check_paid_once(run, records);
  check_views(run, records);
}

TEST_CASE(
    "a kill while a judge is slow costs no answer that had waited for it, and counts none twice") {
  constexpr std::size_t records = 20;
  const rehearsal run(records);
  mock::options slow;
  slow.latency_ms = 60'000;
  judge_rig judge(run, records, slow);
  child_process life = run.start_run(judge.evaluators());
  REQUIRE(eventually([&] { return unjudged_in(run) == records; }));
  life.signal(SIGKILL);
  CHECK(life.wait() == 128 + SIGKILL);
  CHECK(lines_in(run, training) + lines_in(run, rejects) == 0);
  slow = judge.chosen();
  slow.latency_ms = 0;
  judge.start(slow);
  const outcome last = run.run(judge.evaluators());
  INFO(last.errors);
  CHECK(last.status == 0);
  check_paid_once(run, records);
  check_views(run, records);
}

TEST_CASE("a kill while the second of two judges is slow costs no verdict of the first") {
  constexpr std::size_t records = 20;
  const rehearsal run(records);
  const judge_rig quick(run, records);
  mock::options slow;
  slow.latency_ms = 60'000;
  judge_rig second(run, records, slow);
  std::string both = quick.evaluators()[1];
  const std::string other = second.evaluators()[1];
  both.insert(both.rfind(']'),
              ", {name: second, " +
                  other.substr(other.find('{') + 1, other.rfind(']') - other.find('{') - 1));
  const auto has_verdict = [](const engine::sample& one) {
    return one.is_unjudged &&
           std::ranges::any_of(one.evaluations, [](const engine::evaluation& made) {
             return made.usage.has_value();
           });
  };
  const auto judged_once = [&] {
    const auto all = read_ledger(run.path(ledger)).samples;
    return static_cast<std::size_t>(std::ranges::count_if(all, has_verdict));
  };
  child_process life = run.start_run({"--set", both});
  // What the first holds wrong, or cannot read, is over.
  REQUIRE(eventually([&] { return judged_once() == good(records); }));
  const std::uint64_t asked = quick.seen().requests;
  life.signal(SIGKILL);
  CHECK(life.wait() == 128 + SIGKILL);
  slow.latency_ms = 0;
  slow.replay = second.chosen().replay;
  slow.match = second.chosen().match;
  slow.reply = second.chosen().reply;
  second.start(slow);
  const outcome last = run.run({"--set", both});
  INFO(last.errors);
  CHECK(last.status == 0);
  CHECK(quick.seen().requests == asked);
  check_paid_once(run, records);
  CHECK(judged_once() == good(records));
}

TEST_CASE(
    "a run whose judge is slow has its answers in the ledger, and each counts once in the end") {
  constexpr std::size_t records = 12;
  const rehearsal run(records);
  mock::options slow;
  slow.latency_ms = 1500;
  const judge_rig judge(run, records, slow);
  const outcome ended = run.run(with(judge.evaluators(), {"--set", "samples.keep=best"}));
  INFO(ended.errors);
  CHECK(ended.status == 0);
  std::size_t judged_later = 0;
  const auto all = read_ledger(run.path(ledger)).samples;
  for (const engine::sample& one : all) {
    judged_later += one.is_earlier;
    if (one.is_unjudged) CHECK(one.has_more);
  }
  CHECK(judged_later > 0);
  CHECK(all.size() == records + judged_later);
  CHECK(unjudged_in(run) == judged_later);
  const rehearsal calm(records);
  const judge_rig quick(calm, records);
  const outcome at_once = calm.run(with(quick.evaluators(), {"--set", "samples.keep=best"}));
  const auto said = [](const outcome& of) {
    return of.output.substr(0, of.output.find("this process"));
  };
  CHECK(said(ended) == said(at_once));
  for (const char* view : {training, rejects}) {
    CHECK(run.sorted_lines(view) == calm.sorted_lines(view));
  }
}

TEST_CASE("a command of the user's scores, and the keys of the run are not in its environment") {
  constexpr std::size_t records = 20;
  const rehearsal run(records);
  run.files().file(
      "score.py",
      "import json, os, sys\n"
      "for line in sys.stdin:\n"
      "  asked = json.loads(line)\n"
      "  good = asked['reference'] in asked['completion'] and 'A_KEY' not in os.environ\n"
      "  print(json.dumps({'id': asked['id'], 'score': 1 if good else 0}))\n");
  const outcome ended = run.run({"--set", "evaluate=[{command: {run: [python3, score.py]}}]",
                                 "--set", "models.0.api_key_env=A_KEY"},
                                {{{"A_KEY", "sk-a-key-of-a-test"}}, {}});
  INFO(ended.errors);
  CHECK(ended.status == 0);
  CHECK(lines_in(run, training) == records);
}

TEST_CASE("a command that cannot start, or dies at once, ends a run") {
  const rehearsal run(20);
  const outcome missing = run.run({"--set", "evaluate=[{command: {run: [no-such-program-here]}}]"});
  CHECK(missing.status == 2);
  CHECK(missing.errors.find("no-such-program-here") != std::string::npos);
  CHECK(run.seen().requests == 0);
  const outcome dies = run.run({"--set", "evaluate=[{command: {run: [\"false\"]}}]"});
  INFO(dies.errors);
  CHECK(dies.status == 2);
  CHECK(unjudged_in(run) > 0);
}

TEST_CASE("hostile code in a run is rejected, and nothing of it is left behind") {
  const std::vector<std::string> programs = {
      "import os\nwhile True: os.fork()",
      "while True: pass",
      "print('x' * 10**9)",
      "import os\nassert 'A_KEY' in os.environ",
      "print(open('/etc/shadow').read())",
      "import socket\nsocket.create_connection(('127.0.0.1', 80), 2)",
      "import subprocess\nsubprocess.Popen(['sleep', '4711'])\nassert False",
      "x = bytearray(10**10)"};
  const std::size_t records = 3 * programs.size();
  const rehearsal run(records);
  std::string rows;
  for (std::size_t n = 0; n < records; ++n) {
    std::string code;
    io::append_json_string(code, programs[n % programs.size()]);
    rows += fmt::format("{{\"question\": \"{}\", \"code\": {}}}\n", question(n), code);
  }
  mock::options hostile;
  hostile.replay = run.files().file("code.jsonl", rows);
  hostile.match = "question";
  hostile.reply = "code";
  hostile.plain = true;
  const auto provider = std::move(mock::server::start(hostile)).value();
  const outcome ended = run.run(
      {"--set", fmt::format("models.0.base_url={}", provider->base_url()), "--set",
       "evaluate=[{code: {tests: \"assert {{answer}} > 0\", timeout_s: 1, memory_mb: 256}}]"});
  INFO(ended.errors);
  CHECK(ended.status == 0);
  CHECK(lines_in(run, training) == 0);
  for (const engine::sample& one : read_ledger(run.path(ledger)).samples) {
    CAPTURE(one.completion.text);
    if (one.is_unjudged) continue;  // kept while it waited for the sandbox
    CHECK(one.rejected == engine::reject_reason::incorrect);
  }
  command look;
  look.words = {"/usr/bin/pgrep", "-f", "sleep 4711"};
  look.directory = run.files().path();
  look.output = run.path("pgrep.output");
  look.errors = run.path("pgrep.errors");
  child_process looked(look);
  CHECK(looked.wait() == 1);
}

TEST_CASE("what is wrong with a costly evaluator is found before anything is sent") {
  const rehearsal run(3);
  const struct {
    const char* evaluate;
    const char* told;
  } table[] = {
      {"[{judge: {model: {provider: mock}, prompt: \"{{completion}}\"}}]", "scale needs"},
      {"[{judge: {model: {provider: mock}, prompt: \"{{completion}}\", scale: [3, 1]}}]",
       "scale needs"},
      {"[{judge: {model: {provider: mock}, prompt: \"{{#completion}}\", scale: [0, 1]}}]",
       "judge.prompt: "},
      {"[{judge: {prompt: \"{{completion}}\", scale: [0, 1]}}]",
       "judge.model.provider is required"},
      {"[{code: {tests: \"{{#x}}\"}}]", "code.tests: "},
      {"[{scores: {path: nowhere.jsonl}}]", "nowhere.jsonl"},
      {"[{judge: {model: {provider: mock, endpoints: []}, prompt: \"{{completion}}\", scale: [0, "
       "1]}}]",
       "unknown key \"endpoints\""},
  };
  for (const auto& row : table) {
    CAPTURE(row.evaluate);
    const std::string set = fmt::format("evaluate={}", row.evaluate);
    for (const char* verb : {"check", "run"}) {
      const outcome told = finish(run.start({verb, "run.yaml", "--set", set}));
      CHECK(told.status == 2);
      CHECK_MESSAGE(told.errors.find(row.told) != std::string::npos, told.errors);
    }
  }
  CHECK(run.seen().requests == 0);
}

TEST_CASE("an export takes a judge's verdicts from the ledger where they hold, and asks nobody") {
  constexpr std::size_t records = 40;
  const rehearsal all(records);
  const judge_rig judge(all, records);
  REQUIRE(all.run(judge.evaluators()).status == 0);
  const auto asked = judge.seen().requests;
  const std::string kept = all.content(training), rejected = all.content(rejects);
  const auto export_with = [&](const flags& more) {
    return finish(all.start(with({"export", "run.yaml"}, more)));
  };
  CHECK(export_with(judge.evaluators()).status == 0);
  CHECK(all.content(training) == kept);
  CHECK(all.content(rejects) == rejected);
  flags strict = judge.evaluators();
  strict.back().replace(strict.back().find("threshold: 0.5"), 14, "threshold: 0.95");
  const outcome held = export_with(strict);
  CHECK(held.status == 0);
  CHECK(held.output.find("0 accepted") != std::string::npos);

  const flags other = judge.evaluators(", pattern: \"([0-9]+)\"");
  const outcome shown = export_with(with(other, {"--diff"}));
  CHECK(shown.status == 0);
  CHECK(shown.output.find(fmt::format("\n  {}: accepted, now unscored\n", good(records))) !=
        std::string::npos);
  const outcome changed = export_with(other);
  INFO(changed.errors);
  CHECK(changed.status == 1);  // as many samples as a run would call failed
  CHECK(changed.output.find(fmt::format("{} of the failed are unscored", records)) !=
        std::string::npos);
  CHECK(all.content(training).empty());
  CHECK(judge.seen().requests == asked);

  CHECK(all.run(other).status == 0);  // which asks
  CHECK(judge.seen().requests > asked);
  CHECK(lines_in(all, training) == good(records));
  const std::string judged = all.content(training);
  CHECK(export_with(other).status == 0);
  CHECK(all.content(training) == judged);
}
