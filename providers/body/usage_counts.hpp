// Counts of tokens, put together. -1 stands for one that was not told. Pure; any thread.
#pragma once

#include <algorithm>
#include <cstdint>
#include <initializer_list>

#include "providers/body/types.hpp"

namespace retort::providers {

// What is told again in the course of a stream: counts only grow, and an event that leaves one out,
// or has 0 in its place, takes none back.
inline void take_counts(usage& into, const usage& told) {
  into.input = std::max(into.input, told.input);
  into.cached = std::max(into.cached, told.cached);
  into.output = std::max(into.output, told.output);
  into.reasoning = std::max(into.reasoning, told.reasoning);
  into.cache_written = std::max(into.cache_written, told.cache_written);
}

// A prompt has tokens, and so has an answer that says anything: a 0 there tells nothing (servers
// and gateways that do not count fill it in), and must not pass for an answer that cost nothing.
inline void forget_empty_counts(completion& of) {
  const bool says_nothing =
      of.text.empty() && of.reasoning.empty() && of.refusal.empty() && of.tool_calls.empty();
  if (of.usage.input == 0) of.usage.input = -1;
  if (of.usage.output == 0 && !says_nothing) of.usage.output = -1;
}

// The sum of those that were told, itself at most `most_tokens`.
inline std::int64_t sum_of_tokens(std::initializer_list<std::int64_t> counts) {
  std::int64_t sum = 0;
  for (const std::int64_t each : counts) {
    sum = std::min(sum + std::clamp<std::int64_t>(each, 0, most_tokens), most_tokens);
  }
  return sum;
}

// What servers count beside `input` and `output` that belongs in them: it is more than they are, or
// the told total has it besides (xAI's and Gemini's reasoning, of which Gemini's is in the total
// alone; what gateways read from a cache). -1: no total was told.
inline void take_in_besides(usage& of, std::int64_t total) {
  const std::int64_t cached = std::max<std::int64_t>(of.cached, 0);
  const std::int64_t thought = std::max<std::int64_t>(of.reasoning, 0);
  const bool adds_up = total >= 0 && of.input > 0 && of.output >= 0;
  std::int64_t rest = adds_up ? total - of.input - of.output : 0;
  const auto add_thought = [&] {
    of.output = sum_of_tokens({of.output, thought});
    rest -= thought;
  };
  const bool is_beside = of.output >= 0 && thought > of.output;  // for certain
  if (is_beside) add_thought();
  if (of.input >= 0 && (cached > of.input || (rest > 0 && rest == cached) ||
                        (!is_beside && cached > 0 && rest == cached + thought))) {
    of.input = sum_of_tokens({of.input, cached});
    rest -= cached;
  }
  if (!is_beside && of.output >= 0 && rest > 0 && rest == thought) {
    add_thought();
  } else if (rest > 0 && thought == 0) {
    of.output = sum_of_tokens({of.output, rest});
  }
}

}  // namespace retort::providers
