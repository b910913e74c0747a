#include "engine/batch/batch.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "engine/batch/batch_calls.hpp"
#include "engine/directory/run_directory.hpp"
#include "engine/generate/attempt.hpp"
#include "engine/record/record.hpp"
#include "io/dataset/byte_source.hpp"
#include "io/dataset/line_splitter.hpp"
#include "providers/dialects/registry.hpp"

namespace retort::engine {
namespace {

using providers::failure;
using providers::failure_kind;

// An upload is held in memory; the APIs would take several times this.
constexpr std::size_t largest_upload = std::size_t{32} << 20;
// Batches under way, where limits.concurrency does not say.
constexpr std::uint64_t usual_batches = 8;
// A draft of less than this part of the requests under way waits for those.
constexpr std::uint64_t least_share = 4;
// What surrounds a request's body in it, generously.
constexpr std::size_t around_body = 160;
// Of one answer, in bytes.
constexpr std::size_t longest_answer = std::size_t{32} << 20;

std::string tag_of(shared_run& run) { return fmt::format("{:016x}", run.asking.random()); }

fed_row as_fed(const batch_row& row) {
  fed_row out;
  out.ordinal = row.ordinal;
  out.text = row.text;
  return out;
}

result<sample> sample_of(shared_run& run, const batch_desk& desk, const batch_row& row) {
  sample asked;
  auto ready = render(run, as_fed(row), {row.ordinal, desk.variant, row.k}, asked);
  if (!ready) return ready.error();
  asked.is_settled = true;  // when there is an answer
  asked.attempts = row.attempts;
  return asked;
}

std::size_t body_size_of(shared_run& run, const batch_desk& desk, const sample& asked) {
  std::string body;
  append_body(endpoint_of(run, desk), question_of(run, asked), body);
  return body.size();
}

token_load worst_of(shared_run& run, const batch_desk& desk, const sample& asked) {
  admission& gate = run.gate_of(0, desk.variant);
  return gate.worst_of(demand_of(run.asking, gate, question_of(run, asked)));
}

void stop_for(shared_run& run, const error& why) {
  run.asking.stop.raise(exit_status::stopped, why.message);
}

bool is_settled(const shared_run& run, const batch_desk& desk, const batch_row& row) {
  return run.done->is_settled({row.ordinal, desk.variant, row.k});
}

void start_batch(shared_run& run, batch_desk& desk, std::shared_ptr<away_batch> batch) {
  ++desk.under_way;
  desk.requests += batch->file.size();
  if (batch->file.id()) desk.ids.insert(*batch->file.id());
  start(run.asking, carry_batch(&run, &desk, std::move(batch)));
}

// The draft becomes a batch under way.
void hand_in(shared_run& run, batch_desk& desk) {
  if (!desk.draft) return;
  auto sealed = desk.draft->seal();
  desk.draft.reset();
  if (!sealed) return stop_for(run, sealed.error());
  auto batch = std::make_shared<away_batch>(std::move(*sealed));
  batch->worst.swap(desk.draft_worst);
  start_batch(run, desk, std::move(batch));
}

bool is_full(const batch_desk& desk) {
  const auto most = desk.api->limits();
  return desk.draft && (desk.draft->size() >= most.requests ||
                        desk.draft->sent_bytes() >= std::min(most.bytes, largest_upload));
}

// `worst` is reserved.
void add(shared_run& run, batch_desk& desk, const batch_row& row, const token_load& worst,
         std::size_t body_bytes) {
  if (!desk.draft) {
    auto begun = batch_draft::begin(desk.directory, tag_of(run), desk.variant);
    if (!begun) return stop_for(run, begun.error());
    desk.draft.emplace(std::move(*begun));
  }
  auto added = desk.draft->add(row, body_bytes + around_body);
  if (!added) return stop_for(run, added.error());
  if (run.gate_of(0, desk.variant).has_budget()) desk.draft_worst.push_back(worst);
  if (is_full(desk)) hand_in(run, desk);
}

void pay(shared_run& run, const batch_desk& desk, const away_batch& batch, std::size_t index,
         const sample& asked, const providers::outcome& what) {
  receipt with;
  with.billed = may_be_billed(what);
  if (what) with.how = entrance::ending::answered;
  if (what) with.used = what->usage;
  const token_load worst = batch.worst.empty() ? token_load() : batch.worst[index];
  run.gate_of(0, desk.variant).pay(worst, prompt_bytes(question_of(run, asked)), with);
}

// The same error of a handful of requests, and no answer at all: it is not theirs.
bool is_refused_as_a_whole(const away_batch& batch) {
  return !batch.has_answers && batch.refused.size() >= endpoint_history::handful;
}

// What was refused for good is settled where others of the batch were answered.
void settle_refused(shared_run& run, away_batch& batch) {
  if (is_refused_as_a_whole(batch) && !batch.stops) {
    batch.stops = batch.refused.front().failure;
    batch.stops->message += fmt::format(
        " ({} requests ended like this, none was answered, and all "
        "stay open)",
        batch.refused.size());
  }
  for (sample& one : batch.refused) {
    if (!batch.has_answers) one.open = true;
    if (batch.has_answers || !batch.stops) run.out.finish(one);
  }
  batch.refused.clear();
}

bool is_worth_asking_again(const providers::outcome& what, const batch_row& row) {
  return what && is_blank(*what) && row.attempts <= most_blank;
}

// What follows a request that was not answered well: it goes into another batch, or its error ends
// the run when the batch's other answers are safe, or its sample has failed.
void take_failure(shared_run& run, away_batch& batch, std::size_t index, const batch_row& row,
                  failure why, sample asked) {
  const bool unwanted = batch.cancelled && why.kind == failure_kind::timeout && why.status == 0;
  if (unwanted) {
    ++batch.left_undone;
    return;
  }
  const next_step next = after_batch(why, row.attempts, {run.asking.attempts});
  if (next.what == next_step::act::retry) batch.again.push_back(index);
  if (next.what == next_step::act::retire && !batch.stops) batch.stops = why;
  asked.failure = std::move(why);
  if (next.what == next_step::act::hold) batch.refused.push_back(std::move(asked));
  if (next.what == next_step::act::give_up) run.out.finish(asked);
}

// One answer, up to the ledger.
result<void> take_answer(shared_run& run, batch_desk& desk, away_batch& batch,
                         providers::batch_answer answer) {
  const auto index = batch.file.index_of(answer.custom_id);
  if (!index || batch.answered[*index]) return {};
  auto row = batch.file.row(*index);
  if (!row) return row.error();
  auto asked = sample_of(run, desk, *row);
  if (!asked) return asked.error();
  batch.answered[*index] = true;
  pay(run, desk, batch, *index, *asked, answer.what);
  batch.has_answers |= answer.what.has_value();
  if (is_worth_asking_again(answer.what, *row) && row->attempts < run.asking.attempts) {
    batch.again.push_back(*index);
  } else if (answer.what) {
    asked->completion = std::move(*answer.what);
    run.out.finish(*asked);
  } else {
    failure why = std::move(answer.what).error();
    why.message = endpoint_of(run, desk).without_key(std::move(why.message));
    take_failure(run, batch, *index, *row, std::move(why), std::move(*asked));
  }
  return {};
}

// Until everything that was committed so far is on the disk.
io::awaitable<> durable(shared_run* run) {
  const std::uint64_t end = run->out.ledger().end();
  while (!run->asking.stop.is_raised()) {
    run->asking.relief_wanted = true;
    if (run->out.ledger().end() - run->out.ledger().backlog() >= end) co_return;
    co_await io::wait_in(&run->asking.relief);
  }
}

// While more waits for the disk than memory should hold.
io::awaitable<> disk_room(shared_run* run) {
  while (!run->asking.stop.is_raised()) {
    run->asking.relief_wanted =
        true;  // before the look: a commit that it misses then finds it asked for
    if (!run->out.is_behind_disk()) co_return;
    co_await io::wait_in(&run->asking.relief);
  }
}

// Takes every answer of a fetched file down to the ledger.
io::awaitable<> take_answers(shared_run* run, batch_desk* desk, away_batch* batch,
                             std::string path) {
  const io::interrupt never;
  auto source = io::open_file(path, never);
  if (!source) {
    stop_for(*run, source.error());
    co_return;
  }
  io::line_splitter lines(std::move(*source), longest_answer);
  while (!run->asking.stop.is_raised()) {
    co_await disk_room(run);
    auto line = lines.next();
    if (!line) stop_for(*run, line.error());
    if (!line || !*line) co_return;
    if ((*line)->text.empty()) continue;
    auto answer = desk->api->read_answer((*line)->text);
    if (!answer) {
      const std::string what = endpoint_of(*run, *desk).without_key(answer.error().message);
      run->asking.say(fmt::format("an answer of batch {} {}", *batch->file.id(), what));
      continue;
    }
    auto taken = take_answer(*run, *desk, *batch, std::move(*answer));
    if (!taken) stop_for(*run, taken.error());
  }
}

// What got no answer at all is treated like what expired.
void miss_answers(shared_run& run, batch_desk& desk, away_batch& batch) {
  for (std::size_t i = 0; i < batch.file.size() && !run.asking.stop.is_raised(); ++i) {
    if (batch.answered[i]) continue;
    failure why{failure_kind::timeout, 0, "the batch ended without an answer to this", {}};
    auto taken = take_answer(run, desk, batch, {batch.file.custom_id(i), providers::outcome(why)});
    if (!taken) stop_for(run, taken.error());
  }
}

// Until the budget has room for a request; then it is reserved, unless the run stops. What drafts
// hold of the budget comes back only when they are sent.
io::awaitable<> budget_room(shared_run* run, batch_desk* desk, token_load worst) {
  while (!run->asking.stop.is_raised() && !run->gate_of(0, desk->variant).reserve(worst)) {
    send_drafts(*run, *desk->all);
    if (run->asking.stop.is_raised()) break;
    co_await io::wait_in(&run->asking.relief);
  }
}

// Into another batch, what is worth another try.
io::awaitable<> put_back(shared_run* run, batch_desk* desk, const away_batch* batch) {
  for (const std::size_t index : batch->again) {
    auto row = batch->file.row(index);
    if (!row) co_return stop_for(*run, row.error());
    if (!run->settings.dataset.reaches(row->ordinal)) continue;
    auto asked = sample_of(*run, *desk, *row);
    if (!asked) co_return stop_for(*run, asked.error());
    const token_load worst = worst_of(*run, *desk, *asked);
    co_await budget_room(run, desk, worst);
    if (run->asking.stop.is_raised()) co_return;
    ++row->attempts;
    ++run->asking.retries;
    add(*run, *desk, *row, worst, body_size_of(*run, *desk, *asked));
  }
}

// The last batch has come back, and nothing will fill up what is left.
void left(shared_run& run, batch_desk& desk, const away_batch& batch) {
  --desk.under_way;
  desk.requests -= batch.file.size();
  if (desk.fed && desk.under_way == 0 && !run.asking.stop.is_raised()) hand_in(run, desk);
  run.asking.relief.call_all();
}

// Every answer of a batch that has ended, to the disk.
io::awaitable<> take_home(shared_run* run, batch_desk* desk, away_batch* batch,
                          std::vector<std::string> targets) {
  const std::string path = batch->file.results_path();
  for (const std::string& target : targets) {
    const bool fetched = co_await fetch(run, desk, target, path);
    if (fetched) co_await take_answers(run, desk, batch, path);
  }
  miss_answers(*run, *desk, *batch);
  settle_refused(*run, *batch);
  co_await durable(run);
}

std::size_t count_again(const shared_run& run, const away_batch& batch) {
  return static_cast<std::size_t>(std::ranges::count_if(batch.again, [&](std::size_t index) {
    const auto row = batch.file.row(index);
    return row && run.settings.dataset.reaches(row->ordinal);
  }));
}

// All is in the ledger that can be: its samples are away no more.
io::awaitable<> let_go(shared_run* run, batch_desk* desk, away_batch* batch) {
  const std::size_t again = count_again(*run, *batch);
  const std::size_t undone = batch->left_undone;
  run->asking.requests += batch->file.size();
  run->asking.say(fmt::format("batch {} has ended: {} answered, {} to be sent again",
                              *batch->file.id(), batch->file.size() - again - undone, again));
  auto removed = batch->file.remove();
  if (!removed) co_return stop_for(*run, removed.error());
  if (batch->stops) co_return give_up(*run, *desk, *batch->stops);
  if (undone > 0) {
    run->asking.stop.raise(
        exit_status::stopped,
        fmt::format("batch {} was cancelled: {} of its requests stay to be done, and are sent "
                    "again by the next run",
                    *batch->file.id(), undone));
    co_return;
  }
  co_await put_back(run, desk, batch);
}

// What an earlier process left away. Samples that are in the ledger, where it was killed between
// that and the file's end, ask for nothing more.
result<void> take_up(shared_run& run, batch_desk& desk, away_batch& batch,
                     const io::interrupt* stop) {
  admission& gate = run.gate_of(0, desk.variant);
  batch.may_exist = true;
  for (std::size_t i = 0; i < batch.file.size(); ++i) {
    if (stop && stop->is_raised()) return error{errc::cancelled, "stopped"};
    auto row = batch.file.row(i);
    if (!row) return row.error();
    auto asked = sample_of(run, desk, *row);
    if (!asked) return asked.error();
    desk.away.add(run.plan.layout().n(0) * row->ordinal + row->k);
    batch.answered[i] = is_settled(run, desk, *row);
    if (!gate.has_budget()) continue;
    const token_load worst = worst_of(run, desk, *asked);
    batch.worst.push_back(worst);
    if (!batch.answered[i]) gate.hold(worst);
  }
  return {};
}

// A model entry's batches under way are shared out among its variants.
std::uint64_t most_batches(const config& run, const model_config& model) {
  const std::uint64_t all = model.limits.concurrency.value_or(usual_batches);
  return std::max<std::uint64_t>(1, all / combinations_of(run));
}

}  // namespace

result<std::string> requests_of(shared_run& run, const batch_desk& desk, const batch_file& file) {
  std::string out, body;
  desk.api->begin(file.tag(), out);
  for (std::size_t i = 0; i < file.size(); ++i) {
    auto row = file.row(i);
    if (!row) return row.error();
    auto asked = sample_of(run, desk, *row);
    if (!asked) return asked.error();
    body.clear();
    append_body(endpoint_of(run, desk), question_of(run, *asked), body);
    desk.api->append(file.custom_id(i), body, out);
  }
  desk.api->end(file.tag(), out);
  return out;
}

io::awaitable<> carry_batch(shared_run* run, batch_desk* desk, std::shared_ptr<away_batch> batch) {
  const counted mine(&run->asking);
  auto status = co_await see_through(run, desk, batch.get());
  if (status) batch->cancelled = status->cancelled;
  if (status) co_await take_home(run, desk, batch.get(), status->results);
  if (!run->asking.stop.is_raised()) co_await let_go(run, desk, batch.get());
  // A batch that is still away goes on without us, and the next process takes it up.
  if (run->asking.stop.is_raised()) run->asking.cut_short = true;
  left(*run, *desk, *batch);
}

void make_desks(const config& run, batch_desks& desks) {
  for (const variant& one : variants_of(run)) {
    const model_config& model = run.models[one.model];
    const auto number = static_cast<std::uint32_t>(desks.size());
    desks.emplace_back();
    if (!model.batch) continue;
    const auto* known = providers::find_provider(api_of(model));
    desks.back() = std::make_unique<batch_desk>(&desks, number, known->batch,
                                                run_directory{run.run_dir}.batches(),
                                                most_batches(run, model));
  }
}

result<void> resume_batches(shared_run& run, const batch_desks& desks, std::vector<batch_file> away,
                            const io::interrupt* stop) {
  for (batch_file& file : away) {
    batch_desk* desk = file.variant() < desks.size() ? desks[file.variant()].get() : nullptr;
    if (!desk) {
      return error{errc::mismatch,
                   fmt::format("{} has a batch under way of models[{}], which is not mode: batch "
                               "any more: set it back to fetch its answers",
                               run_directory{run.settings.run_dir}.batches(),
                               model_of(run.settings, file.variant()))};
    }
    auto batch = std::make_shared<away_batch>(std::move(file));
    auto taken = take_up(run, *desk, *batch, stop);
    if (!taken) return taken;
    const bool done = std::ranges::count(batch->answered, false) == 0;
    if (!done) start_batch(run, *desk, std::move(batch));
    if (!done) continue;
    auto removed = batch->file.remove();
    if (!removed) return removed;
  }
  return {};
}

io::awaitable<> put_in_batch(shared_run* run, batch_desk* desk, record* of, std::uint32_t k) {
  const fed_row& row = of->row;
  if (desk->away.contains(run->plan.layout().n(0) * row.ordinal + k)) co_return;
  sample asked;
  auto ready = render(*run, row, {row.ordinal, desk->variant, k}, asked);
  if (!ready) {
    reject(*run, *of, ready.error());
    co_return;
  }
  const token_load worst = worst_of(*run, *desk, asked);
  while (!run->asking.stop.is_raised() && desk->under_way >= desk->most_under_way) {
    co_await io::wait_in(&run->asking.relief);
  }
  co_await budget_room(run, desk, worst);
  if (run->asking.stop.is_raised()) co_return;
  const std::size_t bytes = body_size_of(*run, *desk, asked);
  add(*run, *desk, {row.ordinal, 1, std::string(row.text), k}, worst, bytes);
}

void send_drafts(shared_run& run, const batch_desks& desks) {
  for (const auto& desk : desks) {
    if (!desk || !desk->draft || run.asking.stop.is_raised()) continue;
    const bool is_crumb = desk->draft->size() * least_share < desk->requests;
    if (!is_crumb) hand_in(run, *desk);
  }
}

void close_desks(shared_run& run, const batch_desks& desks) {
  for (const auto& desk : desks) {
    if (desk) desk->fed = true;
    if (desk && !run.asking.stop.is_raised()) hand_in(run, *desk);
  }
}

}  // namespace retort::engine
