#include "engine/run/signal_watch.hpp"

#include <doctest/doctest.h>
#include <signal.h>
#include <unistd.h>

#include <mutex>
#include <utility>
#include <vector>

#include "tests/support/eventually.hpp"

using namespace retort;
using namespace std::chrono_literals;

namespace {

using heard_signal = std::pair<int, int>;  // number, count

// What a watch has told so far.
class diary {
 public:
  void hear(int number, int count) {
    const std::lock_guard lock(mutex_);
    heard_.emplace_back(number, count);
  }
  void end(int number) {
    const std::lock_guard lock(mutex_);
    ended_.push_back(number);
  }
  std::vector<heard_signal> heard() {
    const std::lock_guard lock(mutex_);
    return heard_;
  }
  std::vector<int> ended() {
    const std::lock_guard lock(mutex_);
    return ended_;
  }

 private:
  std::mutex mutex_;
  std::vector<heard_signal> heard_;
  std::vector<int> ended_;
};

// A signal that is pending already would be the same one.
struct watched {
  explicit watched(std::chrono::milliseconds patience)
      : watch([this](int number, int count) { told.hear(number, count); },
              [this](int number) { told.end(number); }, patience) {}

  void send(int number) {
    const std::size_t before = told.heard().size() + told.ended().size();
    REQUIRE(::kill(::getpid(), number) == 0);
    REQUIRE(test::eventually([&] { return told.heard().size() + told.ended().size() > before; }));
  }

  diary told;
  engine::signal_watch watch;
};

bool is_default(int number) {
  struct sigaction now {};
  REQUIRE(::sigaction(number, nullptr, &now) == 0);
  return now.sa_handler == SIG_DFL;
}

}  // namespace

TEST_CASE("the first two signals are told, of either kind; the third ends the program") {
  watched one(1h);
  one.send(SIGTERM);
  CHECK(one.told.heard() == std::vector<heard_signal>{{SIGTERM, 1}});
  CHECK(one.told.ended().empty());
  one.send(SIGINT);
  CHECK(one.told.heard() == std::vector<heard_signal>{{SIGTERM, 1}, {SIGINT, 2}});
  CHECK(one.told.ended().empty());
  one.send(SIGTERM);
  CHECK(one.told.heard().size() == 2);
  CHECK(one.told.ended() == std::vector<int>{SIGTERM});
}

TEST_CASE("a scheduler's warning is told and not counted, however often it comes") {
  watched one(1h);
  one.send(SIGUSR1);
  one.send(SIGUSR1);
  one.send(SIGTERM);
  one.send(SIGUSR1);
  CHECK(one.told.heard() ==
        std::vector<heard_signal>{{SIGUSR1, 0}, {SIGUSR1, 0}, {SIGTERM, 1}, {SIGUSR1, 1}});
  CHECK(one.told.ended().empty());
}

TEST_CASE(
    "a closed terminal is told once, though its shell tells it too, and not where it is ignored") {
  watched one(1h);
  one.send(SIGHUP);
  REQUIRE(::kill(::getpid(), SIGHUP) == 0);
  one.send(SIGTERM);
  CHECK(one.told.heard() == std::vector<heard_signal>{{SIGHUP, 1}, {SIGTERM, 2}});
}

TEST_CASE("a program under nohup does not hear of a closed terminal") {
  REQUIRE((::signal(SIGHUP, SIG_IGN) != SIG_ERR));
  {
    watched one(1h);
    REQUIRE(::kill(::getpid(), SIGHUP) == 0);
    one.send(SIGTERM);
    CHECK(one.told.heard() == std::vector<heard_signal>{{SIGTERM, 1}});
  }
  REQUIRE((::signal(SIGHUP, SIG_DFL) != SIG_ERR));
}

TEST_CASE("a second signal that nothing comes of ends the program when the patience is over") {
  watched one(1ms);
  one.send(SIGINT);
  CHECK(one.told.ended().empty());
  one.send(SIGINT);
  REQUIRE(test::eventually([&] { return !one.told.ended().empty(); }));
  CHECK(one.told.ended() == std::vector<int>{SIGINT});
  CHECK(one.told.heard() == std::vector<heard_signal>{{SIGINT, 1}, {SIGINT, 2}});
}

TEST_CASE("signals do what they do by default once a watch is gone") {
  {
    const watched one(1h);
    CHECK_FALSE(is_default(SIGINT));
    CHECK_FALSE(is_default(SIGTERM));
    CHECK_FALSE(is_default(SIGUSR1));
  }
  CHECK(is_default(SIGINT));
  CHECK(is_default(SIGTERM));
  CHECK(is_default(SIGUSR1));
}

TEST_CASE("a watch that goes away calls nobody any more") {
  for (int i = 0; i < 20; ++i) {
    watched one(1ms);
    one.send(SIGINT);
    one.send(SIGINT);  // its patience is running
  }
}
