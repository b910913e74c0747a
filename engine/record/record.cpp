#include "engine/record/record.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "engine/directory/resume.hpp"
#include "engine/generate/generate.hpp"
#include "engine/outputs/unlearnt_turns.hpp"
#include "engine/prompt/record_json.hpp"
#include "engine/prompt/shortening.hpp"
#include "engine/quota/request_bound.hpp"
#include "engine/record/handed_on.hpp"
#include "engine/sample/sample_mask.hpp"

namespace retort::engine {
namespace {

// Of samples.n: the answers behind each answer have seeds of their own.
constexpr std::uint32_t most_n = 1000;

// In the views two samples of one name cannot be told apart. Said once: `check` counts them all.
void note_id(shared_run& run, const sample& asked) {
  const auto other = run.ids.note(asked.id, asked.key.ordinal);
  if (!other || std::exchange(run.repeated_id_said, true)) return;
  run.asking.say(
      fmt::format("warning: an id (dataset.id) stands for several records: {}; `retort check` "
                  "counts them",
                  describe_repeated_id(asked.id, *other, asked.key.ordinal)));
}

void stop_over(shared_run& run, const record& of, const error& why) {
  run.asking.stop.raise(status_of(why),
                        fmt::format("{}: {}", run.feed->where(of.row), why.message));
}

// What the plan says, once what it leaves to choose is chosen.
way_plan::next_act next_act_of(shared_run& run, record& of) {
  auto now = run.plan.next(of.history);
  while (now.what == way_plan::next_act::act::choose) {
    auto chosen = choose_one(run, of, now.slot);
    if (!chosen) {
      stop_over(run, of, chosen.error());
      run.asking.cut_short = true;
      return {};
    }
    now = run.plan.next(of.history);
  }
  return now;
}

// The slot that the plan asks for now, taken; nothing where it has to wait, or has come to its end.
// What it asks for besides is carried by another.
std::optional<std::uint32_t> next_slot(shared_run& run, const std::shared_ptr<record>& of) {
  using act = way_plan::next_act::act;
  if (of->is_bad) return std::nullopt;
  const auto now = next_act_of(run, *of);
  if (now.what != act::ask) return std::nullopt;
  if (run.asking.stop.is_raised()) {
    run.asking.cut_short = true;
    return std::nullopt;
  }
  of->history[now.slot] = slot_state::under_way;
  if (run.plan.next(of->history).goes_on()) start(run.asking, carry(&run, of));
  return now.slot;
}

// A batch of rows stays in memory as long as one of them is needed; a row, as long as more is asked
// of it, or its answers are judged with it, in whatever step.
void let_batch_go(const shared_run& run, record& of) {
  if (!of.row.batch) return;
  bool is_needed = std::ranges::find(of.history, slot_state::open) != of.history.end();
  for_judges(run, [&is_needed](const judging&) { is_needed = true; });
  if (is_needed) {
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
  stop_over(run, of, taken.error());
  return true;
}

// What is judged is what is kept of it.
io::awaitable<> judge(shared_run* run, const record* of, sample* asked) {
  if (asked->failure) co_return;
  mask_keys(run->keys, *asked);
  const std::uint32_t step = asked->key.step;
  co_await judge_sample(run->judges_of(step), &run->assess_of(step), asked, &of->text);
  run->asking.relief.call_all();
}

// A prompt that an earlier answer does not fill is that answer's fault, and no request.
void fail_for_answer(sample& asked, const error& why) {
  asked.messages.clear();
  asked.failure = providers::failure{providers::failure_kind::bad_request, 0, why.message, {}};
  asked.open = false;
  asked.is_settled = true;
}

// The same as render() behind other steps. An error is the ledger's.
result<void> render_behind(shared_run& run, record& of, const sample_key& key, sample& asked) {
  auto context = answers_before(run, of, key);
  if (!context) return context.error();
  auto row = parse_record(run.parser, of.row.text);
  if (!row) return row.error();
  auto answers = parse_answers(run.answers_parser, *context);
  if (!answers) return answers.error();
  asked.key = key;
  asked.row_hash = hash_row(of.row.text);
  asked.step = step_of(run.settings, key.step).step;
  auto rendered = run.prompts.of(key.step).render(*row, *answers, asked);
  if (!rendered) fail_for_answer(asked, rendered.error());
  return {};
}

bool is_to_be_shortened(const shared_run& run, const sample& asked) {
  return run.settings.shortens && asked.is_settled && asked.failure && asked.failure->too_large;
}

// Once its question was too large: the same with less, until it is answered or fails of something
// else.
io::awaitable<> ask_shortened(shared_run* run, sample* asked) {
  question less = question_of(*run, *asked);
  shorter_question smaller(*less.sampling, *asked);
  less.sampling = &smaller.sampling();
  while (is_to_be_shortened(*run, *asked) && smaller.next()) {
    less.most_output = most_output(*less.sampling);
    asked->is_settled = false;
    asked->failure.reset();
    asked->open.reset();
    co_await generate(&run->asking, &run->gate_of(asked->key), less, asked);
  }
}

slot_state state_of(const sample& done) {
  switch (done.verdict()) {
    case verdict::accepted: return slot_state::accepted;
    case verdict::rejected: return slot_state::rejected;
    case verdict::failed: break;
  }
  return slot_state::failed;
}

// Once the plan is done without them. Where each record has one sample all are needed.
void forget_unneeded(shared_run& run, record& of) {
  if (run.plan.slots() == 1 || !run.plan.is_done(of.lasting)) return;
  for (std::uint32_t slot = 0; slot < run.plan.slots(); ++slot) {
    if (of.lasting[slot] != slot_state::open || of.history[slot] == slot_state::under_way) continue;
    sample_key key = run.plan.layout().key_of(slot);
    key.ordinal = of.row.ordinal;
    const bool is_earlier = of.history[slot] == slot_state::open;
    if (is_earlier && !run.done->has_failed(key)) continue;
    run.out.forget_failure(is_earlier);
    of.lasting[slot] = slot_state::failed;
  }
}

// False where the row is no prompt, or the run has to stop over it.
bool make_prompt(shared_run& run, record& of, std::uint32_t slot, sample& into) {
  sample_key key = run.plan.layout().key_of(slot);
  key.ordinal = of.row.ordinal;
  if (key.step > 0) {
    auto made = render_behind(run, of, key, into);
    if (!made) stop_over(run, of, made.error());
    run.asking.cut_short |= !made;
    return made.has_value();
  }
  auto asked = render(run, of.row, key, into);
  if (!asked) reject(run, of, asked.error());
  return asked.has_value();
}

}  // namespace

io::awaitable<> carry(shared_run* run, std::shared_ptr<record> of) {
  const counted mine(&run->asking);
  for (auto slot = next_slot(*run, of); slot; slot = next_slot(*run, of)) {
    sample sample;
    if (!make_prompt(*run, *of, *slot, sample)) co_return;
    let_batch_go(*run, *of);
    const bool is_answered = sample.is_settled || take_kept_answer(*run, *of, sample);
    if (!is_answered) {
      admission* const gate = &run->gate_of(sample.key);
      co_await generate(&run->asking, gate, question_of(*run, sample), &sample);
      if (is_to_be_shortened(*run, sample)) co_await ask_shortened(run, &sample);
    }
    if (!sample.is_settled) {
      run->asking.cut_short = true;
      co_return;
    }
    if (run->judges_of(sample.key.step)) co_await judge(run, of.get(), &sample);
    sample.has_more = run->plan.has_more(of->history, *slot);
    run->out.finish(sample);
    if (!run->earlier.empty()) hand_on(*run, *of, sample);
    of->history[*slot] = state_of(sample);
    of->lasting[*slot] = sample.is_open() ? slot_state::open : of->history[*slot];
    forget_unneeded(*run, *of);
  }
}

result<void> render(shared_run& run, const fed_row& row, const sample_key& key, sample& asked) {
  if (!row.problem.empty()) return error{errc::dataset, row.problem};
  auto record = parse_record(run.parser, row.text);
  if (!record) return record.error();
  asked.key = key;
  asked.row_hash = hash_row(row.text);
  if (!run.earlier.empty()) asked.step = run.settings.earlier.front().step;
  auto rendered = run.prompts.render_first(*record, asked);
  if (rendered) rendered = check_unlearnt_turns(run.settings, asked);
  if (rendered && run.settings.dataset.id) note_id(run, asked);
  return rendered;
}

result<void> render_row(shared_run& run, const io::row& row, sample& into) {
  if (!row.problem.empty()) return error{errc::dataset, row.problem};
  auto record = parse_record(run.parser, row.text);
  if (!record) return record.error();
  into.key.ordinal = row.ordinal;
  const prompts& last = run.prompts.last();
  return run.earlier.empty() ? last.render(*record, into)
                             : last.render_without_steps(*record, into);
}

question question_of(const shared_run& run, const sample& asked) {
  const sample_key& key = asked.key;
  const variant& how = run.variants_in(key.step)[key.variant];
  question out;
  out.who = key.ordinal;
  out.k = key.k;
  if (key.step > 0)
    out.k += most_n * (1 + run.plan.layout().first_slot(key.step - 1, 0) + key.from);
  out.messages = &asked.messages;
  out.sampling = asked.own ? &asked.own->whole : &how.sampling;
  out.most_output = asked.own ? asked.own->most_output : how.most_output;
  return out;
}

void reject(shared_run& run, record& of, const error& why) {
  if (std::exchange(of.is_bad, true)) return;
  run.out.reject_row(fmt::format("{}: {}", run.feed->where(of.row), why.message));
}

}  // namespace retort::engine
