#include "engine/limit_search/limit_finder.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/asio/co_spawn.hpp>
#include <cmath>
#include <utility>

#include "engine/bench/measured_request.hpp"
#include "engine/config/prices.hpp"
#include "engine/limit_search/outcome_count.hpp"
#include "engine/measure/tally.hpp"
#include "engine/quota/request_bound.hpp"
#include "engine/quota/token_estimate.hpp"
#include "engine/quota/told_period.hpp"

namespace retort::engine {
namespace {

using clock = measurement::clock;
using stamp = measurement::stamp;

constexpr std::uint64_t least_of_a_level = 8, rounds_of_a_level = 4;
constexpr double least_rise = 1.05;  // of the rate, from one level to the next
constexpr int seen_often = 2;        // a rate that does not rise, before it ends the search
constexpr int most_spoiled = 3;      // tries of a level or a window
constexpr std::uint64_t most_workers_of_a_window = 64;
constexpr int polls_of_a_window = 240;  // requests that find the quota still empty
constexpr int most_windows = 5, most_first_tries = 4;
constexpr double steady_within = 0.05;          // of what one window and the next admit
constexpr double times_longer = 4;              // the prompts of the second window
constexpr double bytes_of_a_word = 6;           // that is made up, and its space
constexpr double least_tokens_of_a_word = 0.5;  // told ones; fewer are not the prompt's
constexpr std::chrono::milliseconds first_pause(250), longest_pause(2000);

double seconds_of(clock::duration time) { return std::chrono::duration<double>(time).count(); }

std::size_t bytes_of(const asked_prompt& what) {
  std::size_t bytes = 0;
  for (const auto& one : what.messages) bytes += one.content.size();
  return bytes;
}

std::optional<price> known_price(const endpoint& of) {
  const auto known = price_of(*of.model);
  return known ? std::optional(*known) : std::nullopt;
}

bool may_be_billed(const measurement& of) {
  return !of.failed || of.failed->begun || of.failed->status < 400;
}

struct level_run {
  std::uint64_t concurrency = 0, wanted = 0;
  std::uint64_t begun = 0;
  outcome_count came;
  double latency_s = 0;
  stamp first, last;
};

tried_level result_of(const level_run& level) {
  const auto answered = static_cast<double>(level.came.answered);
  const double seconds = std::max(1e-9, seconds_of(level.last - level.first));
  return {level.concurrency, answered / seconds, level.latency_s / std::max(1.0, answered)};
}

struct window_run {
  std::optional<stamp> begin;  // the first refusal
  stamp give_up;               // without one
  stamp last_refused;
  stamp last_told;  // an answer or a refusal; the beginning where there is none
  std::uint64_t workers = 0;
  outcome_count came;      // also before `begin`
  bool is_silent = false;  // nothing but failures, as long as windows that agree may differ
  refusal_window seen;

  bool is_spoiled() const { return is_silent || came.is_spoiled(came.answered + came.failed); }
};

// As many requests, or as many tokens: the one quota or the other.
bool are_steady(const refusal_window& before, const refusal_window& after) {
  const auto change = [](double one, double other) {
    return std::abs(one - other) <= steady_within * std::max(one, other);
  };
  return change(static_cast<double>(before.admitted), static_cast<double>(after.admitted)) ||
         change(before.tokens, after.tokens);
}

class limit_finder {
 public:
  limit_finder(const search_setting* how, found_limits* into)
      : on_(how->on),
        to_(how->to),
        options_(*how->options),
        into_(into),
        prompts_(how->prompts),
        sampling_(how->sampling),
        say_(how->say),
        costs_(known_price(*how->to)),
        watch_(options_.spend, costs_.value_or(price{})),
        chance_(options_.requests.seed, drawn_for::order) {}

  void stop() {
    stopped_ = true;
    into_->is_cut = true;
    to_->client->stop();
  }

