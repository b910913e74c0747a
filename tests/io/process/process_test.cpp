#include "io/process/process.hpp"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <optional>

#include "io/process/descriptor.hpp"
#include "io/process/roster.hpp"
#include "tests/support/eventually.hpp"
#include "tests/support/limit_of_descriptors.hpp"
#include "tests/support/living.hpp"

using namespace retort;
using io::process;
using namespace std::chrono_literals;

namespace {

[[maybe_unused]] const auto before = ::signal(SIGPIPE, SIG_IGN);  // as the program does

io::program shell(const std::string& script) {
  io::program what;
  what.words = {"/bin/sh", "-c", script};
  return what;
}

io::awaitable<> until_over(process* of) {
  while (!of->is_over()) {
    co_await io::news_of(of);
  }
}

io::awaitable<> until_unread(process* of, std::size_t bytes) {
  while (!of->is_over() && of->unread(1).size() < bytes) {
    co_await io::news_of(of);
  }
}

struct loop {
  io::asio::io_context context{1};

  process start(const io::program& what) {
    auto made = process::start(context.get_executor(), what);
    REQUIRE(made.has_value());
    return std::move(*made);
  }
  void run(io::awaitable<> what) {
    io::asio::co_spawn(context, std::move(what), io::asio::detached);
    context.restart();
    context.run();
  }
  // Runs until a number came as the first line.
  pid_t number_from(process& of) {
    io::asio::co_spawn(context, until_unread(&of, 2), io::asio::detached);
    context.restart();
    while (of.unread(1).find('\n') == std::string::npos && context.run_one() > 0) continue;
    return std::stoi(of.unread(1));
  }
};

// Runs it to its end, with nothing to read.
process run_to_end(loop& on, const io::program& what) {
  process child = on.start(what);
  child.finish(0);
  on.run(until_over(&child));
  REQUIRE(child.is_over());
  return child;
}

}  // namespace

