#include "engine/record/progress_display.hpp"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <pty.h>
#include <unistd.h>

#include "tests/support/ledger_lines.hpp"
#include "tests/support/temporary_directory.hpp"

using namespace retort;
using namespace retort::engine;

namespace {

progress_snapshot half_way() {
  progress_snapshot at;
  at.total = 2000;
  at.accepted = 1000;
  at.elapsed = std::chrono::seconds(50);
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

// What `act` writes to standard error when that is a terminal of that size.
template <class Act>
std::string shown_on_terminal(unsigned short rows, unsigned short columns, const Act& act) {
  int master = -1, slave = -1;
  winsize size{};
  size.ws_row = rows;
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

TEST_CASE("on a terminal rows are written over and over, and what is said stays above them") {
  std::string rows;
  for (const auto& row : progress_rows(half_way(), 499)) {
    rows += (rows.empty() ? "\033[K" : "\n\033[K") + row;
  }
  rows += "\033[J";
  CHECK(shown_on_terminal(24, 500, [] {
          const auto live = make_display(display_kind::automatic);
          CHECK(live->interval() < std::chrono::seconds(1));
          live->show(half_way());
          live->show(half_way());
          live->say("a word");
          live->show(half_way());
          live->finish();
        }) == "\r" + rows + "\r\033[3A" + rows + "\r\033[3A\033[Ja word\n\r" + rows + "\n");
}

TEST_CASE("a terminal without room for the rows gets one line") {
  for (const unsigned short rows : {std::uint16_t{1}, std::uint16_t{4}}) {
    CHECK(shown_on_terminal(rows, 500, [] {
            make_display(display_kind::automatic)->show(half_way());
          }) == "\r\033[K" + progress_line(half_way()) + "\033[J");
  }
}

TEST_CASE("a row is cut between characters where it would wrap") {
  const auto one = [] { make_display(display_kind::automatic)->show(half_way()); };
  CHECK(shown_on_terminal(1, 23, one) == "\r\033[K1,000/2,000 (50 %) · 1\033[J");
  CHECK(shown_on_terminal(1, 21, one) == "\r\033[K1,000/2,000 (50 %) ·\033[J");
  CHECK(shown_on_terminal(24, 5, one).starts_with("\r\033[K1,00\n\033[K1,00\n"));
}
