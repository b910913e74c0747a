#include "engine/plan/variants.hpp"

#include "engine/quota/request_bound.hpp"

namespace retort::engine {

std::vector<variant> variants_of(const config& run) {
  std::vector<variant> out;
  for (std::uint32_t model = 0; model < run.models.size(); ++model) {
    out.push_back({model, run.sampling, most_output(run.sampling)});
  }
  return out;
}

record_plan plan_of(const config& run, const std::vector<variant>& variants) {
  plan_rules rules;
  for (const variant& one : variants) rules.models.push_back(one.model);
  rules.n = run.samples.n;
  rules.until_accepted = run.samples.until_accepted;
  rules.parallel = run.samples.parallel;
  rules.escalate = run.escalate;
  return record_plan(std::move(rules));
}

}  // namespace retort::engine
