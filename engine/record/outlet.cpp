#include "engine/record/outlet.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "engine/sample/line_writer.hpp"
#include "engine/sample/sample_mask.hpp"

namespace retort::engine {
namespace {

namespace asio = boost::asio;
using std::chrono::system_clock;

// Finished samples that may wait for the disk, in bytes of ledger lines, before reading stops.
constexpr std::size_t max_backlog = 2 << 20;

// Bad rows, and failed samples, of which each gets a line of its own.
constexpr std::uint64_t max_named = 10;

void count(progress_snapshot& counts, const providers::usage& used) {
  counts.input_tokens += std::max<std::int64_t>(0, used.input);
  counts.output_tokens += std::max<std::int64_t>(0, used.output);
}

void count_usage(progress_snapshot& counts, const sample& done) {
  if (!done.is_earlier) count(counts, done.completion.usage);
  for (const evaluation& one : done.evaluations) {
    if (one.usage && !one.is_earlier) count(counts, *one.usage);
  }
}

void count(progress_snapshot& counts, const sample& done) {
  counts.accepted += done.verdict() == verdict::accepted;
  counts.rejected += done.verdict() == verdict::rejected;
  counts.failed += done.verdict() == verdict::failed;
  count_usage(counts, done);
}

}  // namespace

void outlet::take_up(const done_set& done, const progress_snapshot& counts, succession* in_turn) {
  done_ = &done;
  in_turn_ = in_turn;
  const std::uint64_t skipped = counts_.skipped_rows;
  counts_ = counts;
  counts_.skipped_rows = skipped;
}

// Hands on what this turn of the loop has committed, all at once.
void outlet::flush_soon() {
  if (std::exchange(flushing_, true)) return;
  asio::post(by_.on, [this] {
    flushing_ = false;
    views_->flush();
    ledger_->flush();
  });
}

// verdict -> ledger -> views
void outlet::commit(sample& done) {
  mask_keys(keys_, done);
  assessor_of(done).finish(done);
  if (in_turn_) in_turn_->judge(done);
  append(done);
}

void outlet::append(sample& done) {
  mask_details(keys_, done);
  done.finished_at_ms =
      std::chrono::duration_cast<std::chrono::milliseconds>(system_clock::now().time_since_epoch())
          .count();
  text_.clear();
  append_ledger_line(done, text_);
  views_->appended(ledger_->append(text_), done);
  if (written) written(done);
  flush_soon();
}

void outlet::keep(sample& waiting) {
  sample as_it_stands = waiting;
  mask_keys(keys_, as_it_stands);
  assessor_of(waiting).finish(as_it_stands);
  if (!as_it_stands.is_unjudged) return;  // what is awaited does not decide
  as_it_stands.has_more = true;           // its own line, at the least
  append(as_it_stands);
  count_usage(counts_, as_it_stands);
  waiting.is_earlier = true;
  for (evaluation& one : waiting.evaluations) one.is_earlier = true;
}

// The first are named, since what fails one sample often fails them all; the ledger has the rest.
void outlet::name_failure(const sample& done) {
  if (named_failures_++ >= max_named) return;
  if (done.is_unjudged) return name_unjudged(done);
  by_.say(fmt::format("failed {}: {}: {}", done.id, providers::name(done.failure->kind),
                      done.failure->message));
}

void outlet::name_unjudged(const sample& done) {
  const auto missing = std::ranges::find_if(
      done.evaluations, [](const evaluation& one) { return !one.score && !one.is_made(); });
  by_.say(fmt::format("not judged {}: {}: {}; its answer is kept", done.id, missing->name,
                      missing->detail));
}

void outlet::finish(sample& done) {
  commit(done);
  if (counts_.reopened > 0 && done_->has_failed(done.key)) {
    --counts_.reopened;  // an earlier process counted it
    --counts_.failed;
  }
  count(counts_, done);
  counts_.beyond += !settings_.dataset.reaches(done.key.ordinal);
  by_.cut_short |= done.is_unjudged && by_.stop.is_raised();
  if (done.verdict() == verdict::failed) name_failure(done);
}

void outlet::forget_failure(bool is_earlier) {
  --counts_.failed;
  counts_.reopened -= is_earlier;
}

void outlet::reject_row(const std::string& line) {
  if (settings_.dataset.on_error == on_error::fail) {
    by_.stop.raise(exit_status::bad_input, line);
  } else {
    skip_row(line);
  }
}

void outlet::skip_row(const std::string& line) {
  if (counts_.skipped_rows++ < max_named) return by_.say("skipped " + line);
  if (counts_.skipped_rows == max_named + 1) {
    by_.say("skipped more bad rows; the summary counts them");
  }
}

bool outlet::is_behind_disk() const { return ledger_->backlog() > max_backlog; }

}  // namespace retort::engine
