#include "providers/dialects/registry.hpp"

#include <doctest/doctest.h>

using namespace retort::providers;

TEST_CASE("dialects are found by name") {
  CHECK(known_dialects().size() == 15);
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
}
