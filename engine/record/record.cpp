#include "engine/record/record.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "engine/directory/resume.hpp"
#include "engine/generate/generate.hpp"
#include "engine/prompt/record_json.hpp"
#include "engine/sample/sample_mask.hpp"

namespace retort::engine {
namespace {

// In the views two samples of one name cannot be told apart. Said once: `check` counts them all.
void note_id(shared_run& run, const sample& asked) {
  const auto other = run.ids.note(asked.id, asked.key.ordinal);
  if (!other || std::exchange(run.repeated_id_said, true)) return;
  run.asking.say(
      fmt::format("warning: an id (dataset.id) stands for several records: {}; `retort check` "
                  "counts them",
                  describe_repeated_id(asked.id, *other, asked.key.ordinal)));
}

// The slot that the plan asks for now, taken; nothing where it has to wait, or has come to its end.
// What it asks for besides is carried by another.
std::optional<std::uint32_t> next_slot(shared_run& run, const std::shared_ptr<record>& of) {
  using act = record_plan::step::act;
  if (of->is_bad) return std::nullopt;
  const auto now = run.plan.next(of->history);
  if (now.what != act::ask) return std::nullopt;
  if (run.asking.stop.is_raised()) {
    run.asking.cut_short = true;
    return std::nullopt;
  }
  of->history[now.slot] = slot_state::under_way;
  if (run.plan.next(of->history).what == act::ask) start(run.asking, carry(&run, of));
  return now.slot;
}

// A batch of rows stays in memory as long as one of them is needed; a row, as long as more is asked
// of it, or its answers are judged with it.
void let_batch_go(const shared_run& run, record& of) {
  if (!of.row.batch) return;
  const bool is_over = std::ranges::find(of.history, slot_state::open) == of.history.end();
  if (!is_over || run.judges) {
    of.text.reserve(of.row.text.size() + simdjson::SIMDJSON_PADDING);
    of.text = of.row.text;
    of.row.text = of.text;
  }
  of.row.batch.reset();
}

// An earlier process has paid for its answer. True also where the run has to stop over it.
bool take_kept_answer(shared_run& run, const record& of, sample& into) {
  if (!run.kept) return false;
  const auto taken = run.kept->take(into);
  if (taken) return *taken;
  const error& why = taken.error();
  run.asking.stop.raise(status_of(why),
                        fmt::format("{}: {}", run.feed->where(of.row), why.message));
  return true;
}

// What is judged is what is kept of it.
io::awaitable<> judge(shared_run* run, const record* of, sample* asked) {
  if (asked->failure) co_return;
  mask_keys(run->keys, *asked);
  co_await judge_sample(run->judges, &run->assess, asked, &of->text);
  run->asking.relief.call_all();
}

slot_state state_of(const sample& done) {
  switch (done.verdict()) {
    case verdict::accepted: return slot_state::accepted;
    case verdict::rejected: return slot_state::rejected;
    case verdict::failed: break;
  }
  return slot_state::failed;
}

}  // namespace

io::awaitable<> carry(shared_run* run, std::shared_ptr<record> of) {
  const counted mine(&run->asking);
  for (auto slot = next_slot(*run, of); slot; slot = next_slot(*run, of)) {
    const std::uint32_t variant = run->plan.variant_at(*slot);
    sample sample;
    auto asked = render(*run, of->row, {of->row.ordinal, variant, run->plan.k_at(*slot)}, sample);
    if (!asked) {
      reject(*run, *of, asked.error());
      co_return;
    }
    let_batch_go(*run, *of);
    if (!take_kept_answer(*run, *of, sample)) {
      co_await generate(&run->asking, &run->gate_of(variant), question_of(*run, sample), &sample);
    }
    if (!sample.is_settled) {
      run->asking.cut_short = true;
      co_return;
    }
    if (run->judges) co_await judge(run, of.get(), &sample);
    run->out.finish(sample);
    of->history[*slot] = state_of(sample);
  }
}

result<void> render(shared_run& run, const fed_row& row, const sample_key& key, sample& asked) {
  if (!row.problem.empty()) return error{errc::dataset, row.problem};
  auto record = parse_record(run.parser, row.text);
  if (!record) return record.error();
  asked.key = key;
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

question question_of(const shared_run& run, const sample& asked) {
  const variant& how = run.variants[asked.key.variant];
  question out;
  out.who = asked.key.ordinal;
  out.k = asked.key.k;
  out.messages = &asked.messages;
  out.sampling = &how.sampling;
  out.most_output = how.most_output;
  return out;
}

void reject(shared_run& run, record& of, const error& why) {
  if (std::exchange(of.is_bad, true)) return;
  run.out.reject_row(fmt::format("{}: {}", run.feed->where(of.row), why.message));
}

}  // namespace retort::engine
