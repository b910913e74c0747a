#include "engine/limit_search/deduced_limits.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace retort::engine {
namespace {

// Of two counts that are of the same quota: chance and polling leave them so far apart at most.
constexpr double same_within = 0.12;
constexpr double enough_of_the_rate = 0.95;
// Of a request's told tokens, with prompts of several times as many: less is a usage that does not
// tell them (a constant, the answer's alone, none).
constexpr double least_growth = 1.5;
// In flight for a quota, over what it needs on average (Little): answers are not all alike.
constexpr double room_for_a_quota = 2;

struct told_key {
  providers::quota what;
  const char* key;
};
constexpr told_key told_keys[] = {{providers::quota::requests, "rpm"},
                                  {providers::quota::tokens, "tpm"},
                                  {providers::quota::input_tokens, "input_tpm"},
                                  {providers::quota::output_tokens, "output_tpm"}};

double per_minute(double amount, double seconds) { return amount * 60 / seconds; }

std::string words_of(const providers::quota_reading& told,
                     std::optional<std::chrono::seconds> by_resets) {
  const std::string limit = fmt::format("told by its headers: {}", *told.limit);
  if (told.period) return fmt::format("{} in {} s", limit, told.period->count());
  if (by_resets) return fmt::format("{}; {} s by its resets", limit, by_resets->count());
  return limit + "; of a minute, as they tell no other period";
}

void add_told(const seen_limits& seen, std::vector<found_limit>& into) {
  for (const auto& [what, key] : told_keys) {
    const auto& reading = seen.told[what];
    if (!reading.limit) continue;
    const auto by_resets = seen.by_resets[static_cast<std::size_t>(what)];
    const auto supposed = by_resets.value_or(std::chrono::seconds(60));
    const auto period = reading.period.value_or(supposed);
    into.push_back(
        {key, per_minute(static_cast<double>(*reading.limit), static_cast<double>(period.count())),
         words_of(reading, by_resets)});
  }
}

bool is_told(const std::vector<found_limit>& found, std::string_view key) {
  return std::ranges::any_of(found, [&](const found_limit& one) { return one.key == key; });
}

bool are_close(double one, double other) {
  return std::abs(one - other) <= same_within * std::max(one, other);
}

std::string counted(const refusal_window& of, const char* what, double amount) {
  return fmt::format("counted: {:.0f} {} admitted in {:.3g} s of refusals", amount, what,
                     of.seconds);
}

found_limit requests_limit(const refusal_window& of, const std::string& besides = "") {
  const auto admitted = static_cast<double>(of.admitted);
  return {"rpm", per_minute(admitted, of.seconds), counted(of, "requests", admitted) + besides};
}

found_limit tokens_limit(const refusal_window& of) {
  return {"tpm", per_minute(of.tokens, of.seconds), counted(of, "tokens", of.tokens)};
}

double tokens_each(const refusal_window& of) {
  return of.tokens / static_cast<double>(of.admitted);
}

constexpr const char* untold_tokens = "; its usage does not tell the prompts' tokens";
constexpr const char* quota_of_untold =
    ", of prompts as long as these: of longer ones another number, and its usage does not tell "
    "their tokens";

// Longer prompts tell which it is: of a quota of requests as many go through, of one of tokens as
// many tokens; where fewer requests and more tokens do, the first window met the one and the second
// the other.
void add_counted(const seen_limits& seen, std::vector<found_limit>& into) {
  if (!seen.first || seen.first->admitted == 0) return;
  if (!seen.longer || seen.longer->admitted == 0) {
    into.push_back(
        requests_limit(*seen.first, "; it may be a quota of tokens, of prompts as long as these"));
    return;
  }
  const auto rate = [](const refusal_window& of) {
    return per_minute(static_cast<double>(of.admitted), of.seconds);
  };
  const auto tokens = [](const refusal_window& of) { return per_minute(of.tokens, of.seconds); };
  const bool same_rate = are_close(rate(*seen.first), rate(*seen.longer));
  if (tokens_each(*seen.longer) <= least_growth * tokens_each(*seen.first)) {
    into.push_back(requests_limit(*seen.first, same_rate ? untold_tokens : quota_of_untold));
    return;
  }
  const bool same_tokens = are_close(tokens(*seen.first), tokens(*seen.longer));
  if (!same_tokens) into.push_back(requests_limit(*seen.first));
  if (!same_rate) into.push_back(tokens_limit(*seen.longer));
}

std::optional<double> requests_per_s(const std::vector<found_limit>& found) {
  for (const found_limit& one : found) {
    if (one.key == "rpm") return one.value / 60;
  }
  return std::nullopt;
}

// In flight for what a quota of requests lets through.
std::optional<found_limit> concurrency_of_quota(const seen_limits& seen,
                                                const std::vector<found_limit>& found) {
  const auto rate = requests_per_s(found);
  const auto latency = seen.levels.empty() ? seen.latency_s : seen.levels.front().latency_s;
  if (!rate || !latency) return std::nullopt;
  const double needed = std::max(1.0, std::ceil(room_for_a_quota * *rate * *latency));
  return found_limit{
      "concurrency", needed,
      fmt::format("enough for the quota: twice {:.3g}/s of {:.3g} s", *rate, *latency)};
}

}  // namespace

std::optional<found_limit> best_concurrency(const std::vector<tried_level>& levels) {
  double highest = 0;
  std::uint64_t at = 0;
  for (const tried_level& one : levels) {
    if (one.per_s <= highest) continue;
    highest = one.per_s;
    at = one.concurrency;
  }
  for (const tried_level& one : levels) {
    if (highest == 0 || one.per_s < enough_of_the_rate * highest) continue;
    return found_limit{
        "concurrency", static_cast<double>(one.concurrency),
        fmt::format("{:.3g}/s; the highest seen is {:.3g}/s, at {}", one.per_s, highest, at)};
  }
  return std::nullopt;
}

std::vector<found_limit> deduced(const seen_limits& seen) {
  std::vector<found_limit> out;
  add_told(seen, out);
  if (!is_told(out, "rpm") && !is_told(out, "tpm")) add_counted(seen, out);
  auto by_levels = best_concurrency(seen.levels);
  auto by_quota = concurrency_of_quota(seen, out);
  // What was tried without a refusal may be more than the quota can feed, for a while.
  const bool is_quota_less = by_quota && (!by_levels || by_quota->value < by_levels->value);
  if (is_quota_less) out.push_back(std::move(*by_quota));
  if (!is_quota_less && by_levels) out.push_back(std::move(*by_levels));
  return out;
}

std::string limits_block(const std::vector<found_limit>& found) {
  if (found.empty()) return "";
  std::string out = "    limits:\n";
  for (const found_limit& one : found) {
    const std::string line = one.value >= 10 || one.key == "concurrency"
                                 ? fmt::format("      {}: {:.0f}", one.key, std::floor(one.value))
                                 : fmt::format("      {}: {:.3g}", one.key, one.value);
    out += fmt::format("{:<28}# {}\n", line, one.how);
  }
  return out;
}

}  // namespace retort::engine
