#include "engine/config/config.hpp"

#include <doctest/doctest.h>
#include <unistd.h>

#include <array>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "engine/config/config_models.hpp"

using namespace retort;
using namespace retort::engine;

namespace {

// The least that a config must say; one line for each part, so that places are easy to tell.
const std::string run = "run: t\n";
const std::string dataset = "dataset: {path: a.jsonl}\n";
const std::string prompt = "prompt: {user: \"{{q}}\"}\n";
const std::string models = "models: [{provider: mock}]\n";
const std::string minimal = run + dataset + prompt + models;

config parsed(const std::string& text, const std::vector<override_value>& overrides = {}) {
  auto c = parse_config(text, "c.yaml", overrides);
  REQUIRE_MESSAGE(c.has_value(), c.error().message);
  return *c;
}

std::string problem(const std::string& text, const std::vector<override_value>& overrides = {},
                    const std::string& name = "c.yaml") {
  const auto c = parse_config(text, name, overrides);
  REQUIRE_MESSAGE(!c.has_value(), text);
  CHECK(c.error().code == errc::usage);
  return c.error().message;
}

override_value set(const std::string& path, const std::string& value) {
  return {path, value, "--set " + path};
}

std::string with_model(const std::string& model) {
  return run + dataset + prompt + "models:\n  - " + model + "\n";
}

struct bad_input {
  std::string text;
  std::string message;
};

void check_all(const std::vector<bad_input>& cases) {
  for (const auto& [text, message] : cases) {
    CAPTURE(text);
    CHECK(problem(text) == message);
  }
}

}  // namespace

