#include "engine/outputs/outputs.hpp"

#include <doctest/doctest.h>

#include "engine/config/config_keys.hpp"
#include "engine/formats/formats.hpp"
#include "engine/formats/record_formats.hpp"
#include "io/dataset/csv.hpp"
#include "tests/support/memory_source.hpp"
#include "tests/support/samples.hpp"
#include "tests/support/temporary_directory.hpp"

using namespace retort;
using namespace retort::engine;

namespace {

// The config of the seed's example.
config seed() {
  config run;
  run.prompt.user = "{{question}}";
  run.models.resize(1);
  run.models[0].model = "fake-model";
  run.sampling.temperature = 0.7;
  return run;
}

config seed_as_csv() {
  config run = seed();
  run.outputs[0].format = "csv";
  return run;
}

sample seed_sample() {
  sample one;
  one.id = "q1";
  one.messages = {{"user", "What is 5 + 3?"}};
  one.reference = "8";
  one.completion.text = R"({"answer": "8"})";
  one.completion.finish = providers::finish::stop;
  return one;
}

std::string training_line(const config& run, const sample& of) {
  std::string out;
  views_of(run)[0]->render(of, out);
  return out;
}

std::string rejected_line(config run, sample of) {
  run.outputs[0].rejected = true;
  of.rejected = of.rejected.value_or(reject_reason::incorrect);
  std::string out;
  views_of(run)[1]->render(of, out);
  return out;
}

// What the run's training file holds before the first sample.
std::string header(config run) {
  const test::temporary_directory directory;
  run.outputs[0].path = directory.path() + "/out";
  view_files files;
  REQUIRE(views_of(run)[0]->begin(files).has_value());
  REQUIRE(files.finish().has_value());
  return test::content_of(run.outputs[0].path);
}

// The records of a CSV file, as our own reader gives them: one JSON object each.
std::vector<std::string> csv_records(const std::string& file) {
  const auto rows = io::csv_rows(test::from_memory(file));
  std::vector<std::string> records;
  for (;;) {
    auto row = rows->next();
    REQUIRE_MESSAGE(row.has_value(), row.error().message);
    if (!*row) return records;
    CHECK((*row)->problem == "");
    records.emplace_back((*row)->text);
  }
}

std::string field_of(const std::string& json, std::string_view name) {
  simdjson::dom::parser parser;
  std::string_view text;
  REQUIRE(!parser.parse(json)[name].get(text));
  return std::string(text);
}

}  // namespace

TEST_CASE("where the views go") {
  struct {
    const char* path;
    const char* format;
    bool rejected;
    std::vector<std::string> paths;
  } const table[] = {
      {"", "prompt_completion", false, {"runs/a/finetuning_data.jsonl"}},
      {"",
       "prompt_completion",
       true,
       {"runs/a/finetuning_data.jsonl", "runs/a/finetuning_data.rejected.jsonl"}},
      {"", "csv", true, {"runs/a/finetuning_data.csv", "runs/a/finetuning_data.rejected.jsonl"}},
      {"out/x.jsonl", "prompt_completion", true, {"out/x.jsonl", "out/x.rejected.jsonl"}},
      {"x", "prompt_completion", true, {"x", "x.rejected.jsonl"}},
      {"x", "csv", false, {"x"}},
  };
  for (const auto& [path, format, rejected, paths] : table) {
    config run;
    run.run_dir = "runs/a";
    run.outputs[0] = {path, format, rejected};
    std::vector<std::string> found;
    for (const auto& each : views_of(run)) found.push_back(each->path());
    CHECK(found == paths);
  }
}

TEST_CASE("every format that a config may name is there, once") {
  const config_key& key = *find_key("output.format");
  for (const auto name : key.choices) {
    CAPTURE(name);
    const bool is_ours =
        name == "jq" || name == "jsonl";  // no table's; a config has its other name
    const bool is_of_lines = find_format(name), is_of_records = find_record_format(name);
    CHECK(int{is_of_lines} + int{is_of_records} == int{!is_ours});
  }
  CHECK(find_format("parquet") == nullptr);
}

TEST_CASE("the tools that an answer calls are in its line, and those of the prompt in theirs") {
  config run = seed();
  run.prompt.user.reset();
  run.prompt.messages_field = "messages";
  sample one = seed_sample();
  one.messages = {{"user", "q", "ann"}, {"tool", "sunny", "", "c0"}};
  one.completion.text = "";
  one.completion.tool_calls = {{"c1", "f", R"({"a":1})"}};
  const std::string calls =
      R"("tool_calls":[{"id":"c1","type":"function","function":{"name":"f","arguments":"{\"a\":1}"}}])";
  const std::string line = training_line(run, one);
  CHECK(line.starts_with(
      R"({"prompt":[{"role":"user","content":"q","name":"ann"},{"role":"tool","content":"sunny","tool_call_id":"c0"}],"completion":"",)" +
      calls + R"(,"metadata":{)"));
  CHECK(rejected_line(run, one).find(calls) != std::string::npos);
  run.outputs[0].format = "csv";
  CHECK(training_line(run, one).find(R"(""tool_calls"":[{""id"":""c1"")") != std::string::npos);
}

