#include "tools/mock/server/command.hpp"

#include <fmt/format.h>
#include <pthread.h>

#include <csignal>
#include <cstdint>
#include <cstdio>
#include <limits>

#include "io/base/console.hpp"
#include "io/file/file_limit.hpp"
#include "tools/mock/server/server.hpp"

namespace retort::mock {
namespace {

// Blocked before the server's thread exists, so that it inherits the mask and the signals wait for
// sigwait.
sigset_t block_stop_signals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  return signals;
}

void announce(const server& running, const options& chosen) {
  io::print_line(stdout, fmt::format("retort mock: listening on {}", running.base_url()));
  if (chosen.write_ca.empty()) return;
  io::print_line(stdout, fmt::format("retort mock: ca_file: {}", chosen.write_ca));
}

}  // namespace

int run_mock_command(const options& chosen) {
  const sigset_t signals = block_stop_signals();
  // A rehearsal of a large run needs one per connection.
  io::raise_file_limit(std::numeric_limits<std::uint64_t>::max());
  const auto running = server::start(chosen);
  if (!running) {
    io::print_line(stderr, fmt::format("retort mock: {}", running.error().message));
    return 2;
  }
  announce(**running, chosen);
  int received = 0;
  sigwait(&signals, &received);
  const result<void> stopped = (*running)->stop();
  io::print_line(stdout, to_json((*running)->snapshot()));
  if (stopped) return 0;
  io::print_line(stderr, fmt::format("retort mock: {}", stopped.error().message));
  return 2;
}

}  // namespace retort::mock
