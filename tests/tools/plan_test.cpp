// Records that are asked until an answer is right: as many requests as that takes and not one more,
// also when the run is killed on the way.
#include <doctest/doctest.h>
#include <fmt/format.h>
#include <signal.h>

#include <algorithm>
#include <map>
#include <numeric>
#include <random>
#include <vector>

#include "tests/support/eventually.hpp"
#include "tests/support/ledger_samples.hpp"
#include "tests/support/questions.hpp"
#include "tests/support/rehearsal.hpp"
#include "tools/mock/answers/answers.hpp"

using namespace retort;
using namespace retort::test;

namespace {

using flags = std::vector<std::string>;
constexpr char ledger[] = "run/ledger.jsonl";
constexpr std::size_t records = 400;
constexpr std::uint64_t seed = 5;

const flags until_right = {"--set", "samples.n=3",        "--set", "samples.until_accepted=1",
                           "--set", "samples.parallel=1", "--set", "sampling.seed=5"};

mock::options noisy() {
  mock::options chosen;
  chosen.wrong = 0.5;
  return chosen;
}

// What one record must come to: by how many requests, and whether the last was right.
struct truth {
  std::size_t requests = 0;
  bool is_right = false;
};

truth truth_of(const mock::answer_source& answer, std::size_t n) {
  truth out;
  while (!out.is_right && out.requests < 3) {
    const auto said = answer(question(n), seed + out.requests++);
    out.is_right = said == fmt::format("{{\"answer\": \"{}\"}}", right_answer(n));
  }
  return out;
}

std::vector<truth> truths() {
  const auto answer = mock::make_answer_source(noisy()).value();
  std::vector<truth> out;
  for (std::size_t n = 0; n < records; ++n) out.push_back(truth_of(answer, n));
  return out;
}

std::size_t needed_requests(const std::vector<truth>& of) {
  std::size_t sum = 0;
  for (const truth& one : of) sum += one.requests;
  return sum;
}

// The ledger is that of a run that asked for what was needed, each sample once.
void check_samples(const rehearsal& of, const std::vector<truth>& expected) {
  std::map<std::uint64_t, std::vector<std::uint32_t>> asked;
  std::map<std::uint64_t, std::uint32_t> accepted;
  for (const engine::sample& one : read_ledger(of.path(ledger)).samples) {
    asked[one.key.ordinal].push_back(one.key.k);
    if (one.verdict() == engine::verdict::accepted) ++accepted[one.key.ordinal];
  }
  for (std::size_t n = 0; n < expected.size(); ++n) {
    CAPTURE(n);
    std::vector<std::uint32_t> ks(expected[n].requests);
    std::iota(ks.begin(), ks.end(), 0);
    CHECK(asked[n] == ks);
    CHECK(accepted[n] == expected[n].is_right);
  }
}

}  // namespace

TEST_CASE("what is asked until it is right takes the requests that are needed, and no more") {
  const rehearsal all(records, noisy());
  const auto expected = truths();
  const outcome left = all.run(until_right);
  INFO(left.output << left.errors);
  CHECK(left.status == 0);
  CHECK(all.seen().requests == needed_requests(expected));
  check_samples(all, expected);
  const auto right = static_cast<std::size_t>(std::ranges::count_if(expected, &truth::is_right));
  CHECK(right > records / 2);
  CHECK(all.sorted_lines("run/finetuning_data.jsonl").size() == right);
  CHECK(all.run(until_right).status == 0);  // nothing is left to be asked
  CHECK(all.seen().requests == needed_requests(expected));
}

TEST_CASE("killed again and again it asks for what is left, and nothing twice that was committed") {
  constexpr std::size_t kills = 12;
  mock::options chosen = noisy();
  chosen.latency_ms = 5;
  const rehearsal all(records, chosen);
  std::mt19937 random(7);
  for (std::size_t i = 0; i < kills; ++i) {
    const std::uint64_t before = all.seen().requests;
    child_process one = all.start_run(until_right);
    const std::uint64_t more = 1 + random() % 40;
    REQUIRE(eventually([&] { return all.seen().requests >= before + more || !one.is_running(); }));
    one.signal(SIGKILL);
    one.wait();
  }
  const auto expected = truths();
  CHECK(all.run(until_right).status == 0);
  check_samples(all, expected);  // what was committed and asked again would be there twice
}

namespace {

// How often each answer is given to a question.
std::map<std::string, std::size_t> votes_on(const mock::answer_source& answer, std::size_t n,
                                            std::size_t asked) {
  std::map<std::string, std::size_t> votes;
  for (std::size_t k = 0; k < asked; ++k) ++votes[answer(question(n), seed + k).value()];
  return votes;
}

}  // namespace

