#include "engine/forecast/forecast.hpp"

#include <doctest/doctest.h>

#include <boost/asio/io_context.hpp>

#include "engine/directory/run_directory.hpp"
#include "engine/evaluate/assessor.hpp"
#include "engine/sample/line_writer.hpp"
#include "io/ledger/ledger_log.hpp"
#include "tests/support/temporary_directory.hpp"

using namespace retort;
using namespace retort::engine;

namespace {

struct planned {
  test::temporary_directory directory;
  boost::asio::io_context context{1};
  config run;

  planned() {
    run.run_dir = directory.path() + "/run";
    run.prompt.user = "{{question}}";
    run.dataset.paths = {directory.file("d.jsonl",
                                        "{\"question\": \"12345678\"}\n{\"question\": \"1234\"}\n"
                                        "{\"questoin\": \"?\"}\n{broken\n")};
    run.models.resize(1);
    run.models[0].provider = "openai";
    run.models[0].model = "gpt-5.6-luna";
    run.models[0].base_url = "http://127.0.0.1:1/v1";
    run.models[0].api_key_env = "KEY";
  }
  forecast made() {
    auto endpoints = make_endpoints(run, {}, context.get_executor(),
                                    [](const char*) { return "sk-very-secret"; });
    REQUIRE(endpoints.has_value());
    auto out = make_forecast(run, *endpoints);
    REQUIRE_MESSAGE(out.has_value(), out.error().message);
    return std::move(*out);
  }
  // The first records' answers, accepted.
  void write_ledger(const std::vector<std::string>& answers) const {
    REQUIRE(open_run_directory(run.run_dir).has_value());
    REQUIRE(record_config({run.run_dir}, run).has_value());
    const auto lax = assessor::make(run).value();
    auto ledger = io::ledger_log::open(run_directory{run.run_dir}.ledger(), {}).value();
    for (std::uint64_t ordinal = 0; ordinal < answers.size(); ++ordinal) {
      sample made;
      made.key = {ordinal, 0, 0};
      made.id = std::to_string(ordinal);
      made.row_hash = 1;
      made.messages = {{"user", "12345678"}};
      made.completion.text = answers[ordinal];
      made.completion.finish_reason = "stop";
      made.completion.finish = providers::finish::stop;
      lax.finish(made);
      std::string line;
      append_ledger_line(made, line);
      ledger->append(line);
    }
    ledger->flush();
    REQUIRE(ledger->close().has_value());
  }
};

endpoint_config limited(std::optional<double> rpm, std::optional<double> tpm) {
  endpoint_config one;
  one.limits.rpm = rpm;
  one.limits.tpm = tpm;
  return one;
}

}  // namespace

TEST_CASE("a forecast counts what would be sent and names what would not") {
  planned one;
  one.run.sampling.max_tokens = 100;
  const forecast of = one.made();
  CHECK(of.records == 4);
  CHECK(of.bad_rows == 2);
  REQUIRE(of.first_bad.size() == 2);
  CHECK(of.first_bad[0].find("d.jsonl:3: prompt: the record has no field \"question\"") !=
        std::string::npos);
  CHECK(of.first_bad[1].find("d.jsonl:4: ") != std::string::npos);
  REQUIRE(of.models.size() == 1);
  const model_forecast& model = of.models[0];
  CHECK(model.requests == 2);
  CHECK(model.input_tokens > 0);
  CHECK(model.output_tokens == 200);
  REQUIRE(model.costs.has_value());
  CHECK(model.most_input_tokens > 4 * model.input_tokens);  // a token a byte, of the whole body
  const double most_input_usd =
      static_cast<double>(model.most_input_tokens) * model.costs->input / 1e6;
  CHECK(*model.most_usd() == doctest::Approx(most_input_usd + 200 * 1.2 / 1e6));
}

