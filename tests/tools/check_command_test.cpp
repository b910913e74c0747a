#include "tools/check_command.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <filesystem>

#include "tests/support/rehearsal.hpp"

using namespace retort;
using namespace retort::test;

namespace {

bool mentions(const std::string& text, std::string_view what) {
  return text.find(what) != std::string::npos;
}

outcome check(const rehearsal& of, std::vector<std::string> flags) {
  flags.insert(flags.begin(), {"check", "run.yaml"});
  return finish(of.start(std::move(flags)));
}

}  // namespace

TEST_CASE("check tells what a run would be and sends nothing") {
  const rehearsal run(50);
  const outcome left =
      check(run, {"--set", "models.0.limits={rpm: 100}", "--set", "sampling.max_tokens=10"});
  INFO(left.errors);
  CHECK(left.status == 0);
  CHECK(mentions(left.output, "dataset: 50 records\n"));
  CHECK(mentions(left.output, "  50 requests, about "));
  CHECK(mentions(left.output, "at most 500 out (max_tokens)\n"));
  CHECK(mentions(left.output, "  shortest time: 0:30, bound by rpm\n"));
  CHECK(mentions(left.output, "  POST /v1/chat/completions HTTP/1.1\n"));
  CHECK(run.seen().connections == 0);
  CHECK_FALSE(std::filesystem::exists(run.path("run")));
}

TEST_CASE("check of mode: batch gives no time, and half the price") {
  const rehearsal run(50);
  const auto checked = [&](const char* mode) {
    return check(run, {"--set", "sampling.max_tokens=10", "--set",
                       "models.0.price={input: 0, output: 1000}", "--set",
                       std::string("models.0.mode=") + mode})
        .output;
  };
  CHECK(mentions(checked("online"), "at most 0.5000 USD in all"));
  const std::string batch = checked("batch");
  CHECK(mentions(batch, "at most 0.2500 USD in all"));
  CHECK(mentions(batch, "  time: within a day of the batch API (mode: batch)\n"));
  CHECK(mentions(batch, ", whose body goes out with a batch:\n"));
}

TEST_CASE("check never shows a key") {
  const rehearsal run(3);
  start_options how;
  how.environment["KEY"] = "sk-very-secret";
  const outcome left =
      finish(run.start({"check", "run.yaml", "--set", "models.0.api_key_env=KEY"}, how));
  CHECK(left.status == 0);
  CHECK(mentions(left.output, "Authorization: Bearer ***\n"));
  CHECK_FALSE(mentions(left.output + left.errors, "secret"));
}

TEST_CASE("a pilot of no records, or of fewer, is refused before anything is sent") {
  const rehearsal run(20);
  for (const char* number : {"0", "-3", "x"}) {
    CAPTURE(number);
    const outcome left = check(run, {"--pilot", number});
    CHECK(left.status == 2);
    CHECK(mentions(left.errors, "--pilot"));
  }
  CHECK(run.seen().connections == 0);
}

TEST_CASE("check names the rows that would stop the run") {
  const rehearsal run(0);
  run.files().file("questions.jsonl",
                   "{\"id\": 1, \"question\": \"?\", \"answer\": \"1\"}\n{\"id\": 2}\n");
  const outcome left = check(run, {});
  CHECK(left.status == 2);
  CHECK(mentions(left.output, "1 bad rows:\n  questions.jsonl:2: "));
  CHECK(mentions(left.errors, "the run would stop at the first bad row"));
  CHECK(check(run, {"--set", "dataset.on_error=skip"}).status == 0);
}

TEST_CASE("a pilot's samples are extrapolated from, kept, and not made again") {
  const rehearsal run(200);
  const outcome left =
      check(run, {"--pilot", "40", "--set", "models.0.price={input: 1, output: 2}"});
  INFO(left.errors);
  CHECK(left.status == 0);
  CHECK(run.seen().requests == 40);
  CHECK(mentions(left.output,
                 "from 40 samples of 40 records, for all 200 records (95 % intervals):\n"));
  CHECK(mentions(left.output, "  accepted: 200 samples ("));
  CHECK(mentions(left.output, "  cost: 0.00"));
  CHECK(mentions(left.output, "a run of this config goes on behind them"));
  CHECK(mentions(finish(run.start({"runs", "run"})).output, "stopped"));

  CHECK(run.run().status == 0);
  CHECK(run.seen().requests == 200);
  CHECK(run.seen().repeats == 0);
}

