#include "engine/record/record.hpp"

#include <fmt/format.h>

#include "engine/directory/resume.hpp"
#include "engine/prompt/record_json.hpp"
#include "engine/record/court.hpp"

namespace retort::engine {
namespace {

using act = next_step::act;

// In the views two samples of one name cannot be told apart. Said once: `check` counts them all.
void note_id(shared_run& run, const sample& asked) {
  const auto other = run.ids.note(asked.id, asked.key.ordinal);
  if (!other || std::exchange(run.repeated_id_said, true)) return;
  run.say(
      fmt::format("warning: an id (dataset.id) stands for several records: {}; `retort check` "
                  "counts them",
                  describe_repeated_id(asked.id, *other, asked.key.ordinal)));
}

void take(sample& into, providers::outcome what) {
  if (what) {
    into.completion = std::move(*what);
  } else {
    into.failure = std::move(what).error();
  }
}

}  // namespace

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
  next_step next;
  while (next.what == act::retry) {
    permit place = gate.try_admit(wanted);
    if (!place) {
      auto later = co_await admit(&gate, wanted);
      place = std::move(later);
    }
    if (!place) break;
    endpoint& to = place.at();
    attempt one(*run, place, sample);
    auto response =
        co_await io::exchange(to.client.get(), one.request(), to.deadline(), one.sink());
    auto outcome = one.read(response);
    settle(*run, gate, place, one, response, outcome);
    next = conclude(*run, gate, one, response, outcome, before);
    if (next.what == act::hold) co_await hold(run, &to, &sample, &next);
    if (next.what == act::retry) co_await back_off(run, next.wait);
    if (next.settles()) take(sample, std::move(outcome));
    wanted.again(to);
  }
  if (next.settles()) finish(*run, sample);
  run->cut_short |= !next.settles();
}

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

}  // namespace retort::engine
