// What a request will cost in tokens, before the provider has counted them: learned from what the
// same model's earlier requests cost, without a tokenizer. Pure; one thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "engine/quota/recent_lengths.hpp"
#include "engine/quota/token_load.hpp"
#include "providers/body/types.hpp"

namespace retort::engine {

// One model's. Constant memory; what was seen long ago is forgotten.
class token_estimate {
 public:
  // What the request will probably cost: the mean of what such requests cost, since receipt
  // makes good what a single one is off and the sum of those in flight is close to their mean.
  // While little was seen the mean is not known well, and a standard error is put on top.
  token_load expected(std::size_t prompt_bytes, std::optional<std::int64_t> max_tokens) const;

  // What the request cannot exceed, for budgets: a token per byte of the whole body, tools, schema
  // and all, and what providers put around it (no tokenizer makes more tokens of them than bytes);
  // max_tokens out. Where a server has counted more of a request (a system prompt of its own, what
  // it has searched for), so much is put on top. Without max_tokens nothing is certain: four times
  // the longest seen, at least 16,384.
  token_load worst(std::size_t body_bytes, std::optional<std::int64_t> max_tokens) const;

  // What it did cost; -1s are ignored. `body_bytes`: as for worst(); 0 where that is not known.
  void observe(std::size_t prompt_bytes, const providers::usage& used, std::size_t body_bytes = 0);

  // Mean of |expected - actual| / actual; 0 before anything was seen.
  double input_error() const { return input_error_.mean(); }
  double output_error() const { return output_error_.mean(); }

 private:
  class mean_error {
   public:
    void add(std::int64_t expected, std::int64_t actual);
    double mean() const { return count_ > 0 ? sum_ / count_ : 0; }

   private:
    double sum_ = 0, count_ = 0;
  };

  std::int64_t expected_input(std::size_t prompt_bytes) const;
  std::int64_t expected_output(std::optional<std::int64_t> max_tokens) const;
  void observe_input(std::size_t prompt_bytes, std::int64_t tokens);
  void observe_output(std::int64_t tokens);

  // Begins as if some text of four bytes a token had been seen, the usual rule of thumb for English
  // (platform.openai.com/tokenizer).
  double bytes_ = 400, tokens_ = 100;
  recent_lengths outputs_;
  std::int64_t longest_ = 0;
  std::int64_t beyond_ = 0;  // the most input that was counted beyond the body
  mean_error input_error_, output_error_;
};

}  // namespace retort::engine
