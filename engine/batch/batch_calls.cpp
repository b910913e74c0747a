#include "engine/batch/batch_calls.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "engine/endpoint/retry.hpp"
#include "engine/generate/attempt.hpp"
#include "engine/record/record.hpp"

namespace retort::engine {
namespace {

using namespace std::chrono_literals;
using providers::api_request;
using providers::batch_page;
using providers::batch_status;
using providers::failure;
using providers::failure_kind;
using providers::reply;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

// Of the first line, in bytes.
constexpr std::size_t longest_first_line = std::size_t{32} << 20;

// A batch takes minutes to a day: it is asked about after a tenth of the time that it has taken,
// within these bounds.
constexpr milliseconds soonest_poll{250}, latest_poll{60'000};

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
    if (line_.size() > longest_first_line)
      return error{errc::protocol, "the first line has no end"};
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

// The desk's only upload while it lives.
class upload_turn {
 public:
  explicit upload_turn(batch_desk* desk) : desk_(desk) { desk_->uploading = true; }
  ~upload_turn() {
    desk_->uploading = false;
    desk_->turn.call_one();
  }
  upload_turn(const upload_turn&) = delete;
  upload_turn& operator=(const upload_turn&) = delete;

 private:
  batch_desk* desk_;
};

io::http_request request_to(const endpoint& to, api_request what) {
  return to.client->request(what.method, what.target, what.content_type, std::move(what.body));
}

failure masked(const endpoint& to, failure why) {
  why.message = to.without_key(std::move(why.message));
  return why;
}

// Why a call was not answered well. What has nothing to do with the server's mood ends the run.
failure why_not(shared_run& run, const endpoint& to, const result<io::http_response>& response) {
  if (response) return to.dialect->parse(*response, std::chrono::system_clock::now()).error();
  const error& why = response.error();
  if (why.code == errc::certificate) run.asking.stop.raise(exit_status::bad_input, why.message);
  const bool is_ours = why.code == errc::disk || why.code == errc::unwritable;
  if (is_ours) run.asking.stop.raise(status_of(why), why.message);
  return from_transport(why);
}

// How the API's responses are read.
template <class T>
using reader = reply<T> (providers::batch_api::*)(const io::http_response&) const;
constexpr reader<batch_status> read_status = &providers::batch_api::read_status;
constexpr reader<batch_page> read_list = &providers::batch_api::read_list;
constexpr reader<std::string> read_upload = &providers::batch_api::read_upload;

template <class T>
reply<T> read_reply(shared_run& run, const batch_desk& desk, reader<T> read,
                    const result<io::http_response>& response) {
  endpoint& to = endpoint_of(run, desk);
  to.has_answered |= response.has_value();
  if (!response || !response->is_success()) {
    failure why = masked(to, why_not(run, to, response));
    to.history.failed({0, steady_clock::now(), steady_clock::now()}, why);
    return why;
  }
  auto got = (desk.api->*read)(*response);
  if (!got) return masked(to, std::move(got).error());
  to.history.answered_well({});
  return got;
}

milliseconds next_try(shared_run& run, std::uint32_t tries, const failure& why) {
  const auto own = soonest_poll + backoff(tries, run.asking.random());
  return std::max(own, why.retry_after.value_or(0ms));
}

// What was made a moment ago may not be known everywhere yet: not found, or not fit for use.
bool may_be_too_early(const endpoint& to, const failure& why) {
  return to.history.is_proven() &&
         (why.kind == failure_kind::not_found || why.kind == failure_kind::bad_request);
}

bool may_be_starting(const endpoint& to, const failure& why) {
  if (to.has_answered || why.kind != failure_kind::network) return false;
  const std::chrono::duration<double> silent = steady_clock::now() - *to.history.silent_since();
  return silent.count() < to.model->startup_s;
}

// A batch has a day's patience with a server that is known to be one.
bool is_worth_waiting(const shared_run& run, const endpoint& to, const failure& why,
                      std::uint32_t tries) {
  if (may_be_too_early(to, why)) return tries + 1 < run.asking.attempts;
  if (!providers::is_transient(why.kind)) return false;
  if (may_be_starting(to, why)) return true;
  const bool is_known = to.has_answered && why.kind != failure_kind::invalid_response;
  return is_known || tries + 1 < run.asking.attempts;
}

// Between two tries of a call; or the run ends.
io::awaitable<> bear(shared_run* run, batch_desk* desk, std::uint32_t tries, failure why) {
  const endpoint& to = endpoint_of(*run, *desk);
  if (run->asking.stop.is_raised()) co_return;
  if (!is_worth_waiting(*run, to, why, tries)) {
    give_up(*run, *desk, why);
    co_return;
  }
  if (tries == 0) run->asking.say(fmt::format("{}: {}, trying again", to.name, why.message));
  co_await sleep_for(&run->asking, next_try(*run, tries, why));
}

// Calls until it is answered well; nothing once the run stops.
template <class T>
io::awaitable<std::optional<T>> insist(shared_run* run, batch_desk* desk, api_request what,
                                       reader<T> read) {
  endpoint& to = endpoint_of(*run, *desk);
  const io::http_request request = request_to(to, std::move(what));
  for (std::uint32_t tries = 0; !run->asking.stop.is_raised(); ++tries) {
    auto response = co_await io::exchange(to.client.get(), &request, to.deadline());
    auto got = read_reply(*run, *desk, read, response);
    if (got) co_return std::move(*got);
    failure why = std::move(got).error();
    co_await bear(run, desk, tries, std::move(why));
  }
  co_return std::nullopt;
}

// The same for what goes to a sink; false once the run stops.
io::awaitable<bool> insist_on_body(shared_run* run, batch_desk* desk, std::string target,
                                   fetch_sink* sink) {
  endpoint& to = endpoint_of(*run, *desk);
  const io::http_request request = request_to(to, providers::get_request(std::move(target)));
  for (std::uint32_t tries = 0; !run->asking.stop.is_raised(); ++tries) {
    auto fresh = sink->restart();
    if (!fresh) run->asking.stop.raise(exit_status::stopped, fresh.error().message);
    if (!fresh) break;
    auto response = co_await io::exchange(to.client.get(), &request, to.deadline(), sink);
    if (response && response->is_success()) co_return true;
    failure why = masked(to, why_not(*run, to, response));
    co_await bear(run, desk, tries, std::move(why));
  }
  co_return false;
}

// Asks about a batch until it has ended or was refused; nothing once the run stops.
io::awaitable<std::optional<batch_status>> outlast(shared_run* run, batch_desk* desk,
                                                   std::string id) {
  const auto began = steady_clock::now();
  while (!run->asking.stop.is_raised()) {
    auto what = desk->api->status(id);
    auto status = co_await insist<batch_status>(run, desk, std::move(what), read_status);
    if (!status || status->now != batch_status::phase::under_way) co_return status;
    const auto taken = std::chrono::duration_cast<milliseconds>(steady_clock::now() - began);
    co_await sleep_for(&run->asking, std::clamp(taken / 10, soonest_poll, latest_poll));
  }
  co_return std::nullopt;
}

// Whether a batch without a tag is this one, which only its answers tell: they are waited for.
io::awaitable<bool> has_our_answers(shared_run* run, batch_desk* desk, const batch_file* ours,
                                    std::string id) {
  auto status = co_await outlast(run, desk, id);
  if (!status || status->results.empty()) co_return false;
  first_line line;
  std::string target = status->results.front();
  const bool got = co_await insist_on_body(run, desk, std::move(target), &line);
  if (!got) co_return false;
  auto answer = desk->api->read_answer(line.line());
  co_return answer && ours->index_of(answer->custom_id).has_value();
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

// The list begins with the newest.
bool is_older(const batch_status& listed, const batch_file& ours) {
  const bool is_told = listed.created != std::chrono::system_clock::time_point();
  return is_told && listed.created < ours.made() - clock_difference;
}

// The id of a batch that may have been created without our having heard of it; "" if it was not,
// nothing once the run stops.
io::awaitable<std::optional<std::string>> find_batch(shared_run* run, batch_desk* desk,
                                                     const batch_file* ours) {
  std::string next;
  do {
    auto what = desk->api->list(next);
    auto page = co_await insist<batch_page>(run, desk, std::move(what), read_list);
    if (!page) co_return std::nullopt;
    for (const batch_status& listed : page->batches) {
      if (is_older(listed, *ours)) co_return std::string();
      const likeness how = compare(*desk, *ours, listed);
      if (how == likeness::same) co_return listed.id;
      if (how == likeness::none) continue;
      const bool found = co_await has_our_answers(run, desk, ours, listed.id);
      if (run->asking.stop.is_raised()) co_return std::nullopt;
      if (found) co_return listed.id;
    }
    next = page->next;
  } while (!next.empty());
  co_return std::string();
}

// What create() takes: the requests, or the id of the file that they were uploaded as. Nothing once
// the run stops.
io::awaitable<std::optional<std::string>> upload(shared_run* run, batch_desk* desk,
                                                 const batch_file* file) {
  auto requests = requests_of(*run, *desk, *file);
  if (!requests) {
    run->asking.stop.raise(exit_status::stopped, requests.error().message);
    co_return std::nullopt;
  }
  if (!desk->api->uploads()) co_return std::move(*requests);
  auto what = desk->api->upload(file->tag(), std::move(*requests));
  auto id = co_await insist<std::string>(run, desk, std::move(what), read_upload);
  co_return id;
}

// Whether a call that should create a batch may have created one: only a refusal says no, and a
// connection that never was.
bool may_have_created(const result<io::http_response>& response) {
  if (!response) {
    const errc code = response.error().code;
    return code != errc::resolve && code != errc::connect && code != errc::certificate;
  }
  const int status = response->status;
  return response->is_success() || status >= 500 || status == 408 || status == 409;
}

// One try to create the batch: its id is noted, or the failure is returned; neither once the run
// stops.
io::awaitable<std::optional<failure>> create_once(shared_run* run, batch_desk* desk,
                                                  away_batch* batch) {
  endpoint& to = endpoint_of(*run, *desk);
  while (desk->uploading) co_await io::wait_in(&desk->turn);
  const upload_turn mine(desk);
  if (run->asking.stop.is_raised()) co_return std::nullopt;
  if (batch->uploaded.empty()) {
    auto source = co_await upload(run, desk, &batch->file);
    if (!source || run->asking.stop.is_raised()) co_return std::nullopt;
    batch->uploaded = std::move(*source);
  }
  // It is the requests themselves where they are not uploaded first.
  std::string source =
      desk->api->uploads() ? batch->uploaded : std::exchange(batch->uploaded, std::string());
  const io::http_request request =
      request_to(to, desk->api->create(batch->file.tag(), std::move(source)));
  auto response =
      co_await io::exchange(to.client.get(), &request, to.deadline(), nullptr, io::route::fresh);
  batch->may_exist = may_have_created(response);
  auto status = read_reply(*run, *desk, read_status, response);
  if (!status) co_return std::move(status).error();
  auto noted = batch->file.note_id(status->id);
  if (!noted) run->asking.stop.raise(exit_status::stopped, noted.error().message);
  co_return std::nullopt;
}

// Creates the batch, or finds it created. Its id is noted unless the run stops.
io::awaitable<> create(shared_run* run, batch_desk* desk, away_batch* batch) {
  for (std::uint32_t tries = 0; !batch->file.id() && !run->asking.stop.is_raised(); ++tries) {
    if (batch->may_exist) {
      auto known = co_await find_batch(run, desk, &batch->file);
      if (!known) co_return;
      if (!known->empty()) {
        auto noted = batch->file.note_id(*known);
        if (!noted) run->asking.stop.raise(exit_status::stopped, noted.error().message);
        co_return;
      }
    }
    auto failed = co_await create_once(run, desk, batch);
    if (failed) co_await bear(run, desk, tries, std::move(*failed));
  }
}

}  // namespace

endpoint& endpoint_of(shared_run& run, const batch_desk& desk) {
  return *run.gate_of(0, desk.variant).endpoints().front();
}

void give_up(shared_run& run, const batch_desk& desk, const failure& why) {
  const endpoint& to = endpoint_of(run, desk);
  const bool passes =
      why.kind == failure_kind::quota_exhausted || providers::is_transient(why.kind);
  run.asking.stop.raise(passes ? exit_status::stopped : exit_status::bad_input,
                        fmt::format("{} {}, mode batch: {}: {}", to.model->provider,
                                    to.model->model, providers::name(why.kind), why.message));
}

io::awaitable<std::optional<batch_status>> see_through(shared_run* run, batch_desk* desk,
                                                       away_batch* batch) {
  for (std::uint32_t refusals = 0;; ++refusals) {
    if (refusals > 0) batch->uploaded.clear();
    co_await create(run, desk, batch);
    if (!batch->file.id() || run->asking.stop.is_raised()) co_return std::nullopt;
    const std::string id = *batch->file.id();
    desk->ids.insert(id);
    if (refusals == 0) {
      run->asking.say(fmt::format("batch {}: {} requests under way", id, batch->file.size()));
    }
    auto status = co_await outlast(run, desk, id);
    desk->ids.erase(id);
    if (!status || status->now == batch_status::phase::ended) co_return status;
    const failure why = masked(endpoint_of(*run, *desk), *status->why);
    auto forgotten = batch->file.forget_id();
    if (!forgotten) run->asking.stop.raise(exit_status::stopped, forgotten.error().message);
    if (!providers::is_transient(why.kind)) give_up(*run, *desk, why);
    if (run->asking.stop.is_raised()) co_return std::nullopt;
    if (refusals == 0) {
      run->asking.say(fmt::format("batch {} was refused, trying again: {}", id, why.message));
    }
    co_await sleep_for(&run->asking, next_try(*run, refusals + 3, why));
  }
}

io::awaitable<bool> fetch(shared_run* run, batch_desk* desk, std::string target, std::string path) {
  to_file sink(std::move(path));
  const bool got = co_await insist_on_body(run, desk, std::move(target), &sink);
  if (!got) co_return false;
  auto finished = sink.finish();
  if (!finished) run->asking.stop.raise(exit_status::stopped, finished.error().message);
  co_return finished.has_value();
}

}  // namespace retort::engine
