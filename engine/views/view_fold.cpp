#include "engine/views/view_fold.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <numeric>

#include "engine/plan/unneeded.hpp"
#include "engine/plan/variants.hpp"
#include "engine/sample/line_reader.hpp"
#include "engine/text/text.hpp"

namespace retort::engine {

view_fold::view_fold(const config& run, const assessor* assess, const rendered_rows* rows,
                     const view_list& views, view_files& files)
    : assess_(assess),
      plan_(run),
      views_(&views),
      files_(&files),
      review_(assess, rows),
      done_(plan_.layout()),
      misfits_(views.size()) {
  has_views_of_records_ = std::ranges::any_of(views, &view::is_of_records);
  if (has_views_of_records_ || run.samples.keep != keep::all) {
    for (std::uint32_t step = 0; step <= last_step(run); ++step) {
      plans_.push_back(plan_of(step_of(run, step)));
    }
  }
  if (run.samples.keep == keep::all) return;
  const slot_layout& layout = done_.layout();
  const std::uint32_t branches = layout.branches(layout.last());
  keeping_.emplace(run.samples.keep, held_samples(run.run_dir, std::size_t{64} << 20, branches),
                   succession::behind_keep(run));
}

// Nothing more is asked of the step, in the sample's branch.
bool view_fold::is_branch_done(const sample_key& of) const {
  const slot_layout& layout = done_.layout();
  const auto history = done_.history_of(of.ordinal);
  return plans_[of.step].is_done(
      std::span(history).subspan(layout.first_slot(of.step, of.from), layout.width(of.step)));
}

result<view_fold> view_fold::open(const config& run, const assessor* assess, const view_list& views,
                                  view_files& files, const rendered_rows* rows) {
  view_fold made(run, assess, rows, views, files);
  for (const auto& each : views) {
    auto writer = each->begin(files);
    if (!writer) return writer.error();
    made.writers_.push_back(std::move(*writer));
  }
  return made;
}

std::vector<view_change::misfit> view_fold::render_all(const sample& judged,
                                                       std::vector<std::size_t>& lengths,
                                                       std::string& texts) const {
  std::vector<view_change::misfit> misfits;
  for (std::size_t n = 0; n < views_->size(); ++n) {
    const std::size_t before = texts.size();
    const std::string_view rule = (*views_)[n]->render(judged, texts);
    if (!rule.empty()) misfits.push_back({n, rule});
    lengths.push_back(texts.size() - before);
  }
  return misfits;
}

void view_fold::render_as_not_kept(const sample& judged, std::vector<std::size_t>& lengths,
                                   std::string& texts) const {
  sample other = judged;
  other.rejected = reject_reason::not_kept;
  render_all(other, lengths, texts);
}

// What it would be if it were not kept, where that may yet come.
void view_fold::render_other(const view_change& change, const sample& judged,
                             std::vector<std::size_t>& lengths, std::string& texts) const {
  const bool may_be = change.verdict == verdict::accepted && is_last(change.key);
  if (!may_be) return void(lengths.insert(lengths.end(), views_->size() + 1, 0));
  render_as_not_kept(judged, lengths, texts);
  const auto unique = keeping_->filter ? keeping_->filter->text_of(judged) : std::nullopt;
  lengths.push_back(unique ? unique->size() : 0);
  if (unique) texts += *unique;
}

// One that all its outputs cannot have is none that is exported.
void view_fold::note_misfit(view_change& change, std::span<const std::size_t> lengths) const {
  for (std::size_t n = 0; n < views_->size(); ++n) {
    if ((*views_)[n]->kind() == view_kind::exported && lengths[n] > 0) return;
  }
  change.is_misfit = true;
  change.verdict = verdict::rejected;
  change.rejected = reject_reason::format;
}

view_change view_fold::render(const sample& judged, std::vector<std::size_t>& lengths,
                              std::string& texts) const {
  view_change change{.key = judged.key,
                     .verdict = judged.verdict(),
                     .open = judged.is_open(),
                     .rejected = judged.rejected,
                     .unknown_finish = judged.completion.finish == providers::finish::unknown,
                     .has_more = judged.has_more,
                     .is_awaited = judged.is_awaited()};
  const std::size_t before = lengths.size();
  change.misfits = render_all(judged, lengths, texts);
  if (!change.misfits.empty()) note_misfit(change, std::span(lengths).subspan(before));
  if (assess_) change.judged = assess_->judge_scores(judged);
  if (plans_.empty() || !assess_) return change;
  change.score = assess_->deciding_score(judged).value_or(-1);
  if (has_views_of_records_) change.is_right = assess_->is_right(judged);
  change.length = count_code_points(judged.completion.text);
  if (!keeping_) return change;
  render_other(change, judged, lengths, texts);
  if (keeping_->what == keep::majority && change.verdict == verdict::accepted &&
      is_last(change.key)) {
    change.answer = assess_->extracted_answer(judged);
  }
  return change;
}

result<void> view_fold::take(std::string_view line) {
  auto read = read_ledger_line(line, sample_);
  if (!read) return read.error();
  account_.note(sample_.key, account_of(sample_));  // it was paid for, whatever becomes of it now
  if (in_turn_ && done_.is_settled(sample_.key)) return pass(sample_.key, sample_.has_more);
  auto counts = review_.review(sample_, in_turn_.get());
  if (!counts) return counts.error();
  if (!*counts) return pass(sample_.key, sample_.has_more);
  lengths_.clear();
  texts_.clear();
  const view_change change = render(sample_, lengths_, texts_);
  return take(change, lengths_, texts_);
}

result<void> view_fold::take(const view_change& change, std::span<const std::size_t> lengths,
                             std::string_view texts) {
  account_.note(change.key, change.account);
  const verdict in_ledger = change.is_misfit ? verdict::accepted : change.verdict;
  if (done_.note(change.key, in_ledger, change.open, change.is_awaited)) {
    const bool is_held = keeping_ && is_last(change.key) && change.verdict == verdict::accepted;
    auto taken =
        is_held ? keeping_->held.hold(change, lengths, texts) : write(change, lengths, texts);
    if (!taken) return taken;
  }
  return pass(change.key, change.has_more);
}

result<void> view_fold::write(const view_change& change, std::span<const std::size_t> lengths,
                              std::string_view texts) {
  count(change);
  for (std::size_t n = 0; n < writers_.size(); ++n) {
    const std::string_view text = texts.substr(0, lengths[n]);
    texts.remove_prefix(lengths[n]);
    if (text.empty()) continue;
    if (auto taken = writers_[n]->take(change, text); !taken) return taken;
  }
  return {};
}

// A line of a record is behind us, whatever it came to: it may have been its last.
result<void> view_fold::pass(const sample_key& of, bool has_more) {
  if (plans_.empty()) return {};
  const std::uint64_t branch = done_.layout().branch_of(of);
  if (over_.contains(branch)) {
    return error{errc::bug,
                 fmt::format("the ledger has more of record {} behind what was taken for "
                             "its end: the next run makes the outputs anew",
                             of.ordinal)};
  }
  to_come_.take(branch);
  if (has_more || to_come_.has_any(branch) || !is_branch_done(of)) return {};
  over_.add(branch);
  return settle(of);
}

result<void> view_fold::settle(const sample_key& last) {
  if (keeping_ && is_last(last)) {
    auto decided = decide(keeping_->held.group_of(last));
    if (!decided) return decided;
  }
  for (std::size_t n = 0; n < writers_.size(); ++n) {
    if (!(*views_)[n]->is_of_records()) continue;
    if (auto settled = writers_[n]->settle(last); !settled) return settled;
  }
  return {};
}

// What is accepted of the record, in the order of variant and k.
result<void> view_fold::decide(std::uint64_t group) {
  const auto held = keeping_->held.take(group);
  if (!held) return held.error();
  if (held->empty()) return {};
  const auto kept = kept_of(*held);
  for (std::size_t i = 0; i < held->size(); ++i) {
    auto written =
        std::ranges::binary_search(kept, i) ? write_kept((*held)[i]) : write_not_kept((*held)[i]);
    if (!written) return written;
  }
  return {};
}

// Their places, in order.
std::vector<std::size_t> view_fold::chosen_of(std::span<const held_sample> held) const {
  if (keeping_->what == keep::best) return {best_of(held)};
  return majority_of(held, std::bind_front(&assessor::are_same, assess_));
}

// Of those chosen, what the filters that go by what was kept before leave.
std::vector<std::size_t> view_fold::kept_of(std::span<const held_sample> held) {
  auto chosen = chosen_of(held);
  if (!keeping_->filter) return chosen;
  std::erase_if(chosen, [&](std::size_t i) {
    const held_sample& one = held[i];
    const std::size_t unique = one.lengths.back();
    const auto text =
        unique ? std::optional(one.texts.substr(one.texts.size() - unique)) : std::nullopt;
    return keeping_->filter->object(text, one.change.key.ordinal, {}).has_value();
  });
  return chosen;
}

result<void> view_fold::write_kept(const held_sample& one) {
  return write(one.change, one.lengths, one.texts);
}

result<void> view_fold::write_not_kept(const held_sample& one) {
  view_change change = one.change;
  change.verdict = verdict::rejected;
  change.rejected = reject_reason::not_kept;
  change.misfits.clear();
  const auto lengths = std::span(one.lengths);
  const auto kept = lengths.first(writers_.size());
  const std::size_t skipped = std::accumulate(kept.begin(), kept.end(), std::size_t{0});
  return write(change, lengths.subspan(writers_.size()),
               std::string_view(one.texts).substr(skipped));
}

void view_fold::count(const view_change& change) {
  counts_.failed = done_.failed();
  if (!change.open) counts_.judges.add(change.judged);  // what is settled later is judged again
  if (change.verdict == verdict::accepted) {
    ++(is_last(change.key) ? counts_.accepted : counts_.handed_on);
    counts_.unknown_finish += is_last(change.key) && change.unknown_finish;
  }
  if (change.verdict == verdict::rejected) {
    ++counts_.rejected[*change.rejected];
  }
  for (const auto& [view, rule] : change.misfits) ++misfits_[view][rule];
}

void view_fold::for_unneeded(const std::function<void(const sample_key&)>& each) const {
  engine::for_unneeded(done_, plan_, each);
}

// What is held then is chosen as it stands; a longer ledger may say otherwise, and is folded from
// its beginning.
result<void> view_fold::finish() {
  while (keeping_ && keeping_->held.first_record()) {
    auto decided = decide(*keeping_->held.first_record());
    if (!decided) return decided;
  }
  counts_.failed = failures_of(done_, plan_);
  for (const auto& each : writers_) {
    if (auto finished = each->finish(); !finished) return finished;
  }
  return files_->finish();
}

}  // namespace retort::engine
