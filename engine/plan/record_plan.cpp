#include "engine/plan/record_plan.hpp"

#include <algorithm>
#include <limits>
#include <utility>

namespace retort::engine {
namespace {

using step = record_plan::step;

bool is_of_stage(const plan_rules& rules, std::uint32_t variant, std::uint32_t model) {
  return !rules.escalate || rules.models[variant] == model;
}

// Passed over, an answer was accepted all the same.
bool is_accepted(slot_state one) {
  return one == slot_state::accepted || one == slot_state::passed_over;
}

step next_of_one(slot_state now) {
  if (now == slot_state::open) return {step::act::ask, 0};
  return {now == slot_state::under_way ? step::act::wait : step::act::done, 0};
}

}  // namespace

// Each variant once, then each a second time.
std::vector<record_plan::stage> record_plan::stages_of(const plan_rules& rules) {
  const std::uint32_t models =
      rules.escalate ? *std::ranges::max_element(rules.models) + 1 : std::uint32_t{1};
  std::vector<stage> out(models);
  for (std::uint32_t model = 0; model < models; ++model) {
    for (std::uint32_t k = 0; k < rules.n; ++k) {
      for (std::uint32_t variant = 0; variant < rules.models.size(); ++variant) {
        if (is_of_stage(rules, variant, model)) out[model].push_back(variant * rules.n + k);
      }
    }
  }
  return out;
}

record_plan::record_plan(plan_rules rules) : rules_(std::move(rules)), stages_(stages_of(rules_)) {}

step record_plan::next(std::span<const slot_state> of) const {
  if (of.size() == 1) return next_of_one(of.front());  // most are
  for (const stage& one : stages_) {
    const step found = next(of, one);
    if (found.what != step::act::done) return found;
    const bool accepted =
        std::ranges::any_of(one, [&](std::uint32_t slot) { return is_accepted(of[slot]); });
    if (accepted) break;
  }
  return {};
}

bool record_plan::has_more(std::span<const slot_state> of) const {
  const bool has_others = std::ranges::count(of, slot_state::under_way) > 1;
  const auto accepted = std::ranges::count_if(of, is_accepted);
  return rules_.until_accepted > 0 && has_others && accepted + 1 >= rules_.until_accepted;
}

step record_plan::next(std::span<const slot_state> of, const stage& within) const {
  std::uint32_t accepted = 0, under_way = 0;
  const std::uint32_t* first = nullptr;
  for (const std::uint32_t& slot : within) {
    accepted += is_accepted(of[slot]);
    under_way += of[slot] == slot_state::under_way;
    if (of[slot] == slot_state::open && !first) first = &slot;
  }
  const std::uint32_t until = rules_.until_accepted;
  const bool is_enough = until > 0 && accepted >= until;
  std::uint32_t most = std::numeric_limits<std::uint32_t>::max();
  if (until > 0 && !is_enough) most = until - accepted;
  if (rules_.parallel > 0) most = rules_.parallel;
  if (first && !is_enough && under_way < most) return {step::act::ask, *first};
  return {under_way > 0 ? step::act::wait : step::act::done, 0};
}

}  // namespace retort::engine