 private:
  friend io::awaitable<> ask_once(limit_finder* all, measurement* made);
  friend io::awaitable<> level_worker(limit_finder* all, level_run* level);
  friend io::awaitable<> window_worker(limit_finder* all, window_run* window);
  friend io::awaitable<> try_level(limit_finder* all, level_run* level);
  friend io::awaitable<> watch_refusals(limit_finder* all, window_run* window);
  friend io::awaitable<> wait_out(limit_finder* all, const outcome_count* came,
                                  const std::string* ended, int spoiled);
  friend io::awaitable<> watch_until_steady(limit_finder* all, const char* unknown,
                                            std::optional<refusal_window>* into);
  friend io::awaitable<> first_request(limit_finder* all);
  friend io::awaitable<> find_rate(limit_finder* all, std::uint64_t at, tried_level* best);
  friend io::awaitable<> raise_concurrency(limit_finder* all);
  friend io::awaitable<> find_all(limit_finder* all);
  friend io::awaitable<> find_and_tell(limit_finder* all);

  bool is_over() const {
    const seen_limits& seen = into_->seen;
    return stopped_ || !seen.ended.empty() || !into_->refused.empty();
  }
  double rate_to_beat() const;
  void use_prompts(double tokens_per_word, double times);
  std::size_t most_input_of(const asked_prompt& what) const;
  void settle(const asked_prompt& what, std::size_t most, const token_load& worst,
              const measurement& made);
  void count(const token_load& worst, const measurement& made);
  void learn(const providers::rate_limits& told);
  void start(io::awaitable<> task);
  clock::duration pause_of(const window_run& window);
  std::string flaw_of(const window_run& window) const;

