#include "engine/config/config_output.hpp"

#include <doctest/doctest.h>

#include "engine/config/config_keys.hpp"
#include "engine/config/run_directory.hpp"

using namespace retort;
using namespace retort::engine;

namespace {

const std::string base =
    "run: t\ndataset: {path: a.jsonl}\nprompt: {user: u}\nmodels: [{provider: mock}]\n";

config parsed(const std::string& text) {
  auto c = parse_config(base + text, "c.yaml", {});
  REQUIRE_MESSAGE(c.has_value(), c.error().message);
  return std::move(*c);
}

std::string problem(const std::string& text, const std::vector<override_value>& overrides = {}) {
  const auto c = parse_config(base + text, "c.yaml", overrides);
  return c ? "" : c.error().message;
}

}  // namespace

TEST_CASE("outputs are read in their order, each with the keys of output") {
  const config c = parsed(
      "holdout: 0.02\noutputs:\n  - {path: a.jsonl, rejected: true}\n  - {path: b.csv, format: "
      "csv, part: holdout}\n");
  REQUIRE(c.outputs.size() == 2);
  CHECK(c.holdout == 0.02);
  CHECK(c.outputs[0].path == "a.jsonl");
  CHECK(c.outputs[0].format == "prompt_completion");
  CHECK(c.outputs[0].rejected);
  CHECK(c.outputs[0].part == part::training);
  CHECK(c.outputs[1].path == "b.csv");
  CHECK(c.outputs[1].format == "csv");
  CHECK_FALSE(c.outputs[1].rejected);
  CHECK(c.outputs[1].part == part::holdout);
}

TEST_CASE("output is short for a list of one, and neither for one of all defaults") {
  const config one = parsed("output: {path: a.jsonl, rejected: true}\n");
  const config list = parsed("outputs: [{path: a.jsonl, rejected: true}]\n");
  CHECK(view_shaping(one) == view_shaping(list));
  CHECK(one.outputs.size() == 1);
  CHECK(parsed("").outputs.size() == 1);
}

TEST_CASE("each key of outputs has the row of output's, and shapes views") {
  std::size_t seen = 0;
  for (const config_key& row : config_keys()) {
    if (first_name(row.path) != "output") continue;
    const config_key* const other = find_key("outputs.7." + std::string(row.path.substr(7)));
    REQUIRE(other != nullptr);
    CHECK(other->kind == row.kind);
    CHECK(other->shapes == shapes::views);
    ++seen;
  }
  CHECK(seen > 3);
  const std::string two = "holdout: 0.5\noutputs: [{path: a}, {path: b";
  const auto before = view_shaping(parsed(two + "}]\n"));
  for (const char* other : {", format: csv", ", rejected: true", ", part: holdout"}) {
    CAPTURE(other);
    const config c = parsed(two + other + "}]\n");
    CHECK(view_shaping(c) != before);
    CHECK(verdict_shaping(c) == verdict_shaping(parsed(two + "}]\n")));
  }
}

TEST_CASE("what is wrong about outputs is said with its place") {
  struct {
    const char* text;
    std::string message;
  } const table[] = {
      {"outputs: []\n", "c.yaml:5:10: outputs is empty; expected at least one output"},
      {"output: {}\noutputs: [{path: a}]\n",
       "c.yaml:5:9: output cannot stand beside outputs; expected one of them"},
      {"outputs: {path: a}\n", "c.yaml:5:10: outputs is a map; expected a list"},
      {"outputs: [{path: a}, {path: ./x/../a}]\n",
       "c.yaml:5:29: outputs.1.path goes to \"./x/../a\", where outputs.0 goes; expected a file "
       "for "
       "each"},
      {"outputs: [{path: -}, {path: b}, {path: '-'}]\n",
       "c.yaml:5:40: outputs.2.path goes to \"-\", where outputs.0 goes; expected a file for each"},
      {"outputs: [{rejected: true}, {format: csv, rejected: true}]\n",
       "c.yaml:5:53: outputs.1.rejected goes to \"runs/t/finetuning_data.rejected.jsonl\", where "
       "outputs.0 goes; expected a file for each"},
      {"outputs: [{}, {}]\n",
       "c.yaml:5:15: outputs.1.path goes to \"runs/t/finetuning_data.jsonl\", where outputs.0 "
       "goes; "
       "expected a file for each"},
      {"outputs: [{path: a.jsonl, shard_mb: 1}, {path: a-00001.jsonl}]\n",
       "c.yaml:5:48: outputs.1.path goes to \"a-00001.jsonl\", where outputs.0 goes; expected a "
       "file "
       "for each"},
      {"outputs: [{path: a-123456.jsonl.gz}, {path: ./a.jsonl.gz, shard_mb: 1}]\n",
       "c.yaml:5:45: outputs.1.path goes to \"./a.jsonl.gz\", where outputs.0 goes; expected a "
       "file "
       "for each"},
      {"outputs: [{path: a/dataset_info.json}, {path: a/b.jsonl, format: alpaca}]\n",
       "c.yaml:5:18: outputs.0.path is the name of what describes alpaca and sharegpt; expected "
       "another"},
      {"outputs: [{path: a.jsonl.gz, format: csv}]\n",
       "c.yaml:5:18: outputs.0.path is of JSON lines, and format csv makes none; expected .csv"},
      {"outputs: [{path: a, fromat: csv}]\n",
       "c.yaml:5:21: unknown key \"fromat\" in outputs.0; did you mean \"format\"?"},
      {"outputs: [{path: a, part: holdout}]\n",
       "c.yaml:5:27: outputs.0.part needs holdout, the share of the records that is held out"},
      {"holdout: 0\n", "c.yaml:5:10: holdout is \"0\"; expected a number above 0 and up to 1"},
      {"holdout: 2%\n", "c.yaml:5:10: holdout is \"2%\"; expected a number above 0 and up to 1"},
  };
  for (const auto& [text, message] : table) CHECK(problem(text) == message);
  CHECK(problem("outputs: [{path: a}]\n", {{"output.path", "b", "--output"}}) ==
        "--output: output cannot stand beside outputs; expected one of them");
}

