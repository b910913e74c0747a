#include "io/process/ending_signals.hpp"

#include <csignal>

namespace retort::io {
namespace {

bool is_ignored(int number) {
  struct sigaction now {};
  return ::sigaction(number, nullptr, &now) == 0 && now.sa_handler == SIG_IGN;
}

}  // namespace

void add_ending_signals(signal_set& to) {
  to.add(SIGINT);
  to.add(SIGTERM);
  if (!is_ignored(SIGHUP)) to.add(SIGHUP);
}

void let_next_signal_end(signal_set& of) {
  of.remove(SIGINT);
  of.remove(SIGTERM);
  of.remove(SIGHUP);  // at its end the set would give back what ends a program
  std::signal(SIGHUP, SIG_IGN);
}

const char* name_of_signal(int number) {
  if (number == SIGUSR1) return "SIGUSR1";
  if (number == SIGHUP) return "SIGHUP";
  return number == SIGINT ? "SIGINT" : "SIGTERM";
}

}  // namespace retort::io