TEST_CASE("an accepted sample becomes the seed's record, member by member in its order") {
  CHECK(training_line(seed(), seed_sample()) ==
        R"({"prompt":"What is 5 + 3?","completion":"{\"answer\": \"8\"}",)"
        R"("metadata":{"sample_id":"q1","model":"fake-model","temperature":0.7,)"
        R"("prompt_length":14,"completion_length":15}})"
        "\n");
}

TEST_CASE("lines are appended, and JSON lines need no header") {
  std::string out = "before\n";
  views_of(seed())[0]->render(seed_sample(), out);
  CHECK(out == "before\n" + training_line(seed(), seed_sample()));
  CHECK(header(seed()) == "");
}

TEST_CASE("text is not ASCII-escaped, and lengths are code points of both texts as they came") {
  sample one = seed_sample();
  one.messages = {{"user", "naïve — 数学 😀\n"}};
  one.completion.text = " é\t";
  CHECK(training_line(seed(), one) ==
        "{\"prompt\":\"naïve — 数学 😀\\n\",\"completion\":\" é\\t\",\"metadata\":{\"sample_id\":"
        "\"q1\",\"model\":\"fake-model\",\"temperature\":0.7,\"prompt_length\":13,"
        "\"completion_length\":3}}\n");
}

TEST_CASE("a system prompt is not part of what is taught") {
  config run = seed();
  run.prompt.system = "Be brief.";
  sample one = seed_sample();
  one.messages.insert(one.messages.begin(), {"system", "Be brief."});
  CHECK(training_line(run, one) == training_line(seed(), seed_sample()));
}

TEST_CASE("a conversation is the list of its messages, their lengths added up") {
  config run = seed();
  run.prompt.user.reset();
  sample one = seed_sample();
  one.messages = {{"system", "né"}, {"user", "a \"b\""}, {"assistant", ""}, {"user", "c"}};
  const std::string expected =
      "{\"prompt\":[{\"role\":\"system\",\"content\":\"né\"},{\"role\":\"user\",\"content\":"
      "\"a \\\"b\\\"\"},{\"role\":\"assistant\",\"content\":\"\"},{\"role\":\"user\",\"content\":"
      "\"c\"}],\"completion\":\"{\\\"answer\\\": \\\"8\\\"}\",\"metadata\":{\"sample_id\":\"q1\","
      "\"model\":\"fake-model\",\"temperature\":0.7,\"prompt_length\":8,\"completion_length\":15}}"
      "\n";
  run.prompt.messages = one.messages;
  CHECK(training_line(run, one) == expected);
  run.prompt.messages.clear();
  run.prompt.messages_field = "messages";
  CHECK(training_line(run, one) == expected);
}

TEST_CASE("the model is the variant's, by the name of the config; no temperature is null") {
  config run = seed();
  run.models.resize(2);
  run.models[1].model = "other \"model\"";
  run.sampling.temperature.reset();
  sample one = seed_sample();
  one.key.variant = 1;
  one.completion.model = "other-model-2024-07-18";
  CHECK(training_line(run, one) ==
        R"({"prompt":"What is 5 + 3?","completion":"{\"answer\": \"8\"}",)"
        R"("metadata":{"sample_id":"q1","model":"other \"model\"","temperature":null,)"
        R"("prompt_length":14,"completion_length":15}})"
        "\n");
}

TEST_CASE("where keys vary the metadata have the variant's values, its temperature among them") {
  config run = seed();
  run.models.resize(2, run.models.front());
  run.models[1].model = "other";
  run.variations.resize(2);
  run.variations[1].sampling.temperature = 1;
  run.variations[1].values = R"({"sampling.temperature":1})";
  sample one = seed_sample();
  one.key.variant = 3;
  const std::string line = training_line(run, one);
  CHECK(line.find(R"("model":"other","temperature":1,"variant":{"sampling.temperature":1},)"
                  R"("prompt_length")") != line.npos);
}

