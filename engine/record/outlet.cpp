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

// Hands on what this turn of the loop has committed, all at once.
void flush_soon(shared_run& run) {
  if (std::exchange(run.flushing, true)) return;
  asio::post(run.on, [&run] {
    run.flushing = false;
    run.views->flush();
    run.ledger->flush();
  });
}

// verdict -> ledger -> views
void commit(shared_run& run, sample& done) {
  mask_keys(run.keys, done);
  run.assess.decide(done);
  done.finished_at_ms =
      std::chrono::duration_cast<std::chrono::milliseconds>(system_clock::now().time_since_epoch())
          .count();
  run.text.clear();
  append_ledger_line(done, run.text);
  const std::size_t bytes = run.ledger->append(run.text);
  run.text.clear();
  const view_change change = render_change(run.settings, done, run.text);
  run.views->appended(bytes, change, run.text);
  flush_soon(run);
}

// The first are named, since what fails one sample often fails them all; the ledger has the rest.
void name_failure(shared_run& run, const sample& done) {
  if (run.named_failures++ >= max_named) return;
  run.say(fmt::format("failed {}: {}: {}", done.id, providers::name(done.failure->kind),
                      done.failure->message));
}

void count(progress_snapshot& counts, const sample& done) {
  counts.accepted += done.verdict() == verdict::accepted;
  counts.rejected += done.verdict() == verdict::rejected;
  counts.failed += done.verdict() == verdict::failed;
  counts.input_tokens += std::max<std::int64_t>(0, done.completion.usage.input);
  counts.output_tokens += std::max<std::int64_t>(0, done.completion.usage.output);
}

}  // namespace

void finish(shared_run& run, sample& done) {
  commit(run, done);
  if (run.counts.reopened > 0 && run.done->has_failed(done.key.ordinal, done.key.variant)) {
    --run.counts.reopened;  // an earlier process counted it
    --run.counts.failed;
  }
  count(run.counts, done);
  if (done.failure) name_failure(run, done);
}

void reject_row(shared_run& run, const fed_row& row, const error& why) {
  if (std::exchange(run.bad_row, row.ordinal) == row.ordinal) return;
  const std::string line = fmt::format("{}: {}", run.feed->where(row), why.message);
  if (run.settings.dataset.on_error == on_error::fail) {
    run.stop(exit_status::bad_input, line);
  } else {
    skip_row(run, line);
  }
}

void skip_row(shared_run& run, const std::string& line) {
  if (run.counts.skipped_rows++ < max_named) return run.say("skipped " + line);
  if (run.counts.skipped_rows == max_named + 1) {
    run.say("skipped more bad rows; the summary counts them");
  }
}

bool is_behind_disk(const shared_run& run) { return run.ledger->backlog() > max_backlog; }

}  // namespace retort::engine
