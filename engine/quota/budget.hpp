// A cap on what a run may spend, in dollars and tokens, that is never passed. Pure; one thread.
#pragma once

#include <cstdint>
#include <optional>

#include "engine/config/prices.hpp"
#include "engine/quota/token_load.hpp"
#include "providers/body/types.hpp"

namespace retort::engine {

struct spending {
  std::int64_t tokens = 0;  // prompts' and answers'
  double usd = 0;
};

// What a sample cost; nothing for counts that the provider did not give.
spending spending_of(const providers::usage& used, const price& at);

// What is in flight counts at its worst, so that whatever comes back fits. As the end nears, fewer
// are in flight, and what remains unspent is less than one request's worst.
class budget {
 public:
  // Whole nano-dollars, so that sums are exact and a reservation is given back to the last one.
  struct amount {
    std::int64_t tokens = 0, nanos = 0;

    spending shown() const { return {tokens, static_cast<double>(nanos) / 1e9}; }
    amount& operator+=(const amount& b);
    amount& operator-=(const amount& b);
    bool operator==(const amount&) const = default;
  };
  // As spending_of().
  static amount amount_of(const providers::usage& used, const price& at);

  // Nothing: no cap on that.
  budget(std::optional<double> usd, std::optional<std::int64_t> tokens);

  void spent_before(const amount& earlier) { spent_ += earlier; }  // by earlier processes

  // False: it might pass the cap with what is in flight; ask again after the next pay() or
  // refund(). True: exactly one pay() or refund() of the same `worst` and `at` must follow.
  bool reserve(const token_load& worst, const price& at);
  // The same for what is on its way already: counts, whether it fits or not.
  void hold(const token_load& worst, const price& at);
  // What came back. Of a request that failed and may have been billed: with the input it is
  // estimated at, or with -1s, which keep the worst input; an output of -1 beside a known input
  // keeps the worst output.
  void pay(const token_load& worst, const price& at, const providers::usage& used);
  // Nothing was billed: refused, or never sent.
  void refund(const token_load& worst, const price& at);

  // Nothing is in flight and the request last asked for does not fit: it never will.
  bool is_exhausted() const { return refused_ && in_flight_ == 0; }
  spending spent() const { return spent_.shown(); }
  spending reserved() const { return reserved_.shown(); }

  // For who shares a budget with others: the caps in whole numbers, which may become others as it
  // gets more of it or gives back; what they are compared with; and what the request last asked
  // for needs, if that was refused and nothing has come back since.
  const std::optional<std::int64_t>& most_tokens() const { return most_tokens_; }
  const std::optional<std::int64_t>& most_nanos() const { return most_nanos_; }
  void set_most(std::optional<std::int64_t> tokens, std::optional<std::int64_t> nanos);
  const amount& exactly_spent() const { return spent_; }
  const amount& exactly_reserved() const { return reserved_; }
  const amount& lacking() const { return lacking_; }

 private:
  static amount worst_of(const token_load& worst, const price& at);
  static amount cost_of(const token_load& worst, const price& at, const providers::usage& used);
  bool fits(const amount& more) const;

  std::optional<std::int64_t> most_nanos_, most_tokens_;
  amount spent_, reserved_, lacking_;
  std::uint64_t in_flight_ = 0;
  bool refused_ = false;
};

}  // namespace retort::engine
