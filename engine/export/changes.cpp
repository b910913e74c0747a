#include "engine/export/changes.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "engine/directory/run_directory.hpp"
#include "engine/export/outcomes.hpp"
#include "engine/outputs/outputs.hpp"
#include "engine/plan/way_plan.hpp"

namespace retort::engine {
namespace {

using shaping = std::map<std::string, std::string>;

// What shaped the views of the last run or export; nothing where that is not known.
std::optional<shaping> views_before(const config& run) {
  const auto known = read_manifest({run.run_dir});
  if (!known || !*known) return std::nullopt;
  return (*known)->views;
}

// By the manifest, where it says another one than this config.
keep keep_before(const config& run, const std::optional<shaping>& known) {
  if (!known) return run.samples.keep;
  const auto keep_in = [](const shaping& views) {
    const auto found = views.find("samples.keep");
    return found == views.end() ? std::string() : found->second;
  };
  config other = run;
  for (const keep each : {keep::all, keep::best, keep::majority}) {
    other.samples.keep = each;
    if (keep_in(view_shaping(other)) == keep_in(*known)) return each;
  }
  return run.samples.keep;
}

bool shapes_output(const shaping::value_type& entry) {
  return entry.first.starts_with("output");  // "output.format", "outputs.1.format"
}

shaping of_outputs(shaping views) {
  std::erase_if(views, [](const auto& entry) { return !shapes_output(entry); });
  return views;
}

bool has_same_outputs(const config& run, const std::optional<shaping>& known) {
  return !known || of_outputs(*known) == of_outputs(view_shaping(run));
}

// What hears of each sample's outcome, behind the outputs that may not be able to have it.
view_list listening(const config& run, outcome_listener listener) {
  view_list views;
  for (auto& one : views_of(run)) {
    if (auto unwritten = make_unwritten(std::move(one))) views.push_back(std::move(unwritten));
  }
  views.push_back(make_outcome_view(std::move(listener)));
  return views;
}

// What the ledger's lines say for themselves, and what the outputs could not have, where they were
// these: of others that is not known.
result<void> note_before(const config& run, const reopened_ledger& ledger, outcome_set& into) {
  const auto known = views_before(run);
  config before = run;
  before.samples.keep = keep_before(run, known);
  const auto note = [&](const told_outcome& one) { into.note(one.key, one.outcome); };
  view_list views;
  if (has_same_outputs(run, known)) views = listening(before, note);
  if (views.empty()) views.push_back(make_outcome_view(note));
  view_files none;
  auto fold = view_fold::open(before, &ledger.assess(), views, none);
  if (!fold) return fold.error();
  fold->take_at_its_word();
  return ledger.pour_into(*fold);
}

result<void> fold_now(const config& run, const reopened_ledger& ledger, outcome_listener listener) {
  const view_list views = listening(run, std::move(listener));
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
    noted = fold_now(run, ledger, [&](const told_outcome& one) { now.note(one.key, one.outcome); });
  }
  if (!noted) return noted.error();
  const verdict_changes out = compare(before, now);
  if (out.kinds.empty()) return out;
  outcome_set told(plan);
  noted = fold_now(run, ledger, [&](const told_outcome& one) {
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
