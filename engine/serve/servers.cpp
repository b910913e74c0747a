#include "engine/serve/servers.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <chrono>
#include <exception>
#include <fstream>
#include <optional>
#include <string_view>
#include <utility>

#include "engine/serve/server_luck.hpp"
#include "io/base/one_line.hpp"
#include "io/base/unexpected.hpp"
#include "io/http/http_client.hpp"
#include "io/process/descriptor.hpp"
#include "io/process/keeper.hpp"
#include "io/process/process.hpp"
#include "io/process/spawn.hpp"

namespace retort::engine {
namespace {

using clock = std::chrono::steady_clock;

constexpr std::size_t life_line = 0;  // the keeper's pipe
constexpr std::chrono::milliseconds look_again{200};
constexpr std::chrono::seconds answer_patience{2};
// The keeper takes five seconds at most, unless something of it cannot be killed.
constexpr std::chrono::seconds end_patience{15};
constexpr std::streamoff tail_bytes = 4096;
constexpr std::size_t lines_shown = 3, bytes_shown = 400;

std::streamoff size_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary | std::ios::ate);
  return file ? static_cast<std::streamoff>(file.tellg()) : 0;
}

// The last lines of a file behind a place, as one.
std::string last_words(const std::string& path, std::streamoff from) {
  const std::streamoff start = std::max(from, size_of(path) - tail_bytes);
  std::ifstream file(path, std::ios::binary);
  file.seekg(start);
  std::vector<std::string> lines;
  for (std::string line; std::getline(file, line);) {
    line = io::one_line(line, bytes_shown);
    if (!line.empty()) lines.push_back(std::move(line));
  }
  std::string out;
  for (std::size_t i = lines.size() - std::min(lines.size(), lines_shown); i < lines.size(); ++i) {
    out += (out.empty() ? "" : " / ") + lines[i];
  }
  return out;
}

std::string end_text(const io::process_end& end) {
  if (end.signal) return fmt::format("its keeper was ended by signal {}", end.signal);
  if (end.exit_code > 128) return fmt::format("ended by signal {}", end.exit_code - 128);
  return fmt::format("ended with exit status {}", end.exit_code);
}

result<std::unique_ptr<io::http_client>> asker_of(const planned_server& of, io::executor on) {
  io::http_endpoint to;
  auto base = io::parse_url(of.base_url);
  if (!base) return base.error();
  to.base = std::move(*base);
  to.base.path.clear();
  return io::http_client::make(on, std::move(to));
}

}  // namespace

struct servers::one {
  planned_server plan;
  std::string log;
  io::program program;
  io::executor on;
  const server_events* events;
  std::unique_ptr<io::http_client> asker;
  std::optional<io::process> process;
  std::streamoff log_began = 0;
  bool was_ready = false, is_stopping = false;
  server_luck luck;
  io::timer alarm;

  one(planned_server plan_, io::executor on_, const std::string& directory,
      const server_events* events_)
      : plan(std::move(plan_)),
        log(directory + "/" + plan.log),
        on(on_),
        events(events_),
        alarm(on_) {
    program.words = io::keeper_words(log, plan.command);
  }

  bool is_gone() const { return !process || process->is_over(); }
  void stop() {
    is_stopping = true;
    alarm.cancel();
    if (asker) asker->stop();
    if (is_gone()) return;
    process->finish(life_line);
    process->kill_at(clock::now() + end_patience);
  }
  std::string told(std::string_view what) const;
  result<void> begin();
  void give_up(errc code, std::string_view what);
};