TEST_CASE("every key of a whole config is read") {
  const config c = parsed(R"yaml(
run: gsm8k
run_dir: /tmp/out
dataset:
  path: data/*.jsonl
  id: question_id
  limit: 100
  order: prefix
  on_error: skip
prompt:
  system: "You are a careful tutor."
  user: "{{question}}"
reference: {template: "{{answer}}", pattern: "#### (.*)"}
models:
  - {provider: openai, model: gpt-5.6-luna, base_url: "https://host:8443/v1", api_key_env: OPENAI_API_KEY,
     ca_file: cert.pem, concurrency: 256, timeout_s: 600.5}
sampling: {temperature: 0.7, top_p: 0.95, max_tokens: 512}
evaluate:
  - numeric: {pattern: "A: (.*)"}
  - exact: {}
  - json_field: {path: answer}
filter: {only_correct: true, min_length: 10, max_length: 4000, finish: [stop, length, unknown]}
output: {path: finetuning_data.csv, format: csv, rejected: true}
retry: {attempts: 7}
durability: flush
grace_s: 1.5
max_failed: 3
)yaml");
  CHECK(c.run == "gsm8k");
  CHECK(c.run_dir == "/tmp/out");
  CHECK(c.dataset.paths == std::vector<std::string>{"data/*.jsonl"});
  CHECK(c.dataset.id == "question_id");
  CHECK(c.dataset.limit == 100);
  CHECK(c.dataset.in_prefix_order);
  CHECK(c.dataset.on_error == on_error::skip);
  CHECK(c.prompt.system == "You are a careful tutor.");
  CHECK(c.prompt.user == "{{question}}");
  CHECK(c.reference->text == "{{answer}}");
  CHECK(c.reference->pattern == "#### (.*)");
  REQUIRE(c.models.size() == 1);
  CHECK(c.models[0].provider == "openai");
  CHECK(c.models[0].model == "gpt-5.6-luna");
  CHECK(c.models[0].base_url == "https://host:8443/v1");
  CHECK(c.models[0].api_key_env == "OPENAI_API_KEY");
  CHECK(c.models[0].ca_file == "cert.pem");
  CHECK(c.models[0].limits.concurrency == 256);
  CHECK(c.models[0].timeout_s == 600.5);
  CHECK(c.sampling.temperature == 0.7);
  CHECK(c.sampling.top_p == 0.95);
  CHECK(c.sampling.max_tokens == 512);
  REQUIRE(c.evaluate.size() == 3);
  CHECK(c.evaluate[0].kind == "numeric");
  CHECK(c.evaluate[0].text("pattern") == "A: (.*)");
  CHECK(c.evaluate[1].kind == "exact");
  CHECK(c.evaluate[2].kind == "json_field");
  CHECK(c.evaluate[2].text("path") == "answer");
  CHECK(c.filter.only_correct == true);
  CHECK(c.filter.min_length == 10);
  CHECK(c.filter.max_length == 4000);
  CHECK(c.filter.finish == std::vector{providers::finish::stop, providers::finish::length,
                                       providers::finish::unknown});
  CHECK(c.outputs[0].path == "finetuning_data.csv");
  CHECK(c.outputs[0].format == "csv");
  CHECK(c.outputs[0].rejected);
  CHECK(c.attempts == 7);
  CHECK(c.durability == durability::flush);
  CHECK(c.grace_s == 1.5);
  CHECK(c.max_failed == 3);
}

TEST_CASE("what is not set has its default") {
  const config c = parsed(minimal);
  CHECK(c.run_dir == "runs/t");
  CHECK(c.dataset.id == std::nullopt);
  CHECK(c.dataset.limit == std::nullopt);
  CHECK_FALSE(c.dataset.in_prefix_order);
  CHECK(c.dataset.on_error == on_error::fail);
  CHECK(c.prompt.system == std::nullopt);
  CHECK_FALSE(c.reference.has_value());
  CHECK(c.models[0].model == "mock");
  CHECK(c.models[0].base_url.empty());
  CHECK(c.models[0].api_key_env.empty());
  CHECK_FALSE(c.models[0].limits.concurrency.has_value());
  CHECK(c.models[0].timeout_s == 600);
  CHECK(c.sampling.temperature == std::nullopt);
  CHECK(c.evaluate.empty());
  CHECK(c.filter.only_correct == std::nullopt);
  CHECK(c.filter.finish == std::vector{providers::finish::stop, providers::finish::tool_calls,
                                       providers::finish::unknown});
  CHECK(c.outputs[0].path.empty());
  CHECK(c.outputs[0].format == "prompt_completion");
  CHECK_FALSE(c.outputs[0].rejected);
  CHECK(c.attempts == 6);
  CHECK(c.durability == durability::fsync);
  CHECK(c.grace_s == std::nullopt);
  CHECK(c.max_failed == 0);
}

TEST_CASE("the file's name without its ending is the run's name by default") {
  const std::string nameless = dataset + prompt + models;
  const auto c = parse_config(nameless, "configs/quick-start_1.yaml", {});
  REQUIRE(c.has_value());
  CHECK(c->run == "quick-start_1");
  CHECK(c->run_dir == "runs/quick-start_1");
  CHECK(problem(nameless, {}, "my config.yaml") ==
        "my config.yaml:1:1: run is \"my config\" by the file's name; expected letters, digits, "
        "\".\", \"_\" and \"-\", beginning with neither \".\" nor \"-\"");
}

TEST_CASE("a run's name can be a directory's name and cannot lead elsewhere") {
  for (const char* name : {"a", "A-1_b.c", "2024", "_"}) {
    CAPTURE(name);
    CHECK(parsed("run: " + std::string(name) + "\n" + dataset + prompt + models).run == name);
  }
  for (const char* name : {"..", ".a", "-a", "a/b", "a b", "\xC3\xA9"}) {
    CAPTURE(name);
    CHECK(problem("run: \"" + std::string(name) + "\"\n" + dataset + prompt + models) ==
          "c.yaml:1:6: run is \"" + std::string(name) +
              "\"; expected letters, digits, \".\", \"_\" and \"-\", beginning with neither \".\" "
              "nor \"-\"");
  }
}

TEST_CASE("a dataset is one path or several") {
  CHECK(parsed(run + "dataset: {path: [a.csv, \"-\"]}\n" + prompt + models).dataset.paths ==
        std::vector<std::string>{"a.csv", "-"});
}

TEST_CASE("a prompt is said in exactly one of three ways") {
  const auto with = [](const std::string& text) { return run + dataset + text + models; };
  const config listed =
      parsed(with("prompt:\n  system: s\n  messages: [{role: user, content: \"{{q}}\"}, "
                  "{role: assistant, content: a}]\n"));
  REQUIRE(listed.prompt.messages.size() == 2);
  CHECK(listed.prompt.messages[1].role == "assistant");
  CHECK(listed.prompt.messages[1].content == "a");
  CHECK(listed.prompt.system == "s");
  CHECK(parsed(with("prompt: {messages_field: m}\n")).prompt.messages_field == "m");
  check_all({
      {with(""), "c.yaml:1:1: prompt needs one of user, messages and messages_field"},
      {with("prompt: {system: s}\n"),
       "c.yaml:3:1: prompt needs one of user, messages and messages_field"},
      {with("prompt: {user: u, messages_field: m}\n"),
       "c.yaml:3:35: prompt.messages_field cannot stand beside prompt.user"},
      {with("prompt: {user: u, messages: [{role: user, content: c}]}\n"),
       "c.yaml:3:29: prompt.messages cannot stand beside prompt.user"},
      {with("prompt: {messages: []}\n"),
       "c.yaml:3:20: prompt.messages is empty; expected at least one message"},
      {with("prompt: {messages: [{role: usr, content: c}]}\n"),
       "c.yaml:3:28: prompt.messages.0.role is \"usr\"; expected system, developer, user or "
       "assistant; did you mean \"user\"?"},
      {with("prompt: {messages: [{role: user}]}\n"),
       "c.yaml:3:21: prompt.messages.0.content is required: expected text"},
      {with("prompt: {user: {{q}}}\n"),
       "c.yaml:3:17: a key must be a word (a text such as {{field}} needs quotes)"},
  });
}

TEST_CASE("what is impossible is named with its place and what was expected") {
  check_all({
      {"", "c.yaml: is empty"},
      {"# nothing\n", "c.yaml: is empty"},
      {"- a\n", "c.yaml:1:1: expected a map of keys, as in \"run: name\""},
      {"text", "c.yaml:1:1: expected a map of keys, as in \"run: name\""},
      {run + prompt + models,
       "c.yaml:1:1: dataset.path is required: expected text or a list of texts; or set "
       "dataset.generate"},
      {run + "dataset:\n" + prompt + models,
       "c.yaml:2:1: dataset.path is required: expected text or a list of texts; or set "
       "dataset.generate"},
      {run + dataset + prompt,
       "c.yaml:1:1: models is required: expected a list of at least one model"},
      {run + dataset + prompt + "models: []\n",
       "c.yaml:4:9: models is required: expected a list of at least one model"},
      {minimal + "dataset: {path: b}\n",
       "c.yaml:5:1: duplicate key \"dataset\", first set at c.yaml:2:1"},
      {minimal + "sampling:\n  temprature: 1\n",
       "c.yaml:6:3: unknown key \"temprature\" in sampling; did you mean \"temperature\"?"},
      {minimal + "sampling: {temperature: hot}\n",
       "c.yaml:5:25: sampling.temperature is \"hot\"; expected a number from 0 to 2"},
      {minimal + "sampling: {temperature: 2.1}\n",
       "c.yaml:5:25: sampling.temperature is \"2.1\"; expected a number from 0 to 2"},
      {minimal + "sampling: {top_p: 0}\n",
       "c.yaml:5:19: sampling.top_p is \"0\"; expected a number above 0 and up to 1"},
      {minimal + "sampling: {max_tokens: 0}\n",
       "c.yaml:5:24: sampling.max_tokens is \"0\"; expected a whole number of at least 1"},
      {minimal + "temperature: 1\n",
       "c.yaml:5:1: unknown key \"temperature\"; did you mean sampling.temperature?"},
      {minimal + "retry: {attempts: 101}\n",
       "c.yaml:5:19: retry.attempts is \"101\"; expected a whole number from 1 to 100"},
      {minimal + "grace_s: -1\n",
       "c.yaml:5:10: grace_s is \"-1\"; expected a number from 0 to 86400"},
      {minimal + "max_failed: -1\n",
       "c.yaml:5:13: max_failed is \"-1\"; expected a whole number of at least 0"},
      {minimal + "durability: fsyncs\n",
       "c.yaml:5:13: durability is \"fsyncs\"; expected fsync or flush; did you mean \"fsync\"?"},
      {minimal + "output: {format: parquet}\n",
       "c.yaml:5:18: output.format is \"parquet\"; expected prompt_completion, csv, "
       "prompt_completion_messages, messages, text, prompt_only, unpaired, preference, "
       "openai_preference, gemini, gemini_preference, sharegpt, alpaca, openai_batch, verl, "
       "reward, "
       "jq or jsonl"},
      {minimal + "filter: {where: '.completion |'}\n",
       "c.yaml:5:17: filter.where is no jq program; jq says: syntax error, unexpected $end (Unix "
       "shell quoting issues?) at <top-level>, line 1: .completion |"},
      {minimal + "filter: {where: 'lenght > 5'}\n",
       "c.yaml:5:17: filter.where is no jq program; jq says: lenght/0 is not defined at "
       "<top-level>, "
       "line 1: lenght > 5"},
      {minimal + "filter: {min_length: 5, max_length: 4}\n",
       "c.yaml:5:22: filter.min_length is 5, above filter.max_length, which is 4"},
      {minimal + "reference: {template: x}\nevaluate: [{numeric: {tolerance: much}}]\n",
       "c.yaml:6:34: evaluate.0.numeric.tolerance is \"much\"; expected a number of at least 0, or "
       "a "
       "share of the reference as in 1%"},
      {minimal + "filter: {finish: [stop, lenght]}\n",
       "c.yaml:5:25: filter.finish.1 is \"lenght\"; expected stop, length, tool_calls, "
       "content_filter, refusal, other or unknown, or a list of these; did you mean \"length\"?"},
      {minimal + "filter: {min_length: -1}\n",
       "c.yaml:5:22: filter.min_length is \"-1\"; expected a whole number of at least 0"},
      {run + "dataset: {path: a, limit: 0}\n" + prompt + models,
       "c.yaml:2:27: dataset.limit is \"0\"; expected a whole number of at least 1"},
      {run + "dataset: {path: a, id: \"\"}\n" + prompt + models,
       "c.yaml:2:24: dataset.id is empty; expected text"},
      {run + "dataset: {path: a, on_error: stop}\n" + prompt + models,
       "c.yaml:2:30: dataset.on_error is \"stop\"; expected fail or skip"},
      {minimal + "samples: {until_accepted: 4294967297}\n",
       "c.yaml:5:27: samples.until_accepted is \"4294967297\"; expected a whole number from 1 to "
       "4294967295"},
      {minimal + "samples: {parallel: 4294967297}\n",
       "c.yaml:5:21: samples.parallel is \"4294967297\"; expected a whole number from 1 to "
       "4294967295"},
      {minimal + "reference: {}\n", "c.yaml:5:1: reference.template is required: expected text"},
      {minimal + "reference: {template: a, pattern: \"(\"}\n",
       "c.yaml:5:35: reference.pattern is not a regular expression; RE2 says \"missing ): (\""},
  });
}

TEST_CASE("a record is asked once, or as the plan says") {
  const config once = parsed(minimal);
  CHECK(once.samples.n == 1);
  CHECK(once.samples.until_accepted == 0);
  CHECK(once.samples.parallel == 0);
  CHECK(once.samples.keep == keep::all);
  CHECK_FALSE(once.escalate);
  const config c =
      parsed(minimal + "samples: {n: 8, until_accepted: 2, parallel: 3}\nescalate: true\n");
  CHECK(c.samples.n == 8);
  CHECK(c.samples.until_accepted == 2);
  CHECK(c.samples.parallel == 3);
  CHECK(c.escalate);
  CHECK_FALSE(once.shortens);
  CHECK(parsed(minimal + "on_overflow: shorten\n").shortens);
  const std::string judged = minimal + "reference: {template: r}\nevaluate: [exact]\n";
  CHECK(parsed(judged + "samples: {keep: best}\n").samples.keep == keep::best);
  CHECK(parsed(minimal + "evaluate: [numeric]\nsamples: {keep: majority}\n").samples.keep ==
        keep::majority);
  const std::string batch = with_model("{provider: mock, mode: batch}");
  check_all({
      {minimal + "samples: {n: 0}\n",
       "c.yaml:5:14: samples.n is \"0\"; expected a whole number from 1 to 1000"},
      {minimal + "samples: {keep: best}\n",
       "c.yaml:5:10: samples has keep: best, which needs an evaluator that decides; set evaluate"},
      {judged + "samples: {keep: bset}\n",
       "c.yaml:7:17: samples.keep is \"bset\"; expected all, best or majority; did you mean "
       "\"best\"?"},
      {minimal + "evaluate: [refusal]\nsamples: {keep: majority}\n",
       "c.yaml:6:10: samples has keep: majority, which needs an evaluator that finds an answer; "
       "expected choice, exact, json_field, math or numeric under evaluate"},
      {minimal + "evaluate: [numeric]\n",
       "c.yaml:5:11: evaluate needs a reference to compare with; set reference.template"},
      {minimal + "samples: {until_acepted: 1}\n",
       "c.yaml:5:11: unknown key \"until_acepted\" in samples; did you mean \"until_accepted\"?"},
      {batch + "samples: {n: 2, until_accepted: 1}\n",
       "c.yaml:6:10: samples has until_accepted, which does not go with mode: batch; expected n "
       "alone"},
      {batch + "escalate: true\n",
       "c.yaml:6:11: escalate does not go with mode: batch; expected false"},
      {batch + "on_overflow: shorten\n",
       "c.yaml:6:14: on_overflow does not go with mode: batch; expected fail"},
      {minimal + "on_overflow: shroten\n",
       "c.yaml:5:14: on_overflow is \"shroten\"; expected fail or shorten; did you mean "
       "\"shorten\"?"},
  });
}

TEST_CASE("equal length bounds are possible, and jsonl is another name for prompt_completion") {
  CHECK(parsed(minimal + "filter: {min_length: 4, max_length: 4}\n").filter.min_length == 4);
  CHECK(parsed(minimal + "output: {format: jsonl}\n").outputs[0].format == "prompt_completion");
}

TEST_CASE("evaluators are one-key maps or bare words, and need a reference") {
  const auto with = [](const std::string& list) {
    return minimal + "reference: {template: r}\nevaluate: " + list + "\n";
  };
  for (const char* list : {"[exact]", "[exact: ]", "[exact: {}]", "[{exact: {}}]"}) {
    CAPTURE(list);
    const config c = parsed(with(list));
    REQUIRE(c.evaluate.size() == 1);
    CHECK(c.evaluate[0].kind == "exact");
  }
  CHECK(parsed(with("[numeric]")).evaluate[0].kind == "numeric");
  CHECK(parsed(with("[numeric]")).evaluate[0].keys.empty());
  CHECK(parsed(with("[]")).evaluate.empty());
  check_all({
      {with("[numerik]"),
       "c.yaml:6:12: unknown key \"numerik\" in evaluate.0; did you mean \"numeric\"?"},
      {with("[{exact: {}, numeric: {}}]"),
       "c.yaml:6:12: evaluate.0 must be exactly one of exact, numeric, math, json_field, "
       "choice, contains, regex, json_schema, refusal, repetition, scores, code, command and "
       "judge"},
      {with("[{}]"),
       "c.yaml:6:12: evaluate.0 must be exactly one of exact, numeric, math, json_field, "
       "choice, contains, regex, json_schema, refusal, repetition, scores, code, command and "
       "judge"},
      {with("[~]"),
       "c.yaml:6:12: evaluate.0 must be exactly one of exact, numeric, math, json_field, "
       "choice, contains, regex, json_schema, refusal, repetition, scores, code, command and "
       "judge"},
      {with("[choice: {path: a}]"),
       "c.yaml:6:21: unknown key \"path\" in evaluate.0.choice; it takes no keys"},
      {with("[json_field]"), "c.yaml:6:12: evaluate.0.json_field.path is required: expected text"},
      {with("[numeric: {pattern: \"[\"}]"),
       "c.yaml:6:31: evaluate.0.numeric.pattern is not a regular expression; RE2 says "
       "\"missing ]: [\""},
      {with("exact"), "c.yaml:6:11: evaluate is \"exact\"; expected a list"},
      {minimal + "evaluate: [exact]\n",
       "c.yaml:5:11: evaluate needs a reference to compare with; set reference.template"},
      {minimal + "filter: {only_correct: true}\n",
       "c.yaml:5:24: filter.only_correct needs an evaluator; set evaluate, or only_correct to "
       "false"},
  });
  CHECK(parsed(minimal + "filter: {only_correct: false}\n").filter.only_correct == false);
}

TEST_CASE("beside its own keys an evaluator has a threshold, a say and a name") {
  const auto with = [](const std::string& list) {
    return minimal + "reference: {template: r}\nevaluate: " + list + "\n";
  };
  const config c = parsed(with("[exact, {numeric: , threshold: 0.5, decides: true, name: n}]"));
  REQUIRE(c.evaluate.size() == 2);
  CHECK(c.evaluate[0].threshold == 1);
  CHECK_FALSE(c.evaluate[0].decides.has_value());
  CHECK(c.evaluate[0].called() == "exact");
  CHECK(c.evaluate[1].threshold == 0.5);
  CHECK(c.evaluate[1].decides == true);
  CHECK(c.evaluate[1].called() == "n");
  check_all({
      {with("[exact, numeric, exact]"),
       "c.yaml:6:28: evaluate.2 is called \"exact\" as evaluate.0 is; give it a name of its own"},
      {with("[exact, {numeric: , name: exact}]"),
       "c.yaml:6:19: evaluate.1 is called \"exact\" as evaluate.0 is; give it a name of its own"},
      {with("[{exact: , threshold: 0}]"),
       "c.yaml:6:33: evaluate.0.threshold is \"0\"; expected a number above 0 and up to 1"},
      {with("[{exact: , decides: false}]") + "filter: {only_correct: true}\n",
       "c.yaml:7:24: filter.only_correct needs an evaluator that decides; set evaluate, or "
       "only_correct to false"},
  });
}

TEST_CASE("OpenAI's own endpoint and key are the defaults; another endpoint gets no key unasked") {
  const auto model = [](const std::string& text) { return parsed(with_model(text)).models[0]; };
  CHECK(model("{provider: openai, model: m}").base_url == "https://api.openai.com/v1");
  CHECK(model("{provider: openai, model: m}").api_key_env == "OPENAI_API_KEY");
  CHECK(model("{provider: openai, model: m, api_key_env: MY_KEY_2}").api_key_env == "MY_KEY_2");
  CHECK(model("{provider: openai, model: m, api_key_file: k}").api_key_env.empty());
  CHECK(model("{provider: openai, model: m, base_url: \"http://h\"}").api_key_env.empty());
  CHECK(model("{provider: openai, model: m, base_url: \"http://h\", api_key_env: K}").api_key_env ==
        "K");
}

TEST_CASE("each provider has its usual endpoint and key, or says that it needs one") {
  const auto model = [](const std::string& text) { return parsed(with_model(text)).models[0]; };
  CHECK(model("{provider: anthropic, model: m}").base_url == "https://api.anthropic.com/v1");
  CHECK(model("{provider: anthropic, model: m}").api_key_env == "ANTHROPIC_API_KEY");
  CHECK(model("{provider: ollama, model: m}").base_url == "http://localhost:11434/v1");
  CHECK(model("{provider: ollama, model: m}").api_key_env.empty());
  check_all(
      {{with_model("{provider: azure, model: m}"),
        "c.yaml:5:5: models.0.base_url is required: expected text, as provider azure is nowhere "
        "in particular"}});
}

TEST_CASE("further headers are lines that hold no key") {
  const auto with = [](const std::string& headers) {
    return with_model("{provider: openai, model: m, headers: " + headers + "}");
  };
  CHECK(parsed(with("{OpenAI-Organization: org-1}")).models[0].headers.at("OpenAI-Organization") ==
        "org-1");
  check_all(
      {{with("{X-Api-Key: k}"),
        "c.yaml:5:43: models.0.headers has X-Api-Key, which may hold a key; use api_key_env"},
       {with("{content-Length: 5}"),
        "c.yaml:5:43: models.0.headers has content-Length, which frames the request: retort sets "
        "what "
        "it needs of those itself"},
       {with("{\"a b\": c}"), "c.yaml:5:43: models.0.headers has a line that is no header: a b"}});
}

TEST_CASE("texts that go on as JSON are YAML, or JSON that can be read") {
  const auto schema = [](const std::string& text) {
    return parsed(minimal + "sampling: {response_schema: " + text + "}\n").sampling.response_schema;
  };
  CHECK(schema("{type: object, required: [a]}") == R"({"type":"object","required":["a"]})");
  CHECK(schema(R"('{"type": "object"}')") == R"({"type":"object"})");
  check_all(
      {{minimal + "sampling: {tools: nonsense}\n",
        "c.yaml:5:19: sampling.tools is \"nonsense\"; expected a list, or a JSON array as text"},
       {minimal + "sampling: {reasoning: {effort: lw}}\n",
        "c.yaml:5:32: sampling.reasoning.effort is \"lw\"; expected none, minimal, low, medium, "
        "high, xhigh or max; did you mean \"low\"?"}});
}

TEST_CASE("a base_url is http or https with a host, kept without trailing slashes") {
  const auto url = [](const std::string& text) {
    return with_model("{provider: openai, model: m, base_url: \"" + text + "\"}");
  };
  CHECK(parsed(url("https://host:8443/v1//")).models[0].base_url == "https://host:8443/v1");
  CHECK(parsed(url("http://[::1]:80")).models[0].base_url == "http://[::1]:80");
  const struct {
    std::string url;
    std::string problem;
  } cases[] = {
      {"localhost:8000/v1", "is not an http:// or https:// URL"},
      {"host", "is not an http:// or https:// URL"},
      {"ftp://host", "is not an http:// or https:// URL"},
      {"https:/host", "names no host"},
      {"https://a b/", "is not an http:// or https:// URL"},
      {"https://", "names no host"},
      {"https:///v1", "names no host"},
      {"https://:80/v1", "names no host"},
      {"https://host:0/v1", "has no port from 1 to 65535"},
      {"https://host:65536/v1", "has no port from 1 to 65535"},
      {"https://host/v1?a=b", "has a query or fragment; expected a path"},
      {"https://host/v1#a", "has a query or fragment; expected a path"},
      {"https://user:secret@host/v1", "holds a user or password (not shown); use api_key_env"},
  };
  for (const auto& [text, what] : cases) {
    CAPTURE(text);
    CHECK(problem(url(text)) == "c.yaml:5:44: models.0.base_url " + what);
  }
}

TEST_CASE("what does not go with a provider is refused") {
  const std::string providers =
      "mock, openai, vllm, sglang, llamacpp, ollama, tgi, openrouter, together, mistral, deepseek, "
      "groq, fireworks, xai, cerebras, nvidia, deepinfra, perplexity, openai-responses, anthropic, "
      "gemini, azure or azure-classic";
  check_all({
      {with_model("{model: m}"),
       "c.yaml:5:5: models.0.provider is required: expected " + providers},
      {with_model("{provider: opnai, model: m}"),
       "c.yaml:5:16: models.0.provider is \"opnai\"; expected " + providers +
           "; did you mean "
           "\"openai\"?"},
      {with_model("{provider: openai}"), "c.yaml:5:5: models.0.model is required: expected text"},
      {with_model("{provider: openai, model: \"\"}"),
       "c.yaml:5:31: models.0.model is empty; expected text"},
      {with_model("{provider: openai, model: m, mock: {wrong: 1}}"),
       "c.yaml:5:40: models.0.mock goes with provider mock only"},
      {with_model("{provider: openai, model: m, api_key_env: K, api_key_file: k}"),
       "c.yaml:5:64: models.0.api_key_file cannot stand beside api_key_env: a key comes from one "
       "place"},
      {with_model("{provider: mock, base_url: \"http://h\"}"),
       "c.yaml:5:32: models.0.base_url does not go with provider mock"},
      {with_model("{provider: mock, ca_file: c}"),
       "c.yaml:5:31: models.0.ca_file does not go with provider mock"},
      {with_model("{provider: mock, api_key_env: K}"),
       "c.yaml:5:35: models.0.api_key_env does not go with provider mock"},
      {with_model("{provider: mock, api_key_file: k}"),
       "c.yaml:5:36: models.0.api_key_file does not go with provider mock"},
      {with_model("{provider: mock, concurrency: 0}"),
       "c.yaml:5:35: models.0.concurrency is \"0\"; expected a whole number from 1 to 100000"},
      {with_model("{provider: mock, timeout_s: 0}"),
       "c.yaml:5:33: models.0.timeout_s is \"0\"; expected a number above 0 and up to 86400"},
      {with_model("{provider: mock, timeout_s: 86401}"),
       "c.yaml:5:33: models.0.timeout_s is \"86401\"; expected a number above 0 and up to 86400"},
      {with_model("{provider: mock, mock: {wrong: {a: 1}}}"),
       "c.yaml:5:36: models.0.mock.wrong is a map; expected a text or a number"},
  });
}

TEST_CASE("limits, endpoints, prices and budgets that cannot be are refused") {
  const std::string model = "{provider: openai, model: m, base_url: \"http://h\", ";
  check_all({
      {with_model(model + "limits: {rpm: 0}}"),
       "c.yaml:5:70: models.0.limits.rpm is \"0\"; expected a number above 0"},
      {with_model(model + "limits: {tpm: -5}}"),
       "c.yaml:5:70: models.0.limits.tpm is \"-5\"; expected a number above 0"},
      {with_model(model + "limits: {tpm: 100, input_tpm: 200}}"),
       "c.yaml:5:86: models.0.limits.input_tpm is 200, above limits.tpm, which is 100 and counts "
       "both"},
      {with_model(model + "limits: {share: 1.2}}"),
       "c.yaml:5:72: models.0.limits.share is \"1.2\"; expected a number above 0 and up to 1"},
      {with_model(model + "limits: {shared: \"http://h\"}}"),
       "c.yaml:5:73: models.0.limits.shared is not a redis:// or rediss:// URL"},
      {with_model(model + "limits: {shared: \"redis://u:SECRET@h\"}}"),
       "c.yaml:5:73: models.0.limits.shared holds a password (not shown); use "
       "shared_key_env or shared_key_file"},
      {with_model(model + "limits: {shared: \"redis://SECRET@h\"}}"),
       "c.yaml:5:73: models.0.limits.shared names a user (not shown), whose password comes from "
       "shared_key_env or shared_key_file"},
      {with_model(model + "limits: {shared_ca_file: f}}"),
       "c.yaml:5:81: models.0.limits.shared_ca_file goes with limits.shared only"},
      {with_model(model + "limits: {shared: \"redis://h\", shared_key_env: secret}}"),
       "c.yaml:5:102: models.0.limits.shared_key_env is not the name of a variable (capitals, "
       "digits, \"_\"); it is not shown, since it may be a key"},
      {with_model(model + "limits: {shared: \"redis://h\", shared_key_env: P, "
                          "shared_key_file: f}}"),
       "c.yaml:5:122: models.0.limits.shared_key_file cannot stand beside "
       "shared_key_env: "
       "a password comes from one place"},
      {with_model(model + "concurrency: 4, limits: {concurrency: 5}}"),
       "c.yaml:5:69: models.0.concurrency cannot stand beside limits.concurrency: they are the "
       "same"},
      {with_model(model + "limits: {rpm: 5}, endpoints: [{api_key_env: K}]}"),
       "c.yaml:5:64: models.0.limits cannot stand beside endpoints: each of them has limits of its "
       "own"},
      {with_model("{provider: openai, model: m, endpoints: []}"),
       "c.yaml:5:45: models.0.endpoints is empty; expected at least one endpoint"},
      {with_model("{provider: openai, model: m, endpoints: [{api_key_env: K}]}"),
       "c.yaml:5:46: models.0.endpoints.0.base_url is required: expected text"},
      {with_model("{provider: openai, model: m, endpoints: {}}"),
       "c.yaml:5:34: models.0.endpoints needs either a file or a srv, or is a list of endpoints"},
      {with_model("{provider: openai, model: m, endpoints: {srv: \"a b\"}}"),
       "c.yaml:5:51: models.0.endpoints.srv is no name of DNS, and no base URL with one for its "
       "host; expected one as _http._tcp.vllm.default.svc.cluster.local"},
      {with_model("{provider: openai, model: m, endpoints: {srv: 7}}"),
       "c.yaml:5:51: models.0.endpoints.srv is no name of DNS, and no base URL with one for its "
       "host; expected one as _http._tcp.vllm.default.svc.cluster.local"},
      {with_model("{provider: openai, model: m, endpoints: {srv: \"http://10.0.0.1/v1\"}}"),
       "c.yaml:5:51: models.0.endpoints.srv is no name of DNS, and no base URL with one for its "
       "host; expected one as _http._tcp.vllm.default.svc.cluster.local"},
      {with_model("{provider: openai, model: m, endpoints: {srv: \"s.x:80\"}}"),
       "c.yaml:5:51: models.0.endpoints.srv has a port, which its records say"},
      {with_model(model + "endpoints: {srv: s.x}}"),
       "c.yaml:5:44: models.0.base_url cannot stand beside endpoints"},
      {with_model("{provider: mock, endpoints: [{base_url: \"http://h\"}]}"),
       "c.yaml:5:33: models.0.endpoints does not go with provider mock"},
      {with_model(model + "price: {input: 1}}"),
       "c.yaml:5:56: models.0.price needs both input and output"},
      {with_model("{provider: mock}") + "budget: {usd: 0}\n",
       "c.yaml:6:15: budget.usd is \"0\"; expected a number above 0"},
      {with_model("{provider: mock}") + "budget: {tokens: 0}\n",
       "c.yaml:6:18: budget.tokens is \"0\"; expected a whole number of at least 1"},
      {with_model("{provider: mock}") + "budget: {dollars: 5}\n",
       "c.yaml:6:10: unknown key \"dollars\" in budget; known are usd, tokens"},
  });
}

TEST_CASE("a service's places are asked as its name, or the base URL around it, says") {
  const std::vector<io::service_place> places = {{"a.x", 80}, {"b.x", 81}};
  const std::vector<std::array<std::string, 3>> cases = {
      {"_http._tcp.s.x.", "_http._tcp.s.x", "http://a.x:80/v1"},
      {"_https._tcp.s.x", "_https._tcp.s.x", "https://a.x:80/v1"},
      {"https://s.x/other/v2/", "s.x", "https://a.x:80/other/v2"},
      {"http://s.x", "s.x", "http://a.x:80"},
  };
  for (const auto& [srv, name, url] : cases) {
    const config c = parsed(with_model(
        "{provider: openai, model: m, limits: {rpm: 5}, endpoints: {srv: \"" + srv + "\"}}"));
    CHECK(c.models[0].endpoints_srv == name);
    CHECK(service_urls(places, c.models[0].base_url).front() == url);
    REQUIRE(limits_of(c.models[0]).size() == 1);
    CHECK(limits_of(c.models[0])[0].limits.rpm == 5);
  }
}

TEST_CASE("an endpoint takes from its entry what it does not say") {
  const config c = parsed(with_model(
      "{provider: openai, model: m, api_key_env: K, ca_file: c, endpoints: [{base_url: "
      "\"http://a/\"}, {base_url: \"http://b\", api_key_env: L, ca_file: d, limits: {rpm: 5}}]}"));
  const auto endpoints = endpoints_of(c.models[0]);
  REQUIRE(endpoints.size() == 2);
  CHECK(endpoints[0].base_url == "http://a");
  CHECK(endpoints[0].api_key_env == "K");
  CHECK(endpoints[0].ca_file == "c");
  CHECK_FALSE(endpoints[0].limits.rpm.has_value());
  CHECK(endpoints[1].api_key_env == "L");
  CHECK(endpoints[1].ca_file == "d");
  CHECK(endpoints[1].limits.rpm == 5);
}

TEST_CASE("a key in a config is refused and never shown") {
  const std::string api_key_refused =
      "models.0.api_key: a key does not belong in a config; name its variable with api_key_env or "
      "its file with api_key_file";
  CHECK(problem(with_model("{provider: openai, model: m, api_key: sk-SECRET}")) ==
        "c.yaml:5:34: " + api_key_refused);
  CHECK(problem(minimal, {set("models.0.api_key", "sk-SECRET")}) ==
        "--set models.0.api_key: " + api_key_refused);
  for (const char* wrong : {"sk-SECRET", "gsk_Secret1"}) {
    const std::string message = problem(
        with_model("{provider: openai, model: m, api_key_env: " + std::string(wrong) + "}"));
    CHECK(message ==
          "c.yaml:5:47: models.0.api_key_env is not the name of a variable (capitals, digits, "
          "\"_\"); it is not shown, since it may be a key");
  }
  for (const char* path :
       {"api_key", "models.0.api_kee", "models.0.api_key.x", "models.0.api_key_env.x",
        "models.api_key", "models.7.api_key", "run.api_key"}) {
    CAPTURE(path);
    const std::string message = problem(minimal, {set(path, "sk-SECRET")});
    CHECK(message.find("SECRET") == std::string::npos);
  }
}

TEST_CASE("an override of a single value is that text as it is") {
  for (const std::string text : {"#### (.*)", "#",     " # a",   "a # b",
                                 "a: b",      "{{q}}", "{a: b}", "[a]",
                                 "[",         "*x",    "&x",     "!x",
                                 "|",         "> a",   "@a",     "`a`",
                                 "%a",        "- a",   "-",      "\"a\" and \"b\"",
                                 "'tis",      "'",     "a\n# b", "\\boxed{(.*)}",
                                 "true",      "0x10",  " a "}) {
    CAPTURE(text);
    CHECK(parsed(minimal, {set("prompt.user", text)}).prompt.user == text);
    CHECK(parsed(minimal, {set("models.0.mock.replay", text)}).models[0].mock.at("replay") == text);
  }
  const auto taken = [](const std::string& value) {
    return parsed(minimal, {set("prompt.system", value)}).prompt.system;
  };
  CHECK(taken("'#### (.*)'") == "#### (.*)");  // quotes around all of it are taken off
  CHECK(taken(R"("a\tb")") == "a\tb");
  CHECK(taken("''''") == "'");
  CHECK(taken("'null'") == "null");
  for (const char* nothing : {"", "null", "~"}) CHECK_FALSE(taken(nothing).has_value());
}

TEST_CASE("an override of a list is YAML, and that of one text a list of one") {
  const auto stops = [](const std::string& value) {
    return parsed(minimal, {set("sampling.stop", value)}).sampling.stop;
  };
  using texts = std::vector<std::string>;
  CHECK(stops("###") == texts{"###"});
  CHECK(stops("a: # b") == texts{"a: # b"});
  CHECK(stops("[a, '#']") == texts{"a", "#"});
  CHECK(stops("[ab]*.jsonl") == texts{"[ab]*.jsonl"});
  CHECK(stops("'[a]'") == texts{"[a]"});
}

TEST_CASE("writing to Anthropic's cache costs a quarter more than input where no price says else") {
  const config c = parsed(run + dataset + prompt + R"(sampling: {max_tokens: 9}
models:
  - {provider: anthropic, model: a, price: {input: 4, output: 9}}
  - {provider: anthropic, model: b, price: {input: 4, cache_write: 8, output: 9}}
  - {provider: openai, model: c, price: {input: 4, cached: 1, output: 9}}
)");
  CHECK(c.models[0].price == price{4, 4, 9, 5});
  CHECK(c.models[1].price == price{4, 4, 9, 8});
  CHECK(c.models[2].price == price{4, 1, 9, 4});
}

TEST_CASE("overrides win over the file") {
  const config c =
      parsed(minimal + "sampling: {temperature: 1}\n",
             {set("sampling.temperature", "0.5"), set("dataset.limit", "10"),
              set("filter.only_correct", "false"), set("models.0.concurrency", "9"),
              set("models.0.mock.wrong", "0.1"), set("dataset.path", "[a, b]"),
              set("dataset.path.1", "c"), set("output", "{rejected: true}"), set("run", "other")});
  CHECK(c.sampling.temperature == 0.5);
  CHECK(c.dataset.limit == 10);
  CHECK(c.filter.only_correct == false);
  CHECK(c.models[0].limits.concurrency == 9);
  CHECK(c.models[0].mock == std::map<std::string, std::string>{{"wrong", "0.1"}});
  CHECK(c.dataset.paths == std::vector<std::string>{"a", "c"});
  CHECK(c.outputs[0].rejected);
  CHECK(c.run_dir == "runs/other");
}

TEST_CASE("an override without a value takes the file's value away") {
  CHECK(parsed(minimal + "grace_s: 5\n", {set("grace_s", "")}).grace_s == std::nullopt);
  CHECK(problem(minimal, {set("dataset.path", "")}) ==
        "c.yaml:2:1: dataset.path is required: expected text or a list of texts; or set "
        "dataset.generate");
}

TEST_CASE("a wrong override is named by its origin") {
  const struct {
    std::string path;
    std::string value;
    std::string message;
  } cases[] = {
      {"sampling.temperature", "hot",
       "sampling.temperature is \"hot\"; expected a number from 0 to 2"},
      {"sampling.temprature", "1",
       "unknown key \"temprature\" in sampling; did you mean \"temperature\"?"},
      {"samplng.temperature", "1", "unknown key \"samplng\"; did you mean \"sampling\"?"},
      {"sampling", "{top-p: 1}", "unknown key \"top-p\" in sampling; did you mean \"top_p\"?"},
      {"models.1.concurrency", "1", "there is no models.1; models has 1 element, counted from 0"},
      {"models.-1.concurrency", "1",
       "models is a list; expected the number of an element, as in models.0"},
      {"models.concurrency", "1",
       "models is a list; expected the number of an element, as in models.0"},
      {"models.0x.concurrency", "1",
       "models is a list; expected the number of an element, as in models.0"},
      {"run.x", "1", "run is a single value; it holds no \"x\""},
      {"filter.min_length", "[",
       "filter.min_length is \"[\"; expected a whole number of at least 0"},
      {"filter.min_length", "1 # 2",
       "filter.min_length is \"1 # 2\"; expected a whole number of at least 0"},
      {"sampling.extra", "{a: [}", "not YAML: a \"]\" or \"}\" that closes nothing"},
      {"prompt.user", "a\xFF", "not UTF-8"},
      {"models.0.base_url", "http://u:secret@h",
       "models.0.base_url does not go with provider mock"},
      {"sampling.top_p", "http://u:secret@h",
       "sampling.top_p is not shown (it may hold a password); expected a number above 0 and up to "
       "1"},
  };
  for (const auto& [path, value, message] : cases) {
    CAPTURE(path);
    CHECK(problem(minimal, {set(path, value)}) == "--set " + path + ": " + message);
  }
  CHECK(problem(minimal, {{"dataset.limit", "0", "--limit"}}) ==
        "--limit: dataset.limit is \"0\"; expected a whole number of at least 1");
  CHECK(
      problem(minimal, {{"", "1", "--set"}}).starts_with("--set: unknown key \"\"; known are run"));
  CHECK(problem(minimal, {set("sampling..x", "1")}) ==
        "--set sampling..x: unknown key \"\" in sampling; known are temperature, top_p, "
        "max_tokens, top_k, min_p, "
        "stop, seed, frequency_penalty, presence_penalty, logprobs, reasoning, response_schema, "
        "tools, "
        "extra");
}

TEST_CASE("a config file is loaded under its own name") {
  const auto directory =
      std::filesystem::temp_directory_path() / ("retort_config_test_" + std::to_string(getpid()));
  std::filesystem::create_directories(directory);
  const std::string file = directory / "first.yaml";
  std::ofstream(file) << dataset + prompt + models;
  CHECK(load_config(file, {}).value().run == "first");
  CHECK(load_config(file, {set("run", "second")}).value().run == "second");
  std::ofstream(file) << "a: ]";
  CHECK(load_config(file, {}).error().message ==
        file + ":1:4: not YAML: a \"]\" or \"}\" that closes nothing");
  std::ofstream(file) << "a: " << std::string(5 << 20, 'x');
  CHECK(load_config(file, {}).error().message == file + ":1:1: larger than 4 MiB");
  const std::string missing = directory / "missing.yaml";
  CHECK(load_config(missing, {}).error().message ==
        missing + ": cannot be read: No such file or directory");
  CHECK(load_config(missing, {}).error().code == errc::usage);
  CHECK(load_config(directory, {}).error().message ==
        directory.string() + ": cannot be read: Is a directory");
  std::filesystem::remove_all(directory);
}

TEST_CASE("lines of a batch's input bring their id and their conversation") {
  const auto parsed_with = [](const std::string& more) {
    return parse_config(
        "dataset: {path: b.jsonl, format: openai_batch}\n" + more + "models: [{provider: mock}]\n",
        "c.yaml", {});
  };
  const auto plain = parsed_with("");
  REQUIRE_MESSAGE(plain.has_value(), plain.error().message);
  CHECK(plain->dataset.is_batch_input);
  CHECK(plain->dataset.format == io::row_format::jsonl);
  CHECK(plain->dataset.id == "custom_id");
  CHECK(plain->prompt.messages_field == "body.messages");
  const auto told = parsed_with("prompt: {user: hello}\n");
  REQUIRE_MESSAGE(told.has_value(), told.error().message);
  CHECK(told->prompt.user == "hello");
  CHECK_FALSE(told->prompt.messages_field);
}

TEST_CASE("what stands behind a run directory's name is no part of it") {
  CHECK(parsed(minimal + "run_dir: out/\n").run_dir == "out");
  CHECK(parsed(minimal + "run_dir: out//\n").run_dir == "out");
  CHECK(parsed(minimal + "run_dir: /\n").run_dir == "/");
}
