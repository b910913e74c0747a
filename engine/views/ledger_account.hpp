// What the samples of a ledger have used, and who answered them: by step and variant, and by judge.
// A line counts whether it is its sample's last word or not, since it was paid for. Plain values;
// one thread at a time.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "engine/sample/sample.hpp"

namespace retort::engine {

// Tokens as spending_of() takes them; counts that a provider did not give are 0.
struct usage_sum {
  std::int64_t input = 0, cached = 0, output = 0, cache_written = 0;
  std::int64_t untold = 0;  // answers of which a provider did not give all counts

  void add(const providers::usage& one);
  providers::usage all() const;
  bool operator==(const usage_sum&) const = default;
};

// What one line adds.
struct line_account {
  bool is_answered = false;  // with the usage and the names below, that no earlier line has
  providers::usage used = {};
  std::string model = {}, service_tier = {};                          // as served
  std::vector<std::pair<std::string, providers::usage>> judged = {};  // by evaluator
};

line_account account_of(const sample& done);

// The sample's usage as a budget counts it: what is not told, at its most. A token has a byte at
// least.
providers::usage most_used(const sample& done);

struct ledger_account {
  using by_name = std::map<std::string, std::uint64_t, std::less<>>;  // answers
  struct asked {
    usage_sum used;
    by_name models, service_tiers;  // as served; "" is not noted
  };

  void note(const sample_key& key, const line_account& of);

  std::map<std::pair<std::uint32_t, std::uint32_t>, asked> variants;  // by step and variant
  std::map<std::pair<std::uint32_t, std::string>, usage_sum> judges;  // by step and evaluator
};

}  // namespace retort::engine
