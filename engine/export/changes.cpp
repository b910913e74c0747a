#include "engine/export/changes.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "engine/directory/run_directory.hpp"
#include "engine/export/outcomes.hpp"
#include "engine/plan/way_plan.hpp"

namespace retort::engine {
namespace {

// By the manifest, where it says another one than this config.
keep keep_before(const config& run) {
  const auto known = read_manifest({run.run_dir});
  if (!known || !*known) return run.samples.keep;
  const auto keep_in = [](const std::map<std::string, std::string>& views) {
    const auto found = views.find("samples.keep");
    return found == views.end() ? std::string() : found->second;
  };
  config other = run;
  for (const keep each : {keep::all, keep::best, keep::majority}) {
    other.samples.keep = each;
    if (keep_in(view_shaping(other)) == keep_in((*known)->views)) return each;
  }
  return run.samples.keep;
}

// What the ledger's lines say for themselves.
result<void> note_before(const config& run, const reopened_ledger& ledger, outcome_set& into) {
  config before = run;
  before.samples.keep = keep_before(run);
  view_list views;
  views.push_back(
      make_outcome_view([&](const told_outcome& one) { into.note(one.key, one.outcome); }));
  view_files none;
  auto fold = view_fold::open(before, &ledger.assess(), views, none);
  if (!fold) return fold.error();
  fold->take_at_its_word();
  return ledger.pour_into(*fold);
}

result<void> fold_now(const reopened_ledger& ledger, outcome_listener listener) {
  view_list views;
  views.push_back(make_outcome_view(std::move(listener)));
  view_files none;
  auto fold = ledger.fold(views, none);
  if (!fold) return fold.error();
  return ledger.pour_into(*fold);
}

std::string place_of(const slot_layout& of, const sample_key& key) {
  if (of.slots() == 1) return "";
  std::string out;
  if (of.last() > 0) out = fmt::format("step {}, from {}, ", key.step, key.from);
  if (of.variants(key.step) > 1) out += fmt::format("variant {}, ", key.variant);
  return fmt::format(" ({}k {})", out, key.k);
}

std::string line_of(const slot_layout& plan, const told_outcome& now, std::size_t before) {
  std::string line = fmt::format("{}{}: {}, now {}", now.id, place_of(plan, now.key),
                                 name_of_outcome(before), name_of_outcome(now.outcome));
  if (!now.detail.empty()) line += fmt::format(": {}", now.detail);
  return line;
}

verdict_changes compare(const outcome_set& before, const outcome_set& now) {
  verdict_changes out;
  for (std::size_t i = 0; i < outcomes; ++i) {
    out.samples += before.count(i);
    for (std::size_t j = 0; j < outcomes; ++j) {
      const std::uint64_t samples = i == j ? 0 : before.count_both(i, now, j);
      if (samples > 0) out.kinds.push_back({name_of_outcome(i), name_of_outcome(j), samples});
    }
  }
  std::ranges::stable_sort(out.kinds, std::ranges::greater(), &verdict_change::samples);
  return out;
}

}  // namespace

std::uint64_t verdict_changes::changed() const {
  std::uint64_t sum = 0;
  for (const auto& one : kinds) sum += one.samples;
  return sum;
}

// Only a second fold knows which of a sample's lines is its last word.
result<verdict_changes> find_changes(const config& run, const reopened_ledger& ledger,
                                     const std::function<void(const std::string&)>& tell) {
  const slot_layout plan = way_plan(run).layout();
  outcome_set before(plan), now(plan);
  auto noted = note_before(run, ledger, before);
  if (noted) {
    noted = fold_now(ledger, [&](const told_outcome& one) { now.note(one.key, one.outcome); });
  }
  if (!noted) return noted.error();
  const verdict_changes out = compare(before, now);
  if (out.kinds.empty()) return out;
  outcome_set told(plan);
  noted = fold_now(ledger, [&](const told_outcome& one) {
    const auto was = before.of(one.key);
    const bool is_news = was && *was != one.outcome && now.of(one.key) == one.outcome;
    if (!is_news || told.of(one.key)) return;
    told.note(one.key, one.outcome);
    tell(line_of(plan, one, *was));
  });
  if (!noted) return noted.error();
  return out;
}

}  // namespace retort::engine
