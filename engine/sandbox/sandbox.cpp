#include "engine/sandbox/sandbox.hpp"

#include <fmt/format.h>
#include <sys/random.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <system_error>
#include <vector>

#include "engine/sandbox/bubblewrap.hpp"
#include "engine/sandbox/python_choice.hpp"
#include "engine/sandbox/python_harness.hpp"
#include "engine/sandbox/syscall_filter.hpp"
#include "io/base/hex.hpp"
#include "io/process/process.hpp"
#include "io/process/roster.hpp"
#include "io/process/turns.hpp"

namespace retort::engine {
namespace {

using io::awaitable;
using io::process;
using clock = process::clock;

// Of processes and threads inside, on a kernel since 5.14; before, of all that the user has.
constexpr int most_processes = 32;
constexpr rlim_t largest_file = 64 << 20;  // bytes
constexpr rlim_t most_descriptors = 256;
constexpr std::size_t most_output = 4 << 20;  // bytes of each of its outputs
// What bubblewrap and Python may take before the code begins, on a busy machine.
constexpr std::chrono::seconds start_patience{60};
// Nobody: what root runs is not to be root's in the kernel's eyes either.
constexpr uid_t nobody = 65534;

}  // namespace

struct sandbox::state {
  state(io::executor on_, std::size_t places) : on(on_), turns(places) {}