TEST_CASE("no output takes the place of what is the run's own") {
  for (const std::string& own : run_directory{"runs/t"}.own()) {
    CAPTURE(own);
    CHECK(problem("output: {path: " + own + "}\n") ==
          "c.yaml:5:16: output.path goes to \"" + own +
              "\", where the run's own record goes; expected a file for each");
  }
}

TEST_CASE("an output that nobody named lies in the run directory, and its rejected beside it") {
  const config c = parsed("run_dir: r\n");
  output_config of;
  CHECK(path_of(c, of) == "r/finetuning_data.jsonl");
  CHECK(rejected_path_of(c, of) == "r/finetuning_data.rejected.jsonl");
  of.format = "csv";
  CHECK(path_of(c, of) == "r/finetuning_data.csv");
  of.path = "x/y.z.jsonl";
  CHECK(path_of(c, of) == "x/y.z.jsonl");
  CHECK(rejected_path_of(c, of) == "x/y.z.rejected.jsonl");
  of.path = "-";
  CHECK(rejected_path_of(c, of) == "r/finetuning_data.rejected.jsonl");
}

TEST_CASE("an output has what its keys say") {
  const config c = parsed(
      "samples: {n: 2}\nevaluate: [exact]\nreference: {template: r}\n"
      "output: {format: preference, path: p.jsonl.gz, metadata: true, columns: [topic, "
      "meta.level], "
      "reasoning: {field: thinking}, tool_arguments: object, order: dataset, shard_mb: 5, margin: "
      "0.25, pairs: 3}\n");
  const output_config& of = c.outputs.at(0);
  CHECK(of.metadata == true);
  CHECK(of.columns == std::vector<std::string>{"topic", "meta.level"});
  CHECK(of.reasoning == reasoning_place::field);
  CHECK(of.reasoning_field == "thinking");
  CHECK(of.has_argument_objects);
  CHECK(of.in_dataset_order);
  CHECK(of.shard_mb == 5);
  CHECK(of.margin == 0.25);
  CHECK(of.pairs == 3);
  CHECK(columns_of(c) == std::vector<std::string>{"meta.level", "topic"});
  CHECK(parsed("vary: {sampling.temperature: [0, 1]}\noutput: {format: preference}\n")
            .outputs[0]
            .format == "preference");
  const config made = parsed("outputs: [{path: a, format: {jq: '.prompt'}}]\n");
  CHECK(made.outputs[0].format == "jq");
  CHECK(made.outputs[0].jq == ".prompt");
  CHECK(parsed("output: {reasoning: think_tags}\n").outputs[0].reasoning ==
        reasoning_place::think_tags);
}

