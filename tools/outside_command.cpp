#include "tools/outside_command.hpp"

#include <fmt/format.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <cstdlib>

#include "io/process/process.hpp"
#include "io/process/program.hpp"

namespace retort::tools {
namespace {

constexpr std::chrono::seconds outside_patience{60};

io::awaitable<> wait_for_end(io::process* of) {
  while (!of->is_over()) co_await io::news_of(of);
}

}  // namespace

result<outside_answer> run_outside(std::vector<std::string> words) {
  const std::string name = words[0];
  const char* const path = std::getenv("PATH");
  const auto found = io::find_program(name, path ? path : "");
  if (!found) return error{errc::usage, fmt::format("{} is not on the PATH", name)};
  words[0] = *found;
  io::program what;
  what.words = std::move(words);
  what.environment = io::environment_without({});
  boost::asio::io_context context{1};
  auto started = io::process::start(context.get_executor(), what);
  if (!started) return started.error();
  started->finish(0);
  started->kill_at(io::process::clock::now() + outside_patience);
  boost::asio::co_spawn(context, wait_for_end(&*started), boost::asio::detached);
  context.run();
  const io::process_end& end = started->end();
  if (end.why == io::killed_for::deadline) {
    return error{errc::cancelled,
                 fmt::format("{} did not answer within {} s", name, outside_patience.count())};
  }
  return outside_answer{end.signal ? 128 + end.signal : end.exit_code, started->take(1),
                        started->take(2)};
}

}  // namespace retort::tools
