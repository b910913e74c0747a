#include "engine/formats/format_columns.hpp"

#include <doctest/doctest.h>
#include <simdjson.h>

#include <algorithm>

#include "engine/config/output_formats.hpp"
#include "tests/support/parquet.hpp"
#include "tests/support/written_lines.hpp"

using namespace retort;
using namespace retort::engine;
using namespace retort::test;
using simdjson::dom::element;

namespace {

constexpr std::string_view tools =
    R"([{"type":"function","function":{"name":"f","parameters":{"type":"object","properties":{}}}}])";

// A run whose samples have whatever a line may have.
config full_run(std::string_view format) {
  config run = with_format(std::string(format));
  run.prompt.user.reset();
  run.prompt.messages_field = "m";
  run.sampling.tools = tools;
  run.sampling.temperature = 1;
  run.outputs[0].metadata = true;
  run.outputs[0].columns = {"c", "d"};
  if (find_output_format(format)->has_field) {
    run.outputs[0].reasoning = reasoning_place::field;
    run.outputs[0].reasoning_field = "thinking";
  }
  return run;
}

sample full_sample(std::uint64_t n, bool calls) {
  sample one;
  one.key.ordinal = n / 2;
  one.key.k = n % 2;
  one.id = std::to_string(n);
  one.messages = {{"system", "Be naïve."}, {"user", "a \"quoted\", line\r\n"},
                  {"assistant", ""},       {"tool", "{\"t\":1}"},
                  {"assistant", "b"},      {"user", "c"}};
  one.messages[2].tool_calls = {{"id-1", "f", "{\"x\":[1,2.5]}"}};
  one.messages[3].tool_call_id = "id-1";
  one.messages[3].name = "f";
  one.messages[4].reasoning = "hm";
  one.messages[4].weight = 1;
  one.reference = "8";
  one.columns = R"("c":[1,"x"],"d":"plain")";
  one.completion.text = calls ? "" : "answer " + std::to_string(n);
  if (calls) one.completion.tool_calls = {{"id-2", "f", "{}"}};
  one.completion.reasoning = "thought";
  one.completion.finish = providers::finish::stop;
  one.completion.usage.input = 3;
  one.completion.usage.output = 4;
  if (n % 2) one.rejected = reject_reason::incorrect;
  return one;
}

std::vector<std::pair<sample, double>> samples_for(std::string_view format) {
  const bool takes_calls = format == "messages" || format == "prompt_completion_messages" ||
                           format == "unpaired" || format == "gemini" || format == "openai_batch" ||
                           format == "prompt_completion";
  std::vector<std::pair<sample, double>> out;
  for (std::uint64_t n = 0; n < 6; ++n) {
    sample one = full_sample(n, takes_calls && n == 2);
    if (format == "alpaca" || format == "text" || format == "gemini_preference") {
      one.messages.erase(one.messages.begin() + 1, one.messages.begin() + 5);
    }
    if (format == "sharegpt") one.messages.erase(one.messages.begin() + 4, one.messages.end());
    if (format == "gemini_preference") one.completion.tool_calls.clear();
    out.emplace_back(one, n % 2 ? 0 : 1);
  }
  return out;
}

bool is_same(element plain, element typed);

bool is_same_object(simdjson::dom::object plain, simdjson::dom::object typed) {
  for (const auto [key, value] : plain) {
    element other;
    const bool is_there = !typed.at_key(key).get(other);
    if (!is_there ? !value.is_null() : !is_same(value, other)) return false;
  }
  for (const auto [key, value] : typed) {
    if (!value.is_null() && plain.at_key(key).error()) return false;
  }
  return true;
}

bool is_same_list(simdjson::dom::array plain, simdjson::dom::array typed) {
  return std::equal(plain.begin(), plain.end(), typed.begin(), typed.end(), is_same);
}

// What has a type in the table is the same there; what has none is its JSON.
bool is_same(element plain, element typed) {
  std::string_view text, other_text;
  double number = 0, other = 0;
  simdjson::dom::object object, other_object;
  simdjson::dom::array list, other_list;
  const bool is_text = !plain.get(text);
  if (!typed.get(other_text))
    return other_text == (is_text ? std::string(text) : simdjson::minify(plain));
  if (!plain.get(object)) return !typed.get(other_object) && is_same_object(object, other_object);
  if (!plain.get(list)) return !typed.get(other_list) && is_same_list(list, other_list);
  if (!plain.get(number)) return !typed.get(other) && number == other;
  return simdjson::minify(plain) == simdjson::minify(typed);
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> out;
  for (std::size_t at = 0; at < text.size();) {
    const auto end = text.find('\n', at);
    out.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return out;
}

}  // namespace

TEST_CASE("each format but jq's and csv has columns, which are its members") {
  for (const std::string_view name : output_format_names()) {
    if (name == "jq" || name == "csv") continue;
    CAPTURE(name);
    const config run = full_run(name);
    auto members = members_of(*find_output_format(name));
    if (name == "prompt_completion") members.insert(members.end(), {"thinking", "tool_calls"});
    std::vector<std::string> found;
    for (const auto& one : columns_of_format(run, run.outputs[0])) found.push_back(one.name);
    std::ranges::sort(members);
    std::ranges::sort(found);
    CHECK(found == members);
  }
}

TEST_CASE("a table of Parquet holds what the lines of its format do, member for member") {
  if (!has_parquet()) return;
  const temporary_directory directory;
  simdjson::dom::parser one_parser, other_parser;
  for (const std::string_view name : output_format_names()) {
    if (name == "jq" || name == "csv") continue;
    CAPTURE(name);
    const config run = full_run(name);
    const auto samples = samples_for(name);
    const auto lines = lines_of(written(run, samples).at("out.jsonl"));
    const auto rows = rows_of_parquet(
        directory.file("a.parquet", written(run, samples, "out.parquet").at("out.parquet")));
    REQUIRE(rows.size() == lines.size());
    REQUIRE(lines.size() >= 3);
    for (std::size_t n = 0; n < lines.size(); ++n) {
      element plain, typed;
      REQUIRE(!one_parser.parse(lines[n]).get(plain));
      REQUIRE(!other_parser.parse(rows[n]).get(typed));
      INFO(lines[n] << "\n" << rows[n]);
      CHECK(is_same(plain, typed));
    }
  }
}

TEST_CASE("what cannot come up is no column, and a call that nobody could expect is no sample") {
  config run = with_format("messages");
  CHECK(!may_call(run));
  const auto columns = columns_of_format(run, run.outputs[0]);
  REQUIRE(columns.size() == 1);
  CHECK(columns[0].inside[0].inside.size() == 2);  // role and content
  if (!has_parquet()) return;
  run.outputs[0].path = "a.parquet";
  sample one;
  one.messages = {{"user", "a"}};
  one.completion.text = "b";
  CHECK(render(run, one).rule == "");
  one.completion.tool_calls = {{"id", "f", "{}"}};
  CHECK(render(run, one).rule == "no tools are offered, and it calls one");
  run.sampling.tools = tools;
  CHECK(may_call(run));
  CHECK(render(run, one).rule == "");
}
