#include "engine/prompt/body_sampling.hpp"

#include <doctest/doctest.h>

#include "engine/prompt/record_json.hpp"
#include "providers/body/json_parser.hpp"

using namespace retort;
using namespace retort::engine;

namespace {

config asking(const std::string& provider) {
  config run;
  run.dataset.is_batch_input = true;
  run.prompt.messages_field = "body.messages";
  run.models.resize(1);
  run.models[0].provider = provider;
  run.models[0].model = "m";
  return run;
}

result<sample> taken(const config& run, const std::string& row, std::uint32_t variant = 0) {
  retort::providers::json_parser parser;
  const auto record = parse_record(parser, row);
  REQUIRE(record.has_value());
  sample into;
  into.key.variant = variant;
  const auto done = body_sampling(run).take(*record, into);
  if (!done) return done.error();
  return into;
}

std::string refused(const config& run, const std::string& row, std::uint32_t variant = 0) {
  const auto got = taken(run, row, variant);
  REQUIRE_FALSE(got.has_value());
  CHECK(got.error().code == errc::dataset);
  return got.error().message;
}

}  // namespace

TEST_CASE("a row's own sampling is the variant's with what the body says, and its bound") {
  config run = asking("openai");
  run.sampling.temperature = 0.5;
  run.sampling.max_tokens = 100;
  const auto got = taken(run, R"({"custom_id":"a","method":"POST","url":"/v1/chat/completions",
                                  "body":{"model":"x","messages":[],"max_tokens":7}})");
  REQUIRE(got.has_value());
  REQUIRE(got->own);
  CHECK(got->own->whole.temperature == 0.5);
  CHECK(got->own->whole.max_tokens == 7);
  CHECK(got->own->most_output == 7);
  CHECK(got->own->said == R"({"max_tokens":7})");
}

TEST_CASE("what varies in the config wins over the body") {
  config run = asking("openai");
  run.vary = {{"sampling.temperature", {"0.1", "0.9"}}};
  run.variations.resize(2);
  run.variations[0].sampling.temperature = 0.1;
  run.variations[1].sampling.temperature = 0.9;
  const std::string row = R"({"body":{"temperature":0.4,"top_p":0.2}})";
  CHECK(taken(run, row, 1)->own->whole.temperature == 0.9);
  CHECK(taken(run, row, 1)->own->whole.top_p == 0.2);
  CHECK(taken(run, row, 1)->own->said == R"({"top_p":0.2})");
}

TEST_CASE("a row that the variant's API or model does not take is named by what is wrong") {
  config run = asking("openai");
  run.models.resize(2);
  run.models[1].provider = "anthropic";
  run.models[1].model = "n";
  run.sampling.max_tokens = 5;
  const std::string row = R"({"body":{"logit_bias":{"1":2}}})";
  CHECK(taken(run, row, 0).has_value());
  CHECK(refused(run, row, 1) ==
        "body.logit_bias is a member of chat completions, of which this API has no like");
  CHECK(
      refused(run, R"({"body":{"seed":5}})", 1)
          .starts_with("with what body says, sampling.seed: provider anthropic does not take it"));
  CHECK(refused(run, R"({"body":{"stream_it":true,"n":3}})").starts_with("body.n is 3, which"));
}

TEST_CASE("a row of another kind is no line of a batch's input") {
  const config run = asking("openai");
  CHECK(refused(run, R"({"url":"/v1/embeddings","body":{}})") ==
        "url is \"/v1/embeddings\"; expected /v1/chat/completions");
  CHECK(refused(run, R"({"body":5})") == "body is no object in this record");
  CHECK(refused(run, R"({"question":"q"})") == "body is no object in this record");
  CHECK(refused(run, R"({"body":{"temperature":1e999}})").starts_with("body.\"temperature\" is "));
}
