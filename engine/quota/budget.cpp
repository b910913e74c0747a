#include "engine/quota/budget.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace retort::engine {
namespace {

// Dollars per million tokens are thousandths of nano-dollars per token, short of a factor.
constexpr double nanos_per_token = 1e9 / 1e6;
constexpr double nanos_per_dollar = 1e9;

constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max();

// Nine thousand million dollars are as good as any more.
std::int64_t whole_nanos(double nanos) {
  return nanos < static_cast<double>(most) ? std::llround(nanos) : most;
}

std::int64_t cost(std::int64_t tokens, double usd_per_million) {
  return whole_nanos(std::ceil(static_cast<double>(tokens) * usd_per_million * nanos_per_token));
}

// What a provider counts is not to be trusted, and a sum that wrapped would be below every cap.
std::int64_t sum(std::int64_t a, std::int64_t b) {
  std::int64_t out = 0;
  if (!__builtin_add_overflow(a, b, &out)) return out;
  return a > 0 ? most : -most;
}
std::int64_t sum(std::int64_t a, std::int64_t b, std::int64_t c) { return sum(sum(a, b), c); }

}  // namespace

spending spending_of(const providers::usage& used, const price& at) {
  return budget::amount_of(used, at).shown();
}

budget::amount budget::amount_of(const providers::usage& used, const price& at) {
  const std::int64_t input = std::max<std::int64_t>(0, used.input);
  const std::int64_t output = std::max<std::int64_t>(0, used.output);
  const std::int64_t cached = std::clamp<std::int64_t>(used.cached, 0, input);
  const std::int64_t written = std::clamp<std::int64_t>(used.cache_written, 0, input - cached);
  return {sum(input, output), sum(cost(input - cached - written, at.input),
                                  sum(cost(cached, at.cached), cost(written, at.cache_write)),
                                  cost(output, at.output))};
}

budget::amount& budget::amount::operator+=(const amount& b) {
  tokens = sum(tokens, b.tokens);
  nanos = sum(nanos, b.nanos);
  return *this;
}

budget::amount& budget::amount::operator-=(const amount& b) {
  tokens = sum(tokens, -b.tokens);
  nanos = sum(nanos, -b.nanos);
  return *this;
}

budget::budget(std::optional<double> usd, std::optional<std::int64_t> tokens)
    : most_tokens_(tokens) {
  if (usd) most_nanos_ = whole_nanos(*usd * nanos_per_dollar);
}

void budget::set_most(std::optional<std::int64_t> tokens, std::optional<std::int64_t> nanos) {
  most_tokens_ = tokens;
  most_nanos_ = nanos;
}

budget::amount budget::worst_of(const token_load& worst, const price& at) {
  return {worst.total(), sum(cost(worst.input, at.dearest_input()), cost(worst.output, at.output))};
}

budget::amount budget::cost_of(const token_load& worst, const price& at,
                               const providers::usage& used) {
  const bool unknown = used.input < 0 && used.output < 0;
  providers::usage known = used;
  if (used.input < 0) known.input = worst.input;
  if (used.output < 0) known.output = unknown ? 0 : worst.output;
  return amount_of(known, at);
}

bool budget::fits(const amount& more) const {
  amount all = spent_;
  all += reserved_;
  all += more;
  return (!most_tokens_ || all.tokens <= *most_tokens_) &&
         (!most_nanos_ || all.nanos <= *most_nanos_);
}

bool budget::reserve(const token_load& worst, const price& at) {
  refused_ = !fits(worst_of(worst, at));
  lacking_ = refused_ ? worst_of(worst, at) : amount();
  if (refused_) return false;
  hold(worst, at);
  return true;
}

void budget::hold(const token_load& worst, const price& at) {
  reserved_ += worst_of(worst, at);
  ++in_flight_;
}

void budget::pay(const token_load& worst, const price& at, const providers::usage& used) {
  spent_ += cost_of(worst, at, used);
  refund(worst, at);
}

void budget::refund(const token_load& worst, const price& at) {
  reserved_ -= worst_of(worst, at);
  --in_flight_;
  refused_ = false;
  lacking_ = {};
}

}  // namespace retort::engine
