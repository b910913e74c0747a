// The fold over the ledger: each sample's last word goes to every view of a config, in the ledger's
// order, made from nothing but the ledger's lines. A resumed run writes the same bytes over those
// that are there and goes on behind them: a view cut anywhere is completed, never patched.
// Of several steps a view has the last one's or those of the step that it names, and what was
// rejected of the others. Where not all of a record's accepted samples are kept (samples.keep),
// they are held until the record is over, chosen from, and what is chosen is filtered: with the
// last line that the ledger has of it, where its plan is done by then, else where the ledger ends.
// So what becomes of it depends neither on the order of its lines nor on what the plan is now. One
// thread at a time, but for render().
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/config/config.hpp"
#include "engine/evaluate/assessor.hpp"
#include "engine/evaluate/judge_agreement.hpp"
#include "engine/evaluate/reviewer.hpp"
#include "engine/plan/record_plan.hpp"
#include "engine/plan/way_plan.hpp"
#include "engine/sample/done_set.hpp"
#include "engine/sample/line_counts.hpp"
#include "engine/sample/sample.hpp"
#include "engine/views/held_samples.hpp"
#include "engine/views/view.hpp"

namespace retort::engine {

// What a fold has seen so far, per verdict and per reason.
struct view_counts {
  std::uint64_t accepted = 0;   // of the last step
  std::uint64_t handed_on = 0;  // accepted ones of earlier steps
  reject_counts rejected;
  std::uint64_t failed = 0;          // samples whose last word is a failure
  std::uint64_t unknown_finish = 0;  // accepted, and nobody knows whether they are whole
  judge_agreement judges;            // of all samples that several judged
};

using misfit_counts = std::map<std::string_view, std::uint64_t>;

struct written_view {
  view_kind kind = view_kind::exported;
  std::string path;        // its first file
  std::uint64_t rows = 0;  // over the whole ledger
  // Accepted samples that its format cannot have, by the rule that they break.
  misfit_counts misfits = {};
  bool is_sharded = false;  // further files may follow the first
};

class view_fold {
 public:
  // All outlive the fold.
  static result<view_fold> open(const config& run, const assessor* assess, const view_list& views,
                                view_files& files, const rendered_rows* rows = nullptr);

  // Appends what each view makes of a judged sample, and the lengths of these texts. Any thread.
  view_change render(const sample& judged, std::vector<std::size_t>& lengths,
                     std::string& texts) const;

  // Lines of before must be judged again, one after the other: by such filters, too. Until the end
  // of what was judged otherwise.
  void judge_in_turn(std::unique_ptr<succession> by) { in_turn_ = std::move(by); }
  void end_of_history() { in_turn_.reset(); }

  // The ledger has so many lines already of each branch of a record: it is not over before the last
  // of them. Of lines that are not known of, a record's plan being done ends it, unless the line
  // says that it has more.
  void expect(const line_counts& lines) { to_come_ = lines; }

  // From here on lines say themselves how they are judged, whatever the config.
  void take_at_its_word() { review_ = reviewer(nullptr); }

  // Folds one simdjson-padded ledger line, as the config at hand sees it
  // (engine/evaluate/reviewer.hpp). An error also where its record was taken to be over.
  result<void> take(std::string_view line);
  // The same for a line whose sample was rendered already, when it was made.
  result<void> take(const view_change& change, std::span<const std::size_t> lengths,
                    std::string_view texts);
  // Makes what was folded visible to readers, as far as the views have made bytes of it.
  result<void> flush() { return files_->flush(); }
  // Cuts the files where the fold ended, and syncs them.
  result<void> finish();

  const view_counts& counts() const { return counts_; }
  const ledger_account& account() const { return account_; }
  // By the verdicts at hand; without samples whose rows cannot be rendered any more.
  const done_set& done() const { return done_; }
  // Those of its failed samples that counts() leaves out (engine/plan/unneeded.hpp).
  void for_unneeded(const std::function<void(const sample_key&)>& each) const;
  // How many texts a sample has: one for each view, and where some are not kept one more for each,
  // of the sample as one that is not, and what filter.unique goes by.
  std::size_t texts() const { return writers_.size() * (keeping_ ? 2 : 1) + (keeping_ ? 1 : 0); }
  // So many were written to the n-th view.
  std::uint64_t rows(std::size_t n) const { return writers_[n]->rows(); }
  written_view written(std::size_t n) const {
    const view& of = *(*views_)[n];
    return {of.kind(), of.path(), rows(n), misfits_[n], !of.path(1).empty()};
  }

 private:
  view_fold(const config& run, const assessor* assess, const rendered_rows* rows,
            const view_list& views, view_files& files);
  std::vector<view_change::misfit> render_all(const sample& judged,
                                              std::vector<std::size_t>& lengths,
                                              std::string& texts) const;
  void note_misfit(view_change& change, std::span<const std::size_t> lengths) const;
  bool is_last(const sample_key& of) const { return of.step == done_.layout().last(); }
  void render_other(const view_change& change, const sample& judged,
                    std::vector<std::size_t>& lengths, std::string& texts) const;
  void render_as_not_kept(const sample& judged, std::vector<std::size_t>& lengths,
                          std::string& texts) const;
  result<void> write(const view_change& change, std::span<const std::size_t> lengths,
                     std::string_view texts);
  result<void> write_kept(const held_sample& one);
  result<void> write_not_kept(const held_sample& one);
  result<void> pass(const sample_key& of, bool has_more);
  result<void> settle(const sample_key& last);
  std::vector<std::size_t> chosen_of(std::span<const held_sample> held) const;
  std::vector<std::size_t> kept_of(std::span<const held_sample> held);
  result<void> decide(std::uint64_t group);
  bool is_branch_done(const sample_key& of) const;
  void count(const view_change& change);

  // What a config that keeps only some of a record's samples needs.
  struct keeping {
    keep what;
    held_samples held;
    std::unique_ptr<succession> filter;  // of what is chosen; null: all of it is kept
  };

  const assessor* assess_;
  std::optional<keeping> keeping_;
  bool has_views_of_records_ = false;
  // Of each step, to know when a record is done; empty where nobody asks.
  std::vector<record_plan> plans_;
  way_plan plan_;
  const view_list* views_;
  view_files* files_;
  reviewer review_;
  std::unique_ptr<succession> in_turn_;  // null: what lines say of this holds
  done_set done_;
  // By slot_layout::branch_of(), where anybody asks whether a record is over.
  line_counts to_come_;
  Roaring64Map over_;
  view_counts counts_;
  ledger_account account_;
  std::vector<std::unique_ptr<view_writer>> writers_;
  std::vector<misfit_counts> misfits_;
  sample sample_;                     // the line being folded
  std::vector<std::size_t> lengths_;  // what is being made of it
  std::string texts_;
};

}  // namespace retort::engine
