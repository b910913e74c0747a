#include "engine/filters/succession.hpp"

#include <doctest/doctest.h>

#include "tests/support/samples.hpp"

using namespace retort;
using namespace retort::engine;
using test::answered;

namespace {

config settings() {
  config c;
  c.prompt.user = "{{question}}";
  c.models.resize(1);
  return c;
}

config unique(unique_by by, std::optional<double> near = std::nullopt) {
  config c = settings();
  c.filter.unique = unique_config{by, near};
  return c;
}

// The reason, "" for accepted.
std::string judged(succession& by, sample one) {
  by.judge(one);
  return one.rejected ? std::string(name(*one.rejected)) + ": " + one.reject_detail : "";
}

}  // namespace

TEST_CASE("without such a filter there is no succession") {
  CHECK(succession::make(settings()) == nullptr);
}

TEST_CASE("of answers that samples.keep still chooses from none is judged by it") {
  config run = unique(unique_by::completion);
  run.samples.keep = keep::best;
  CHECK(succession::make(run) == nullptr);
  const auto by = succession::behind_keep(run);
  CHECK_FALSE(by->object("5", 1, "q1"));
  CHECK(by->object("5", 2, "q2")->detail == "the same as q1");
  run.samples.keep = keep::all;
  CHECK(succession::behind_keep(run) == nullptr);
}

TEST_CASE("the second of two samples with one text is a duplicate, white space around it aside") {
  const config run = unique(unique_by::completion);
  const auto by = succession::make(run);
  CHECK(judged(*by, answered(1, "x = 5")) == "");
  CHECK(judged(*by, answered(2, " x = 5\n")) == "duplicate: the same as q1");
  CHECK(judged(*by, answered(3, "x = 5.")) == "");
  CHECK(judged(*by, answered(4, "X = 5")) == "");
  CHECK(judged(*by, answered(5, "x  = 5")) == "");
}

TEST_CASE("what is rejected otherwise, or failed, is in nobody's way") {
  const config run = unique(unique_by::completion);
  const auto by = succession::make(run);
  by->note(test::rejected(answered(1, "5"), reject_reason::incorrect));
  CHECK(judged(*by, test::rejected(answered(1, "5"), reject_reason::incorrect)) == "incorrect: ");
  CHECK(judged(*by, test::failed(2, providers::failure_kind::timeout)) == "");
  CHECK(judged(*by, answered(3, "5")) == "");
  by->note(answered(4, "6"));
  CHECK(judged(*by, answered(5, "6")) == "duplicate: the same as q4");
}

TEST_CASE("unique goes by the prompt or the reference where it is told to") {
  const config prompts = unique(unique_by::prompt);
  const auto by_prompt = succession::make(prompts);
  CHECK(judged(*by_prompt, answered(1, "a")) == "");
  CHECK(judged(*by_prompt, answered(1, "b", 0)) == "duplicate: the same as q1");
  CHECK(judged(*by_prompt, answered(2, "a")) == "");
  const config references = unique(unique_by::reference);
  const auto by_reference = succession::make(references);
  sample none = answered(1, "a");
  none.reference.reset();
  CHECK(judged(*by_reference, none) == "");
  CHECK(judged(*by_reference, none) == "");
  CHECK(judged(*by_reference, answered(1, "a")) == "");
  CHECK(judged(*by_reference, answered(1, "b")) == "duplicate: the same as q1");
}

TEST_CASE("calls of tools are part of what a completion says") {
  const config run = unique(unique_by::completion);
  const auto by = succession::make(run);
  sample one = answered(1, "");
  one.completion.tool_calls = {{"c1", "add", "{\"a\":1}"}};
  CHECK(judged(*by, one) == "");
  sample other = one;
  other.completion.tool_calls[0].arguments = "{\"a\":2}";
  CHECK(judged(*by, other) == "");
  one.completion.tool_calls[0].id = "c2";
  CHECK(judged(*by, one) == "duplicate: the same as q1");
}

TEST_CASE("so many of a record are accepted and no more, whatever comes between") {
  config run = settings();
  run.filter.per_record = 2;
  const auto by = succession::make(run);
  CHECK(judged(*by, answered(1, "a")) == "");
  CHECK(judged(*by, test::rejected(answered(1, "b"), reject_reason::too_long)) == "too_long: ");
  CHECK(judged(*by, answered(2, "a")) == "");
  by->note(answered(1, "c"));
  CHECK(judged(*by, answered(1, "d")) == "per_record: 2 before it");
  CHECK(judged(*by, answered(0, "a")) == "");
  CHECK(judged(*by, answered(2, "b")) == "");
  CHECK(judged(*by, answered(2, "c")) == "per_record: 2 before it");
}

TEST_CASE("one too many of its record is no text that others must not have") {
  config run = unique(unique_by::completion);
  run.filter.per_record = 1;
  const auto by = succession::make(run);
  CHECK(judged(*by, answered(1, "a")) == "");
  CHECK(judged(*by, answered(1, "b")) == "per_record: 1 before it");
  CHECK(judged(*by, answered(2, "b")) == "");
  CHECK(judged(*by, answered(2, "a")) == "duplicate: the same as q1");
}
