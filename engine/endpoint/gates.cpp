#include "engine/endpoint/gates.hpp"

#include <iterator>

#include "engine/config/prices.hpp"

namespace retort::engine {
namespace {

// Without a cap in dollars a price need not be known.
result<std::optional<price>> costs_of(const config& run, const model_config& model) {
  auto known = price_of(model);
  if (known) return std::optional(*known);
  if (run.budget.usd) return known.error();
  return std::optional<price>();
}

}  // namespace

result<std::vector<std::unique_ptr<admission>>> make_gates(
    const config& run, std::vector<std::unique_ptr<endpoint>> endpoints, io::executor on,
    purse* money) {
  std::vector<std::unique_ptr<admission>> gates;
  auto next = std::make_move_iterator(endpoints.begin());
  for (const auto& entry : model_entries(run)) {
    const model_config& model = *entry.model;
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
