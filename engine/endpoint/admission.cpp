#include "engine/endpoint/admission.hpp"

#include <algorithm>
#include <utility>

namespace retort::engine {

namespace asio = boost::asio;

namespace {

// What an endpoint refuses or breaks says nothing of the others, and counts as sent.
entrance::ending ending_for_whole(entrance::ending how) {
  return how == entrance::ending::answered ? how : entrance::ending::other;
}

}  // namespace

permit::~permit() {
  if (owner_) give_back({});
}

void permit::swap(permit& other) noexcept {
  std::swap(owner_, other.owner_);
  std::swap(at_, other.at_);
  std::swap(ticket_, other.ticket_);
  std::swap(whole_, other.whole_);
  std::swap(worst_, other.worst_);
  std::swap(prompt_bytes_, other.prompt_bytes_);
  std::swap(most_input_, other.most_input_);
}

void permit::give_back(const receipt& with) {
  if (owner_) std::exchange(owner_, nullptr)->left(*this, with);
}

void permit::learn(const providers::rate_limits& told) {
  at_->entrance.learn(ticket_, told, admission::clock::now());
}

admission::admission(io::executor on, std::vector<std::unique_ptr<endpoint>> endpoints,
                     purse* spend, std::optional<price> costs)
    : on_(on), endpoints_(std::move(endpoints)), purse_(spend), costs_(costs), alarm_(on) {}

bool admission::is_retired() const {
  return std::ranges::all_of(endpoints_,
                             [](const auto& one) { return one->retired || one->is_gone; });
}

// Where no number of places is stated, the endpoints find out theirs.
void admission::limit_whole(const limits_config& stated) {
  limits_config limits = stated;
  if (!limits.concurrency) limits.concurrency = most_concurrency;
  whole_.emplace(limits, clock::now());
}

bool admission::admits_whole(const token_load& expected, clock::time_point now) {
  if (!whole_) return true;
  const auto answer = whole_->may_enter(expected, now);
  again_ = std::min(again_, answer.again);
  if (answer.held_by != constraint::none) held_by_ = answer.held_by;
  return answer.held_by == constraint::none;
}

std::uint64_t admission::in_flight() const {
  std::uint64_t sum = 0;
  for (const auto& one : endpoints_) sum += one->entrance.in_flight();
  return sum;
}

std::uint64_t admission::concurrency() const {
  std::uint64_t sum = 0;
  for (const auto& one : endpoints_) {
    if (!one->is_gone) sum += one->entrance.concurrency();
  }
  return whole_ ? std::min<std::uint64_t>(sum, whole_->concurrency()) : sum;
}

permit admission::try_admit(const demand& what) {
  if (!fresh_.empty() || !retries_.empty()) return {};
  return take(what, clock::now());
}

bool admission::is_open(endpoint& one, const token_load& expected, clock::time_point now) {
  if (one.retired || one.is_gone) return false;
  if (one.is_away) {
    held_by_ = constraint::pause;
    if (awaited) awaited();
    return false;
  }
  if (one.history.is_on_trial() && one.entrance.in_flight() > 0) return false;
  const auto answer = one.entrance.may_enter(expected, now);
  again_ = std::min(again_, answer.again);
  if (answer.held_by != constraint::none) held_by_ = answer.held_by;
  return answer.held_by == constraint::none;
}

// The endpoint with the most room that lets the request in, or the one that has seen how its prompt
// begins; one to avoid comes last.
endpoint* admission::choose(const demand& what, const token_load& expected, clock::time_point now) {
  candidates_.clear();
  endpoint* last = nullptr;
  for (const auto& one : endpoints_) {
    const bool takes = is_open(*one, expected, now);
    if (takes && endpoints_.size() == 1) return one.get();
    const bool is_avoided = one.get() == what.avoid;
    if (takes && is_avoided) last = one.get();
    const double used = takes ? 1 / one->entrance.room(now) - 1 : 0;
    candidates_.push_back({one->hash, used, takes && !is_avoided});
  }
  const auto to = what.prefix ? route(what.prefix, candidates_) : least_used(candidates_);
  return to ? endpoints_[*to].get() : last;
}

std::uint64_t admission::prefix_of(std::span<const providers::message> prompt) {
  if (endpoints_.size() == 1) return 0;
  const bool is_paced =
      std::ranges::any_of(endpoints_of(*endpoints_.front()->model),
                          [](const auto& one) { return one.limits.states_quota(); });
  return is_paced ? 0 : prefix_.key_of(prompt);
}

bool admission::afford(const token_load& worst) {
  held_by_budget_ = purse_ && !purse_->money.reserve(worst, costs());
  if (held_by_budget_ && purse_->money.is_exhausted()) purse_->exhausted();
  return !held_by_budget_;
}

bool admission::counts_tokens() {
  if (whole_ && whole_->counts_tokens()) return true;
  return std::ranges::any_of(endpoints_,
                             [](const auto& one) { return one->entrance.counts_tokens(); });
}

permit admission::take(const demand& what, clock::time_point now) {
  permit place;
  if (closed_) return place;
  again_ = clock::time_point::max();
  token_load expected;
  if (counts_tokens()) expected = estimate_.expected(what.prompt_bytes, what.most_output);
  endpoint* to = admits_whole(expected, now) ? choose(what, expected, now) : nullptr;
  if (!to) return place;
  const token_load worst = purse_ ? worst_of(what) : token_load();
  if (!afford(worst)) return place;
  place.owner_ = this;
  place.at_ = to;
  place.ticket_ = to->entrance.enter(expected, now);
  if (whole_) place.whole_ = whole_->enter(expected, now);
  place.worst_ = worst;
  place.prompt_bytes_ = what.prompt_bytes;
  place.most_input_ = what.most_input;
  return place;
}

void admission::left(const permit& place, const receipt& with) {
  place.at_->entrance.leave(place.ticket_, with.how, with.used, with.retry_after, clock::now());
  if (whole_) whole_->leave(place.whole_, ending_for_whole(with.how), with.used, {}, clock::now());
  if (with.how == entrance::ending::answered) {
    estimate_.observe(place.prompt_bytes_, with.used, place.most_input_);
  }
  settle(place.worst_, with);
  if (!fresh_.empty() || !retries_.empty()) serve_soon();
}

bool admission::reserve(const token_load& worst) {
  const bool has_room = !purse_ || afford(worst);
  if (purse_ && has_room) purse_->in_batches.hold(worst, costs());
  return has_room;
}

void admission::hold(const token_load& worst) {
  if (!purse_) return;
  purse_->money.hold(worst, costs());
  purse_->in_batches.hold(worst, costs());
}

void admission::pay(const token_load& worst, std::size_t prompt_bytes, const receipt& with) {
  if (purse_) purse_->in_batches.refund(worst, costs());
  if (with.how == entrance::ending::answered) estimate_.observe(prompt_bytes, with.used);
  settle(worst, with);
}

void admission::settle(const token_load& worst, const receipt& with) {
  if (with.billed) paid_ += budget::amount_of(with.used, costs());
  untold_ += with.billed && (with.used.input < 0 || with.used.output < 0);
  if (!purse_) return;
  if (with.billed) {
    providers::usage used = with.used;
    if (used.input < 0) used.input = worst.input;
    if (used.output < 0) used.output = worst.output;
    purse_->money.pay(worst, costs(), used);
  } else {
    purse_->money.refund(worst, costs());
  }
  purse_->freed();
}

// Once per turn of the loop, however many places became free in it.
void admission::serve_soon() {
  if (std::exchange(serving_, true)) return;
  asio::post(on_, [this] {
    serving_ = false;
    serve();
  });
}

// The two lines take turns while both have somebody.
admission::waiter* admission::first() {
  if (fresh_.empty() && retries_.empty()) return nullptr;
  const bool retry = fresh_.empty() || (retry_next_ && !retries_.empty());
  return retry ? &retries_.front() : &fresh_.front();
}

void admission::serve() {
  const auto now = clock::now();
  while (waiter* one = first()) {
    one->place = take(one->wanted, now);
    if (!one->place && !closed_) break;
    let_go(*one);
  }
  arm();
}

void admission::let_go(waiter& one) {
  auto& its_line = one.wanted.is_retry ? retries_ : fresh_;
  its_line.erase(its_line.iterator_to(one));
  retry_next_ = !one.wanted.is_retry;
  if (!one.wanted.is_retry && moved) moved();
  io::waiting_room::handler next = std::move(*one.next);
  std::move(next)();
}

void admission::arm() {
  const bool waits = !fresh_.empty() || !retries_.empty();
  if (!waits || again_ == clock::time_point::max()) {
    alarm_.cancel();
    return;
  }
  alarm_.set(again_, [this] { serve(); });
}

void admission::close() {
  closed_ = true;
  alarm_.cancel();
  serve_soon();
}

io::awaitable<permit> admit(admission* where, demand what) {
  admission::waiter mine(what);
  co_await asio::async_initiate<const asio::use_awaitable_t<io::executor>, void()>(
      [](io::waiting_room::handler next, admission* at, admission::waiter* one) {
        one->next.emplace(std::move(next));
        (one->wanted.is_retry ? at->retries_ : at->fresh_).push_back(*one);
        if (at->closed_) return at->serve_soon();
        at->arm();
      },
      io::use_awaitable, where, &mine);
  co_return std::move(mine.place);
}

}  // namespace retort::engine
