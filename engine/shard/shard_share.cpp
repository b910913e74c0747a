#include "engine/shard/shard_share.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>

namespace retort::engine {
namespace {

constexpr double millionths = 1e6, nanos = 1e9;
constexpr double most_exact = 1e18;  // what is beyond it is no limit

struct divider {
  std::uint32_t index, count;

  std::uint64_t of(std::uint64_t whole) const { return share_of(whole, index, count); }

  // In so many parts of one, rounded down.
  double of(double whole, double parts) const {
    const double fine = std::min(std::floor(whole * parts), most_exact);
    return static_cast<double>(of(static_cast<std::uint64_t>(fine))) / parts;
  }
};

error too_little(const std::string& key, const std::string& value, std::uint32_t count,
                 std::string_view each) {
  return {errc::usage, fmt::format("{} is {}, and each of {} shards needs {} of it: expected more, "
                                   "or fewer shards",
                                   key, value, count, each)};
}

// `least` of what is left for each.
result<void> divide(std::optional<double>& rate, const divider& by, const std::string& key,
                    double least, std::string_view each) {
  if (!rate) return {};
  const double share = by.of(*rate, millionths);
  if (share < least) return too_little(key, fmt::format("{}", *rate), by.count, each);
  rate = share;
  return {};
}

// What is shared by need is not divided, and what a server tells is when it tells it.
result<void> divide(limits_config& of, const divider& by, const std::string& place) {
  if (!of.shared.empty()) return {};
  of.parties = by.count;
  for (const auto& [rate, name, least, each] :
       {std::tuple(&of.rps, "rps", 1.0 / 60, "one request a minute"),
        std::tuple(&of.rpm, "rpm", 1.0, "one request a minute"),
        std::tuple(&of.tpm, "tpm", 1.0, "one token a minute"),
        std::tuple(&of.input_tpm, "input_tpm", 1.0, "one token a minute"),
        std::tuple(&of.output_tpm, "output_tpm", 1.0, "one token a minute")}) {
    auto done = divide(*rate, by, fmt::format("{}.limits.{}", place, name), least, each);
    if (!done) return done;
  }
  if (!of.concurrency) return {};
  if (*of.concurrency < by.count) {
    return too_little(place + ".limits.concurrency", fmt::format("{}", *of.concurrency), by.count,
                      "one request in flight");
  }
  of.concurrency = static_cast<std::uint32_t>(by.of(std::uint64_t{*of.concurrency}));
  return {};
}

result<void> divide(model_config& of, const divider& by, const std::string& place) {
  if (of.serve) return {};  // each shard starts its own
  if (has_changing_endpoints(of)) {
    of.limits.parties = by.count;  // of each that will come as well: what it tells is its own
    for (endpoint_config& one : of.endpoints) one.limits.parties = by.count;
  }
  if (of.endpoints.empty() || has_changing_endpoints(of)) return divide(of.limits, by, place);
  for (std::size_t i = 0; i < of.endpoints.size(); ++i) {
    auto done = divide(of.endpoints[i].limits, by, fmt::format("{}.endpoints[{}]", place, i));
    if (!done) return done;
  }
  return {};
}

result<void> divide_models(config& asked, const divider& by) {
  const std::string step = asked.step.empty() ? "" : asked.step + ": ";
  for (std::size_t i = 0; i < asked.models.size(); ++i) {
    auto done = divide(asked.models[i], by, fmt::format("{}models[{}]", step, i));
    if (!done) return done;
  }
  for (judge_config& one : asked.judges) {
    auto done =
        divide(one.model, by, fmt::format("{}evaluate[{}].judge.model", step, one.evaluator));
    if (!done) return done;
  }
  return {};
}

result<void> divide(budget_config& of, const divider& by) {
  if (of.usd) {
    const double share = by.of(*of.usd, nanos);
    if (*of.usd * nanos < by.count) {
      return too_little("budget.usd", fmt::format("{}", *of.usd), by.count, "a nano-dollar");
    }
    of.usd = share;
  }
  if (of.tokens) {
    const std::uint64_t share = by.of(static_cast<std::uint64_t>(*of.tokens));
    if (*of.tokens < by.count) {
      return too_little("budget.tokens", fmt::format("{}", *of.tokens), by.count, "a token");
    }
    of.tokens = static_cast<std::int64_t>(share);
  }
  return {};
}

}  // namespace

std::uint64_t share_of(std::uint64_t whole, std::uint32_t index, std::uint32_t count) {
  return whole / count + (index < whole % count);
}

namespace {

bool is_shared(const config& run) {
  return std::ranges::any_of(model_entries(run), [](const model_entry& one) {
    return std::ranges::any_of(limits_of(*one.model), [](const endpoint_config& each) {
      return !each.limits.shared.empty();
    });
  });
}

}  // namespace

bool has_shares(const config& run) {
  const auto states_some = [](const endpoint_config& each) {
    return each.limits.shared.empty() && (each.limits.states_quota() || each.limits.concurrency);
  };
  const auto is_stated = [&](const model_entry& one) {
    if (one.model->serve) return false;
    return std::ranges::any_of(limits_of(*one.model), states_some);
  };
  const bool has_budget = run.budget.usd || run.budget.tokens;
  return (has_budget && !is_shared(run)) || std::ranges::any_of(model_entries(run), is_stated);
}

result<void> take_share(config& run, std::uint32_t index, std::uint32_t count) {
  const divider by{index, count};
  for (config& step : run.earlier) {
    if (auto done = divide_models(step, by); !done) return done;
  }
  if (auto done = divide_models(run, by); !done) return done;
  return is_shared(run) ? result<void>() : divide(run.budget, by);
}

}  // namespace retort::engine
