#include "engine/endpoint/gates.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "engine/config/prices.hpp"
#include "engine/quota/request_bound.hpp"

namespace retort::engine {
namespace {

// What an entry may be asked with: a judge's own sampling, or those of the steps.
std::vector<const providers::sampling*> samplings_of(const config& run,
                                                     const std::vector<model_entry>& all,
                                                     std::size_t entry) {
  if (all[entry].sampling) return {all[entry].sampling};
  std::vector<const providers::sampling*> out;
  for (std::uint32_t i = 0; i <= last_step(run); ++i) {
    const config& step = step_of(run, i);
    for (std::uint32_t n = 0; n < step.models.size() * combinations_of(step); ++n) {
      if (step.models_at + model_of(step, n) == entry) out.push_back(&sampling_of(step, n));
    }
  }
  return out;
}

// Without a cap in dollars a price need not be known.
result<std::optional<price>> costs_of(const config& run, const model_config& model) {
  auto known = price_of(model);
  if (known) return std::optional(*known);
  if (run.budget.usd) return known.error();
  return std::optional<price>();
}

}  // namespace

std::vector<std::string> warn_of_unbounded_answers(const config& run) {
  std::vector<std::string> out;
  if (!run.budget.usd && !run.budget.tokens) return out;
  const auto all = model_entries(run);
  for (std::size_t i = 0; i < all.size(); ++i) {
    const model_entry& entry = all[i];
    const bool is_bounded = std::ranges::all_of(
        samplings_of(run, all, i), [](const auto* one) { return most_output(*one).has_value(); });
    if (is_bounded) continue;
    out.push_back(fmt::format(
        "{}: without max_tokens an answer may be longer than is expected, and the budget may be "
        "passed: set {} to make it hard",
        entry.place, entry.sampling ? "judge.sampling.max_tokens" : "sampling.max_tokens"));
  }
  return out;
}

result<std::vector<std::unique_ptr<admission>>> make_gates(
    const config& run, std::vector<std::unique_ptr<endpoint>> endpoints, io::executor on,
    purse* money) {
  std::vector<std::unique_ptr<admission>> gates;
  auto next = std::make_move_iterator(endpoints.begin());
  const auto all = model_entries(run);
  for (std::size_t i = 0; i < all.size(); ++i) {
    const model_config& model = *all[i].model;
    auto costs = costs_of(run, model);
    if (!costs) return costs.error();
    const auto end = next + static_cast<std::ptrdiff_t>(endpoints_of(model).size());
    gates.push_back(std::make_unique<admission>(on, std::vector(next, end), money, *costs));
    if (has_changing_endpoints(model)) gates.back()->limit_whole(model.limits);
    next = end;
  }
  return gates;
}

}  // namespace retort::engine