TEST_CASE("what a child gets is what was sent, and what it says comes back") {
  loop on;
  process child = on.start(shell("cat; echo aside >&2"));
  const std::string much(1'000'000, 'x');
  child.send(0, "first ");
  child.send(0, much.substr(0, 900'000));
  child.finish(0);
  on.run(until_over(&child));
  CHECK(child.take(1) == "first " + much.substr(0, 900'000));
  CHECK(child.unread(1) == "");
  CHECK(child.take(2, 5) == "aside");
  CHECK(child.unread(2) == "\n");
  CHECK(child.end().exit_code == 0);
  CHECK(child.end().why == io::killed_for::nothing);
}

TEST_CASE("how a child ended is told, by a code or by a signal") {
  loop on;
  CHECK(run_to_end(on, shell("exit 7")).end().exit_code == 7);
  CHECK(run_to_end(on, shell("kill -TERM $$")).end().signal == SIGTERM);
  // Ours is ignored; the child's is not.
  CHECK(run_to_end(on, shell("kill -PIPE $$; exit 3")).end().signal == SIGPIPE);
}

TEST_CASE("a child has the environment that it was given, and none of ours") {
  loop on;
  ::setenv("RETORT_TEST_KEY", "secret", 1);
  io::program what;
  what.words = {"/usr/bin/env"};
  CHECK(run_to_end(on, what).unread(1) == "");
  what.environment = {"A=1", "B=2"};
  CHECK(run_to_end(on, what).unread(1) == "A=1\nB=2\n");
  ::unsetenv("RETORT_TEST_KEY");
}

TEST_CASE("a child has its pipes and no other descriptor, whatever we hold open") {
  loop on;
  const io::descriptor leaky(::open("/etc/passwd", O_RDONLY));  // that does not close on exec
  const io::descriptor high(::fcntl(leaky.number(), F_DUPFD, 77));
  io::program what;
  what.pipes.push_back(io::flow::from_child);
  what.words = {
      "/bin/sh", "-c",
      "for i in 0 1 2 3 4 5 6 7 8 9 77; do [ ! -e /proc/$$/fd/$i ] || echo $i; done; echo "
      "fourth >&3"};
  process child = run_to_end(on, what);
  CHECK(child.unread(1) == "0\n1\n2\n3\n");
  CHECK(child.unread(3) == "fourth\n");
}

TEST_CASE("a child that nobody reads is killed once it has said too much") {
  loop on;
  io::program what = shell("yes");
  what.most_unread = 100'000;
  const process child = run_to_end(on, what);
  CHECK(child.end().why == io::killed_for::flood);
  CHECK(child.unread(1).size() > 100'000);
  CHECK(child.unread(1).size() < 150'000);
}

TEST_CASE("of a pipe of which only the tail is kept the end is there, however much came before") {
  loop on;
  io::program what = shell("seq 1 200000 >&2; echo said");
  what.most_unread = 100'000;
  what.only_tail = 2;
  const process child = run_to_end(on, what);
  CHECK(child.end().why == io::killed_for::nothing);
  CHECK(child.unread(1) == "said\n");
  CHECK(child.unread(2).ends_with("\n199999\n200000\n"));
  CHECK(child.unread(2).size() < 50'000);
}

TEST_CASE("a deadline ends a child; a later one takes its place") {
  loop on;
  process child = on.start(shell("sleep 1000"));
  child.kill_at(process::clock::now() + 1h);
  child.kill_at(process::clock::now());
  on.run(until_over(&child));
  CHECK(child.end().why == io::killed_for::deadline);
  CHECK(child.end().signal == SIGKILL);

  process other = on.start(shell("echo done"));
  other.kill_at(process::clock::now());
  other.kill_at(process::clock::now() + 1h);
  on.run(until_over(&other));
  CHECK(other.end().why == io::killed_for::nothing);
  CHECK(other.unread(1) == "done\n");
}

TEST_CASE("a child's whole group dies with it, killed or ended") {
  loop on;
  process killed = on.start(shell("sleep 1000 & echo $!; wait"));
  const pid_t sleeper = on.number_from(killed);
  CHECK(test::is_alive(sleeper));
  killed.kill();
  on.run(until_over(&killed));
  CHECK(killed.end().why == io::killed_for::stop);
  CHECK(test::eventually([&] { return !test::is_alive(sleeper); }));

  const process ended = run_to_end(on, shell("sleep 1000 & echo $!"));
  CHECK(ended.end().exit_code == 0);
  CHECK(test::eventually([&] { return !test::is_alive(std::stoi(ended.unread(1))); }));
}

TEST_CASE("who left the group and holds a pipe keeps nobody waiting for ever") {
  loop on;
  const process ended = run_to_end(on, shell("setsid sleep 1000 & echo $!"));
  const pid_t escaped = std::stoi(ended.unread(1));
  CHECK(ended.end().exit_code == 0);
  ::kill(escaped, SIGKILL);
}

TEST_CASE("a process of another session is killed and waited for, once it is included") {
  loop on;
  process child = on.start(shell("setsid sh -c 'echo $$; exec sleep 1000'; sleep 1000"));
  const pid_t other = on.number_from(child);
  REQUIRE(child.include(other).has_value());
  child.kill();
  on.run(until_over(&child));
  CHECK_FALSE(test::is_alive(other));
  CHECK(child.include(999'999'999).has_error());
}

TEST_CASE("a child that is dropped is killed and reaped by the loop") {
  loop on;
  { const process child = on.start(shell("sleep 1000")); }
  on.context.run();
  CHECK_FALSE(test::has_children());
}

TEST_CASE("when the loop goes, so do its children, and who waits for them") {
  const std::size_t open = test::open_descriptors();
  bool dropped = false;
  {
    loop on;
    io::asio::co_spawn(
        on.context,
        [&]() -> io::awaitable<> {
          const std::shared_ptr<bool> told(&dropped, [](bool* which) { *which = true; });
          process child = on.start(shell("trap '' TERM; sleep 1000"));
          co_await until_over(&child);
        },
        io::asio::detached);
    on.context.poll();
    CHECK(test::has_children());
    CHECK_FALSE(dropped);
  }
  CHECK(dropped);
  CHECK_FALSE(test::has_children());
  CHECK(test::open_descriptors() == open);
}

TEST_CASE("all that are on a roster are ended at once, who has left it is not") {
  loop on;
  io::roster running;
  process one = on.start(shell("sleep 1000")), other = on.start(shell("read line; echo $line"));
  const io::roster::entry here(&running, &one);
  { const io::roster::entry left(&running, &other); }
  running.kill_all();
  other.send(0, "lives\n");
  on.run(until_over(&one));
  CHECK(one.end().why == io::killed_for::stop);
  CHECK(other.unread(1) == "lives\n");
}

TEST_CASE("what cannot be executed is told when it is started, and leaves nothing behind") {
  loop on;
  io::program what;
  what.words = {"/no/such/program"};
  const std::size_t open = test::open_descriptors();
  const auto made = process::start(on.context.get_executor(), what);
  REQUIRE(made.has_error());
  CHECK(made.error().code == errc::usage);
  CHECK(made.error().message == "cannot start /no/such/program: No such file or directory");
  CHECK(test::open_descriptors() == open);
  CHECK_FALSE(test::has_children());
}

TEST_CASE("a machine short of descriptors is told from a program that is wrong") {
  loop on;
  static_cast<void>(run_to_end(on, shell("true")));  // the loop has its own by now
  const std::size_t open = test::open_descriptors();
  for (rlim_t more = 0; more < 8; ++more) {
    const test::limit_of_descriptors lower(open + more);
    const auto made = process::start(on.context.get_executor(), shell("true"));
    if (made) continue;
    CHECK(made.error().code == errc::disk);
  }
  on.run(io::sleep_until(on.context.get_executor(), process::clock::now()));
  CHECK(test::open_descriptors() == open);
  CHECK_FALSE(test::has_children());
}

TEST_CASE("two hundred children in a row leave neither a descriptor nor a zombie") {
  loop on;
  static_cast<void>(run_to_end(on, shell("true")));
  const std::size_t open = test::open_descriptors();
  for (int i = 0; i < 200; ++i) {
    CHECK(run_to_end(on, shell("exit " + std::to_string(i))).end().exit_code == i);
  }
  CHECK(test::open_descriptors() == open);
  CHECK_FALSE(test::has_children());
}

TEST_CASE("what is sent to a child that reads none of it is dropped with it") {
  loop on;
  process child = on.start(shell("exec <&-; echo closed; sleep 0.01"));
  child.send(0, std::string(300'000, 'x'));
  child.send(0, "more");
  on.run(until_over(&child));
  CHECK(child.end().exit_code == 0);
  child.send(0, "late");
  CHECK_FALSE(child.is_open(0));
}

TEST_CASE("limits hold, and root's child can be somebody else") {
  loop on;
  io::program what = shell("ulimit -n; ulimit -Hn");
  what.limits = {{RLIMIT_NOFILE, 33}};
  CHECK(run_to_end(on, what).unread(1) == "33\n33\n");
  if (::geteuid() != 0) return;
  what = shell("id -u; id -g; id -G");
  what.user = 65534;
  CHECK(run_to_end(on, what).unread(1) == "65534\n65534\n65534\n");
}
