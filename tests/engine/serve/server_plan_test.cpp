#include "engine/serve/server_plan.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <set>

using namespace retort;
using namespace retort::engine;

namespace {

config parsed(const std::string& models, const std::string& more = "") {
  auto made = parse_config(
      "run: t\ndataset: {path: a.jsonl}\nprompt: {user: u}\nmodels: [" + models + "]\n" + more,
      "c.yaml", {});
  REQUIRE_MESSAGE(made.has_value(), made.error().message);
  return std::move(*made);
}

result<std::vector<planned_server>> planned(config& of, const char* gpus = nullptr) {
  return plan_servers(of, [gpus](const char* name) {
    return std::string_view(name) == "CUDA_VISIBLE_DEVICES" ? gpus : nullptr;
  });
}

constexpr char served[] =
    R"({provider: vllm, model: m, concurrency: 7, serve: {command: "s {port} -p {port}"}})";

}  // namespace

TEST_CASE("each server is an endpoint of its entry, on a port of its own") {
  config of = parsed(std::string("{provider: mock}, ") + served);
  const auto plan = planned(of, "2,4");
  REQUIRE(plan.has_value());
  REQUIRE(plan->size() == 2);
  const auto endpoints = endpoints_of(of.models[1]);
  REQUIRE(endpoints.size() == 2);
  for (std::size_t i = 0; i < 2; ++i) {
    const planned_server& one = (*plan)[i];
    const std::string port = one.base_url.substr(17, one.base_url.rfind('/') - 17);
    CHECK(one.entries == std::vector<std::size_t>{1});
    CHECK(one.replica == i);
    CHECK(one.place == "models[1].serve");
    CHECK(one.base_url == "http://127.0.0.1:" + port + "/v1");
    CHECK(one.command == "s " + port + " -p " + port);
    CHECK(one.ready == "/health");
    CHECK(one.startup_s == 900);
    CHECK(endpoints[i].base_url == one.base_url);
    CHECK(endpoints[i].limits.concurrency == 7);
  }
  CHECK((*plan)[0].base_url != (*plan)[1].base_url);
  CHECK(text_of((*plan)[1]).ends_with(" (CUDA_VISIBLE_DEVICES=4)"));
  CHECK((*plan)[1].log == "server-1.log");
}

TEST_CASE("a config without such entries is left as it is") {
  config of = parsed("{provider: mock}");
  CHECK(planned(of)->empty());
  CHECK(of.models[0].endpoints.empty());
}

TEST_CASE("an entry that finds no GPU left is told by its place") {
  config of = parsed(std::string(served) + ", " + served);
  const auto plan = planned(of, "0");
  REQUIRE_FALSE(plan.has_value());
  CHECK(plan.error().message.starts_with("models[1]: serve: GPUs needed: 1; left of"));
}

TEST_CASE("a judge has servers of its own, or is asked at those that its `serve` has started") {
  const auto judged_by = [](const std::string& command) {
    return parsed(served, R"(evaluate: [judge: {prompt: "{{completion}}", scale: [0, 1], model: )"
                          R"({provider: tgi, model: j, serve: {command: ")" +
                              command + "\"}}}]\n");
  };
  config other = judged_by("t {port}");
  const auto two = plan_servers(other, [](const char*) { return nullptr; });
  REQUIRE(two.has_value());
  REQUIRE(two->size() == 2);
  CHECK((*two)[1].place == "evaluate[0].judge.model.serve");
  CHECK((*two)[1].entries == std::vector<std::size_t>{1});
  CHECK(endpoints_of(other.judges[0].model).front().base_url == (*two)[1].base_url);

  config same = judged_by("s {port} -p {port}");
  const auto shared = planned(same, "2,4");
  REQUIRE(shared.has_value());
  REQUIRE(shared->size() == 2);
  for (std::size_t i = 0; i < 2; ++i) {
    CHECK((*shared)[i].entries == std::vector<std::size_t>{0, 1});
    CHECK(endpoints_of(same.judges[0].model)[i].base_url == (*shared)[i].base_url);
  }
}

