#include "engine/record/progress.hpp"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <pty.h>
#include <simdjson.h>
#include <unistd.h>

#include <cmath>

#include "tests/support/ledger_lines.hpp"
#include "tests/support/temporary_directory.hpp"

using namespace retort;
using namespace retort::engine;
using seconds = std::chrono::duration<double>;

namespace {

progress_snapshot half_way() {
  progress_snapshot at;
  at.total = 2000;
  at.accepted = 900;
  at.rejected = 90;
  at.failed = 10;
  at.in_flight = 32;
  at.retries = 7;
  at.elapsed = seconds(50);
  at.requests_per_s = 20;
  at.tokens_per_s = 12345.6;
  return at;
}

// Sends what is written to a descriptor elsewhere while it lives.
class redirected {
 public:
  redirected(int descriptor, int to) : descriptor_(descriptor), before_(::dup(descriptor)) {
    std::fflush(nullptr);
    ::dup2(to, descriptor);
  }
  ~redirected() {
    std::fflush(nullptr);
    ::dup2(before_, descriptor_);
    ::close(before_);
  }
  redirected(const redirected&) = delete;
  redirected& operator=(const redirected&) = delete;

 private:
  int descriptor_, before_;
};

// What `act` writes to a descriptor that is a file.
template <class Act>
std::string written_to(int descriptor, const Act& act) {
  const test::temporary_directory directory;
  const auto path = directory.file("out", "");
  const int out = ::open(path.c_str(), O_WRONLY);
  {
    const redirected here(descriptor, out);
    act();
  }
  ::close(out);
  return test::content_of(path);
}

// What `act` writes to standard error when that is a terminal of so many columns.
template <class Act>
std::string shown_on_terminal(unsigned short columns, const Act& act) {
  int master = -1, slave = -1;
  winsize size{};
  size.ws_col = columns;
  termios raw{};
  ::cfmakeraw(&raw);
  REQUIRE(::openpty(&master, &slave, nullptr, &raw, &size) == 0);
  {
    const redirected here(STDERR_FILENO, slave);
    act();
  }
  ::close(slave);
  std::string text;
  char block[1024];
  for (ssize_t got; (got = ::read(master, block, sizeof block)) > 0;) {
    text.append(block, static_cast<std::size_t>(got));
  }
  ::close(master);
  return text;
}

}  // namespace

TEST_CASE("durations as people write them") {
  struct {
    double time;
    const char* text;
  } const table[] = {{0, "0:00"},       {0.4, "0:00"},       {0.5, "0:01"},     {9, "0:09"},
                     {59.6, "1:00"},    {61, "1:01"},        {3599.4, "59:59"}, {3599.5, "1:00:00"},
                     {3723, "1:02:03"}, {90000, "25:00:00"}, {-5, "0:00"}};
  for (const auto& [time, text] : table) CHECK(duration_text(seconds(time)) == text);
}

TEST_CASE("the line of a run under way") {
  CHECK(progress_line(half_way()) ==
        "1,000/2,000 (50 %) · 900 accepted, 90 rejected, 10 failed · 20.0 req/s, 12,346 tok/s · "
        "32 in flight · 7 retries · ETA 0:50");
}

TEST_CASE("the line of a run that has just begun, its total unknown") {
  CHECK(progress_line({}) ==
        "0 · 0 accepted, 0 rejected, 0 failed · 0.0 req/s, 0.0 tok/s · 0 in flight · 0 retries");
}

TEST_CASE("what is rare is said only where it happens") {
  progress_snapshot at = half_way();
  at.backing_off = 3;
  at.skipped_rows = 1234;
  at.stopping = true;
  CHECK(progress_line(at) ==
        "1,000/2,000 (50 %) · 900 accepted, 90 rejected, 10 failed · 20.0 req/s, 12,346 tok/s · "
        "32 in flight, 3 backing off · 7 retries · 1,234 bad rows · stopping");
}

TEST_CASE("the part done is rounded down: 100 % is said of what is whole") {
  struct {
    std::uint64_t done, total;
    const char* text;
  } const table[] = {{0, 7, "0/7 (0 %)"},
                     {1999, 2000, "1,999/2,000 (99 %)"},
                     {2000, 2000, "2,000/2,000 (100 %)"},
                     {0, 0, "0/0 (100 %)"},
                     {1, 3'000'000, "1/3,000,000 (0 %)"}};
  for (const auto& [done, total, text] : table) {
    progress_snapshot at;
    at.accepted = done;
    at.total = total;
    CHECK(progress_line(at).starts_with(std::string(text) + " · "));
  }
}

TEST_CASE("the ETA is what is left at the rate of this process") {
  struct {
    std::uint64_t resumed, done;
    double elapsed;
    const char* eta;  // "" when there is none to tell
  } const table[] = {{0, 1000, 50, "0:50"}, {500, 1000, 50, "1:40"}, {0, 1, 1, "33:19"},
                     {1000, 1000, 50, ""},  {0, 2000, 50, ""},       {0, 0, 50, ""},
                     {0, 1000, 0, ""}};
  for (const auto& [resumed, done, elapsed, eta] : table) {
    CAPTURE(done);
    progress_snapshot at;
    at.total = 2000;
    at.resumed = resumed;
    at.accepted = done;
    at.elapsed = seconds(elapsed);
    const std::string line = progress_line(at);
    if (*eta) {
      CHECK(line.ends_with(std::string(" · ETA ") + eta));
    } else {
      CHECK(line.find("ETA") == std::string::npos);
    }
    at.total.reset();
    CHECK(progress_line(at).find("ETA") == std::string::npos);
  }
}

