// Views are folds over the ledger: the training file and, where asked for, the file of rejected
// samples, in ledger order, made from nothing but the ledger's lines. A resumed run writes the same
// bytes over those that are there and goes on behind them: a view cut anywhere is completed, never
// patched. One thread at a time.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "engine/config/config.hpp"
#include "engine/evaluate/assessor.hpp"
#include "engine/evaluate/reviewer.hpp"
#include "engine/sample/done_set.hpp"
#include "engine/sample/sample.hpp"
#include "io/file/sink.hpp"

namespace retort::engine {

// What a fold has seen so far, per verdict and per reason.
struct view_counts {
  std::uint64_t accepted = 0;
  std::array<std::uint64_t, reject_reasons> rejected{};
  std::uint64_t failed = 0;          // samples whose last word is a failure
  std::uint64_t unknown_finish = 0;  // accepted, and nobody knows whether they are whole
  std::uint64_t all_rejected() const;
};

// The files that a config's views go to.
inline constexpr std::string_view standard_output = "-";

struct view_paths {
  std::string output;    // or standard_output
  std::string rejected;  // "" when not asked for
};
view_paths paths_of_views(const config& run);

// What the views are written with.
struct view_sinks {
  std::optional<io::sink> output;
  std::optional<io::sink> rejected;
};

// What one sample adds to the views, besides its text.
struct view_change {
  sample_key key;
  engine::verdict verdict = verdict::failed;
  bool open = false;                      // a failure that a resumed run tries again
  std::optional<reject_reason> rejected;  // why
  bool unknown_finish = false;
};

// Renders what a judged sample adds to the views: appends the line that goes to the file of its
// verdict, if there is one.
view_change render_change(const config& run, const sample& judged, std::string& line);

class view_fold {
 public:
  // All outlive the fold.
  static result<view_fold> open(const config& run, const assessor* assess, view_sinks sinks,
                                const rendered_rows* rows = nullptr);
  // Over the files of paths_of_views(), whatever they hold.
  static result<view_fold> open(const config& run, const assessor* assess,
                                const rendered_rows* rows = nullptr);

  // Folds one simdjson-padded ledger line, as the config at hand sees it
  // (engine/evaluate/reviewer.hpp).
  result<void> take(std::string_view line);
  // The same for a line whose sample was rendered already, when it was made.
  result<void> take(const view_change& change, std::string_view text);
  // Makes what was folded visible to readers.
  result<void> flush();
  // Cuts the files where the fold ended, and syncs them.
  result<void> finish();

  const view_counts& counts() const { return counts_; }
  const io::sink& output() const { return *output_; }
  const io::sink* rejected() const { return rejected_ ? &*rejected_ : nullptr; }

 private:
  view_fold(const config& run, const reviewer& review);

  const config* run_;
  reviewer review_;
  done_set done_;
  view_counts counts_;
  sample sample_;     // the line being folded
  std::string text_;  // the line being made
  std::optional<io::sink> output_;
  std::optional<io::sink> rejected_;
};

}  // namespace retort::engine
