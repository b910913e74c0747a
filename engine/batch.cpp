#include "engine/batch.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/redirect_error.hpp>
#include <charconv>

#include "engine/record.hpp"
#include "engine/retry.hpp"
#include "engine/run_directory.hpp"
#include "io/byte_source.hpp"
#include "io/line_splitter.hpp"
#include "providers/registry.hpp"

namespace retort::engine {
namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;
using providers::api_request;
using providers::batch_status;
using providers::failure;
using providers::failure_kind;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

// An upload is held in memory; the APIs would take several times this.
constexpr std::size_t largest_upload = std::size_t{32} << 20;
// Batches under way, where limits.concurrency does not say.
constexpr std::uint64_t usual_batches = 8;
// What surrounds a request's body in it, generously.
constexpr std::size_t around_body = 160;

constexpr std::size_t longest_answer = std::size_t{32} << 20;

// A batch takes minutes to a day: it is asked about after a tenth of the time that it has taken,
// within these bounds.
constexpr milliseconds soonest_poll{1'000}, latest_poll{60'000};

// How far a server's clock may be from ours, when a batch is searched by the time of its creation.
constexpr std::chrono::hours clock_difference{1};

// A sink for a body that may have to be fetched again.
class fetch_sink : public io::body_sink {
 public:
  virtual result<void> restart() = 0;
};

// Keeps the first line of what comes and wants no more.
class first_line final : public fetch_sink {
 public:
  result<void> restart() override {
    line_.clear();
    return {};
  }
  result<void> take(std::string_view bytes, steady_clock::time_point) override {
    if (!ended()) line_ += bytes.substr(0, std::min(bytes.find('\n'), bytes.size() - 1) + 1);
    if (line_.size() > longest_answer) return error{errc::protocol, "the first line has no end"};
    return {};
  }
  bool ended() const override { return line_.ends_with('\n'); }
  const std::string& line() const { return line_; }

 private:
  std::string line_;
};

class to_file final : public fetch_sink {
 public:
  explicit to_file(std::string path) : path_(std::move(path)) {}
  result<void> restart() override {
    auto opened = io::sink::open(path_, 0);
    if (!opened) return opened.error();
    out_.emplace(std::move(*opened));
    return {};
  }
  result<void> take(std::string_view bytes, steady_clock::time_point) override {
    return out_->append(bytes);
  }
  result<void> finish() { return out_->flush(); }