TEST_CASE("without a reference the answer that most give is kept") {
  const rehearsal all(records / 4, noisy());
  flags majority = {"--set", "samples.n=5",
                    "--set", "sampling.seed=5",
                    "--set", "reference.template='{{#none}}{{/none}}'",
                    "--set", "samples.keep=majority"};
  const outcome left = all.run(majority);
  INFO(left.output << left.errors);
  CHECK(left.status == 0);
  const auto answer = mock::make_answer_source(noisy()).value();
  std::size_t kept = 0;
  for (std::size_t n = 0; n < records / 4; ++n) {
    const auto votes = votes_on(answer, n, 5);
    kept += std::ranges::max_element(votes, {}, [](const auto& one) { return one.second; })->second;
  }
  CHECK(all.sorted_lines("run/finetuning_data.jsonl").size() == kept);
  CHECK(all.sorted_lines("run/finetuning_data.rejected.jsonl").size() == records / 4 * 5 - kept);
  const std::uint64_t asked = all.seen().requests;
  majority.back() = "samples.keep=all";  // the reference is needed again, and every answer is wrong
  CHECK(all.run(majority).status == 0);
  CHECK(all.sorted_lines("run/finetuning_data.jsonl").empty());
  CHECK(all.seen().requests == asked);
}

TEST_CASE("records are made from nothing, the same again after a kill, and more of them later") {
  mock::options chosen;
  chosen.latency_ms = 5;
  const rehearsal undisturbed(1), killed(1, chosen);
  const auto made = [](std::size_t n, std::string_view answers) {
    return flags{"--set",
                 fmt::format("dataset={{generate: {}, sample: {{question: {{file: topics.txt}}, "
                             "answer: {}}}}}",
                             n, answers),
                 "--set", "evaluate=[refusal]"};
  };
  const std::string topics = "\xef\xbb\xbfThe \"sea\"\r\n\nthe sky\nthe rain";
  undisturbed.files().file("topics.txt", topics);
  killed.files().file("topics.txt", topics);
  const outcome left = undisturbed.run(made(100, "[1, 2]"));
  INFO(left.errors);
  CHECK(left.status == 0);
  std::mt19937 random(3);
  for (std::size_t i = 0; i < 4; ++i) {
    child_process one = killed.start_run(made(100, "[1, 2]"));
    const std::uint64_t enough = killed.seen().requests + 1 + random() % 20;
    REQUIRE(eventually([&] { return killed.seen().requests >= enough || !one.is_running(); }));
    one.signal(SIGKILL);
    one.wait();
  }
  CHECK(killed.run(made(100, "[1, 2]")).status == 0);
  constexpr char kept[] = "run/finetuning_data.jsonl";
  const auto lines = killed.sorted_lines(kept);
  CHECK(lines.size() == 100);
  CHECK(lines == undisturbed.sorted_lines(kept));
  CHECK(lines.front().starts_with(R"({"prompt":"The \"sea\"","completion":)"));
  CHECK(undisturbed.run(made(110, "[1, 2]")).status == 0);
  CHECK(undisturbed.seen().requests == 110);
  const outcome others = undisturbed.run(made(110, "[1, 3]"));
  CHECK(others.status == 2);
  CHECK(others.errors.find("dataset.generate:") != std::string::npos);
  CHECK(undisturbed.run({"--set", "dataset={generate: 1, sample: {question: {file: none.txt}}}"})
            .errors.find("dataset.sample.question: none.txt: ") != std::string::npos);
}

TEST_CASE("the best of each record is kept, the same whether the run was killed or not") {
  constexpr std::size_t kills = 6;
  flags best = {"--set", "samples.n=3", "--set", "samples.keep=best", "--set", "sampling.seed=5"};
  best.insert(best.end(), {"--set", "vary.sampling.temperature=[0.2, 0.9]"});
  mock::options chosen = noisy();
  chosen.latency_ms = 5;
  const rehearsal undisturbed(records / 4, noisy()), killed(records / 4, chosen);
  const outcome left = undisturbed.run(best);
  INFO(left.output << left.errors);
  CHECK(left.status == 0);
  std::mt19937 random(11);
  for (std::size_t i = 0; i < kills; ++i) {
    const std::uint64_t before = killed.seen().requests;
    child_process one = killed.start_run(best);
    const std::uint64_t more = 1 + random() % 60;
    REQUIRE(
        eventually([&] { return killed.seen().requests >= before + more || !one.is_running(); }));
    one.signal(SIGKILL);
    one.wait();
  }
  CHECK(killed.run(best).status == 0);
  constexpr char kept[] = "run/finetuning_data.jsonl";
  constexpr char rejected[] = "run/finetuning_data.rejected.jsonl";
  const auto lines = killed.sorted_lines(kept);
  CHECK(lines == undisturbed.sorted_lines(kept));
  CHECK(killed.sorted_lines(rejected) == undisturbed.sorted_lines(rejected));
  std::map<std::uint64_t, std::size_t> accepted;
  for (const engine::sample& one : read_ledger(killed.path(ledger)).samples) {
    accepted[one.key.ordinal] += one.verdict() == engine::verdict::accepted;
  }
  const auto some = std::ranges::count_if(accepted, [](const auto& of) { return of.second > 0; });
  CHECK(some > 0);
  CHECK(lines.size() == static_cast<std::size_t>(some));
  for (const std::string& line : lines) CHECK(line.find("\"temperature\":0.2") != line.npos);
  // Kept otherwise without a request, and the same again.
  const std::uint64_t asked = killed.seen().requests;
  CHECK(killed
            .run({"--set", "samples.n=3", "--set", "sampling.seed=5", "--set",
                  "vary.sampling.temperature=[0.2, 0.9]"})
            .status == 0);
  CHECK(killed.sorted_lines(kept).size() > lines.size());
  CHECK(killed.run(best).status == 0);
  CHECK(killed.sorted_lines(kept) == lines);
  CHECK(killed.seen().requests == asked);
}

namespace {

constexpr const char* of_records[] = {"reward", "preference", "unpaired"};

flags with_views_of_records(flags more) {
  const std::string outputs =
      "outputs=[{path: reward.jsonl, format: reward, order: dataset}, "
      "{path: preference.jsonl, format: preference, pairs: 5, order: dataset}, "
      "{path: unpaired.jsonl, format: unpaired, order: dataset}]";
  more.insert(more.end(), {"--set", "output=", "--set", outputs, "--set", "sampling.seed=5",
                           "--set", "vary.sampling.temperature=[0.2, 0.9]"});
  return more;
}

flags behind(flags words, const flags& more) {
  words.insert(words.end(), more.begin(), more.end());
  return words;
}

std::map<std::string, std::string> views_of_records(const rehearsal& of) {
  std::map<std::string, std::string> out;
  for (const std::string name : of_records) out[name] = of.content(name + ".jsonl");
  return out;
}

void check_done(const outcome& left) {
  INFO(left.output << left.errors);
  CHECK(left.status == 0);
}

}  // namespace

TEST_CASE("what records come to is the same of one process, of shards, and in an export") {
  const flags until = with_views_of_records(
      {"--set", "samples.n=3", "--set", "samples.until_accepted=1", "--set", "samples.parallel=1"});
  const rehearsal one(records / 4, noisy()), shards(records / 4, noisy());
  check_done(one.run(until));
  const auto made = views_of_records(one);
  CHECK(made.at("reward").find("0.333") != std::string::npos);  // the third of three
  check_done(finish(one.start(behind({"export", "run.yaml"}, until))));
  CHECK(views_of_records(one) == made);
  for (const char* which : {"0/2", "1/2"})
    check_done(shards.run(behind(until, {"--shard", which})));
  check_done(finish(shards.start({"merge", "run"})));
  CHECK(views_of_records(shards) == made);
}

TEST_CASE("a plan that asks for less makes the same of the samples that are there") {
  const rehearsal all(records / 4, noisy());
  const flags whole = with_views_of_records({"--set", "samples.n=3"});
  check_done(all.run(whole));
  const auto made = views_of_records(all);
  const std::uint64_t asked = all.seen().requests;
  const flags until = behind(whole, {"--set", "samples.until_accepted=1"});
  check_done(finish(all.start(behind({"export", "run.yaml"}, until))));
  CHECK(views_of_records(all) == made);
  check_done(all.run(until));
  CHECK(views_of_records(all) == made);
  CHECK(all.seen().requests == asked);
}

TEST_CASE("where more is asked at once than is needed, all that came is chosen from") {
  mock::options chosen = noisy();
  chosen.latency_ms = 5;
  chosen.latency_sigma = 1;
  const rehearsal all(records / 4, chosen);
  const flags several = {"--set", "samples.n=3",        "--set", "samples.until_accepted=1",
                         "--set", "samples.parallel=3", "--set", "samples.keep=best",
                         "--set", "sampling.seed=5",    "--set", "output.format=preference"};
  std::mt19937 random(5);
  for (std::size_t i = 0; i < 3; ++i) {
    child_process killed = all.start_run(several);
    const std::uint64_t enough = all.seen().requests + 1 + random() % 60;
    REQUIRE(eventually([&] { return all.seen().requests >= enough || !killed.is_running(); }));
    killed.signal(SIGKILL);
    killed.wait();
  }
  const outcome left = all.run(several);
  check_done(left);
  CHECK(left.errors.find("is not what its run") == std::string::npos);
  CHECK(all.content(ledger).find(R"("more":true)") != std::string::npos);
  const auto made = all.content("run/finetuning_data.jsonl");
  CHECK_FALSE(made.empty());
  check_done(finish(all.start(behind({"export", "run.yaml"}, several))));
  CHECK(all.content("run/finetuning_data.jsonl") == made);
}
