#include "engine/assessor.hpp"

#include <xxhash.h>

#include "engine/filter.hpp"

namespace retort::engine {
namespace {

// What decides a verdict, besides the sample itself. The reference stands in the ledger, so its
// template does not count here.
std::uint64_t fingerprint_of(const config& run) {
  std::string text;
  for (const auto& [path, value] : view_shaping(run)) {
    if (path.starts_with("evaluate") || path.starts_with("filter")) {
      text += path + '\n' + value + '\n';
    }
  }
  return XXH3_64bits(text.data(), text.size());
}

}  // namespace

result<assessor> assessor::make(const config& run) {
  assessor made;
  for (const auto& wanted : run.evaluate) {
    auto built = evaluator::make(wanted);
    if (!built) return built.error();
    made.evaluators_.push_back(std::move(*built));
  }
  made.filter_ = with_defaults(run.filter, run.evaluate);
  made.fingerprint_ = fingerprint_of(run);
  return made;
}

void assessor::decide(sample& of) const {
  of.judge = fingerprint_;
  of.evaluations.clear();
  of.rejected.reset();
  if (of.failure) return;
  for (const auto& one : evaluators_) {
    of.evaluations.push_back(one.evaluate(of.completion.text, of.reference.value_or("")));
  }
  of.rejected = judge(filter_, of.completion.text, of.evaluations);
}

void assessor::decide_again(sample& of) const {
  if (of.judge != fingerprint_) decide(of);
}

}  // namespace retort::engine