 private:
  std::string path_;
  std::optional<io::sink> out_;
};

endpoint& endpoint_of(shared_run& run, const batch_desk& desk) {
  return *run.gates[desk.variant]->endpoints().front();
}

std::string tag_of(shared_run& run) { return fmt::format("{:016x}", run.random()); }

std::string custom_id(const batch_file& file, std::size_t index) {
  return fmt::format("{}-{}", file.tag(), index);
}

// Which request an answer belongs to; nothing when it is none of this batch's.
std::optional<std::size_t> index_in(const batch_file& file, std::string_view id) {
  if (!id.starts_with(file.tag() + '-')) return std::nullopt;
  id.remove_prefix(file.tag().size() + 1);
  std::size_t index = 0;
  const auto [end, failed] = std::from_chars(id.data(), id.data() + id.size(), index);
  if (failed != std::errc() || end != id.data() + id.size() || index >= file.size()) return {};
  return index;
}

fed_row as_fed(const batch_row& row) {
  fed_row out;
  out.ordinal = row.ordinal;
  out.text = row.text;
  return out;
}

result<sample> sample_of(shared_run& run, const batch_desk& desk, const batch_row& row) {
  sample asked;
  auto ready = ask(run, as_fed(row), desk.variant, asked);
  if (!ready) return ready.error();
  asked.attempts = row.attempts;
  return asked;
}

void append_body(shared_run& run, const batch_desk& desk, const sample& asked, std::string& out) {
  const endpoint& to = endpoint_of(run, desk);
  to.dialect->append_body({to.model->model, asked.messages, run.settings.sampling}, out);
}

void stop_for(shared_run& run, const error& why) { run.stop(exit_status::stopped, why.message); }

// Waits, unless the run stops first.
io::awaitable<> pause(shared_run* run, milliseconds time) {
  boost::system::error_code ignored;
  if (run->stopping) co_return;
  sleeper mine(run->on);
  mine.alarm.expires_after(time);
  run->asleep.push_back(mine);
  co_await mine.alarm.async_wait(asio::redirect_error(io::use_awaitable, ignored));
}

void start_batch(shared_run& run, batch_desk& desk, std::shared_ptr<away_batch> batch) {
  ++desk.under_way;
  desk.requests += batch->file.size();
  if (batch->file.id()) desk.ids.insert(*batch->file.id());
  start(run, carry_batch(&run, &desk, std::move(batch)));
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
void add(shared_run& run, batch_desk& desk, const batch_row& row, const load& worst,
         std::size_t body_bytes) {
  if (!desk.draft) {
    auto begun = batch_draft::begin(desk.directory, tag_of(run), desk.variant);
    if (!begun) return stop_for(run, begun.error());
    desk.draft.emplace(std::move(*begun));
  }
  auto added = desk.draft->add(row, body_bytes + around_body);
  if (!added) return stop_for(run, added.error());
  if (run.gates[desk.variant]->has_budget()) desk.draft_worst.push_back(worst);
  if (is_full(desk)) hand_in(run, desk);
}

// One call of the batch API.
io::awaitable<result<io::http_response>> call(endpoint* to, api_request what, io::body_sink* sink) {
  const std::string path = to->client->base().path + what.target;
  const std::string request =
      to->client->compose({what.method, path, what.content_type, what.body});
  what.body = std::string();
  auto response = co_await io::exchange(to->client.get(), &request, to->deadline(), sink);
  co_return response;
}

failure why_not(const endpoint& to, const result<io::http_response>& response) {
  failure why = response ? to.dialect->parse(*response, std::chrono::system_clock::now()).error()
                         : from_transport(response.error());
  why.message = to.without_key(std::move(why.message));
  return why;
}

// What waiting does not help ends the run.
void give_up(shared_run& run, const batch_desk& desk, const failure& why) {
  const endpoint& to = endpoint_of(run, desk);
  const bool quota = why.kind == failure_kind::quota_exhausted;
  run.stop(quota ? exit_status::stopped : exit_status::bad_input,
           fmt::format("{} {}, mode batch: {}: {}", to.model->provider, to.model->model,
                       providers::name(why.kind), why.message));
}

milliseconds next_try(shared_run& run, std::uint32_t tries, const failure& why) {
  const auto own = soonest_poll + backoff(tries, run.random());
  return std::max(own, why.retry_after.value_or(0ms));
}

// Calls until it is answered well; nothing once the run stops.
io::awaitable<std::optional<io::http_response>> insist(shared_run* run, batch_desk* desk,
                                                       api_request what,
                                                       fetch_sink* sink = nullptr) {
  endpoint& to = endpoint_of(*run, *desk);
  for (std::uint32_t tries = 0; !run->stopping; ++tries) {
    if (sink) {
      auto fresh = sink->restart();
      if (!fresh) stop_for(*run, fresh.error());
      if (!fresh) break;
    }
    auto response = co_await call(&to, what, sink);
    if (response && response->is_success()) co_return std::move(*response);
    if (run->stopping) break;
    if (!response && response.error().code == errc::disk) {
      stop_for(*run, response.error());
      break;
    }
    const failure why = why_not(to, response);
    if (!providers::is_transient(why.kind)) {
      give_up(*run, *desk, why);
      break;
    }
    if (tries == 0) run->say(fmt::format("{}: {}, trying again", to.name, why.message));
    co_await pause(run, next_try(*run, tries, why));
  }
  co_return std::nullopt;
}

// Both of these read a response that insist() got; nothing ends the run.
std::optional<batch_status> status_in(shared_run& run, const batch_desk& desk,
                                      const std::optional<io::http_response>& response) {
  if (!response) return std::nullopt;
  auto status = desk.api->read_status(*response);
  if (status) return std::move(*status);
  give_up(run, desk, status.error());
  return std::nullopt;
}

std::optional<providers::batch_page> page_in(shared_run& run, const batch_desk& desk,
                                             const std::optional<io::http_response>& response) {
  if (!response) return std::nullopt;
  auto page = desk.api->read_list(*response);
  if (page) return std::move(*page);
  give_up(run, desk, page.error());
  return std::nullopt;
}

// Asks about a batch until it has ended or was refused; nothing once the run stops.
io::awaitable<std::optional<batch_status>> outlast(shared_run* run, batch_desk* desk,
                                                   std::string id) {
  const auto began = steady_clock::now();
  for (;;) {
    auto response = co_await insist(run, desk, desk->api->status(id));
    auto status = status_in(*run, *desk, response);
    if (!status || status->now != batch_status::phase::under_way) co_return status;
    const auto taken = std::chrono::duration_cast<milliseconds>(steady_clock::now() - began);
    co_await pause(run, std::clamp(taken / 10, soonest_poll, latest_poll));
    if (run->stopping) co_return std::nullopt;
  }
}

// Whether a batch without a tag is this one, which only its answers tell: they are waited for.
io::awaitable<bool> has_our_answers(shared_run* run, batch_desk* desk, const batch_file* ours,
                                    std::string id) {
  auto status = co_await outlast(run, desk, id);
  if (!status || status->results.empty()) co_return false;
  first_line line;
  auto got = co_await insist(run, desk, desk->api->results(status->results.front()), &line);
  if (!got) co_return false;
  auto answer = desk->api->read_answer(line.line());
  co_return answer&& index_in(*ours, answer->custom_id).has_value();
}

// Whether a batch in the list may be the one sought, as far as the list tells.
enum class likeness { none, same, possible };

likeness compare(const batch_desk& desk, const batch_file& ours, const batch_status& listed) {
  if (listed.now == batch_status::phase::refused) return likeness::none;
  if (listed.tag == ours.tag()) return likeness::same;
  const bool tells = desk.api->keeps_tags() || !listed.tag.empty();
  if (tells || desk.ids.contains(listed.id)) return likeness::none;
  return listed.requests == static_cast<std::int64_t>(ours.size()) ? likeness::possible
                                                                   : likeness::none;
}

// The id of a batch that may have been created without our having heard of it; "" if it was not,
// nothing once the run stops.
io::awaitable<std::optional<std::string>> find_batch(shared_run* run, batch_desk* desk,
                                                     const batch_file* ours) {
  const auto earliest = ours->made() - clock_difference;
  std::string next;
  do {
    auto response = co_await insist(run, desk, desk->api->list(next));
    auto page = page_in(*run, *desk, response);
    if (!page) co_return std::nullopt;
    for (const batch_status& listed : page->batches) {
      if (listed.created < earliest) co_return std::string();  // the newest come first
      const likeness how = compare(*desk, *ours, listed);
      if (how == likeness::same) co_return listed.id;
      if (how == likeness::none) continue;
      const bool found = co_await has_our_answers(run, desk, ours, listed.id);
      if (run->stopping) co_return std::nullopt;
      if (found) co_return listed.id;
    }
    next = page->next;
  } while (!next.empty());
  co_return std::string();
}

// Every request of the batch, as it is sent.
result<std::string> requests_of(shared_run& run, const batch_desk& desk, const batch_file& file) {
  std::string out, body;
  desk.api->begin(file.tag(), out);
  for (std::size_t i = 0; i < file.size(); ++i) {
    auto row = file.row(i);
    if (!row) return row.error();
    auto asked = sample_of(run, desk, *row);
    if (!asked) return asked.error();
    body.clear();
    append_body(run, desk, *asked, body);
    desk.api->append(custom_id(file, i), body, out);
  }
  desk.api->end(file.tag(), out);
  return out;
}

// Uploads the requests where the API wants that: what create() takes; nothing once the run stops.
io::awaitable<std::optional<std::string>> upload(shared_run* run, batch_desk* desk,
                                                 const batch_file* file) {
  auto requests = requests_of(*run, *desk, *file);
  if (!requests) {
    stop_for(*run, requests.error());
    co_return std::nullopt;
  }
  if (!desk->api->uploads()) co_return std::move(*requests);
  auto what = desk->api->upload(file->tag(), std::move(*requests));
  auto response = co_await insist(run, desk, std::move(what));
  if (!response) co_return std::nullopt;
  auto id = desk->api->read_upload(*response);
  if (id) co_return std::move(*id);
  give_up(*run, *desk, id.error());
  co_return std::nullopt;
}

// One try to create the batch: its id is noted, or the failure is returned.
io::awaitable<std::optional<failure>> create_once(shared_run* run, batch_desk* desk,
                                                  away_batch* batch) {
  endpoint& to = endpoint_of(*run, *desk);
  while (desk->uploading) co_await io::wait_in(&desk->turn);
  desk->uploading = true;
  auto source = co_await upload(run, desk, &batch->file);
  std::optional<result<io::http_response>> response;
  if (source && !run->stopping) {
    auto what = desk->api->create(batch->file.tag(), std::move(*source));
    auto got = co_await call(&to, std::move(what), nullptr);
    response.emplace(std::move(got));
  }
  desk->uploading = false;
  desk->turn.call_one();
  if (!response) co_return std::nullopt;
  // Whether it exists now is known only from an answer that says so.
  batch->may_exist = !*response || (*response)->status >= 500;
  if (!*response || !(*response)->is_success()) co_return why_not(to, *response);
  auto status = desk->api->read_status(**response);
  if (!status) co_return status.error();
  auto noted = batch->file.note_id(status->id);
  if (!noted) stop_for(*run, noted.error());
  co_return std::nullopt;
}

// Creates the batch, or finds it created. Its id is noted unless the run stops.
io::awaitable<> create(shared_run* run, batch_desk* desk, away_batch* batch) {
  for (std::uint32_t tries = 0; !batch->file.id() && !run->stopping; ++tries) {
    if (batch->may_exist) {
      auto known = co_await find_batch(run, desk, &batch->file);
      if (!known) co_return;
      if (!known->empty()) {
        auto noted = batch->file.note_id(*known);
        if (!noted) stop_for(*run, noted.error());
        co_return;
      }
    }
    auto failed = co_await create_once(run, desk, batch);
    if (!failed || run->stopping) continue;
    if (!providers::is_transient(failed->kind)) {
      give_up(*run, *desk, *failed);
      co_return;
    }
    if (tries == 0) run->say(fmt::format("no batch yet, trying again: {}", failed->message));
    co_await pause(run, next_try(*run, tries, *failed));
  }
}

// Waits until the provider is through with it; a batch refused for want of room is created again.
// Nothing once the run stops.
io::awaitable<std::optional<batch_status>> see_through(shared_run* run, batch_desk* desk,
                                                       away_batch* batch) {
  for (std::uint32_t refusals = 0;; ++refusals) {
    co_await create(run, desk, batch);
    if (!batch->file.id() || run->stopping) co_return std::nullopt;
    const std::string id = *batch->file.id();
    desk->ids.insert(id);
    if (refusals == 0) {
      run->say(fmt::format("batch {}: {} requests under way", id, batch->file.size()));
    }
    auto status = co_await outlast(run, desk, id);
    desk->ids.erase(id);
    if (!status || status->now == batch_status::phase::ended) co_return status;
    auto forgotten = batch->file.forget_id();
    if (!forgotten) stop_for(*run, forgotten.error());
    if (!providers::is_transient(status->why->kind)) give_up(*run, *desk, *status->why);
    if (run->stopping) co_return std::nullopt;
    if (refusals == 0) {
      run->say(fmt::format("batch {} was refused, trying again: {}", id, status->why->message));
    }
    co_await pause(run, next_try(*run, refusals + 3, *status->why));
  }
}

void pay(shared_run& run, const batch_desk& desk, const away_batch& batch, std::size_t index,
         const sample& asked, const providers::outcome& what) {
  settlement with;
  with.billed = what.has_value();
  if (what) with.how = gate::ending::answered;
  if (what) with.used = what->usage;
  const load worst = batch.worst.empty() ? load() : batch.worst[index];
  run.gates[desk.variant]->pay(worst, prompt_bytes(asked), with);
}

// One answer, up to the ledger.
result<void> take_answer(shared_run& run, batch_desk& desk, away_batch& batch,
                         providers::batch_answer answer) {
  const auto index = index_in(batch.file, answer.custom_id);
  if (!index || batch.answered[*index]) return {};
  auto row = batch.file.row(*index);
  if (!row) return row.error();
  auto asked = sample_of(run, desk, *row);
  if (!asked) return asked.error();
  batch.answered[*index] = true;
  pay(run, desk, batch, *index, *asked, answer.what);
  if (run.done->is_settled(row->ordinal, desk.variant)) return {};  // by an earlier process
  if (answer.what) {
    asked->completion = std::move(*answer.what);
  } else {
    asked->failure = std::move(answer.what).error();
    asked->failure->message = endpoint_of(run, desk).without_key(asked->failure->message);
    const auto& why = *asked->failure;
    if (providers::stops_endpoint(why.kind)) {
      give_up(run, desk, why);
      return {};
    }
    if (providers::is_transient(why.kind) && row->attempts < run.settings.attempts) {
      batch.again.push_back(*index);
      return {};
    }
  }
  finish(run, *asked);
  return {};
}

// Until everything that was committed so far is on the disk.
io::awaitable<> durable(shared_run* run) {
  const std::uint64_t end = run->ledger->end();
  while (!run->stopping) {
    run->relief_wanted = true;
    if (run->ledger->end() - run->ledger->backlog() >= end) co_return;
    co_await io::wait_in(&run->relief);
  }
}

// Fetches a file of answers whole before it reads any; false once the run stops.
io::awaitable<bool> fetch(shared_run* run, batch_desk* desk, std::string target, std::string path) {
  to_file sink(std::move(path));
  auto response = co_await insist(run, desk, desk->api->results(target), &sink);
  if (!response) co_return false;
  auto finished = sink.finish();
  if (!finished) stop_for(*run, finished.error());
  co_return finished.has_value();
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
  while (!run->stopping) {
    while (is_behind_disk(*run) && !run->stopping) {
      run->relief_wanted = true;
      co_await io::wait_in(&run->relief);
    }
    auto line = lines.next();
    if (!line) stop_for(*run, line.error());
    if (!line || !*line) co_return;
    if ((*line)->text.empty()) continue;
    auto answer = desk->api->read_answer((*line)->text);
    if (!answer) {
      run->say(fmt::format("an answer of batch {} {}", *batch->file.id(), answer.error().message));
      continue;
    }
    auto taken = take_answer(*run, *desk, *batch, std::move(*answer));
    if (!taken) stop_for(*run, taken.error());
  }
}

// What got no answer at all is treated like what expired.
void miss_answers(shared_run& run, batch_desk& desk, away_batch& batch) {
  for (std::size_t i = 0; i < batch.file.size() && !run.stopping; ++i) {
    if (batch.answered[i]) continue;
    failure why{failure_kind::timeout, 0, "the batch ended without an answer to this", {}};
    auto taken = take_answer(run, desk, batch, {custom_id(batch.file, i), providers::outcome(why)});
    if (!taken) stop_for(run, taken.error());
  }
}

// Into another batch, what is worth another try.
void put_back(shared_run& run, batch_desk& desk, const away_batch& batch) {
  for (const std::size_t index : batch.again) {
    auto row = batch.file.row(index);
    if (!row) return stop_for(run, row.error());
    auto asked = sample_of(run, desk, *row);
    if (!asked) return stop_for(run, asked.error());
    const load worst = run.gates[desk.variant]->worst_of(prompt_bytes(*asked));
    if (!run.gates[desk.variant]->reserve(worst)) {
      run.cut_short = true;  // the next process has it in its dataset again
      continue;
    }
    ++row->attempts;
    ++run.counts.retries;
    std::string body;
    append_body(run, desk, *asked, body);
    add(run, desk, *row, worst, body.size());
    if (run.stopping) return;
  }
}

// The last batch has come back, and nothing will fill up what is left.
void left(shared_run& run, batch_desk& desk, const away_batch& batch) {
  --desk.under_way;
  desk.requests -= batch.file.size();
  if (desk.fed && desk.under_way == 0 && !run.stopping) hand_in(run, desk);
  run.relief.call_all();
}

void reserve_again(shared_run& run, const batch_desk& desk, away_batch& batch) {
  admission& gate = *run.gates[desk.variant];
  if (!gate.has_budget()) return;
  for (std::size_t i = 0; i < batch.file.size(); ++i) {
    auto row = batch.file.row(i);
    auto asked = row ? sample_of(run, desk, *row) : row.error();
    const load worst = asked ? gate.worst_of(prompt_bytes(*asked)) : load();
    // Beyond the budget it is on its way all the same.
    batch.worst.push_back(gate.reserve(worst) ? worst : load());
  }
}

}  // namespace

io::awaitable<> carry_batch(shared_run* run, batch_desk* desk, std::shared_ptr<away_batch> batch) {
  const counted mine(run);
  auto status = co_await see_through(run, desk, batch.get());
  const std::string path = batch->file.results_path();
  if (status) {
    for (const std::string& target : status->results) {
      const bool fetched = co_await fetch(run, desk, target, path);
      if (fetched) co_await take_answers(run, desk, batch.get(), path);
    }
    miss_answers(*run, *desk, *batch);
    co_await durable(run);
    run->counts.requests += batch->file.size();
    run->say(fmt::format("batch {} has ended: {} answered, {} to be sent again", *batch->file.id(),
                         batch->file.size() - batch->again.size(), batch->again.size()));
  }
  if (run->stopping) {
    run->cut_short = true;  // the batch goes on without us, and the next process takes it up
  } else {
    auto removed = batch->file.remove();
    if (!removed) stop_for(*run, removed.error());
    put_back(*run, *desk, *batch);
  }
  left(*run, *desk, *batch);
}

std::unique_ptr<batch_desk> make_desk(const config& run, std::size_t variant) {
  const model_config& model = run.models[variant];
  if (!model.batch) return nullptr;
  const auto* known =
      providers::find_provider(model.provider == "mock" ? "openai" : model.provider);
  return std::make_unique<batch_desk>(static_cast<std::uint32_t>(variant), known->batch,
                                      run_directory{run.run_dir}.batches(),
                                      model.limits.concurrency.value_or(usual_batches));
}

result<void> resume_batches(shared_run& run, const std::string& directory) {
  auto found = open_batches(directory);
  if (!found) return found.error();
  for (batch_file& file : *found) {
    batch_desk* desk =
        file.variant() < run.desks.size() ? run.desks[file.variant()].get() : nullptr;
    if (!desk) {
      return error{errc::mismatch,
                   fmt::format("{} has a batch under way of models[{}], which is not mode: batch "
                               "any more: set it back to fetch its answers",
                               directory, file.variant())};
    }
    auto batch = std::make_shared<away_batch>(std::move(file));
    for (std::size_t i = 0; i < batch->file.size(); ++i) {
      auto row = batch->file.row(i);
      if (!row) return row.error();
      desk->away.add(row->ordinal);
    }
    batch->may_exist = true;
    reserve_again(run, *desk, *batch);
    start_batch(run, *desk, std::move(batch));
  }
  return {};
}

io::awaitable<> put_in_batch(shared_run* run, batch_desk* desk, fed_row row) {
  sample asked;
  auto ready = ask(*run, row, desk->variant, asked);
  if (!ready) {
    reject_row(*run, row, ready.error());
    co_return;
  }
  admission& gate = *run->gates[desk->variant];
  const load worst = gate.worst_of(prompt_bytes(asked));
  while (!run->stopping && desk->under_way >= desk->most_under_way) {
    co_await io::wait_in(&run->relief);
  }
  while (!run->stopping && !gate.reserve(worst)) {
    hand_in(*run, *desk);
    if (run->stopping) break;
    co_await io::wait_in(&run->relief);
  }
  if (run->stopping) co_return;
  std::string body;
  append_body(*run, *desk, asked, body);
  add(*run, *desk, {row.ordinal, 1, std::string(row.text)}, worst, body.size());
}

void close_desks(shared_run& run) {
  for (const auto& desk : run.desks) {
    if (!desk) continue;
    desk->fed = true;
    if (!run.stopping) hand_in(run, *desk);
  }
}

}  // namespace retort::engine