TEST_CASE("what a format needs and the run lacks is said with its place") {
  struct {
    const char* text;
    std::string message;
  } const table[] = {
      {"output: {format: mesages}\n",
       "c.yaml:5:18: output.format is \"mesages\"; expected prompt_completion, csv, "
       "prompt_completion_messages, messages, text, prompt_only, unpaired, preference, "
       "openai_preference, gemini, gemini_preference, sharegpt, alpaca, openai_batch, verl, "
       "reward, "
       "jq or jsonl; did you mean \"messages\"?"},
      {"output: {format: preference}\n",
       "c.yaml:5:18: output.format preference needs several answers to a record; set samples.n, or "
       "give several models"},
      {"output: {format: verl}\n",
       "c.yaml:5:18: output.format verl needs a reference; set reference"},
      {"output: {format: reward}\n",
       "c.yaml:5:18: output.format reward needs an evaluator that decides; set evaluate"},
      {"samples: {n: 2}\noutput: {format: preference, margin: 0.5}\n",
       "c.yaml:6:38: output.margin needs an evaluator that decides, whose score it is; set "
       "evaluate"},
      {"output: {format: messages, pairs: 2}\n",
       "c.yaml:5:35: output.pairs goes with formats of pairs, and messages is none"},
      {"output: {format: alpaca, reasoning: keep}\n",
       "c.yaml:5:37: output.reasoning has no place beside the answer in format alpaca; expected "
       "drop "
       "or think_tags"},
      {"output: {format: messages, columns: [a, tools]}\n",
       "c.yaml:5:37: output.columns has \"tools\", which the output has already"},
      {"output: {format: text, columns: [a, a]}\n",
       "c.yaml:5:33: output.columns has \"a\", which the output has already"},
      {"output: {format: jq}\n",
       "c.yaml:5:18: output.format is jq without a program; expected {jq: 'PROGRAM'}"},
      {"output: {format: {jq: '.a |'}}\n", "c.yaml:5:23: output.jq is no jq program; jq says: "},
      {"output: {format: {yq: '.a'}}\n", "c.yaml:5:18: output.format is a map; expected "},
      {"output: {format: messages, reasoning: {field: content}}\n",
       "c.yaml:5:47: output.reasoning_field is \"content\", which has a meaning already"},
      {"output: {format: messages, reasoning: {field: weight}}\n",
       "c.yaml:5:47: output.reasoning_field is \"weight\", which has a meaning already"},
      {"output: {jq: .}\n", "c.yaml:5:14: output.jq goes with format: jq only"},
      {"output: {format: {jq: .}, path: a.csv.gz}\n", "c.yaml:5:33: output.path names a table, "},
      {"output: {path: a.parquet.gz}\n",
       "c.yaml:5:16: output.path is Parquet packed once more, which nobody reads; expected "
       ".parquet"},
      {"output: {path: a.parquet, format: csv}\n",
       "c.yaml:5:16: output.path is Parquet, and format csv is not; expected another format"},
      {"output: {format: {jq: .}, path: a.parquet}\n", "c.yaml:5:33: output.path names a table, "},
      {"output: {path: '-', shard_mb: 1}\n",
       "c.yaml:5:31: output.shard_mb does not go with standard output"},
      {"output: {step: a}\n", "c.yaml:5:16: output.step needs steps"},
  };
  for (const auto& [text, message] : table) {
    CAPTURE(text);
    CHECK(problem(text).substr(0, message.size()) == message);
  }
  const std::string steps =
      "run: t\ndataset: {path: a.jsonl}\nmodels: [{provider: mock}]\nsteps:\n  - {name: draft, "
      "prompt: {user: a}}\n  - {name: last, prompt: {user: b}}\n";
  const auto wrong = parse_config(steps + "output: {step: drafft}\n", "c.yaml", {});
  REQUIRE_FALSE(wrong.has_value());
  CHECK(wrong.error().message ==
        "c.yaml:7:16: output.step is \"drafft\"; expected draft, last; did you mean \"draft\"?");
  const auto right = parse_config(steps + "output: {step: draft}\n", "c.yaml", {});
  REQUIRE(right.has_value());
  CHECK(right->outputs[0].step == "draft");
}

TEST_CASE("what a file is goes by its name's ending") {
  output_config of;
  for (const char* name : {"a.csv", "a.csv.gz", "x/a.csv.zst"}) {
    of.path = name;
    CHECK(is_table(of));
  }
  for (const char* name : {"", "-", "a", "a.jsonl", "a.jsonl.gz", "a.csv.bak", "a.gz"}) {
    of.path = name;
    CHECK_FALSE(is_table(of));
  }
  of.path = "x/A.CSV.GZ";
  CHECK(is_table(of));
  CHECK(rejected_path_of(config{}, of) == "x/A.rejected.jsonl");
  CHECK(shard_path("x/A.CSV.GZ", 2) == "x/A-00002.CSV.GZ");
  of.path = "x/A.PARQUET";
  CHECK(is_parquet(of));
  CHECK_FALSE(is_table(of));
  of.path = "a.gz";
  of.format = "csv";
  CHECK(is_table(of));
  CHECK(shard_path("x/a.jsonl", 0) == "x/a-00000.jsonl");
  CHECK(shard_path("a.b.jsonl.gz", 12) == "a.b-00012.jsonl.gz");
  CHECK(shard_path("a", 1) == "a-00001");
  of.path = "x/a.jsonl.zst";
  CHECK(rejected_path_of(config{}, of) == "x/a.rejected.jsonl");
}
