// The sampling keys as a set: which a dialect takes, which a run sets. Pure; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "io/base/error.hpp"
#include "providers/body/types.hpp"

namespace retort::providers {

enum class sampling_key : std::uint8_t {
  temperature,
  top_p,
  max_tokens,
  top_k,
  min_p,
  stop,
  seed,
  frequency_penalty,
  presence_penalty,
  logprobs,
  reasoning_effort,
  reasoning_budget,
  response_schema,
  tools,
};
inline constexpr int sampling_key_count = 14;

// As the config has it below `sampling`: "top_p", "reasoning.effort".
std::string_view name(sampling_key key);
std::optional<sampling_key> sampling_key_named(std::string_view name);

class sampling_key_set {
 public:
  constexpr sampling_key_set() = default;
  constexpr sampling_key_set(std::initializer_list<sampling_key> keys) {
    for (const sampling_key each : keys) bits_ |= bit(each);
  }

  constexpr bool has(sampling_key key) const { return (bits_ & bit(key)) != 0; }
  constexpr void add(sampling_key key) { bits_ |= bit(key); }
  constexpr sampling_key_set operator|(sampling_key_set other) const {
    other.bits_ |= bits_;
    return other;
  }
  constexpr sampling_key_set without(sampling_key_set other) const {
    other.bits_ = bits_ & ~other.bits_;
    return other;
  }

 private:
  static constexpr std::uint32_t bit(sampling_key key) { return 1U << static_cast<unsigned>(key); }
  std::uint32_t bits_ = 0;
};

// What every dialect takes; `extra` is not among the keys, since all take it.
inline constexpr sampling_key_set common_keys = {
    sampling_key::temperature, sampling_key::top_p,           sampling_key::max_tokens,
    sampling_key::tools,       sampling_key::response_schema,
};

bool is_set(const sampling& of, sampling_key key);
// The value of a key that is a number; nothing when it is none or not set.
std::optional<double> number_at(const sampling& of, sampling_key key);

// Whether `asked` sets nothing but what is `taken` and what the model's quirks allow. errc::usage
// with one line: "sampling.top_k: provider openai does not take it; ...".
result<void> check_keys(std::string_view provider, std::string_view model, const sampling& asked,
                        sampling_key_set taken);

// What may be refused all the same, by a model of which sources say different things, or what does
// nothing: lines for a user to read before a run, "sampling.temperature: ...".
std::vector<std::string> model_doubts(std::string_view model, const sampling& asked);

// The error that a dialect's own rule gives: "sampling.logprobs: provider tgi takes ...".
error refused_key(std::string_view provider, sampling_key key, std::string_view why);

}  // namespace retort::providers
