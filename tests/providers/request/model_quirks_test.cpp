#include "providers/request/model_quirks.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <string>

using namespace retort;
using namespace retort::providers;

namespace {

std::string problem(std::string_view model, const sampling& asked) {
  sampling_key_set all;
  for (int i = 0; i < sampling_key_count; ++i) all.add(static_cast<sampling_key>(i));
  const auto checked = check_keys("any", model, asked, all);
  return checked ? "" : checked.error().message;
}

}  // namespace

TEST_CASE("the table of quirks can be read") {
  const auto read = check_model_quirks();
  CHECK_MESSAGE(read.has_value(), read.error().message);
}

TEST_CASE("only OpenAI's reasoning models take max_completion_tokens") {
  for (const std::string_view model :
       {"o1", "o1-mini", "o3", "o3-mini", "o3-2025-04-16", "o4-mini", "gpt-5", "gpt-5-mini",
        "gpt-5.1", "gpt-5.6-sol", "gpt-6", "ft:o4-mini:org::id", "ft:gpt-5:x", "o1:latest"}) {
    CAPTURE(model);
    CHECK(quirks_of(model).max_tokens_as == "max_completion_tokens");
  }
  for (const std::string_view model : {"",
                                       "o",
                                       "g",
                                       "gpt-",
                                       "gpt-4o",
                                       "gpt-4o-mini",
                                       "gpt-4.1",
                                       "gpt-3.5-turbo",
                                       "gpt-35-turbo",
                                       "gpt-50",
                                       "gpt-oss-20b",
                                       "openai/gpt-5",
                                       "chatgpt-4o-latest",
                                       "ft:gpt-4o-mini:x",
                                       "olmo2",
                                       "o1x",
                                       "o11",
                                       "llama3.1:8b",
                                       "Qwen/Qwen3-8B",
                                       "deepseek-chat",
                                       "mygpt-5"}) {
    CAPTURE(model);
    CHECK(quirks_of(model).max_tokens_as == "max_tokens");
  }
}

TEST_CASE("what sources disagree on passes, and is said") {
  sampling asked;
  asked.temperature = 0.7;
  CHECK(problem("gpt-5-chat-latest", asked) == "");
  const auto doubts = model_doubts("gpt-5-chat-latest", asked);
  REQUIRE(doubts.size() == 1);
  CHECK(doubts[0].starts_with("sampling.temperature: some say"));
  REQUIRE(model_doubts("gpt-5.6-luna", asked).size() == 1);
  CHECK(model_doubts("gpt-5.6-luna", asked)[0] ==
        "sampling.temperature: taken with reasoning.effort none only, and what its default is, "
        "sources do not agree: set it");
  asked.reasoning_effort = "none";
  CHECK(model_doubts("gpt-5.6-luna", asked).empty());
  CHECK(model_doubts("Qwen/Qwen3-8B", asked).empty());
  asked.temperature.reset();
  CHECK(model_doubts("gpt-5-chat-latest", asked).empty());
}

TEST_CASE("a model's keys that exclude each other, its efforts and its least values") {
  sampling asked;
  asked.top_p = 0.9;
  CHECK(problem("claude-sonnet-4-5", asked) == "");
  asked.temperature = 0.7;
  for (const char* model : {"claude-sonnet-4-5", "claude-opus-4-1-20250805", "claude-sonnet-4-6"}) {
    CHECK(problem(model, asked) ==
          fmt::format("sampling.temperature: model {} does not take it beside "
                      "top_p; expected one of them",
                      model));
  }
  CHECK(problem("claude-sonnet-4-20250514", asked) == "");
  CHECK(problem("claude-sonnet-5", asked).find("does not take it") != std::string::npos);
  asked = {};
  asked.reasoning_effort = "none";
  CHECK(problem("gemini-3-pro-preview", asked) ==
        "sampling.reasoning.effort: model gemini-3-pro-preview does not take none; expected low, "
        "medium, high, or it not to be set");
  CHECK(problem("gemini-2.5-flash-lite", asked) == "");
  CHECK(problem("gemini-2.5-pro", asked) != "");
  asked = {};
  asked.reasoning_budget = 64;
  CHECK(problem("gemini-2.5-pro", asked) ==
        "sampling.reasoning.budget_tokens: model gemini-2.5-pro takes 128 at least");
}

TEST_CASE("an effort asks for adaptive thinking, which older models of Anthropic do not have") {
  sampling asked;
  for (const char* model :
       {"claude-haiku-4-5", "claude-opus-4-5-20251101", "claude-opus-4-20250514",
        "claude-sonnet-4-0", "claude-3-7-sonnet-latest"}) {
    CAPTURE(model);
    asked.reasoning_effort = "high";
    CHECK(problem(model, asked).find("does not take high; expected none") != std::string::npos);
    asked.reasoning_effort = "none";
    CHECK(problem(model, asked) == "");
  }
  asked.reasoning_effort = "high";
  for (const char* model : {"claude-opus-4-6", "claude-sonnet-4-6", "claude-opus-5"}) {
    CHECK(problem(model, asked) == "");
  }
}

TEST_CASE("gpt-5 takes neither stop nor penalties, and of its successors sources disagree") {
  sampling asked;
  asked.stop = {"x"};
  CHECK(problem("gpt-5-mini", asked).find("does not take it") != std::string::npos);
  CHECK(problem("gpt-5.2", asked) == "");
  CHECK(model_doubts("gpt-5.2", asked).size() == 1);
  asked = {};
  asked.presence_penalty = 0.5;
  CHECK(problem("gpt-5", asked).find("does not take it") != std::string::npos);
}

TEST_CASE("what a model would refuse is refused with its name and a way out") {
  sampling warm;
  warm.temperature = 0.7;
  CHECK(problem("gpt-4o", warm) == "");
  CHECK(problem("o3-mini", warm) ==
        "sampling.temperature: model o3-mini takes 1 only; expected that, or it not to be set");
  CHECK(problem("claude-opus-4-7", warm) ==
        "sampling.temperature: model claude-opus-4-7 does not take it; expected it not to be set");
  CHECK(problem("claude-opus-4-1", warm) == "");
  CHECK(problem("gpt-5.1", warm) == "");
  warm.reasoning_effort = "none";
  CHECK(problem("gpt-5.1", warm) == "");
  warm.reasoning_effort = "low";
  CHECK(problem("gpt-5.1", warm) ==
        "sampling.temperature: model gpt-5.1 takes it with reasoning.effort none only; expected it "
        "not to be set");
  warm.temperature = 1;
  CHECK(problem("o3", warm) == "");
  warm.stop = {"x"};
  CHECK(problem("o3", warm) ==
        "sampling.stop: model o3 does not take it; expected it not to be set");
  CHECK(problem("o1", warm) == "");
}
