#include "io/process/ending_signals.hpp"

#include <doctest/doctest.h>

#include <boost/asio/io_context.hpp>
#include <csignal>
#include <string>

using namespace retort;

namespace {

bool is(int number, void (*how)(int)) {
  struct sigaction now {};
  return ::sigaction(number, nullptr, &now) == 0 && now.sa_handler == how;
}

bool is_default(int number) { return is(number, SIG_DFL); }

}  // namespace

TEST_CASE("signals have their names") {
  CHECK(std::string(io::name_of_signal(SIGINT)) == "SIGINT");
  CHECK(std::string(io::name_of_signal(SIGTERM)) == "SIGTERM");
  CHECK(std::string(io::name_of_signal(SIGHUP)) == "SIGHUP");
}

TEST_CASE("a hang-up is heard but under nohup; behind the first signal it ends nothing") {
  boost::asio::io_context context{1};
  {
    io::signal_set heard{context.get_executor()};
    io::add_ending_signals(heard);
    CHECK_FALSE(is_default(SIGINT));
    CHECK_FALSE(is_default(SIGHUP));
    io::let_next_signal_end(heard);
    CHECK(is_default(SIGINT));
    CHECK(is_default(SIGTERM));
    CHECK(is(SIGHUP, SIG_IGN));
  }
  CHECK(is(SIGHUP, SIG_IGN));  // results are written behind the set
  {
    io::signal_set heard{context.get_executor()};
    io::add_ending_signals(heard);
  }
  CHECK(is(SIGHUP, SIG_IGN));
  std::signal(SIGHUP, SIG_DFL);
}
