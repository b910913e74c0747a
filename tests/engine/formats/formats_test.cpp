#include "engine/formats/formats.hpp"

#include <doctest/doctest.h>

#include "tests/support/written_lines.hpp"

using namespace retort;
using namespace retort::engine;
using test::render;
using test::with_format;

namespace {

sample answered(std::vector<providers::message> prompt, std::string answer) {
  sample one;
  one.id = "q1";
  one.messages = std::move(prompt);
  one.completion.text = std::move(answer);
  one.completion.finish = providers::finish::stop;
  return one;
}

sample plain() { return answered({{"system", "Be \"brief\"."}, {"user", "1 + 1?\n"}}, "é 2"); }

sample longer() {
  return answered({{"system", "s"}, {"user", "a"}, {"assistant", "b"}, {"user", "c"}}, "d");
}

// A tool was called and answered, and another is called now.
sample calling() {
  sample one = answered({{"user", "q"},
                         {"assistant", "", "", "", {{"c0", "f", R"({"a": 1})"}}},
                         {"tool", "4", "", "c0"}},
                        "");
  one.completion.tool_calls = {{"c1", "g", R"({"b":[1, 2]})"}};
  return one;
}

config with_tools(const std::string& format) {
  config run = with_format(format);
  run.sampling.tools = R"([{"type":"function","function":{"name":"f","parameters":{}}}])";
  return run;
}

// Without the newline.
std::string line_of(const config& run, const sample& of) {
  const auto made = render(run, of);
  CHECK(made.rule == "");
  REQUIRE(made.lines.ends_with('\n'));
  return made.lines.substr(0, made.lines.size() - 1);
}
std::string line_of(const std::string& format, const sample& of) {
  return line_of(with_format(format), of);
}

constexpr char system_and_user[] =
    R"({"role":"system","content":"Be \"brief\"."},{"role":"user","content":"1 + 1?\n"})";
constexpr char answer[] = R"({"role":"assistant","content":"é 2"})";
constexpr char tools[] = R"("tools":[{"type":"function","function":{"name":"f","parameters":{}}}])";

}  // namespace

TEST_CASE("messages are the prompt's and the answer") {
  CHECK(line_of("messages", plain()) ==
        std::string(R"({"messages":[)") + system_and_user + "," + answer + "]}");
}

TEST_CASE("a prompt and its completion are of one kind, lists of messages") {
  CHECK(line_of("prompt_completion_messages", plain()) ==
        std::string(R"({"prompt":[)") + system_and_user + R"(],"completion":[)" + answer + "]}");
}

TEST_CASE("text is all that is said, and has no place for tools") {
  CHECK(line_of("text", longer()) == R"({"text":"s\n\na\n\nb\n\nc\n\nd"})");
  CHECK(render(with_format("text"), calling()).rule == "it has no place for calls of tools");
}

TEST_CASE("sharegpt has turns, and the system and tools beside them") {
  CHECK(line_of("sharegpt", longer()) ==
        R"({"conversations":[{"from":"human","value":"a"},{"from":"gpt","value":"b"},)"
        R"({"from":"human","value":"c"},{"from":"gpt","value":"d"}],"system":"s","tools":""})");
  const std::string line = line_of(with_tools("sharegpt"), calling());
  CHECK(line ==
        R"({"conversations":[{"from":"human","value":"q"},{"from":"function_call","value":)"
        R"("{\"name\":\"f\",\"arguments\":{\"a\":1}}"},{"from":"observation","value":"4"},)"
        R"({"from":"function_call","value":"{\"name\":\"g\",\"arguments\":{\"b\":[1,2]}}"}],)"
        R"("system":"","tools":"[{\"type\":\"function\",\"function\":{\"name\":\"f\",)"
        R"(\"parameters\":{}}}]"})");
  sample both = calling();
  both.completion.text = "I look.";
  CHECK(render(with_format("sharegpt"), both).rule ==
        "a turn is words or calls of tools, not both");
  CHECK(render(with_format("sharegpt"), answered({{"user", "a"}, {"user", "b"}}, "c")).rule ==
        "human and observation, gpt and function_call take turns");
  CHECK(render(with_format("sharegpt"), both).lines == "");
}

TEST_CASE("alpaca has the last question as its instruction, and what went before as history") {
  CHECK(line_of("alpaca", longer()) ==
        R"({"instruction":"c","input":"","output":"d","system":"s","history":[["a","b"]]})");
  CHECK(render(with_format("alpaca"), calling()).rule == "it has no place for calls of tools");
}

TEST_CASE("Gemini has parts, its own word for the assistant, and the system apart") {
  CHECK(
      line_of("gemini", plain()) ==
      R"({"systemInstruction":{"role":"system","parts":[{"text":"Be \"brief\"."}]},"contents":)"
      R"([{"role":"user","parts":[{"text":"1 + 1?\n"}]},{"role":"model","parts":[{"text":"é 2"}]}]})");
  CHECK(line_of(with_tools("gemini"), calling()) ==
        R"({"contents":[{"role":"user","parts":[{"text":"q"}]},{"role":"model","parts":[)"
        R"({"functionCall":{"name":"f","args":{"a":1}}}]},{"role":"user","parts":[)"
        R"({"functionResponse":{"name":"f","response":{"output":"4"}}}]},{"role":"model","parts":)"
        R"([{"functionCall":{"name":"g","args":{"b":[1,2]}}}]}],"tools":[{"functionDeclarations":)"
        R"([{"name":"f","parameters":{}}]}]})");
}

