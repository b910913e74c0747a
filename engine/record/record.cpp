#include "engine/record/record.hpp"

#include <fmt/format.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/redirect_error.hpp>

#include "engine/directory/resume.hpp"
#include "engine/endpoint/request_bound.hpp"
#include "engine/endpoint/streamed_answer.hpp"
#include "engine/prompt/record_json.hpp"
#include "engine/record/attempt.hpp"
#include "engine/sample/line_writer.hpp"
#include "engine/sample/sample.hpp"
#include "engine/sample/sample_mask.hpp"
#include "io/base/unexpected.hpp"

namespace retort::engine {
namespace {

namespace asio = boost::asio;
using act = next_step::act;
using providers::failure;
using providers::failure_kind;
using std::chrono::steady_clock;
using std::chrono::system_clock;

// Finished samples that may wait for the disk, in bytes of ledger lines, before reading stops.
constexpr std::size_t max_backlog = 2 << 20;

// Bad rows, and failed samples, of which each gets a line of its own.
constexpr std::uint64_t max_named = 10;

// Samples that may sleep between attempts before reading stops: enough for a storm of 429s not to
// stand in the way of fresh work, and a bound on memory all the same.
std::uint64_t max_asleep(const shared_run& run) {
  std::uint64_t places = 0;
  for (const auto& one : run.gates) places += one->concurrency();
  return std::max<std::uint64_t>(1024, 4 * places);
}

// Into run.text.
void append_body(shared_run& run, const endpoint& to, const sample& asked) {
  run.text.clear();
  to.dialect->append_body(
      {to.model->model, asked.messages, run.settings.sampling, delivery_of(*to.model)}, run.text);
}

// provider.build
std::string build(shared_run& run, const endpoint& to, const sample& asked) {
  append_body(run, to, asked);
  return to.client->compose(run.text);
}

using answer_stream = std::optional<streamed_answer>;

// provider.parse
providers::outcome parse(const endpoint& to, const result<io::http_response>& response,
                         answer_stream& stream, system_clock::time_point now) {
  if (!response) return from_transport(response.error());
  if (stream && response->is_success()) return stream->finish(*response, now);
  return to.dialect->parse(*response, now);
}

// Here failures enter the engine, and here a key that the server echoed in its message ends.
providers::outcome read(const endpoint& to, const result<io::http_response>& response,
                        answer_stream& stream, system_clock::time_point now) {
  auto outcome = parse(to, response, stream, now);
  if (outcome) return outcome;
  failure why = std::move(outcome).error();
  if (why.status == 404) why.message += fmt::format(" (asked: {})", to.client->usual_url());
  why.message = to.without_key(std::move(why.message));
  return why;
}

std::int64_t microseconds(steady_clock::duration time) {
  return std::chrono::duration_cast<std::chrono::microseconds>(time).count();
}

void note_times(sample& of, const io::http_response& response, const answer_stream& stream) {
  const auto since_written = [&](steady_clock::time_point at) {
    return at == steady_clock::time_point() ? 0 : microseconds(at - response.written);
  };
  of.latency_us = since_written(response.last_byte);
  if (!stream) return;
  of.first_byte_us = since_written(response.first_byte);
  of.first_token_us = since_written(stream->first_token);
  of.last_token_us = since_written(stream->last_token);
}

io::awaitable<> sleep(shared_run* run, std::chrono::milliseconds time) {
  boost::system::error_code ignored;
  sleeper mine(run->on);
  mine.alarm.expires_after(time);
  run->asleep.push_back(mine);
  ++run->counts.backing_off;
  co_await mine.alarm.async_wait(asio::redirect_error(io::use_awaitable, ignored));
  --run->counts.backing_off;
  run->relief.call_all();
}

// The answers to what is in flight must fit the ledger's reserve, with that to one more.
bool lacks_room(const shared_run& run) {
  std::size_t in_flight = 0;
  for (const auto& one : run.gates) in_flight += one->in_flight();
  return in_flight > 0 && !run.ledger->has_room_for(in_flight + 1);
}

bool is_full(const shared_run& run) {
  return is_behind_disk(run) || is_too_much_asleep(run) || lacks_room(run);
}

// Samples that may wait at one gate before reading stops: with several models a slow one must not
// hold the others up at once.
std::size_t longest_line(const shared_run& run) { return run.gates.size() == 1 ? 1 : 64; }

// Asks for relief before it looks for good: a commit that the look misses then finds it asked for.
// Nor is that taken back, since others may have asked as well.
bool overfull(shared_run& run) {
  if (!is_full(run)) return false;
  run.relief_wanted = true;
  return is_full(run);
}

bool must_wait(shared_run& run, std::uint32_t variant) {
  if (run.stopping) return false;
  return overfull(run) || run.gates[variant]->waiting() >= longest_line(run);
}

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

// In the views two samples of one name cannot be told apart. Said once: `check` counts them all.
void note_id(shared_run& run, const sample& asked) {
  const auto other = run.ids.note(asked.id, asked.key.ordinal);
  if (!other || std::exchange(run.repeated_id_said, true)) return;
  run.say(
      fmt::format("warning: an id (dataset.id) stands for several records: {}; `retort check` "
                  "counts them",
                  describe_repeated_id(asked.id, *other, asked.key.ordinal)));
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

// dataset -> prompt
result<void> ask(shared_run& run, const fed_row& row, std::uint32_t variant, sample& asked) {
  if (!row.problem.empty()) return error{errc::dataset, row.problem};
  auto record = parse_record(run.parser, row.text);
  if (!record) return record.error();
  asked.key = {row.ordinal, variant, 0};
  asked.row_hash = hash_row(row.text);
  auto rendered = run.prompt.render(*record, asked);
  if (rendered && run.settings.dataset.id) note_id(run, asked);
  return rendered;
}

result<void> render_row(shared_run& run, const io::row& row, sample& into) {
  if (!row.problem.empty()) return error{errc::dataset, row.problem};
  auto record = parse_record(run.parser, row.text, true);
  if (!record) return record.error();
  into.key.ordinal = row.ordinal;
  return run.prompt.render(*record, into);
}

// Under on_error: fail the run stops at the first bad row, else it is counted and named, once for
// all of its variants, which come one after the other.
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

std::size_t most_input_of(shared_run& run, const sample& asked) {
  admission& gate = *run.gates[asked.key.variant];
  if (!gate.has_budget()) return 0;
  append_body(run, *gate.endpoints().front(), asked);
  return most_input(run.text.size(), run.settings.sampling);
}

std::size_t prompt_bytes(const shared_run& run, const sample& asked) {
  std::size_t sum = read_besides(run.settings.sampling);
  for (const auto& one : asked.messages) sum += one.content.size();
  return sum;
}

providers::failure from_transport(const error& why) {
  switch (why.code) {
    case errc::timeout: return {failure_kind::timeout, 0, why.message, {}};
    case errc::protocol: return {failure_kind::invalid_response, 0, why.message, {}};
    default: return {failure_kind::network, 0, why.message, {}};
  }
}

void wake_held(shared_run& run) {
  for (const auto& gate : run.gates) {
    for (const auto& one : gate->endpoints()) one->trial.call_all();
  }
}

counted::~counted() {
  --run_->under_way;
  if (only_held_remain(*run_)) wake_held(*run_);
  if (run_->under_way > 0) return;
  run_->finished.call_all();
  run_->relief.call_all();  // the next one always has room
}

void start(shared_run& run, io::awaitable<> task) {
  const auto ended = [&run](std::exception_ptr unexpected) {
    if (!unexpected) return;
    run.cut_short = true;  // its sample is still to do
    const error why = io::explain(unexpected);
    run.stop(status_of(why), why.message);
  };
  asio::co_spawn(run.on, std::move(task), ended);
}

void finish(shared_run& run, sample& done) {
  commit(run, done);
  if (run.counts.reopened > 0 && run.done->has_failed(done.key.ordinal, done.key.variant)) {
    --run.counts.reopened;  // an earlier process counted it
    --run.counts.failed;
  }
  count(run.counts, done);
  if (done.failure) name_failure(run, done);
}

bool is_behind_disk(const shared_run& run) { return run.ledger->backlog() > max_backlog; }

bool is_too_much_asleep(const shared_run& run) { return run.counts.backing_off >= max_asleep(run); }

io::awaitable<> carry(shared_run* run, fed_row row, std::uint32_t variant) {
  const counted mine(run);
  admission& gate = *run->gates[variant];
  sample sample;
  auto asked = ask(*run, row, variant, sample);
  if (!asked) {
    reject_row(*run, row, asked.error());
    co_return;
  }
  row.batch.reset();
  demand wanted{prompt_bytes(*run, sample), most_input_of(*run, sample)};
  tries before;
  for (sample.attempts = 1;; ++sample.attempts) {
    permit place = gate.try_admit(wanted);
    if (!place) {
      auto later = co_await admit(&gate, wanted);
      place = std::move(later);
    }
    if (!place) {
      run->cut_short = true;
      co_return;
    }
    endpoint& to = place.at();
    const std::string request = build(*run, to, sample);
    ++run->counts.requests;
    run->counts.retries += wanted.is_retry;
    answer_stream stream;
    if (to.model->stream) stream.emplace(to.dialect->read_stream());
    io::body_sink* const sink = stream ? &*stream : nullptr;
    auto response = co_await io::exchange(to.client.get(), &request, to.deadline(), sink);
    const auto now = system_clock::now();
    auto outcome = read(to, response, stream, now);
    const auto by = settle(*run, gate, place, sample.key.ordinal, response, outcome, now);
    if (response) note_times(sample, *response, stream);
    if (gate.endpoints().size() > 1) sample.endpoint = to.name;
    if (outcome && !is_to_be_asked_again(*outcome, before, *run)) {
      sample.completion = std::move(*outcome);
      break;
    }
    next_step next = outcome ? ask_again(before, *run)
                             : conclude(*run, gate, to, response, outcome.error(), by, before);
    if (next.what == act::hold) {
      co_await hold(run, &to, by.ordinal);
      next = after_hold(*run, to, by.ordinal, sample);
    }
    if (next.what == act::give_up) {
      sample.failure = std::move(outcome).error();
      break;
    }
    if (next.what == act::retry) co_await sleep(run, next.wait);
    if (next.what == act::leave || run->stopping) {
      run->cut_short = true;
      co_return;
    }
    wanted.avoid = &to;
    wanted.is_retry = true;
  }
  finish(*run, sample);
}

io::awaitable<> feed_records(shared_run* run, const batch_desks* desks) {
  const auto variants = static_cast<std::uint32_t>(run->gates.size());
  for (;;) {
    result<std::optional<fed_row>> row = run->feed->row_at_hand();
    if (!*row) {
      auto next = co_await next_row(run->feed);
      row = std::move(next);
    }
    if (!row) run->stop(status_of(row.error()), row.error().message);
    if (!row || !*row) break;
    for (std::uint32_t variant = 0; variant < variants; ++variant) {
      if (run->done->is_settled((*row)->ordinal, variant)) continue;
      if (batch_desk* const desk = (*desks)[variant].get()) {
        if (!desk->away.contains((*row)->ordinal)) co_await put_in_batch(run, desk, **row);
        continue;
      }
      while (must_wait(*run, variant)) {
        if (run->gates[variant]->is_held_by_budget())
          send_drafts(*run, *desks);  // they hold some of it
        co_await io::wait_in(&run->relief);
      }
      if (run->stopping) break;
      start(*run, carry(run, **row, variant));
    }
    if (run->stopping) break;
  }
  close_desks(*run, *desks);
  run->cut_short |= run->stopping;
  run->fed = true;
  wake_held(*run);
}

}  // namespace retort::engine
