#include "providers/request/sampling_keys.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "providers/request/model_quirks.hpp"

namespace retort::providers {
namespace {

constexpr std::array<std::string_view, sampling_key_count> names = {
    "temperature",
    "top_p",
    "max_tokens",
    "top_k",
    "min_p",
    "stop",
    "seed",
    "frequency_penalty",
    "presence_penalty",
    "logprobs",
    "reasoning.effort",
    "reasoning.budget_tokens",
    "response_schema",
    "tools",
};

sampling_key key_at(int index) { return static_cast<sampling_key>(index); }

error refused_by_model(std::string_view model, sampling_key key, std::string_view why) {
  return {errc::usage, fmt::format("sampling.{}: model {} {}", name(key), model, why)};
}

// The other key that is set of those of which the model takes one.
std::optional<sampling_key> rival_of(const model_quirks& quirks, const sampling& asked,
                                     sampling_key key) {
  if (!quirks.not_both.has(key)) return std::nullopt;
  for (int i = 0; i < sampling_key_count; ++i) {
    const sampling_key other = key_at(i);
    if (other != key && quirks.not_both.has(other) && is_set(asked, other)) return other;
  }
  return std::nullopt;
}

bool knows_effort(const model_quirks& quirks, const std::string& effort) {
  const auto& known = quirks.efforts;
  return known.empty() || std::ranges::find(known, effort) != known.end();
}

bool is_reasoning(const std::string& effort) { return !effort.empty() && effort != "none"; }

// Why this model does not take the value of this key; "" when it does.
std::string model_problem(const model_quirks& quirks, const sampling& asked, sampling_key key) {
  if (quirks.refuses.has(key)) return "does not take it; expected it not to be set";
  const auto only = quirks.only.find(key);
  if (only != quirks.only.end() && number_at(asked, key) != only->second) {
    return fmt::format("takes {} only; expected that, or it not to be set", only->second);
  }
  const auto least = quirks.least.find(key);
  if (least != quirks.least.end() && number_at(asked, key) < least->second) {
    return fmt::format("takes {} at least", least->second);
  }
  if (const auto rival = rival_of(quirks, asked, key)) {
    return fmt::format("does not take it beside {}; expected one of them", name(*rival));
  }
  const std::string& effort = asked.reasoning_effort;
  if (key == sampling_key::reasoning_effort && !knows_effort(quirks, effort)) {
    return fmt::format("does not take {}; expected {}, or it not to be set", effort,
                       fmt::join(quirks.efforts, ", "));
  }
  if (quirks.without_effort.has(key) && is_reasoning(effort)) {
    return "takes it with reasoning.effort none only; expected it not to be set";
  }
  return "";
}

// What is not certain of this key's value; "" when nothing is.
std::string model_doubt(const model_quirks& quirks, const sampling& asked, sampling_key key) {
  const auto doubtful = quirks.doubtful.find(key);
  if (doubtful != quirks.doubtful.end()) return doubtful->second;
  if (!quirks.without_effort.has(key) || !asked.reasoning_effort.empty()) return "";
  return "taken with reasoning.effort none only, and what its default is, sources do not agree: "
         "set it";
}

}  // namespace

std::string_view name(sampling_key key) { return names[static_cast<std::size_t>(key)]; }

std::optional<sampling_key> sampling_key_named(std::string_view name_) {
  for (int i = 0; i < sampling_key_count; ++i) {
    if (name(key_at(i)) == name_) return key_at(i);
  }
  return std::nullopt;
}

bool is_set(const sampling& of, sampling_key key) {
  switch (key) {
    case sampling_key::stop: return !of.stop.empty();
    case sampling_key::reasoning_effort: return !of.reasoning_effort.empty();
    case sampling_key::response_schema: return !of.response_schema.empty();
    case sampling_key::tools: return !of.tools.empty();
    default: return number_at(of, key).has_value();
  }
}

std::optional<double> number_at(const sampling& of, sampling_key key) {
  const auto whole = [](std::optional<std::int64_t> value) {
    return value ? std::optional(static_cast<double>(*value)) : std::nullopt;
  };
  switch (key) {
    case sampling_key::temperature: return of.temperature;
    case sampling_key::top_p: return of.top_p;
    case sampling_key::max_tokens: return whole(of.max_tokens);
    case sampling_key::top_k: return whole(of.top_k);
    case sampling_key::min_p: return of.min_p;
    case sampling_key::seed: return whole(of.seed);
    case sampling_key::frequency_penalty: return of.frequency_penalty;
    case sampling_key::presence_penalty: return of.presence_penalty;
    case sampling_key::logprobs: return whole(of.logprobs);
    case sampling_key::reasoning_budget: return whole(of.reasoning_budget);
    default: return std::nullopt;
  }
}

result<void> check_keys(std::string_view provider, std::string_view model, const sampling& asked,
                        sampling_key_set taken) {
  const model_quirks& quirks = quirks_of(model);
  for (int i = 0; i < sampling_key_count; ++i) {
    const sampling_key key = key_at(i);
    if (!is_set(asked, key)) continue;
    if (!taken.has(key)) {
      return refused_key(provider, key,
                         "does not take it; expected it not to be set (sampling.extra passes what "
                         "a server understands all the same)");
    }
    const std::string problem = model_problem(quirks, asked, key);
    if (!problem.empty()) return refused_by_model(model, key, problem);
  }
  return {};
}

std::vector<std::string> model_doubts(std::string_view model, const sampling& asked) {
  std::vector<std::string> doubts;
  const model_quirks& quirks = quirks_of(model);
  for (int i = 0; i < sampling_key_count; ++i) {
    const sampling_key key = key_at(i);
    if (!is_set(asked, key)) continue;
    const std::string doubt = model_doubt(quirks, asked, key);
    if (!doubt.empty()) doubts.push_back(fmt::format("sampling.{}: {}", name(key), doubt));
  }
  return doubts;
}

error refused_key(std::string_view provider, sampling_key key, std::string_view why) {
  return {errc::usage, fmt::format("sampling.{}: provider {} {}", name(key), provider, why)};
}

}  // namespace retort::providers