TEST_CASE("a result is as the batch API writes it") {
  sample one = plain();
  one.completion.model = "m-1";
  one.completion.request_id = "r";
  one.completion.usage.input = 7;
  one.completion.usage.output = 3;
  one.finished_at_ms = 1'700'000'000'999;
  config run = with_format("openai_batch");
  run.samples.n = 1;
  const std::string rest =
      R"(","response":{"status_code":200,"request_id":"r","body":{"id":"r","object":)"
      R"("chat.completion","created":1700000000,"model":"m-1","choices":[{"index":0,"message":)" +
      std::string(answer) +
      R"(,"finish_reason":"stop"}],"usage":{"prompt_tokens":7,"completion_tokens":3,)"
      R"("total_tokens":10}}},"error":null})";
  CHECK(line_of(run, one) == R"({"id":"batch_req_q1","custom_id":"q1)" + rest);
  run.samples.n = 2;  // each of a record's samples is a request
  one.key.k = 1;
  CHECK(line_of(run, one) == R"({"id":"batch_req_q1#0.0.1","custom_id":"q1#0.0.1)" + rest);
}

TEST_CASE("tools and calls stand in every format that has a place for them") {
  const std::string prompt =
      R"({"role":"user","content":"q"},{"role":"assistant","content":null,"tool_calls":[{"id":"c0",)"
      R"("type":"function","function":{"name":"f","arguments":"{\"a\": 1}"}}]},{"role":"tool",)"
      R"("content":"4","tool_call_id":"c0"})";
  const std::string called =
      R"({"role":"assistant","content":null,"tool_calls":[{"id":"c1","type":"function","function":)"
      R"({"name":"g","arguments":"{\"b\":[1, 2]}"}}]})";
  CHECK(line_of(with_tools("messages"), calling()) ==
        "{\"messages\":[" + prompt + "," + called + "]," + tools + "}");
  CHECK(line_of(with_tools("prompt_completion_messages"), calling()) ==
        "{\"prompt\":[" + prompt + "],\"completion\":[" + called + "]," + tools + "}");
  config run = with_tools("messages");
  run.outputs[0].has_argument_objects = true;
  const std::string line = line_of(run, calling());
  CHECK(line.find(R"("arguments":{"a":1}}}])") != line.npos);
  CHECK(line.find(R"("arguments":{"b":[1,2]}}}])") != line.npos);
}

TEST_CASE("reasoning stands beside the answer, under the name that the output gives it") {
  sample one = plain();
  one.completion.reasoning = "hm";
  config run = with_format("messages");
  run.outputs[0].reasoning = reasoning_place::field;
  run.outputs[0].reasoning_field = "think\"ing";
  CHECK(line_of(run, one) == std::string(R"({"messages":[)") + system_and_user +
                                 R"(,{"role":"assistant","content":"é 2","think\"ing":"hm"}]})");
  run.outputs[0].format = "prompt_completion";
  run.outputs[0].metadata = false;
  CHECK(line_of(run, one) == R"({"prompt":"1 + 1?\n","completion":"é 2","think\"ing":"hm"})");
  run.outputs[0].reasoning = reasoning_place::think_tags;
  CHECK(line_of(run, one) ==
        R"({"prompt":"1 + 1?\n","completion":"<think>\nhm\n</think>\n\né 2"})");
}

TEST_CASE("a line that breaks a rule is none, in words of the rule") {
  const sample empty = answered({{"user", "q"}}, "");
  for (const char* format :
       {"messages", "prompt_completion_messages", "text", "sharegpt", "alpaca", "gemini"}) {
    CAPTURE(format);
    const auto made = render(with_format(format), empty);
    CHECK(made.lines == "");
    CHECK(made.rule == "the answer says or calls something");
  }
}

TEST_CASE("a turn of the assistant without anything in it is none of Gemini's") {
  for (const char* nothing : {"", " \n"}) {
    const sample of = answered({{"user", "a"}, {"assistant", nothing}, {"user", "q"}}, "x");
    const auto made = render(with_format("gemini"), of);
    CHECK(made.lines == "");
    CHECK(made.rule == "each turn of the assistant says or calls something");
    CHECK(render(with_format("messages"), of).rule == "");
  }
}

TEST_CASE("an answer that is nothing but thinking is no line where the two are told apart") {
  const sample thought = answered({{"user", "q"}}, "<think>hm</think>\n");
  for (const char* format : {"prompt_completion", "csv", "text", "messages"}) {
    CAPTURE(format);
    config run = with_format(format);
    CHECK(render(run, thought).lines != "");
    using enum reasoning_place;
    for (const auto where : {drop, keep, think_tags, field}) {
      run.outputs[0].reasoning = where;
      const auto made = render(run, thought);
      CHECK(made.lines == "");
      CHECK(made.rule != "");
    }
  }
  // What is empty by itself the seed's format has as it came, unless a filter takes it out.
  CHECK(render(with_format("prompt_completion"), answered({{"user", "q"}}, "")).rule == "");
}