  io::executor on_;
  endpoint* to_;
  const finder_options& options_;
  found_limits* into_;
  const std::vector<asked_prompt>* prompts_;  // empty: made up
  const providers::sampling* sampling_;
  const std::function<void(const std::string&)>* say_;
  std::optional<price> costs_;
  spend_watch watch_;
  token_estimate estimate_;
  std::array<told_period, providers::quota_count> periods_;
  random_stream chance_;
  std::unique_ptr<prompt_supply> supply_;
  bench_options made_up_;
  std::uint64_t concurrency_ = 1;  // at which requests were refused
  double bytes_sent_ = 0;          // of prompts
  std::uint64_t under_way_ = 0, supplies_ = 0;
  io::waiting_room end_;
  bool stopped_ = false;
  std::exception_ptr unexpected_;
};

// Of the config where it has some, else made up; longer ones are always made up.
void limit_finder::use_prompts(double tokens_per_word, double times) {
  if (times == 1 && !prompts_->empty()) {
    supply_ = shuffled_prompts(options_.requests.seed, *prompts_);
  } else {
    made_up_ = options_.requests;
    made_up_.input->mean *= times;
    supply_ = made_up_prompts(made_up_, *sampling_, {tokens_per_word, 0, true});
  }
  supply_->begin(++supplies_, 0);
}

std::size_t limit_finder::most_input_of(const asked_prompt& what) const {
  return most_input(request_body(*to_, what, options_.requests.streams).size(), what.sampling);
}

void limit_finder::settle(const asked_prompt& what, std::size_t most, const token_load& worst,
                          const measurement& made) {
  if (!may_be_billed(made)) return watch_.refund(worst);
  watch_.settle(worst, made.used);
  estimate_.observe(bytes_of(what) + read_besides(what.sampling), made.used, most);
}

// Of each quota: a long reset may be that of a debt, also where it refuses.
void limit_finder::count(const token_load& worst, const measurement& made) {
  const auto input = static_cast<double>(made.used.input < 0 ? worst.input : made.used.input);
  const auto output = static_cast<double>(made.used.output < 0 ? worst.output : made.used.output);
  const std::array<double, providers::quota_count> amounts{1, input + output, input, output};
  for (std::size_t i = 0; i < amounts.size(); ++i) {
    periods_[i].spent(amounts[i]);
    if (!may_be_billed(made)) periods_[i].spent(-amounts[i]);
  }
}

// What period no header names is found out as admission does.
void limit_finder::learn(const providers::rate_limits& told) {
  for (std::size_t i = 0; i < providers::quota_count; ++i) {
    providers::quota_reading one = told.of[i];
    if (!one.limit) continue;
    const auto limit = static_cast<double>(*one.limit);
    if (one.remaining && one.reset) {
      const told_period::reading read{limit, static_cast<double>(*one.remaining),
                                      seconds_of(*one.reset)};
      periods_[i].learn(read, 0, clock::now());
    }
    into_->seen.told.of[i] = one;
    const std::chrono::seconds period(std::llround(periods_[i].seconds()));
    into_->seen.by_resets[i] =
        period == std::chrono::minutes(1) ? std::nullopt : std::optional(period);
  }
}

void limit_finder::start(io::awaitable<> task) {
  ++under_way_;
  io::asio::co_spawn(on_, std::move(task), [this](std::exception_ptr thrown) {
    if (thrown && !unexpected_) unexpected_ = thrown;
    if (--under_way_ == 0) end_.call_all();
  });
}

// All of a window's workers together look so many times whether there is something again.
clock::duration limit_finder::pause_of(const window_run& window) {
  const double share = (0.5 + chance_.uniform()) * static_cast<double>(window.workers);
  return std::chrono::duration_cast<clock::duration>(options_.window * share / polls_of_a_window);
}

// Of the level before; what has not that rises no longer.
double limit_finder::rate_to_beat() const {
  const auto& levels = into_->seen.levels;
  return levels.empty() ? 0 : least_rise * levels.back().per_s;
}

// Why a window tells nothing; "": it does. Where nobody was refused in its last quarter we may have
// asked for less than there was.
std::string limit_finder::flaw_of(const window_run& window) const {
  const double seconds = seconds_of(options_.window);
  if (!window.begin) return fmt::format("none was refused any more, in {:.3g} s", 2 * seconds);
  const bool is_full = window.last_refused >= *window.begin + options_.window * 3 / 4;
  if (!is_full || window.came.refused < 3) {
    return fmt::format("too few were refused in {:.3g} s: less was asked than there was", seconds);
  }
  if (window.seen.admitted == 0) return fmt::format("none was admitted in {:.3g} s", seconds);
  return "";
}

// A request that the spend has no room for is not sent: `made` then has neither end nor failure.
io::awaitable<> ask_once(limit_finder* all, measurement* made) {
  const asked_prompt what = all->supply_->next();
  const std::size_t most = all->most_input_of(what);
  const token_load worst = all->estimate_.worst(most, most_output(what.sampling));
  if (!all->watch_.take(worst)) {
    all->into_->seen.ended = all->watch_.why_not();
    co_return;
  }
  all->bytes_sent_ += static_cast<double>(bytes_of(what));
  providers::rate_limits told;
  made->sent_off = clock::now();
  co_await measure(all->to_, &what, all->options_.requests.streams, made, &told);
  all->count(worst, *made);
  all->learn(told);
  all->settle(what, most, worst, *made);
}

io::awaitable<> level_worker(limit_finder* all, level_run* level) {
  const outcome_count& came = level->came;
  while (level->begun < level->wanted && came.refused == 0 && !came.is_spoiled(level->wanted) &&
         !all->is_over()) {
    ++level->begun;
    measurement made;
    co_await ask_once(all, &made);
    if (made.ended == stamp() || all->stopped_) break;
    level->last = made.ended;
    level->came.add(made);
    if (!made.failed) level->latency_s += seconds_of(made.ended - made.sent_off);
  }
}

io::awaitable<> try_level(limit_finder* all, level_run* level) {
  level->first = clock::now();
  for (std::uint64_t i = 0; i < level->concurrency; ++i) all->start(level_worker(all, level));
  while (all->under_way_ > 0) co_await io::wait_in(&all->end_);
}

io::awaitable<> window_worker(limit_finder* all, window_run* window) {
  for (;;) {
    const stamp now = clock::now();
    const stamp until = window->begin ? *window->begin + all->options_.window : window->give_up;
    if (now >= until || window->is_silent || all->is_over()) break;
    measurement made;
    co_await ask_once(all, &made);
    if (made.ended == stamp() || all->stopped_) break;
    window->came.add(made);
    if (!made.failed || is_refusal(made)) window->last_told = made.ended;
    if (is_refusal(made)) {
      if (!window->begin) window->begin = made.ended;
      window->last_refused = made.ended;
      const stamp again = clock::now() + all->pause_of(*window);
      co_await io::sleep_until(all->on_, again);
    } else if (!made.failed && window->begin) {
      const bool is_within =
          made.written >= *window->begin && made.written < *window->begin + all->options_.window;
      if (is_within) {
        ++window->seen.admitted;
        window->seen.tokens += static_cast<double>(std::max<std::int64_t>(0, made.used.input) +
                                                   std::max<std::int64_t>(0, made.used.output));
      }
    } else if (made.failed) {
      window->is_silent |= made.ended - window->last_told > all->options_.window * steady_within;
      const stamp again = clock::now() + first_pause;
      co_await io::sleep_until(all->on_, again);
    }
  }
}

io::awaitable<> watch_refusals(limit_finder* all, window_run* window) {
  window->workers = std::clamp<std::uint64_t>(all->concurrency_, 1, most_workers_of_a_window);
  window->last_told = clock::now();
  window->give_up = window->last_told + 2 * all->options_.window;
  for (std::uint64_t i = 0; i < window->workers; ++i) all->start(window_worker(all, window));
  while (all->under_way_ > 0) co_await io::wait_in(&all->end_);
}

// After a level or a window that was the so-manyth spoiled one: returns when a request has an
// answer or a refusal again. Else, and where that was one too many, the search has `ended`.
io::awaitable<> wait_out(limit_finder* all, const outcome_count* came, const std::string* ended,
                         int spoiled) {
  std::string words = *ended + came->failures();
  if (!came->may_pass() || spoiled >= most_spoiled) {
    if (spoiled > 1) words += fmt::format(", as in {} tries before", spoiled - 1);
    all->into_->seen.ended = words;
    co_return;
  }
  (*all->say_)(came->failures() + ": waiting for an answer");
  const stamp begin = clock::now();
  clock::duration pause = first_pause;
  measurement made;
  do {
    const stamp again = clock::now() + pause;
    co_await io::sleep_until(all->on_, again);
    if (all->is_over()) co_return;
    made = measurement();
    co_await ask_once(all, &made);
    if (all->is_over() || !made.failed || is_refusal(made)) co_return;
    pause = std::min<clock::duration>(2 * pause, longest_pause);
  } while (may_pass(made) && clock::now() < begin + all->options_.patience);
  words +=
      fmt::format(", nor was one answered in {:.3g} s more ({}: {})",
                  seconds_of(clock::now() - begin), class_of(*made.failed), made.failed->message);
  all->into_->seen.ended = words;
}

// What was saved up of another quota than the one that refused lets more through for a while: only
// what two windows in a row agree on is the quota's. `unknown`: what that leaves open where they
// never do.
io::awaitable<> watch_until_steady(limit_finder* all, const char* unknown,
                                   std::optional<refusal_window>* into) {
  const std::string ended = fmt::format("{}: ", unknown);
  std::optional<refusal_window> before;
  int spoiled = 0;
  for (int i = 0; i < most_windows; ++i) {
    window_run window;
    co_await watch_refusals(all, &window);
    if (all->is_over()) co_return;
    if (window.is_spoiled()) {
      before.reset();
      ++spoiled;
      co_await wait_out(all, &window.came, &ended, spoiled);
      if (all->is_over()) co_return;
      continue;
    }
    const std::string flaw = all->flaw_of(window);
    if (!flaw.empty()) {
      all->into_->seen.ended = ended + flaw;
      co_return;
    }
    window.seen.seconds = seconds_of(all->options_.window);
    if (before && are_steady(*before, window.seen)) {
      *into = window.seen;
      co_return;
    }
    before = window.seen;
  }
  all->into_->seen.ended =
      fmt::format("{}no two windows in a row, of {}, admitted as much", ended, most_windows);
}

io::awaitable<> first_request(limit_finder* all) {
  measurement made;
  all->use_prompts(1, 1);
  for (int tries = 0; tries < most_first_tries; ++tries) {
    made = measurement();
    co_await ask_once(all, &made);
    if (!made.failed || !may_pass(made) || all->is_over()) break;
    const stamp again = clock::now() + std::chrono::milliseconds(250 << tries);
    co_await io::sleep_until(all->on_, again);
  }
  if (made.ended == stamp() || all->stopped_) co_return;
  if (is_refusal(made)) {
    all->into_->seen.has_refused = true;
    co_return;
  }
  if (made.failed) {
    all->into_->refused = fmt::format("the first request failed: {}: {}", class_of(*made.failed),
                                      made.failed->message);
    co_return;
  }
  all->into_->seen.latency_s = seconds_of(made.ended - made.sent_off);
  const double words = all->options_.requests.input->mean;
  const double tokens_per_word = static_cast<double>(made.used.input) / words;
  const bool is_told = tokens_per_word >= least_tokens_of_a_word;
  if (is_told && all->prompts_->empty()) all->use_prompts(tokens_per_word, 1);
}

// What ends the search is seen more than once: a rate that does not rise, and failures that may
// pass. Without a rate where it is over, or requests were refused.
io::awaitable<> find_rate(limit_finder* all, std::uint64_t at, tried_level* best) {
  const std::string ended = fmt::format("the search ended at {} at once: ", at);
  int spoiled = 0;
  for (int seen = 0; seen < seen_often;) {
    level_run level;
    level.concurrency = at;
    level.wanted = std::max(least_of_a_level, rounds_of_a_level * at);
    co_await try_level(all, &level);
    if (all->is_over()) co_return;
    if (level.came.refused > 0) {
      all->into_->seen.has_refused = true;
      co_return;
    }
    if (level.came.is_spoiled(level.wanted)) {
      ++spoiled;
      co_await wait_out(all, &level.came, &ended, spoiled);
      if (all->is_over()) co_return;
      continue;
    }
    ++seen;
    const tried_level now = result_of(level);
    if (now.per_s > best->per_s) *best = now;
    if (best->per_s >= all->rate_to_beat()) break;
  }
}

io::awaitable<> raise_concurrency(limit_finder* all) {
  seen_limits& seen = all->into_->seen;
  for (std::uint64_t at = 1; at <= all->options_.most_concurrency; at *= 2) {
    all->concurrency_ = at;
    tried_level best;
    co_await find_rate(all, at, &best);
    const bool still_rises = best.per_s >= all->rate_to_beat();
    if (best.concurrency > 0) seen.levels.push_back(best);
    if (!still_rises || seen.has_refused || all->is_over()) co_return;
  }
}

io::awaitable<> find_all(limit_finder* all) {
  seen_limits& seen = all->into_->seen;
  co_await first_request(all);
  if (all->is_over()) co_return;
  if (!seen.has_refused) co_await raise_concurrency(all);
  const bool is_told =
      seen.told[providers::quota::requests].limit || seen.told[providers::quota::tokens].limit;
  if (all->is_over() || is_told || !seen.has_refused) co_return;
  const char* unknown = "requests are refused (429), and no quota shows";
  co_await watch_until_steady(all, unknown, &seen.first);
  if (!seen.first || all->is_over()) co_return;
  // Of what usage does not tell, by what was sent.
  const double sent = all->bytes_sent_ / static_cast<double>(all->watch_.requests());
  const double tokens = seen.first->tokens / static_cast<double>(seen.first->admitted);
  const double more = times_longer * std::max(tokens, sent / bytes_of_a_word);
  all->use_prompts(1, std::max(1.01, more / all->options_.requests.input->mean));
  unknown = "longer prompts do not tell which quota it is";
  co_await watch_until_steady(all, unknown, &seen.longer);
}

io::awaitable<> find_and_tell(limit_finder* all) {
  co_await find_all(all);
  all->into_->requests = all->watch_.requests();
  if (all->costs_) all->into_->usd = all->watch_.usd();
  if (all->unexpected_) std::rethrow_exception(all->unexpected_);
}

}  // namespace

io::awaitable<> find_at(const search_setting* how, found_limits* into,
                        std::function<void()>* stop) {
  limit_finder one(how, into);
  *stop = [&one] { one.stop(); };
  co_await find_and_tell(&one);
  *stop = nullptr;
}

}  // namespace retort::engine