TEST_CASE("the last step's judge is asked at the server of an earlier step's model") {
  config of = parsed(served, R"(steps:
  - {name: draft, prompt: {user: "{{q}}"}}
  - name: final
    models: [{provider: openai, model: o}]
    prompt: {user: "{{steps.draft.text}}"}
    evaluate: [judge: {prompt: "{{completion}}", scale: [0, 1], model: )"
                             R"({provider: vllm, model: m, serve: {command: "s {port} -p {port}"}}}]
)");
  const auto plan = planned(of, "5");
  REQUIRE(plan.has_value());
  REQUIRE(plan->size() == 1);
  REQUIRE((*plan)[0].entries.size() == 2);
  CHECK((*plan)[0].place == "models[0].serve");
  CHECK(endpoints_of(of.judges[0].model).front().base_url == (*plan)[0].base_url);
}

TEST_CASE("a server gets our environment without the keys and passwords of other entries") {
  ::setenv("SERVE_TEST_OWN", "a", 1);
  ::setenv("SERVE_TEST_OTHER", "b", 1);
  ::setenv("SERVE_TEST_WORD", "c", 1);
  ::setenv("SERVE_TEST_LISTED", "d", 1);
  config of = parsed(
      R"({provider: vllm, model: m, api_key_env: SERVE_TEST_OWN, serve: {command: "{port}"}},
         {provider: openai, model: n, api_key_env: SERVE_TEST_OTHER,
          limits: {shared: "redis://h", shared_key_env: SERVE_TEST_WORD}},
         {provider: openai, model: o, endpoints: [{base_url: "http://h/v1",
          limits: {shared: "redis://h", shared_key_env: SERVE_TEST_LISTED}}]})");
  const auto plan = planned(of, "5");
  REQUIRE(plan.has_value());
  const auto all = environment_of((*plan)[0], of);
  CHECK(std::ranges::count(all, "SERVE_TEST_OWN=a") == 1);
  CHECK(std::ranges::count(all, "SERVE_TEST_OTHER=b") == 0);
  CHECK(std::ranges::count(all, "SERVE_TEST_WORD=c") == 0);
  CHECK(std::ranges::count(all, "SERVE_TEST_LISTED=d") == 0);
  CHECK(std::ranges::count(all, "CUDA_VISIBLE_DEVICES=5") == 1);
  ::unsetenv("SERVE_TEST_OWN");
  ::unsetenv("SERVE_TEST_OTHER");
  ::unsetenv("SERVE_TEST_WORD");
  ::unsetenv("SERVE_TEST_LISTED");
}

TEST_CASE("what cannot be served so is said with its place") {
  const std::pair<const char*, const char*> cases[] = {
      {R"({provider: vllm, model: m, serve: {command: "s"}})",
       "models.0.serve.command has no {port}"},
      {R"({provider: vllm, model: m, serve: {}})", "serve.command"},
      {R"({provider: vllm, model: m, serve: {command: "{port}", ready: health}})",
       "models.0.serve.ready is no path of a URL"},
      {R"({provider: vllm, model: m, serve: {command: "{port}", replicas: 0}})",
       "models.0.serve.replicas is \"0\"; expected auto or a whole number from 1 to 1024"},
      {R"({provider: vllm, model: m, serve: {command: "{port}", replicas: many}})",
       "models.0.serve.replicas is \"many\"; expected auto"},
      {R"({provider: vllm, model: m, serve: {command: "{port}"}, base_url: "http://h/v1"})",
       "models.0.base_url cannot stand beside serve"},
      {R"({provider: vllm, model: m, serve: {command: "{port}"}, endpoints: [{base_url: "http://h"}]})",
       "models.0.endpoints cannot stand beside serve"},
      {R"({provider: openai, model: m, mode: batch, serve: {command: "{port}"}})",
       "models.0.serve does not go with mode: batch"},
      {R"({provider: mock, serve: {command: "{port}"}})",
       "models.0.serve does not go with provider mock"},
      {R"({provider: vllm, model: m, serve: {command: "{port}"}, limits: {shared: "redis://h"}})",
       "models.0.serve does not go with limits.shared"},
  };
  for (const auto& [models, message] : cases) {
    CAPTURE(models);
    const auto made = parse_config(std::string("run: t\ndataset: {path: a}\nprompt: {user: u}\n"
                                               "models:\n  - ") +
                                       models + "\n",
                                   "c.yaml", {});
    REQUIRE_FALSE(made.has_value());
    CHECK_MESSAGE(made.error().message.find(message) != std::string::npos, made.error().message);
  }
}
