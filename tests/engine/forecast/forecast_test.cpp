#include "engine/forecast/forecast.hpp"

#include <doctest/doctest.h>

#include <boost/asio/io_context.hpp>

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

TEST_CASE("dataset.limit bounds what is read") {
  planned one;
  one.run.dataset.limit = 1;
  CHECK(one.made().records == 1);
}