TEST_CASE("the first request is shown as it would go out, without its key") {
  planned one;
  const std::string shown = one.made().models[0].first_request;
  CHECK(shown.starts_with("POST /v1/chat/completions HTTP/1.1\r\nHost: 127.0.0.1:1\r\n"));
  CHECK(shown.find("\r\nAuthorization: Bearer ***\r\n") != std::string::npos);
  CHECK(shown.find("secret") == std::string::npos);
  CHECK(shown.ends_with("\"messages\":[{\"role\":\"user\",\"content\":\"12345678\"}]}"));
}

TEST_CASE("what is not known is not guessed: answers without max_tokens, models without a price") {
  planned one;
  one.run.models[0].model = "made-up";
  const model_forecast model = one.made().models[0];
  CHECK_FALSE(model.output_tokens.has_value());
  CHECK_FALSE(model.costs.has_value());
  CHECK_FALSE(model.most_usd().has_value());
  CHECK(model.bounds.empty());
}

TEST_CASE("the tightest limit comes first; those of several endpoints add up") {
  const std::vector<endpoint_config> one = {limited(60, 6000)};
  auto bounds = bounds_of(one, 120, 6000, 600);
  REQUIRE(bounds.size() == 2);
  CHECK(bounds[0].limit == "rpm");
  CHECK(bounds[0].seconds == doctest::Approx(120));
  CHECK(bounds[1].limit == "tpm");
  CHECK(bounds[1].seconds == doctest::Approx(66));
  const std::vector<endpoint_config> two = {limited(60, 6000), limited(180, std::nullopt)};
  bounds = bounds_of(two, 120, 6000, 600);
  REQUIRE(bounds.size() == 1);  // the second takes any number of tokens
  CHECK(bounds[0].seconds == doctest::Approx(30));
}

TEST_CASE("conversations that end with the model's own words are counted") {
  planned one;
  one.run.prompt = {};
  one.run.prompt.messages_field = "m";
  const std::string user = R"({"from":"human","value":"q"})";
  const std::string both = user + R"(,{"from":"gpt","value":"a"})";
  one.run.dataset.paths = {one.directory.file(
      "m.jsonl", "{\"m\":[" + user + "]}\n{\"m\":[" + both + "]}\n{\"m\":[" + both + "]}\n")};
  const forecast of = one.made();
  CHECK(of.records == 3);
  CHECK(of.ending_answered == 2);
}

TEST_CASE(
    "a conversation whose calls lack what the model wants beside them is a doubt, said once") {
  planned one;
  one.run.prompt = {};
  one.run.prompt.messages_field = "m";
  const std::string begin = R"({"m":[{"role":"user","content":"q"},{"role":"assistant",)";
  const std::string end =
      R"("tool_calls":[{"id":"c","type":"function","function":{"name":"f","arguments":"{}"}}]},)"
      R"({"role":"tool","tool_call_id":"c","content":"8"}]})";
  const std::string thought = R"("reasoning_content":"t",)";
  const auto doubts = [&](const char* provider, const char* model, const std::string& row) {
    one.run.models[0].provider = provider;
    one.run.models[0].model = model;
    one.run.dataset.paths = {one.directory.file("m.jsonl", row + "\n" + row + "\n")};
    return one.made().models[0].doubts.size();
  };
  CHECK(doubts("deepseek", "deepseek-v4-pro", begin + end) == 1);
  CHECK(doubts("deepseek", "deepseek-v4-pro", begin + thought + end) == 0);
  CHECK(doubts("gemini", "gemini-3-pro-preview", begin + thought + end) == 1);
  CHECK(doubts("openai", "gpt-4o", begin + end) == 0);
}

TEST_CASE("a record that no output can have is a bad row before it is asked") {
  planned one;
  one.run.prompt = {};
  one.run.prompt.messages_field = "m";
  one.run.outputs[0].format = "alpaca";
  const std::string begin = R"({"m":[{"role":"user","content":"q"},{"role":"assistant",)";
  const std::string end = R"("content":"a"},{"role":"user","content":"r"}]})";
  one.run.dataset.paths = {
      one.directory.file("m.jsonl", begin + end + "\n" + begin + "\"weight\":0," + end + "\n")};
  const forecast of = one.made();
  CHECK(of.bad_rows == 1);
  REQUIRE(of.first_bad.size() == 1);
  CHECK(of.first_bad[0].ends_with(
      "m.jsonl:2: prompt.messages_field \"m\" has a turn of weight 0, and who reads format alpaca "
      "would learn it; expected format messages, or one that teaches the answer alone "
      "(prompt_completion_messages)"));
}