TEST_CASE("a call's arguments are the object that was written, or the text where they are none") {
  config run = with_tools("openai_batch");
  run.outputs[0].has_argument_objects = true;
  sample one = calling();
  one.completion.tool_calls[0].arguments = R"({"id": 12345678901234567890123})";
  CHECK(line_of(run, one).find(R"("arguments":{"id":12345678901234567890123}})") !=
        std::string::npos);
  one.completion.tool_calls[0].arguments = "{broken";
  CHECK(line_of(run, one).find(R"("arguments":"{broken"})") != std::string::npos);
}

TEST_CASE("two files of one stem are two datasets") {
  const test::temporary_directory directory;
  config run = with_format("sharegpt");
  run.outputs.resize(2, run.outputs[0]);
  run.outputs[0].path = directory.path() + "/train.jsonl";
  run.outputs[1].path = directory.path() + "/train.json";
  view_files files;
  REQUIRE(views_of(run).back()->begin(files).has_value());
  REQUIRE(files.finish().has_value());
  const std::string text = test::content_of(directory.path() + "/dataset_info.json");
  CHECK(text.starts_with(R"({"train.jsonl":{"file_name":"train.jsonl")"));
  CHECK(text.find(R"("train.json":{"file_name":"train.json")") != text.npos);
}

TEST_CASE("LLaMA-Factory's description names the files that it can read, and their members") {
  const test::temporary_directory directory;
  config run = with_format("sharegpt");
  run.outputs.resize(5, run.outputs[0]);
  run.outputs[0].path = directory.path() + "/sft.a.jsonl";
  run.outputs[2].path = directory.path() + "/packed.jsonl.gz";
  run.outputs[3].path = directory.path() + "/table.csv";
  run.outputs[4].path = directory.path() + "/shards.jsonl";
  run.outputs[4].shard_mb = 1;
  run.outputs[1].format = "alpaca";
  run.outputs[1].path = directory.path() + "/more.jsonl";
  const auto views = views_of(run);
  REQUIRE(views.size() == 6);
  CHECK(views[5]->kind() == view_kind::companion);
  view_files files;
  REQUIRE(views[5]->begin(files).has_value());
  REQUIRE(files.finish().has_value());
  CHECK(test::content_of(directory.path() + "/dataset_info.json") ==
        R"({"sft.a":{"file_name":"sft.a.jsonl","formatting":"sharegpt","columns":{"messages":)"
        R"("conversations","system":"system","tools":"tools"}},"more":{"file_name":"more.jsonl",)"
        R"("formatting":"alpaca","columns":{"prompt":"instruction","query":"input","response":)"
        R"("output","system":"system","history":"history"}}})"
        "\n");
}

TEST_CASE("a turn that nobody is to learn says so where turns are learnt") {
  sample one = longer();
  one.messages[2].weight = 0;
  CHECK(line_of("messages", one) ==
        R"({"messages":[{"role":"system","content":"s"},{"role":"user","content":"a"},)"
        R"({"role":"assistant","content":"b","weight":0},{"role":"user","content":"c"},)"
        R"({"role":"assistant","content":"d","weight":1}]})");
  CHECK(line_of("prompt_completion_messages", one) ==
        line_of("prompt_completion_messages", longer()));
  one.messages[2].weight.reset();
  CHECK(line_of("messages", one) == line_of("messages", longer()));
  for (const char* format : {"text", "sharegpt", "alpaca", "gemini"}) {
    CAPTURE(format);
    one.messages[1].weight = 0;  // the user's is learnt nowhere, or everywhere
    one.messages[2].weight = 1;
    CHECK(line_of(format, one) == line_of(format, longer()));
    one.messages[2].weight = 0;
    const auto made = render(with_format(format), one);
    CHECK(made.rule == "every turn of the assistant is learnt, and one has weight 0");
    CHECK(made.lines == "");
  }
}

TEST_CASE("what earlier turns thought stands where the output has a place for it") {
  sample one = longer();
  one.messages[2].reasoning = "hm";
  CHECK(line_of("messages", one) == line_of("messages", longer()));
  CHECK(line_of("prompt_completion", one) == line_of("prompt_completion", longer()));
  config run = with_format("messages");
  run.outputs[0].reasoning = reasoning_place::field;
  run.outputs[0].reasoning_field = "thinking";
  CHECK(line_of(run, one) ==
        R"({"messages":[{"role":"system","content":"s"},{"role":"user","content":"a"},)"
        R"({"role":"assistant","content":"b","thinking":"hm"},{"role":"user","content":"c"},)"
        R"({"role":"assistant","content":"d"}]})");
  run = with_format("sharegpt");
  run.outputs[0].reasoning = reasoning_place::think_tags;
  CHECK(line_of(run, one).find(R"({"from":"gpt","value":"<think>\nhm\n</think>\n\nb"})") !=
        std::string::npos);
}
