#include "engine/evaluate/assessor.hpp"

#include <fmt/format.h>
#include <xxhash.h>

#include <algorithm>
#include <map>
#include <string>

#include "engine/config/config_output.hpp"
#include "engine/evaluate/judged_text.hpp"
#include "engine/text/text.hpp"

namespace retort::engine {
namespace {

// To be raised when the same config judges, or renders, otherwise than it did: what older versions
// wrote is then done again. What costs has its own, since it is paid for again: so has a rendering
// whose reference may have gone into that.
constexpr int judging_rules = 6, costly_rules = 3, rendering_rules = 2, costly_rendering_rules = 1;

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
std::uint64_t judging_of(const config& run) {
  shaping what = verdict_shaping(run);
  std::erase_if(what, makes_rendering);
  return hash_of(judging_rules, what);
}

std::uint64_t rendering_of(const config& run, bool costs) {
  shaping what = view_shaping(run);
  std::erase_if(what, [](const auto& entry) { return !makes_rendering(entry); });
  for (const std::string& one : columns_of(run)) what["columns." + one] = "";
  return hash_of(costs ? costly_rendering_rules : rendering_rules, what);
}

// What a costly evaluation is made by; how its score is taken (threshold, decides, name) is no part
// of that.
std::uint64_t evaluator_fingerprint(const evaluator_config& of) {
  shaping what{{"", of.kind}};
  for (const auto& [key, values] : of.keys) {
    for (std::size_t i = 0; i < values.size(); ++i) what[key + '.' + std::to_string(i)] = values[i];
  }
  return std::max(hash_of(costly_rules, what), std::uint64_t{1});
}

// With what makes a judge's model, where it is one.
std::uint64_t with_model(std::uint64_t fingerprint, const config& run, std::size_t evaluator) {
  if (std::ranges::find(run.judges, evaluator, &judge_config::evaluator) == run.judges.end()) {
    return fingerprint;
  }
  const std::string own = fmt::format("evaluate.{}.judge.", evaluator);
  shaping what{{"", std::to_string(fingerprint)}};
  for (const auto& [path, value] : verdict_shaping(run)) {
    if (!path.starts_with(own)) continue;
    const std::string name = path.substr(own.size());
    if (name.starts_with("model.") || name.starts_with("sampling.")) what[name] = value;
  }
  return std::max(hash_of(costly_rules, what), std::uint64_t{1});
}

}  // namespace

result<assessor::configured> assessor::configure(std::span<const evaluator_config> all,
                                                 std::size_t which,
                                                 std::span<const evaluator_kind> known) {
  const evaluator_config& wanted = all[which];
  auto built = make_evaluator(wanted, known);
  if (!built) return built.error();
  configured made{.evaluator = std::move(*built), .name = std::string(wanted.called())};
  made.threshold = wanted.threshold;
  made.decides = engine::decides(all, which);
  if (!made.evaluator.evaluate) made.fingerprint = evaluator_fingerprint(wanted);
  return made;
}

// A shard does not know what the others accepted: whoever sees the lines of all of them has to
// judge them again, one after the other.
constexpr std::uint64_t judged_apart = 0x7368617264656421;

result<assessor> assessor::make(const config& run, std::span<const evaluator_kind> known) {
  assessor made;
  std::uint64_t data = 0;
  for (std::size_t i = 0; i < run.evaluate.size(); ++i) {
    auto built = configure(run.evaluate, i, known);
    if (!built) return built.error();
    if (built->fingerprint) built->fingerprint = with_model(built->fingerprint, run, i);
    made.costs_ |= built->fingerprint != 0;
    data ^= built->evaluator.data * (2 * i + 1);
    made.evaluators_.push_back(std::move(*built));
  }
  made.filter_ = with_defaults(run.filter, run.evaluate);
  auto looks = screen::make(run);
  if (!looks) return looks.error();
  made.screen_ = std::move(*looks);
  made.fingerprint_ = judging_of(run) ^ made.screen_.fingerprint() ^ data;
  made.rendering_ = rendering_of(run, made.costs_);
  for (const judge_config& one : run.judges) made.judges_.push_back(one.evaluator);
  if (made.judges_.size() < 2) made.judges_.clear();
  made.majority_ = run.samples.keep == keep::majority;
  if (made.majority_) made.fingerprint_ = ~made.fingerprint_;
  if (run.shard && run.filter.unique) made.fingerprint_ ^= judged_apart;
  made.needs_no_row_ = !run.dataset.id && !run.reference && columns_of(run).empty();
  made.step_ = last_step(run);
  return made;
}

void assessor::decide(sample& of) const {
  begin(of);
  settle(of);
}

// A costly evaluation holds for the reference it was made with.
std::uint64_t assessor::fingerprint_of(const configured& by, const sample& of) const {
  const bool sees = by.evaluator.needs_reference || by.evaluator.sees_reference;
  if (!sees || !of.reference) return by.fingerprint;
  return std::max(XXH3_64bits_withSeed(of.reference->data(), of.reference->size(), by.fingerprint),
                  XXH64_hash_t{1});
}

// What costs nothing comes first, whatever was paid for before: a sample's reason does not depend
// on its past.
void assessor::begin(sample& of) const {
  of.judged_by = fingerprint_;
  of.rendered = rendering_;
  of.rejected.reset();
  of.reject_detail.clear();
  of.is_unjudged = false;
  auto before = costs_ ? std::move(of.evaluations) : std::vector<evaluation>();
  of.evaluations.clear();
  of.begun.clear();
  if (of.failure) return;
  std::string room;
  const candidate what{judged_text(of.completion, room), of.reference, of.completion, of.id};
  for (const configured& one : evaluators_) {
    if (one.fingerprint != 0) continue;
    auto [score, detail] = judge(one, what);
    of.evaluations.push_back({one.name, score, std::move(detail)});
  }
  if (screen_.is_set()) look_through(of);
  if (costs_) hold_on_to(std::move(before), of);
}

// Without a reference the majority will be it: an answer that can be told is all that is asked for.
bool assessor::asks_majority(const configured& by, bool has_reference) const {
  return majority_ && !has_reference && by.evaluator.extract;
}

judgement assessor::judge(const configured& by, const candidate& what) const {
  if (!asks_majority(by, what.reference.has_value())) return by.evaluator.evaluate(what);
  auto answer = by.evaluator.extract(what);
  return answer ? unscored(excerpt(*answer)) : unscored("no answer");
}

const evaluator* assessor::first_that_extracts() const {
  const auto found = std::ranges::find_if(
      evaluators_, [](const configured& one) { return bool(one.evaluator.extract); });
  return found == evaluators_.end() ? nullptr : &found->evaluator;
}

std::optional<std::string> assessor::extracted_answer(const sample& of) const {
  const evaluator* const by = first_that_extracts();
  if (!by || of.failure) return std::nullopt;
  std::string room;
  return by->extract({judged_text(of.completion, room), of.reference, of.completion, of.id});
}

bool assessor::are_same(std::string_view one, std::string_view other) const {
  const evaluator* const by = first_that_extracts();
  return by && by->are_same(one, other);
}

void assessor::look_through(sample& of) const {
  if (rejection(of)) return;
  auto found = screen_.look(of);
  if (!found) return;
  of.rejected = found->reason;
  of.reject_detail = std::move(found->detail);
}

void assessor::hold_on_to(std::vector<evaluation> paid_for, sample& of) const {
  for (std::size_t i = 0; i < evaluators_.size(); ++i) {
    if (evaluators_[i].fingerprint == 0) continue;
    const auto held =
        std::ranges::find(paid_for, fingerprint_of(evaluators_[i], of), &evaluation::fingerprint);
    if (held == paid_for.end()) continue;
    if (!held->is_made()) {
      of.begun.push_back(std::move(*held));
      continue;
    }
    const auto place = of.evaluations.begin() + place_of(of, i);
    of.evaluations.insert(place, *held)->name = evaluators_[i].name;
  }
}

// Evaluations stand in the config's order; costly ones may be missing.
std::size_t assessor::place_of(const sample& in, std::size_t evaluator) const {
  std::size_t place = 0;
  for (std::size_t i = 0; i < evaluator && place < in.evaluations.size(); ++i) {
    place += in.evaluations[place].name == evaluators_[i].name;
  }
  return place;
}

const evaluation* assessor::find(const sample& in, std::size_t evaluator) const {
  const std::size_t place = costs_ ? place_of(in, evaluator) : evaluator;
  if (place >= in.evaluations.size()) return nullptr;
  const evaluation& there = in.evaluations[place];
  return !costs_ || there.name == evaluators_[evaluator].name ? &there : nullptr;
}

agreement assessor::agreement_on(const sample& of) const {
  bool decided = false, told = true;
  for (std::size_t i = 0; i < evaluators_.size(); ++i) {
    if (!evaluators_[i].decides) continue;
    decided = true;
    if (asks_majority(evaluators_[i], of.reference.has_value())) {
      told &= extracted_answer(of).has_value();
      continue;
    }
    const evaluation* const made = find(of, i);
    if (made && made->score && *made->score < evaluators_[i].threshold) {
      return agreement::incorrect;
    }
    told &= !made || made->score.has_value();
  }
  if (!decided) return agreement::incorrect;
  return told ? agreement::correct : agreement::unscored;
}

std::optional<double> assessor::deciding_score(const sample& of) const {
  for (std::size_t i = 0; i < evaluators_.size(); ++i) {
    if (!evaluators_[i].decides) continue;
    const evaluation* const made = find(of, i);
    return made ? made->score : std::nullopt;
  }
  return std::nullopt;
}

std::optional<bool> assessor::is_right(const sample& of) const {
  using enum reject_reason;
  if (of.failure) return std::nullopt;
  const bool is_whole = of.rejected != no_output && of.rejected != cut_off;
  bool is_decided = false, is_told = true;
  for (std::size_t i = 0; i < evaluators_.size(); ++i) {
    if (!evaluators_[i].decides) continue;
    if (asks_majority(evaluators_[i], of.reference.has_value())) return std::nullopt;
    const evaluation* const made = find(of, i);
    if (made && made->score && *made->score < evaluators_[i].threshold) return false;
    is_told &= made ? made->score.has_value() : !is_whole;
    is_decided = true;
  }
  return is_decided && is_told ? std::optional(is_whole) : std::nullopt;
}

std::vector<double> assessor::judge_scores(const sample& of) const {
  std::vector<double> out;
  for (const std::size_t judge : judges_) {
    const evaluation* const made = find(of, judge);
    if (made && made->score) out.push_back(*made->score);
  }
  return out;
}

std::optional<reject_reason> assessor::rejection(const sample& of) const {
  std::string room;
  return why_rejected(filter_, judged_text(of.completion, room), of.completion.finish,
                      agreement_on(of));
}

need assessor::next_needed(const sample& of) const {
  if (of.judged_by != fingerprint_) return {need::kind::pure};
  if (!costs_ || of.failure || of.rejected || rejection(of)) return {need::kind::decided};
  for (const bool decides : {true, false}) {
    for (std::size_t i = 0; i < evaluators_.size(); ++i) {
      if (evaluators_[i].decides == decides && !find(of, i)) return {need::kind::costly, i};
    }
  }
  return {need::kind::decided};
}

void assessor::insert(sample& to, std::size_t evaluator, evaluation made) const {
  made.name = evaluators_[evaluator].name;
  to.evaluations.insert(to.evaluations.begin() + place_of(to, evaluator), std::move(made));
}

void assessor::add(sample& to, std::size_t evaluator, evaluation made) const {
  made.fingerprint = fingerprint_of(evaluators_[evaluator], to);
  insert(to, evaluator, std::move(made));
}

std::vector<double> assessor::votes_so_far(const sample& of, std::size_t evaluator) const {
  const auto begun = std::ranges::find(of.begun, fingerprint_of(evaluators_[evaluator], of),
                                       &evaluation::fingerprint);
  return begun == of.begun.end() ? std::vector<double>() : begun->votes;
}

// Whoever can asks for it, or for the votes that it lacks.
void assessor::add_missing(sample& to, std::size_t evaluator, evaluation why) const {
  why.score.reset();
  if (why.votes.empty()) why.votes = votes_so_far(to, evaluator);
  why.fingerprint = why.votes.empty() ? 0 : fingerprint_of(evaluators_[evaluator], to);
  insert(to, evaluator, std::move(why));
}

bool assessor::lacks_costly(const sample& of) const {
  for (std::size_t i = 0; costs_ && i < evaluators_.size(); ++i) {
    const evaluation* const made = evaluators_[i].fingerprint ? find(of, i) : nullptr;
    if (made && !made->is_made()) return true;
  }
  return false;
}

// What is missing now is needed: without it the sample is not rejected. One that is rejected for
// another reason than what could not be made needs no more.
void assessor::settle(sample& of) const {
  if (of.failure) return;
  for (need next = next_needed(of); next.what == need::kind::costly; next = next_needed(of)) {
    add_missing(of, next.evaluator, {"", std::nullopt, "was not evaluated"});
  }
  if (!of.rejected) of.rejected = rejection(of);
  const bool is_open = !of.rejected || of.rejected == reject_reason::unscored;
  of.is_unjudged = is_open && lacks_costly(of);
}

void assessor::finish(sample& of) const {
  if (of.judged_by != fingerprint_) begin(of);
  settle(of);
}

}  // namespace retort::engine
