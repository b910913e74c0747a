#include "tools/status_command.hpp"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <thread>

#include "engine/look/found_run.hpp"
#include "engine/status/shard_status.hpp"
#include "io/base/console.hpp"
#include "tools/run_command.hpp"
#include "tools/status_table.hpp"

namespace retort::tools {
namespace {

constexpr std::size_t lines_elsewhere = 1'000'100;

std::int64_t clock_ms() {
  using namespace std::chrono;
  return duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count();
}

// At most 50 shards are looked at in a second.
std::chrono::milliseconds interval_of(std::size_t shards) {
  return std::chrono::milliseconds(std::max<std::size_t>(2000, 20 * shards));
}

std::size_t rows_of_terminal() {
  winsize size{};
  const bool is_known = ::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_row > 0;
  return is_known ? size.ws_row : 24;
}

result<std::string> directory_of(const std::string& run) {
  auto found = engine::find_directory(run);
  if (!found) return found.error();
  if (*found) return std::move(**found);
  return error{errc::usage, fmt::format("{} is no run: expected its directory, or its name below "
                                        "runs/{}",
                                        run, engine::near_run(run))};
}

result<engine::run_status> look(const std::string& directory) {
  const auto shards = engine::look_at_shards(directory);
  if (!shards) return shards.error();
  engine::run_status out = engine::status_of(*shards, clock_ms());
  if (!out.shards.empty()) return out;
  return error{errc::usage,
               fmt::format("{} has no shards: `retort runs` shows runs of one process", directory)};
}

// Until all are done.
int watch(const std::string& directory, engine::run_status now) {
  for (std::size_t above = 0;;) {
    std::string text = status_text(directory, now, clock_ms(), rows_of_terminal() - 1);
    text.pop_back();
    io::print_over(stdout, text, above);
    if (now.has_ended() || !io::standard_output_problem().empty()) break;
    above = static_cast<std::size_t>(std::ranges::count(text, '\n'));
    std::this_thread::sleep_for(interval_of(now.shards.size()));
    auto next = look(directory);
    if (!next) {
      io::end_line(stdout);
      return refuse(next.error());
    }
    now = std::move(*next);
  }
  io::end_line(stdout);
  return 0;
}

}  // namespace

void add_status_flags(CLI::App& app, status_flags& flags) {
  app.add_option("run", flags.run, "the run's directory, or its name below runs/")
      ->type_name("RUN");
  app.add_flag("--json", flags.json, "once, as one JSON object");
  app.add_flag("--once", flags.once, "once, also on a terminal");
  app.footer(
      "Shows the shards of a run: state (waiting: not begun; at work; done; failed samples: more\n"
      "than max_failed; stopped, with why; killed; silent: no sign of life for long; unreadable),\n"
      "samples, rate, cost, time to go, and how often a shard was started again. Reads what shards "
      "write\n"
      "anyway, and disturbs nothing. On a terminal it goes on until all are done:\n\n"
      "  retort status gsm8k\n"
      "  retort status gsm8k --json | jq '.shards[] | select(.state == \"killed\").shard'\n\n"
      "Exit status: 0 shown; 2 no such run, none in shards, or one that cannot be read, the "
      "others\n"
      "being shown; 75 the disk fails.");
}

int status_command(const status_flags& flags) {
  if (flags.run.empty()) return refuse("status needs a RUN; see retort status --help");
  const auto directory = directory_of(flags.run);
  if (!directory) return refuse(directory.error());
  auto now = look(*directory);
  if (!now) return refuse(now.error());
  if (flags.json) {
    io::print_line(stdout, status_json(*directory, *now));
    return now->problem ? refuse(*now->problem) : 0;
  }
  if (::isatty(STDOUT_FILENO) && !flags.once) return watch(*directory, std::move(*now));
  io::print_lines(stdout, status_text(*directory, *now, clock_ms(), lines_elsewhere));
  return now->problem ? refuse(*now->problem) : 0;
}

}  // namespace retort::tools
