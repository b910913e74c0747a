#include "engine/evaluate/assessor.hpp"

#include <xxhash.h>

#include <map>
#include <string>

#include "engine/evaluate/filter.hpp"
#include "engine/evaluate/judged_text.hpp"

namespace retort::engine {
namespace {

// To be raised when the same config judges, or renders, otherwise than it did: what older versions
// wrote is then done again.
constexpr int judging_rules = 3, rendering_rules = 1;

using shaping = std::map<std::string, std::string>;

std::uint64_t hash_of(int rules, const shaping& what) {
  std::string text = std::to_string(rules) + '\n';
  for (const auto& [path, value] : what) text.append(path).append(1, '\n').append(value) += '\n';
  return XXH3_64bits(text.data(), text.size());
}

bool makes_rendering(const shaping::value_type& entry) {
  return entry.first == "dataset.id" || entry.first.starts_with("reference.");
}

// What decides a verdict, besides the sample itself: its reference is a part of that.
std::uint64_t fingerprint_of(const config& run) {
  shaping what = verdict_shaping(run);
  std::erase_if(what, makes_rendering);
  return hash_of(judging_rules, what);
}

std::uint64_t rendering_of(const config& run) {
  shaping what = view_shaping(run);
  std::erase_if(what, [](const auto& entry) { return !makes_rendering(entry); });
  return hash_of(rendering_rules, what);
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
  made.rendering_ = rendering_of(run);
  made.needs_no_row_ = !run.dataset.id && !run.reference;
  return made;
}

void assessor::decide(sample& of) const {
  of.judge = fingerprint_;
  of.rendered = rendering_;
  of.evaluations.clear();
  of.rejected.reset();
  if (of.failure) return;
  std::string room;
  const std::string_view answer = judged_text(of.completion, room);
  for (const auto& one : evaluators_) {
    of.evaluations.push_back(one.evaluate(answer, of.reference.value_or("")));
  }
  of.rejected = judge(filter_, answer, of.completion.finish, of.evaluations);
}

void assessor::decide_again(sample& of) const {
  if (of.judge != fingerprint_) decide(of);
}

}  // namespace retort::engine
