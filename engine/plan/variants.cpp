#include "engine/plan/variants.hpp"

#include "engine/quota/request_bound.hpp"

namespace retort::engine {

std::vector<variant> variants_of(const config& run) {
  std::vector<variant> out;
  const std::size_t count = run.models.size() * combinations_of(run);
  for (std::uint32_t number = 0; number < count; ++number) {
    const providers::sampling& sampling = sampling_of(run, number);
    out.push_back({model_of(run, number), sampling, most_output(sampling)});
  }
  return out;
}

record_plan plan_of(const config& run) {
  plan_rules rules;
  for (const variant& one : variants_of(run)) rules.models.push_back(one.model);
  rules.n = run.samples.n;
  rules.until_accepted = run.samples.until_accepted;
  rules.parallel = run.samples.parallel;
  rules.escalate = run.escalate;
  return record_plan(std::move(rules));
}

}  // namespace retort::engine
