#include "engine/scorer/scorer.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <stdlib.h>

#include <algorithm>
#include <utility>

#include "engine/scorer/restart_limit.hpp"
#include "io/base/one_line.hpp"
#include "io/process/process.hpp"
#include "io/process/roster.hpp"
#include "io/process/turns.hpp"

namespace retort::engine {
namespace {

using io::process;
using clock = process::clock;

constexpr std::size_t input = 0, output = 1, errors = 2;
constexpr std::size_t longest_answer = 1 << 20;  // bytes
// What a command may take to end once its input has.
constexpr std::chrono::seconds farewell_patience{5};
// A sample goes to so many processes: who died on it may have died of something else.
constexpr int tries = 2;

bool sets(const std::vector<std::string>& environment, std::string_view start) {
  return std::ranges::any_of(environment, [&](const auto& one) { return one.starts_with(start); });
}

// A Python that writes into a pipe would keep its answer until it has some thousands of bytes.
std::vector<std::string> environment_for(const scorer_config& config) {
  auto all = io::environment_without(config.key_variables);
  if (!sets(all, "PYTHONUNBUFFERED=")) all.emplace_back("PYTHONUNBUFFERED=1");
  return all;
}

result<io::program> program_of(const scorer_config& config) {
  const char* const path = ::getenv("PATH");
  const auto found = io::find_program(config.run.at(0), path ? path : "/usr/bin:/bin");
  if (!found) {
    return error{errc::usage,
                 fmt::format("command: {} is no program that can be run (by its path, or "
                             "in PATH)",
                             io::one_line(config.run[0], 100))};
  }
  io::program what;
  what.words = config.run;
  what.words[0] = *found;
  what.environment = environment_for(config);
  what.most_unread = longest_answer;
  what.only_tail = errors;
  return what;
}

}  // namespace

struct scorer::state {
  state(io::executor on_, scorer_config config_, io::program program_)
      : on(on_),
        config(std::move(config_)),
        program(std::move(program_)),
        turns(std::max<std::size_t>(config.places, 1)) {}

  result<process> take();
  void give_back(process one) { idle.push_back(std::move(one)); }
  void died(const process& one);
  void heard(const process& one);

