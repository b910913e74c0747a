// From a row's text to what is asked: parsing the record, one template, all of a sample's prompt.
#include <benchmark/benchmark.h>

#include "bench/fixtures.hpp"
#include "engine/prompt/prompt_template.hpp"
#include "engine/prompt/prompts.hpp"
#include "providers/body/json_parser.hpp"

namespace retort::bench {
namespace {

void parse_record(benchmark::State& state) {
  const std::string row = padded(jsonl_row(1));
  providers::json_parser parser;
  for (auto _ : state) {
    simdjson::dom::element record;
    benchmark::DoNotOptimize(parser.parse(row).get(record));
  }
}
BENCHMARK(parse_record);

void render_template(benchmark::State& state) {
  const auto prompt =
      engine::prompt_template::parse(
          "Solve this:\n{{question}}\n{{#hint}}A hint: {{hint}}\n{{/hint}}You are {{id}}.")
          .value();
  providers::json_parser parser;
  const simdjson::dom::element record = parser.parse(jsonl_row(1)).value_unsafe();
  std::string text;
  for (auto _ : state) {
    text.clear();
    benchmark::DoNotOptimize(prompt.render(record, text));
  }
}
BENCHMARK(render_template);

void render_prompt(benchmark::State& state) {
  const auto prompts = engine::prompts::make(run_config("runs/bench")).value();
  providers::json_parser parser;
  const simdjson::dom::element record = parser.parse(jsonl_row(1)).value_unsafe();
  for (auto _ : state) {
    engine::sample asked;
    benchmark::DoNotOptimize(prompts.render(record, asked));
  }
}
BENCHMARK(render_prompt);

}  // namespace
}  // namespace retort::bench