namespace {

using served = servers::one;

io::awaitable<> sleep(served* of, clock::duration time) {
  if (of->is_stopping) co_return;
  of->alarm.expires_after(time);
  boost::system::error_code ignored;
  co_await of->alarm.async_wait(boost::asio::redirect_error(io::use_awaitable, ignored));
}

io::awaitable<> ask(served* of, bool* is_ready) {
  const io::http_request request = of->asker->request("GET", of->plan.ready, "", "");
  auto response = co_await io::exchange(of->asker.get(), &request, clock::now() + answer_patience,
                                        nullptr, io::route::fresh);
  *is_ready = response && response->is_success();
}

io::awaitable<> wait_until_ready(served* of, bool* is_ready) {
  const auto until = clock::now() + std::chrono::duration_cast<clock::duration>(
                                        std::chrono::duration<double>(of->plan.startup_s));
  while (!of->is_stopping && !of->is_gone() && clock::now() < until) {
    co_await ask(of, is_ready);
    if (*is_ready) break;
    co_await sleep(of, look_again);
  }
  *is_ready = *is_ready && !of->is_stopping && !of->is_gone();
}

io::awaitable<> wait_until_gone(served* of) {
  while (!of->is_gone()) {
    io::process* const same = &*of->process;
    co_await io::news_of(same);
  }
}

// Ended, or ended by us since it was not ready in time.
io::awaitable<> see_off(served* of, std::string* why) {
  if (of->is_gone()) {
    *why = of->told(end_text(of->process->end()));
    co_return;
  }
  if (!of->is_stopping) {
    *why = of->told(fmt::format("{} was not answered with 200 within {:g} s (startup_s)",
                                of->plan.ready, of->plan.startup_s));
  }
  of->process->finish(life_line);
  of->process->kill_at(clock::now() + end_patience);
  co_await wait_until_gone(of);
}

// One life of a server, from its start to its end.
io::awaitable<> live(served* of, std::string* why) {
  if (auto begun = of->begin(); !begun) {
    *why = begun.error().message;
    co_return;
  }
  bool is_ready = false;
  co_await wait_until_ready(of, &is_ready);
  if (!is_ready) {
    co_await see_off(of, why);
    co_return of->luck.ended({});
  }
  of->was_ready = true;
  const auto since = clock::now();
  of->events->turned(of->plan, true);
  co_await wait_until_gone(of);
  of->events->turned(of->plan, false);
  *why = of->told(end_text(of->process->end()));
  of->luck.ended(clock::now() - since);
}

io::awaitable<> keep_alive(served* of) {
  std::string why;
  while (!of->is_stopping) {
    co_await live(of, &why);
    if (of->is_stopping) break;
    if (!of->was_ready || of->luck.is_hopeless()) {
      if (of->was_ready)
        why += fmt::format("; it is given up, after {} ends in a row", of->luck.in_a_row());
      of->give_up(of->was_ready ? errc::unreadable : errc::usage, why);
      break;
    }
    of->events->say(fmt::format("{}; it is started again", why));
    co_await sleep(of, of->luck.pause());
  }
}

}  // namespace

// "models[0].serve: ended with exit status 1: last words (runs/x/server-0.log)"
std::string servers::one::told(std::string_view what) const {
  const std::string words = last_words(log, log_began);
  return fmt::format("{}: {}{}{} ({})", plan.place, what, words.empty() ? "" : ": ", words, log);
}

result<void> servers::one::begin() {
  log_began = size_of(log);
  const io::descriptor file(::open(log.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
  if (file.number() < 0) {
    return error{errc::unwritable, fmt::format("{}: cannot write {}", plan.place, log)};
  }
  (void)::fchmod(file.number(), 0600);  // one of before may be open to all
  auto started = io::process::start(on, program);
  if (!started) return started.error();
  process.emplace(std::move(*started));
  return {};
}

void servers::one::give_up(errc code, std::string_view what) {
  events->lost(plan, error{code, std::string(what)});
}

servers::servers(io::executor on, std::vector<planned_server> planned, std::string directory,
                 server_events events)
    : on_(on), directory_(std::move(directory)), events_(std::move(events)) {
  for (planned_server& each : planned) {
    all_.push_back(std::make_unique<one>(std::move(each), on_, directory_, &events_));
  }
}

servers::~servers() {
  for (const auto& each : all_) each->stop();
  for (const auto& each : all_) {
    if (each->is_gone()) continue;
    const auto life = io::watch(each->process->id());
    if (!life) continue;
    pollfd ended{life->number(), POLLIN, 0};
    ::poll(&ended, 1, static_cast<int>(std::chrono::milliseconds(end_patience).count()));
  }
}

void servers::start(const std::vector<std::vector<std::string>>& environments) {
  if (std::exchange(has_started_, true)) return;
  for (std::size_t i = 0; i < all_.size(); ++i) {
    one* const each = all_[i].get();
    each->program.environment = environments[i];
    auto asker = asker_of(each->plan, on_);
    if (!asker) {
      each->give_up(errc::usage, asker.error().message);
      continue;
    }
    each->asker = std::move(*asker);
    events_.say(fmt::format("{}: {} is being started, and its output goes to {}", each->plan.place,
                            io::one_line(text_of(each->plan), bytes_shown), each->log));
    boost::asio::co_spawn(on_, keep_alive(each), [each](std::exception_ptr unexpected) {
      if (unexpected) each->give_up(errc::usage, io::explain(unexpected).message);
    });
  }
}

io::awaitable<> ask_whether_ready(servers* all, std::size_t which, bool* is_ready) {
  served* const asked = all->all_[which].get();
  *is_ready = false;
  if (!asked->was_ready || asked->is_stopping || asked->is_gone()) co_return;
  co_await ask(asked, is_ready);
}

void servers::stop() {
  has_started_ = true;
  for (const auto& each : all_) each->stop();
}

}  // namespace retort::engine