TEST_CASE("the metadata say how an answer ended that did not simply stop") {
  using enum providers::finish;
  const auto metadata_of = [](providers::finish how, std::string word) {
    sample one = seed_sample();
    one.completion.finish = how;
    one.completion.finish_reason = std::move(word);
    const std::string line = training_line(seed(), one);
    return line.substr(line.find(R"("completion_length":15)") + 22);
  };
  CHECK(metadata_of(stop, "end_turn") == "}}\n");
  CHECK(metadata_of(length, "max_tokens") == ",\"finish_reason\":\"length\"}}\n");
  CHECK(metadata_of(tool_calls, "stop") == ",\"finish_reason\":\"tool_calls\"}}\n");
  CHECK(metadata_of(other, "abort") == ",\"finish_reason\":\"abort\"}}\n");
  CHECK(metadata_of(unknown, "") == ",\"finish_reason\":\"unknown\"}}\n");
}

TEST_CASE("a rejected sample's record goes on with the reason, the reference and the evaluations") {
  sample one = test::rejected(seed_sample(), reject_reason::incorrect);
  one.evaluations = {{"json_field", 0, "9"}, {"exact", 0, "x"}};
  const std::string record = training_line(seed(), seed_sample());
  CHECK(
      rejected_line(seed(), one) ==
      record.substr(0, record.size() - 2) +
          R"(,"reason":"incorrect","reference":"8","evaluations":[)"
          R"({"name":"json_field","score":0,"detail":"9"},{"name":"exact","score":0,"detail":"x"}]})"
          "\n");
  one.evaluations = {{"choice", std::nullopt, "no letter"}};
  one.rejected = reject_reason::unscored;
  CHECK(rejected_line(seed(), one) == record.substr(0, record.size() - 2) +
                                          R"(,"reason":"unscored","reference":"8","evaluations":[)"
                                          R"({"name":"choice","score":null,"detail":"no letter"}]})"
                                          "\n");
  one.reference.reset();
  one.evaluations.clear();
  one.rejected = reject_reason::too_short;
  CHECK(rejected_line(seed(), one) ==
        record.substr(0, record.size() - 2) + R"(,"reason":"too_short","evaluations":[]})" + "\n");
  one.rejected = reject_reason::where;
  one.reject_detail = "no";
  CHECK(rejected_line(seed(), one) == record.substr(0, record.size() - 2) +
                                          R"(,"reason":"where","detail":"no","evaluations":[]})" +
                                          "\n");
}

TEST_CASE("rejected samples are JSON lines beside a CSV too") {
  const sample one = test::rejected(seed_sample(), reject_reason::too_long);
  CHECK(rejected_line(seed_as_csv(), one) == rejected_line(seed(), one));
}

TEST_CASE("CSV has the same three columns, each field quoted, lines ended by CRLF") {
  CHECK(header(seed_as_csv()) == "prompt,completion,metadata\r\n");
  CHECK(training_line(seed_as_csv(), seed_sample()) ==
        "\"What is 5 + 3?\",\"{\"\"answer\"\": \"\"8\"\"}\",\"{\"\"sample_id\"\":\"\"q1\"\","
        "\"\"model\"\":\"\"fake-model\"\",\"\"temperature\"\":0.7,\"\"prompt_length\"\":14,"
        "\"\"completion_length\"\":15}\"\r\n");
}

TEST_CASE("whatever the texts hold, a CSV reader finds them again") {
  const std::string texts[] = {"",     "\"",        "\"\"",      ",",   "a,b", "\n",
                               "\r\n", "a\nb\r\nc", "\"\n\",\"", " x ", "é 数"};
  const config run = seed_as_csv();
  std::string file = header(seed_as_csv());
  for (const auto& text : texts) {
    sample one = seed_sample();
    one.messages[0].content = text;
    one.completion.text = text;
    file += training_line(run, one);
  }
  const auto records = csv_records(file);
  REQUIRE(records.size() == std::size(texts));
  for (std::size_t i = 0; i < records.size(); ++i) {
    CAPTURE(texts[i]);
    CHECK(field_of(records[i], "prompt") == texts[i]);
    CHECK(field_of(records[i], "completion") == texts[i]);
    CHECK(field_of(field_of(records[i], "metadata"), "sample_id") == "q1");
  }
}

TEST_CASE("in CSV a conversation is its JSON list") {
  config run = seed_as_csv();
  run.prompt.user.reset();
  sample one = seed_sample();
  one.messages = {{"user", "a"}, {"assistant", "b"}};
  const auto records = csv_records("prompt,completion,metadata\r\n" + training_line(run, one));
  REQUIRE(records.size() == 1);
  CHECK(field_of(records[0], "prompt") ==
        R"([{"role":"user","content":"a"},{"role":"assistant","content":"b"}])");
}
