#include "engine/quota/token_estimate.hpp"

#include <algorithm>
#include <cmath>

namespace retort::engine {
namespace {

// Of an answer, while none was seen; afterwards it counts like so many answers. Those that come
// back first tend to be the short ones.
constexpr std::int64_t default_output = 512;
constexpr double default_weight = 16;

// What a chat template puts around a few messages: role, separators, the opening of the answer.
constexpr std::int64_t frame_tokens = 64;

constexpr std::int64_t generous = 4, least_worst_output = 16'384;

// Per request: the ratio follows the last few hundred prompts.
constexpr double kept = 0.995;

std::int64_t bounded(std::int64_t tokens, std::optional<std::int64_t> cap) {
  return cap ? std::min(tokens, *cap) : tokens;
}

}  // namespace

token_load token_estimate::expected(std::size_t prompt_bytes,
                                    std::optional<std::int64_t> max_tokens) const {
  return {expected_input(prompt_bytes), expected_output(max_tokens)};
}

std::int64_t token_estimate::expected_input(std::size_t prompt_bytes) const {
  return std::llround(std::ceil(static_cast<double>(prompt_bytes) * tokens_ / bytes_));
}

std::int64_t token_estimate::expected_output(std::optional<std::int64_t> max_tokens) const {
  if (outputs_.empty()) return bounded(default_output, max_tokens);
  const auto prior = static_cast<double>(bounded(default_output, max_tokens));
  const double weight = outputs_.seen() + default_weight;
  const double mean = (outputs_.mean() * outputs_.seen() + prior * default_weight) / weight;
  const double standard_error = outputs_.deviation() / std::sqrt(weight);
  return bounded(std::llround(std::ceil(mean + standard_error)), max_tokens);
}

token_load token_estimate::worst(std::size_t body_bytes,
                                 std::optional<std::int64_t> max_tokens) const {
  const auto input = static_cast<std::int64_t>(body_bytes) + frame_tokens + beyond_;
  return {input, max_tokens.value_or(std::max(generous * longest_, least_worst_output))};
}

void token_estimate::observe(std::size_t prompt_bytes, const providers::usage& used,
                             std::size_t body_bytes) {
  if (body_bytes > 0) {
    const auto bound = static_cast<std::int64_t>(body_bytes) + frame_tokens;
    beyond_ = std::max(beyond_, used.input - bound);
  }
  if (used.input >= 0) observe_input(prompt_bytes, used.input);
  if (used.output >= 0) observe_output(used.output);
}

void token_estimate::observe_input(std::size_t prompt_bytes, std::int64_t tokens) {
  input_error_.add(expected_input(prompt_bytes), tokens);
  if (prompt_bytes == 0) return;
  bytes_ = bytes_ * kept + static_cast<double>(prompt_bytes);
  tokens_ = tokens_ * kept + static_cast<double>(tokens);
}

void token_estimate::observe_output(std::int64_t tokens) {
  output_error_.add(expected_output(std::nullopt), tokens);
  outputs_.add(tokens);
  longest_ = std::max(longest_, tokens);
}

void token_estimate::mean_error::add(std::int64_t expected, std::int64_t actual) {
  if (actual <= 0) return;
  sum_ += std::abs(static_cast<double>(expected - actual)) / static_cast<double>(actual);
  ++count_;
}

}  // namespace retort::engine