TEST_CASE("a plan that may end early asks so much at least and so much at most") {
  struct {
    std::uint32_t n, until_accepted;
    bool escalate;
    std::uint64_t least[2], most[2];  // of each model, for one record
  } const table[] = {
      {1, 0, false, {1, 1}, {1, 1}}, {4, 0, false, {4, 4}, {4, 4}}, {4, 1, false, {1, 0}, {4, 4}},
      {4, 3, false, {2, 1}, {4, 4}}, {4, 1, true, {1, 0}, {4, 4}},  {4, 0, true, {4, 0}, {4, 4}},
  };
  for (const auto& row : table) {
    CAPTURE(row.n);
    CAPTURE(row.until_accepted);
    planned one;
    one.run.models.push_back(one.run.models[0]);
    one.run.dataset.limit = 1;
    one.run.samples.n = row.n;
    one.run.samples.until_accepted = row.until_accepted;
    one.run.escalate = row.escalate;
    const forecast of = one.made();
    for (int model = 0; model < 2; ++model) {
      CHECK(of.models[model].least_requests == row.least[model]);
      CHECK(of.models[model].requests == row.most[model]);
      CHECK(of.models[model].least_input_tokens * static_cast<std::int64_t>(row.most[model]) ==
            of.models[model].input_tokens * static_cast<std::int64_t>(row.least[model]));
    }
  }
}

TEST_CASE("dataset.limit bounds what is counted, also of what the ledger holds") {
  planned one;
  one.write_ledger({"a long answer", "short"});
  one.run.samples.n = 2;
  one.run.dataset.limit = 1;
  const forecast of = one.made();
  CHECK(of.records == 1);
  CHECK(of.settled == 1);
  CHECK(of.models[0].requests == 1);
}

TEST_CASE("a plan goes on from what the ledger holds, judged as the config at hand has it") {
  planned one;
  one.run.dataset.limit = 2;
  one.run.samples.n = 3;
  one.run.samples.until_accepted = 1;
  one.write_ledger({"a long answer", "short"});
  forecast of = one.made();
  CHECK(of.settled == 2);
  CHECK(of.models[0].requests == 0);
  one.run.filter.min_length = 10;  // the second is not accepted now
  of = one.made();
  CHECK(of.models[0].least_requests == 1);
  CHECK(of.models[0].requests == 2);
}

TEST_CASE(
    "a judge is asked once for each vote on each answer at most, three times where none can "
    "be read") {
  planned one;
  one.run.dataset.limit = 2;
  one.run.samples.n = 3;
  one.run.sampling.max_tokens = 50;
  evaluator_config by;
  by.kind = "judge";
  by.keys = {{"prompt", {"{{question}} {{completion}}"}}, {"scale", {"0", "10"}}, {"votes", {"2"}}};
  one.run.evaluate = {by};
  judge_config judge;
  judge.model = one.run.models[0];
  judge.sampling.max_tokens = 7;
  one.run.judges = {judge};
  const forecast of = one.made();
  REQUIRE(of.judges.size() == 1);
  const judge_forecast& asked = of.judges[0];
  CHECK(asked.name == "judge");
  CHECK(asked.model == "gpt-5.6-luna");
  CHECK(asked.requests == 12);
  CHECK(asked.most_requests == 36);
  CHECK(asked.output_tokens == 12 * 7);
  CHECK(asked.input_tokens > 0);
  CHECK(*asked.most_input_tokens > asked.input_tokens + 12 * 50);
  CHECK(*asked.most_usd() > 0);
  one.run.sampling.max_tokens.reset();
  CHECK_FALSE(one.made().judges[0].most_usd().has_value());
}
