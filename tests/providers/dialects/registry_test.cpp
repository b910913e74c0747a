#include "providers/dialects/registry.hpp"

#include <doctest/doctest.h>

using namespace retort::providers;

TEST_CASE("dialects are found by name") {
  CHECK(known_dialects().size() == 22);
  CHECK(known_dialects().front() == "openai");
  for (const std::string_view name : known_dialects()) {
    CAPTURE(name);
    REQUIRE(find_provider(name) != nullptr);
    CHECK(find_provider(name)->name == name);
    CHECK(find_dialect(name) == find_provider(name)->dialect);
  }
  CHECK(find_dialect("openai")->target("m", delivery::whole) == "/chat/completions");
  CHECK(find_dialect("openapi") == nullptr);
  CHECK(find_dialect("") == nullptr);
}

TEST_CASE("a provider's usual address and key are known") {
  CHECK(find_provider("openai")->base_url == "https://api.openai.com/v1");
  CHECK(find_provider("openai")->key_variable == "OPENAI_API_KEY");
  CHECK(find_provider("deepseek")->base_url == "https://api.deepseek.com");
  CHECK(find_provider("anthropic")->key_variable == "ANTHROPIC_API_KEY");
  CHECK(find_provider("azure")->base_url == "");
  CHECK(find_provider("tgi")->base_url == "");
  CHECK(find_provider("vllm")->key_variable == "");
  const struct {
    const char* name;
    const char* base_url;
    const char* key_variable;
  } hosted[] = {
      {"groq", "https://api.groq.com/openai/v1", "GROQ_API_KEY"},
      {"fireworks", "https://api.fireworks.ai/inference/v1", "FIREWORKS_API_KEY"},
      {"xai", "https://api.x.ai/v1", "XAI_API_KEY"},
      {"cerebras", "https://api.cerebras.ai/v1", "CEREBRAS_API_KEY"},
      {"nvidia", "https://integrate.api.nvidia.com/v1", "NVIDIA_API_KEY"},
      {"deepinfra", "https://api.deepinfra.com/v1/openai", "DEEPINFRA_API_KEY"},
      {"perplexity", "https://api.perplexity.ai", "PERPLEXITY_API_KEY"},
  };
  for (const auto& one : hosted) {
    CAPTURE(std::string(one.name));
    CHECK(find_provider(one.name)->base_url == one.base_url);
    CHECK(find_provider(one.name)->key_variable == one.key_variable);
  }
}

TEST_CASE("what a provider answers with a 400 is refused before it is sent") {
  const auto takes = [](const char* name, const sampling& asked) {
    return find_dialect(name)->check("m", asked).has_value();
  };
  sampling penalized, with_logprobs;
  penalized.frequency_penalty = 0.5;
  with_logprobs.logprobs = 5;
  CHECK_FALSE(takes("cerebras", penalized));
  CHECK(takes("groq", penalized));
  CHECK_FALSE(takes("groq", with_logprobs));
  CHECK(takes("fireworks", with_logprobs));
  with_logprobs.logprobs = 6;
  CHECK_FALSE(takes("fireworks", with_logprobs));
  CHECK(takes("xai", with_logprobs));
}

TEST_CASE("no dialect sends what is for who trains with a message") {
  std::vector<message> plain = {{"user", "q"}, {"assistant", "a"}, {"user", "r"}};
  std::vector<message> weighed = plain;
  weighed[0].weight = 1;
  weighed[1].weight = 0;
  weighed[1].reasoning = "thought";
  const sampling none;
  for (const std::string_view name : known_dialects()) {
    CAPTURE(name);
    std::string body, other;
    find_dialect(name)->append_body({"m", plain, none, delivery::whole}, body);
    find_dialect(name)->append_body({"m", weighed, none, delivery::whole}, other);
    CHECK(body.find("\"r\"") != std::string::npos);
    CHECK(body == other);
  }
}