  io::executor on;
  scorer_config config;
  io::program program;
  io::turns turns;
  io::roster running;
  std::vector<process> idle;  // the newest last
  restart_limit restarts;
  bool gives_ids = false;  // an answer had one
  std::optional<error> broken;
};

namespace {

using scorer_state = scorer::state;

std::string last_words(const process& of) {
  std::string_view said = of.unread(errors);
  while (said.ends_with('\n') || said.ends_with(' ')) said.remove_suffix(1);
  const auto line = said.rfind('\n');
  return io::one_line(line == std::string_view::npos ? said : said.substr(line + 1), 200);
}

// "exit status 1: KeyError: 'x'".
std::string how_it_ended(const process& one) {
  const io::process_end& end = one.end();
  const std::string words = last_words(one);
  return fmt::format("{} {}{}{}", end.signal ? "signal" : "exit status",
                     end.signal ? end.signal : end.exit_code, words.empty() ? "" : ": ", words);
}

// Before it is asked: the pipe itself is looked at, as with an idle connection.
bool is_fresh(process& one) {
  one.look(output);
  return !one.is_over() && one.is_open(output) && one.unread(output).empty();
}

std::string shown_command(const scorer_config& config) {
  return io::one_line(fmt::format("{}", fmt::join(config.run, " ")), 200);
}

bool has_answer(const process& one) {
  return one.unread(output).find('\n') != std::string::npos || one.is_over();
}

scored unscored(std::string why) { return {score_outcome::unscored, 0, std::move(why)}; }

scored broken(const scorer_state& by) { return {score_outcome::broken, 0, by.broken->message}; }

scored taken(score_answer answer) {
  if (!answer.score) {
    return unscored(answer.detail.empty() ? "the command gives no score" : answer.detail);
  }
  return {score_outcome::scored, *answer.score, std::move(answer.detail)};
}

// An answer, and nothing behind it: what else it writes would be the next sample's.
scored read_answer(scorer_state& by, process& one, const std::string& id) {
  by.restarts.answered();
  if (by.broken) return broken(by);
  const std::string& all = one.unread(output);
  const std::size_t end = all.find('\n');
  const auto answer = read_score(std::string_view(all).substr(0, end), id);
  if (!answer) return unscored(answer.error().message);
  one.take(output, end + 1);
  if (by.gives_ids && !answer->is_named && answer->score) {
    return unscored("the command's answer has no id, and others of it had");
  }
  by.gives_ids |= answer->is_named;
  if (is_fresh(one)) {
    one.kill_at(clock::time_point::max());
    by.give_back(std::move(one));
    return taken(*answer);
  }
  by.heard(one);
  return by.broken ? broken(by) : taken(*answer);
}

// Of one that ended with no answer; nothing when the sample is to be tried again.
std::optional<scored> read_end(scorer_state& by, const process& one, bool again) {
  switch (one.end().why) {
    case io::killed_for::stop: return scored();
    case io::killed_for::deadline:
      return unscored(
          fmt::format("the command gave no answer within {:g} s (does it flush its output?)",
                      static_cast<double>(by.config.timeout.count()) / 1000));
    case io::killed_for::flood: return unscored("the command's answer is longer than 1 MiB");
    case io::killed_for::nothing: break;
  }
  by.died(one);
  if (by.broken) return broken(by);
  if (again) return std::nullopt;
  return unscored("the command died on it twice: " + how_it_ended(one));
}

io::awaitable<std::optional<scored>> try_once(std::shared_ptr<scorer_state> by, std::string line,
                                              std::string id, bool again) {
  auto begun = by->take();
  if (by->broken) co_return std::optional(broken(*by));
  if (!begun) co_return std::optional(unscored(begun.error().message));
  process one = std::move(*begun);
  {
    const io::roster::entry here(&by->running, &one);
    one.kill_at(clock::now() + by->config.timeout);
    one.send(input, std::move(line));
    while (!has_answer(one)) {
      co_await io::news_of(&one);
    }
  }
  const bool answered = one.unread(output).find('\n') != std::string::npos;
  if (answered) co_return std::optional(read_answer(*by, one, id));
  co_return read_end(*by, one, again);
}

}  // namespace

// The newest that is still good; what is not goes.
result<process> scorer::state::take() {
  while (!idle.empty()) {
    process one = std::move(idle.back());
    idle.pop_back();
    if (is_fresh(one)) return one;
    heard(one);
    if (broken) return *broken;
  }
  return process::start(on, program);
}

// What it wrote unasked. An answer among that belongs to nobody knows which sample, and so, without
// ids, do those before it.
void scorer::state::heard(const process& one) {
  const std::string& unasked = one.unread(output);
  const auto begin = unasked.find_first_not_of(" \t\r\n");
  if (broken || gives_ids || begin == std::string::npos || unasked[begin] != '{') return;
  broken = error{
      errc::usage,
      fmt::format("command: `{}` wrote more lines than it was asked for, so that samples "
                  "may have got each other's scores: expected one line for each that it "
                  "reads, with the \"id\" that stands there (mended and with one argument more, it "
                  "scores all of them anew)",
                  shown_command(config))};
}

void scorer::state::died(const process& one) {
  restarts.died();
  if (broken || !restarts.is_hopeless()) return;
  broken = error{
      errc::usage,
      fmt::format("command: `{}` ended {} times in a row without an answer; the last time: {}",
                  shown_command(config), restarts.in_a_row(), how_it_ended(one))};
}

result<scorer> scorer::make(io::executor on, scorer_config config) {
  auto program = program_of(config);
  if (!program) return program.error();
  auto made = std::make_shared<state>(on, std::move(config), std::move(*program));
  auto first = process::start(on, made->program);
  if (!first) return first.error();
  made->give_back(std::move(*first));
  return scorer(std::move(made));
}

scorer::scorer(std::shared_ptr<state> made) : state_(std::move(made)) {}

const std::optional<error>& scorer::broken() const { return state_->broken; }

void scorer::stop() {
  state_->turns.stop();
  state_->running.kill_all();
  state_->idle.clear();
}

io::awaitable<scored> score(scorer* by, score_request what) {
  const std::shared_ptr<scorer_state> own = by->internals();
  const io::turn mine = co_await io::take_turn(&own->turns);
  for (int i = 1; mine && i <= tries; ++i) {
    if (own->broken) co_return broken(*own);
    std::string line = score_line(what), id = what.id;
    auto found = co_await try_once(own, std::move(line), std::move(id), i < tries);
    if (found) co_return std::move(*found);
    if (own->turns.is_stopped()) break;
  }
  co_return scored();
}

io::awaitable<> close_scorer(scorer* which) {
  const std::shared_ptr<scorer_state> own = which->internals();
  const auto until = clock::now() + farewell_patience;
  for (process& one : own->idle) {
    if (!is_fresh(one)) own->heard(one);
    one.finish(input);
    one.kill_at(until);
  }
  while (!own->idle.empty()) {
    process last = std::move(own->idle.back());
    own->idle.pop_back();
    while (!last.is_over()) {
      co_await io::news_of(&last);
    }
  }
}

}  // namespace retort::engine