  io::executor on;
  io::turns turns;
  std::string bubblewrap, filter, note;
  known_python by;
  std::vector<root_entry> top = root_links();
  io::roster running;
  bool knows_nobody = maps_user(content_of_file("/proc/self/uid_map"), nobody);
};

namespace {

using sandbox_state = sandbox::state;

// 32 bytes that nobody can guess.
std::string make_nonce() {
  std::uint64_t parts[2];
  if (::getrandom(parts, sizeof parts, 0) != sizeof parts) {
    throw std::system_error(errno, std::generic_category(), "getrandom");
  }
  std::string text;
  for (const std::uint64_t part : parts) {
    const auto digits = io::to_hex(part);
    text.append(digits.data(), digits.size());
  }
  return text;
}

std::vector<io::resource_limit> limits_of(const code_limits& limits) {
  const auto seconds = std::chrono::ceil<std::chrono::seconds>(limits.timeout).count();
  return {{RLIMIT_AS, limits.memory},
          {RLIMIT_CPU, static_cast<rlim_t>(seconds + start_patience.count())},
          {RLIMIT_FSIZE, largest_file},
          {RLIMIT_NOFILE, most_descriptors},
          {RLIMIT_CORE, 0}};
}

io::program program_of(const sandbox_state& in, const code_limits& limits) {
  io::program what;
  what.words = bubblewrap_words(in.bubblewrap, in.top, in.by.call,
                                {in.by.call.path, "-I", "-X", "utf8", "-c", python_harness});
  using enum io::flow;
  what.pipes = {to_child, from_child, from_child, from_child, from_child, to_child, to_child};
  what.limits = limits_of(limits);
  what.most_unread = most_output;
  what.directory = "/";
  what.dies_first = true;
  if (::geteuid() == 0 && in.knows_nobody) what.user = nobody;
  return what;
}

std::string payload_of(const std::string& code, const std::string& tests,
                       const std::string& nonce) {
  return fmt::format("{} {} {}\n{}{}{}", code.size(), tests.size(), most_processes, code, tests,
                     nonce);
}

// Lets bubblewrap go on once the end of what it runs can be seen: it ends before that does.
void let_in(process& child, int first) {
  if (const auto included = child.include(first); !included) {
    return child.kill(io::killed_for::nothing);
  }
  child.send(start_pipe, "x");
  child.finish(start_pipe);
}

awaitable<> bring_in(process* child, std::string payload, std::string filter) {
  child->kill_at(clock::now() + start_patience);
  child->send(filter_pipe, std::move(filter));
  child->finish(filter_pipe);
  int first = 0;
  while (!child->is_over() && first == 0) {
    co_await io::news_of(child);
    first = first_process(child->unread(info_pipe));
  }
  if (first != 0) let_in(*child, first);
  child->send(payload_pipe, std::move(payload));
  child->finish(payload_pipe);
}

awaitable<> let_run(process* child, std::chrono::milliseconds timeout) {
  while (!child->is_over() && !has_begun(child->unread(report_pipe))) {
    co_await io::news_of(child);
  }
  if (has_begun(child->unread(report_pipe))) child->kill_at(clock::now() + timeout);
  while (!child->is_over()) {
    co_await io::news_of(child);
  }
}

code_result judge_over(process& child, const std::string& nonce, const code_limits& limits) {
  code_run seen;
  seen.nonce = nonce;
  seen.report = child.unread(report_pipe);
  seen.errors = child.unread(errors_pipe);
  seen.timeout = limits.timeout;
  seen.end = child.end();
  return result_of(seen);
}

code_result not_judged(const error& why) { return {code_outcome::not_judged, why.message}; }

}  // namespace

sandbox::sandbox(std::shared_ptr<state> made) : state_(std::move(made)) {}

const std::string& sandbox::note() const { return state_->note; }

void sandbox::stop() {
  state_->turns.stop();
  state_->running.kill_all();
}

awaitable<code_result> run_code(sandbox* in, std::string code, std::string tests,
                                code_limits limits) {
  const std::shared_ptr<sandbox_state> own = in->internals();
  const io::turn mine = co_await io::take_turn(&own->turns);
  if (!mine) co_return code_result();
  auto started = process::start(own->on, program_of(*own, limits));
  if (!started) co_return not_judged(started.error());
  process child = std::move(*started);
  const io::roster::entry here(&own->running, &child);
  const std::string nonce = make_nonce();
  std::string payload = payload_of(code, tests, nonce), filter = own->filter;
  co_await bring_in(&child, std::move(payload), std::move(filter));
  co_await let_run(&child, limits.timeout);
  co_return judge_over(child, nonce, limits);
}

namespace {

// The trivial program.
awaitable<code_result> try_out(sandbox* in) {
  code_limits limits;
  limits.timeout = start_patience;
  std::string code = "x = 1", tests = "assert x == 1";
  auto tried = co_await run_code(in, std::move(code), std::move(tests), limits);
  co_return tried;
}

awaitable<result<void>> try_python(sandbox* in, std::string path) {
  const std::shared_ptr<sandbox_state> own = in->internals();
  auto known = co_await ask_python(own->on, std::move(path));
  if (!known) co_return known.error();
  own->by = std::move(*known);
  const code_result tried = co_await try_out(in);
  if (tried.outcome == code_outcome::passed) co_return result<void>();
  co_return error{errc::usage, tried.detail};
}

result<void> find_parts(sandbox_state& in, const std::string& path) {
  const auto bubblewrap = io::find_program("bwrap", path + ":/usr/bin");
  if (!bubblewrap) {
    return error{
        errc::usage,
        "code: bubblewrap (bwrap) is not installed, and code runs nowhere else; Debian and "
        "Ubuntu: apt-get install bubblewrap"};
  }
  in.bubblewrap = *bubblewrap;
  auto filter = make_syscall_filter();
  if (!filter) return filter.error();
  in.filter = std::move(*filter);
  return {};
}

}  // namespace

awaitable<result<sandbox>> open_sandbox(io::executor on, std::size_t places, std::string path) {
  sandbox made(std::make_shared<sandbox_state>(on, places));
  const std::shared_ptr<sandbox_state> own = made.internals();
  auto found = find_parts(*own, path);
  if (!found) co_return found.error();
  error last{errc::usage, "there is no python3"};
  for (const std::string& candidate : pythons_in(path)) {
    std::string path_of_it = candidate;
    auto works = co_await try_python(&made, std::move(path_of_it));
    if (works) co_return std::move(made);
    last = works.error();
    if (own->note.empty()) {
      own->note = fmt::format("code: {} does not run in the sandbox: {}", candidate, last.message);
    }
  }
  co_return error{errc::usage, cannot_start(last.message, read_namespace_settings())};
}

}  // namespace retort::engine