TEST_CASE("a pilot asks for no more of what lies beyond it, and check counts the same") {
  const rehearsal run(20);
  REQUIRE(run.run().status == 0);
  const std::vector<std::string> more = {"--set", "samples.n=2"};
  auto flags = more;
  flags.insert(flags.end(), {"--pilot", "3"});
  CHECK(check(run, flags).status == 0);
  CHECK(run.seen().requests == 23);
  flags = more;
  flags.insert(flags.end(), {"--limit", "5"});
  const outcome left = check(run, flags);
  CHECK(mentions(left.output,
                 "dataset: 5 records (dataset.limit 5), 8 samples done by an earlier run\n"));
  CHECK(mentions(left.output, "  2 requests, about "));
  CHECK(run.run(flags).status == 0);
  CHECK(run.seen().requests == 25);
}

TEST_CASE("a pilot with nothing to ask knows no pace") {
  const rehearsal run(20);
  REQUIRE(run.run({"--limit", "5"}).status == 0);
  CHECK(mentions(check(run, {"--pilot", "5"}).output,
                 "  time still needed: not known: the pilot had nothing to ask, and no quota is "
                 "stated\n"));
  CHECK(mentions(check(run, {"--pilot", "5", "--set", "models.0.limits={rpm: 10}"}).output,
                 "  time still needed: at least 1:30, bound by rpm\n"));
  CHECK(
      mentions(check(run, {"--pilot", "5", "--limit", "5"}).output, "  time still needed: none\n"));
  CHECK(run.seen().requests == 5);
}

TEST_CASE("a pilot extrapolates from records that are done") {
  const rehearsal run(20);
  REQUIRE(run.run({"--limit", "10"}).status == 0);
  const outcome left = check(run, {"--pilot", "2", "--set", "samples.n=2", "--set",
                                   "models.0.price={input: 0, output: 1000}"});
  INFO(left.output);
  CHECK(
      mentions(left.output, "from 4 samples of 2 records, for all 20 records (95 % intervals):\n"));
  CHECK(mentions(left.output, "  accepted: 40 samples ("));
  CHECK(mentions(left.output, ", 160 out (160 to 160)\n"));
}

TEST_CASE("check says what is no JSON Schema in what it asks for") {
  const rehearsal run(3);
  const outcome left = check(
      run,
      {"--set", "sampling.response_schema={type: object, properties: {a: {type: strnig}}}", "--set",
       "sampling.tools=[{type: function, function: {name: f, parameters: {type: objet}}}]"});
  CHECK(left.status == 0);
  CHECK(mentions(left.errors, "warning: sampling.response_schema is no JSON Schema; "));
  CHECK(mentions(left.errors, "warning: sampling.tools.0.function.parameters is no JSON Schema; "));
}

TEST_CASE(
    "check tells the least and the most of a plan that may end early, and what a judge costs") {
  const rehearsal run(50);
  const outcome left = check(
      run,
      {"--set", "sampling.max_tokens=10", "--set", "samples={n: 4, until_accepted: 1}", "--set",
       "evaluate=[{json_field: {path: answer}}, {judge: {model: {provider: openai, model: j, "
       "base_url: \"http://127.0.0.1:1\", price: {input: 0, output: 1000}}, sampling: "
       "{max_tokens: 5}, prompt: \"{{completion}}\", scale: [0, 10], votes: 2}, name: quality, "
       "decides: true}]"});
  INFO(left.errors);
  CHECK(left.status == 0);
  CHECK(mentions(left.output,
                 "plan: 50 to 200 samples (samples.until_accepted, escalate)\nmodel fake"));
  CHECK(mentions(left.output, "  50 to 200 requests, of all about "));
  CHECK(mentions(left.output, "at most 2,000 out (max_tokens)\n"));
  CHECK(mentions(left.output, "judge j of quality\n  0 to 400 requests, "));
  CHECK(mentions(left.output, "  at most 1,200 where no reply can be read\n"));
  CHECK(mentions(left.output, "  cost: at most 2.00 USD, every reply readable\n"));
}

TEST_CASE("a pilot tells of records where a plan may end early, and no cost without its price") {
  const rehearsal run(200);
  const outcome left = check(run, {"--pilot", "20", "--set", "samples={n: 4, until_accepted: 1}"});
  INFO(left.errors);
  CHECK(left.status == 0);
  CHECK(mentions(left.output,
                 "from 20 samples of 20 records, for all 200 records (95 % intervals):\n"
                 "  accepted: 200 samples ("));
  CHECK(mentions(left.output, " to 200)\n"));
  CHECK(mentions(left.output, "  cost: not known of all answers: a price, or their usage\n"));
}

TEST_CASE("one record of a pilot tells no interval, however many answers it has") {
  const rehearsal run(200);
  const outcome left = check(run, {"--pilot", "1", "--set", "samples.n=4"});
  INFO(left.errors);
  CHECK(left.status == 0);
  CHECK(mentions(left.output,
                 "from 4 samples of 1 records, for all 200 records (one tells no 95 % intervals):\n"
                 "  accepted: 800 samples\n"));
}