TEST_CASE("the first rates are those since the beginning") {
  progress_snapshot now;
  now.requests = 30;
  now.input_tokens = 400;
  now.output_tokens = 200;
  now.elapsed = seconds(2);
  set_rates(now, {});
  CHECK(now.requests_per_s == doctest::Approx(15));
  CHECK(now.tokens_per_s == doctest::Approx(300));
}

TEST_CASE("later rates are smoothed over about five seconds") {
  progress_snapshot before;
  before.elapsed = seconds(10);
  before.requests = 1000;
  before.requests_per_s = 100;
  progress_snapshot now = before;
  now.elapsed = seconds(15);
  now.requests = 1000;  // nothing for five seconds
  set_rates(now, before);
  CHECK(now.requests_per_s == doctest::Approx(100 / std::exp(1)));

  progress_snapshot quick = before;
  quick.elapsed = seconds(10.001);
  quick.requests = 1001;  // one in a millisecond is no rate of a thousand
  set_rates(quick, before);
  CHECK(quick.requests_per_s == doctest::Approx(100).epsilon(0.01));
}

TEST_CASE("a steady rate stays what it is, however often it is looked at") {
  for (const double step : {0.01, 0.2, 1.0, 5.0, 60.0}) {
    progress_snapshot before;
    for (int i = 1; i <= 100; ++i) {
      progress_snapshot now;
      now.elapsed = seconds(step * i);
      now.requests = static_cast<std::uint64_t>(i) * 10;
      set_rates(now, before);
      before = now;
    }
    CHECK(before.requests_per_s == doctest::Approx(10 / step));
  }
}

TEST_CASE("no time, no rate") {
  progress_snapshot now;
  now.requests = 5;
  set_rates(now, now);
  CHECK(now.requests_per_s == 0);
}

TEST_CASE("the JSON says everything, and leaves the total out while it is unknown") {
  progress_snapshot at = half_way();
  at.resumed = 100;
  at.skipped_rows = 2;
  at.requests = 1007;
  at.input_tokens = 5;
  at.output_tokens = 6;
  at.backing_off = 3;
  at.stopping = true;
  CHECK(progress_json(at) ==
        R"({"event":"progress","total":2000,"done":1000,"resumed":100,"accepted":900,)"
        R"("rejected":90,"failed":10,"skipped_rows":2,"requests":1007,"retries":7,)"
        R"("input_tokens":5,"output_tokens":6,"in_flight":32,"backing_off":3,"elapsed_s":50,)"
        R"("requests_per_s":20,"tokens_per_s":12345.6,"stopping":true})");
  simdjson::dom::parser parser;
  for (const progress_snapshot& each : {at, progress_snapshot()}) {
    simdjson::dom::element root;
    REQUIRE(!parser.parse(progress_json(each)).get(root));
    CHECK((root["total"].error() == simdjson::SUCCESS) == each.total.has_value());
  }
}

TEST_CASE("plain lines go to standard error, JSON to standard output, both whole") {
  const auto plain = make_display(display_kind::plain);
  CHECK(plain->interval() == std::chrono::seconds(5));
  CHECK(written_to(STDERR_FILENO, [&] {
          plain->show(half_way());
          plain->say("a word");
          plain->finish();
        }) == progress_line(half_way()) + "\na word\n");

  const auto json = make_display(display_kind::json);
  CHECK(json->interval() == std::chrono::seconds(1));
  CHECK(written_to(STDOUT_FILENO, [&] { json->show(half_way()); }) ==
        progress_json(half_way()) + "\n");
  CHECK(written_to(STDERR_FILENO, [&] { json->say("a word"); }) == "a word\n");
}

TEST_CASE("without a terminal the display is the plain one") {
  CHECK(written_to(STDERR_FILENO, [] {
          make_display(display_kind::automatic)->show(half_way());
        }) == progress_line(half_way()) + "\n");
}

TEST_CASE("on a terminal one line is written over and over, and what is said stays above it") {
  const std::string line = progress_line(half_way());
  CHECK(shown_on_terminal(500, [] {
          const auto live = make_display(display_kind::automatic);
          CHECK(live->interval() < std::chrono::seconds(1));
          live->show(half_way());
          live->show(half_way());
          live->say("a word");
          live->show(half_way());
          live->finish();
        }) == "\r\033[K" + line + "\r\033[K" + line + "\r\033[Ka word\n\r\033[K" + line + "\n");
}

TEST_CASE("a live line is cut between characters where it would wrap") {
  CHECK(shown_on_terminal(23, [] { make_display(display_kind::automatic)->show(half_way()); }) ==
        "\r\033[K1,000/2,000 (50 %) · 9");
  CHECK(shown_on_terminal(21, [] { make_display(display_kind::automatic)->show(half_way()); }) ==
        "\r\033[K1,000/2,000 (50 %) ·");
}

TEST_CASE("while the dataset is read, the total is about what its bytes say, and the ETA with it") {
  progress_snapshot at = half_way();
  at.total.reset();
  at.total_about = 4000;
  const std::string line = progress_line(at);
  CHECK(line.starts_with("1,000/~4,000 (25 %) · "));
  CHECK(line.ends_with(" · ETA 2:30"));
  CHECK(progress_json(at).find("\"total_about\":4000") != std::string::npos);
  CHECK(progress_json(at).find("\"total\":") == std::string::npos);
  at.total_about = 900;  // a poor guess is never passed
  CHECK(progress_line(at).starts_with("1,000/~1,001 (99 %) · "));
}
