#include "io/ledger/ledger_file.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <optional>

#include "tests/support/failing_file.hpp"
#include "tests/support/ledger_lines.hpp"
#include "tests/support/temporary_directory.hpp"

using namespace retort;
using test::disk_script;

namespace {

constexpr std::size_t reserve = 512;  // small: a few groups use it up
constexpr std::size_t groups = 6;
constexpr std::size_t lines_per_group = 3;
constexpr std::size_t all_lines = groups * lines_per_group;

// What a writer knows in the end of the lines it wrote in groups, trying again what did not fit.
struct ending {
  bool opened = false, closed = false;
  std::string committed;
  std::string waiting;     // never written
  bool uncertain = false;  // a sync has failed
  std::vector<std::string> problems;
};

void append(io::ledger_file& ledger, ending& so_far) {
  const auto done = ledger.append(so_far.waiting);
  const auto lines = so_far.waiting.substr(0, done.written);
  if (!done.durable) so_far.uncertain = true;
  if (done.durable) so_far.committed += lines;
  if (done.problem) so_far.problems.push_back(done.problem->message);
  so_far.waiting.erase(0, done.written);
}

ending write_groups(const std::string& path, disk_script& script) {
  ending so_far;
  auto ledger = io::ledger_file::open(test::failing_file::open(path, script), true, reserve);
  so_far.opened = ledger.has_value();
  if (!ledger) return so_far;
  for (std::size_t n = 0; n < all_lines; n += lines_per_group) {
    so_far.waiting += test::numbered_lines(n, n + lines_per_group);
    append(*ledger, so_far);
  }
  if (!so_far.waiting.empty()) append(*ledger, so_far);
  so_far.closed = ledger->close().has_value();
  return so_far;
}

std::size_t calls_of_a_healthy_disk() {
  test::temporary_directory directory;
  disk_script script;
  write_groups(directory.path() + "/ledger", script);
  return script.calls.size();
}

bool is_beginning(const std::string& part, const std::string& whole) {
  return whole.starts_with(part);
}

bool called(const disk_script& script, std::string_view name) {
  return std::find(script.calls.begin(), script.calls.end(), name) != script.calls.end();
}

std::string up_to_last_newline(const std::string& text) {
  return text.substr(0, text.rfind('\n') + 1);
}

void check_that_nothing_is_lost(const std::string& path, const ending& so_far) {
  const auto whole_lines = up_to_last_newline(test::content_of(path));
  CHECK(is_beginning(whole_lines, test::numbered_ledger(all_lines)));
  if (!so_far.opened) return;
  CHECK(is_beginning(io::ledger_header() + so_far.committed, whole_lines));
  if (so_far.uncertain) return;
  CHECK(whole_lines == io::ledger_header() + so_far.committed);
  CHECK(so_far.committed + so_far.waiting == test::numbered_lines(0, all_lines));
}

// A healthy disk takes what is missing, whatever state the failing one has left.
void check_that_it_can_go_on(const std::string& path) {
  disk_script healthy;
  auto ledger = io::ledger_file::open(test::failing_file::open(path, healthy), true, reserve);
  REQUIRE(ledger.has_value());
  const auto there = test::content_of(path);
  const auto rest = test::numbered_ledger(all_lines).substr(there.size());
  CHECK(ledger->append(rest).durable);
  CHECK(ledger->close().has_value());
  CHECK(test::content_of(path) == test::numbered_ledger(all_lines));
}

}  // namespace

TEST_CASE("whichever system call fails, what is committed is in the file, whole, once, in order") {
  const auto calls = static_cast<int>(calls_of_a_healthy_disk());
  REQUIRE(calls > 20);
  struct {
    int with;
    bool for_good;
  } const faults[] = {{ENOSPC, false},
                      {ENOSPC, true},
                      {EDQUOT, true},
                      {EIO, false},
                      {EIO, true},
                      {EINTR, false},
                      {EOPNOTSUPP, true},
                      {disk_script::short_write, false},
                      {disk_script::short_write, true}};
  for (const auto& fault : faults) {
    for (int index = 0; index < calls; ++index) {
      test::temporary_directory directory;
      const auto path = directory.path() + "/ledger";
      disk_script script{.fails_at = index, .with = fault.with, .for_good = fault.for_good};
      const auto so_far = write_groups(path, script);
      CAPTURE(index);
      CAPTURE(fault.with);
      CAPTURE(fault.for_good);
      CAPTURE(script.calls.at(index));
      check_that_nothing_is_lost(path, so_far);
      check_that_it_can_go_on(path);
    }
  }
}

TEST_CASE("interrupted calls and short writes are no failures") {
  const auto calls = static_cast<int>(calls_of_a_healthy_disk());
  for (const int with : {EINTR, disk_script::short_write}) {
    for (int index = 0; index < calls; ++index) {
      test::temporary_directory directory;
      disk_script script{.fails_at = index, .with = with};
      const auto so_far = write_groups(directory.path() + "/ledger", script);
      CHECK(so_far.committed == test::numbered_lines(0, all_lines));
      CHECK(so_far.closed);
      CHECK(so_far.problems.empty());
    }
  }
}

TEST_CASE("a write that fails leaves no torn line and is made up for by the next") {
  test::temporary_directory directory;
  const auto path = directory.path() + "/ledger";
  disk_script script{.fails_at = 1, .with = ENOSPC, .only = "pwrite"};
  auto ledger = io::ledger_file::open(test::failing_file::open(path, script), true, 0);
  REQUIRE(ledger.has_value());
  const auto lines = test::numbered_lines(0, 5);

  const auto first = ledger->append(lines);
  REQUIRE(first.problem);
  CHECK(first.problem->code == errc::disk);
  CHECK(first.problem->message == path + ": cannot write: No space left on device");
  CHECK(first.written > 0);
  CHECK(first.written < lines.size());
  CHECK(first.durable);
  CHECK(test::content_of(path) == io::ledger_header() + lines.substr(0, first.written));

  const auto second = ledger->append(std::string_view(lines).substr(first.written));
  CHECK_FALSE(second.problem);
  CHECK(test::content_of(path) == io::ledger_header() + lines);
}

TEST_CASE("a reserve that cannot grow is told while the lines still fit") {
  for (const int with : {ENOSPC, EDQUOT, EIO}) {
    test::temporary_directory directory;
    const auto path = directory.path() + "/ledger";
    disk_script script{.fails_at = 1, .with = with, .for_good = true, .only = "fallocate"};
    const auto so_far = write_groups(path, script);
    CHECK(so_far.problems.size() == 1);
    CHECK(so_far.problems.at(0).starts_with(path + ": cannot reserve disk space: "));
    CHECK(so_far.committed == test::numbered_lines(0, all_lines));
    CHECK(so_far.closed);
  }
}

TEST_CASE("a file system that cannot reserve space goes without") {
  for (const int with : {EOPNOTSUPP, ENOSYS, EINVAL}) {
    test::temporary_directory directory;
    disk_script script{.fails_at = 0, .with = with, .for_good = true, .only = "fallocate"};
    const auto so_far = write_groups(directory.path() + "/ledger", script);
    CHECK(so_far.problems.empty());
    CHECK(so_far.committed == test::numbered_lines(0, all_lines));
  }
}

TEST_CASE("a file system that has no locks goes without, and the file says so") {
  for (const int with : {EOPNOTSUPP, ENOSYS, ENOLCK}) {
    test::temporary_directory directory;
    const auto path = directory.path() + "/ledger";
    disk_script script{.fails_at = 0, .with = with, .for_good = true, .only = "flock"};
    const auto so_far = write_groups(path, script);
    CHECK(so_far.problems.empty());
    CHECK(so_far.committed == test::numbered_lines(0, all_lines));
    const auto file = test::failing_file::open(path, script);
    CHECK(file->lock().has_value());
    CHECK_FALSE(file->is_locked());
  }
}

TEST_CASE("a full disk refuses the reserve of a ledger about to be opened") {
  test::temporary_directory directory;
  const auto path = directory.path() + "/ledger";
  disk_script script{.fails_at = 0, .with = ENOSPC, .only = "fallocate"};
  auto ledger = io::ledger_file::open(test::failing_file::open(path, script), true, reserve);
  REQUIRE_FALSE(ledger.has_value());
  CHECK(ledger.error().code == errc::disk);
  CHECK(ledger.error().message == path + ": cannot reserve disk space: No space left on device");
}

TEST_CASE("nothing is committed after a failed sync, and the sync is not tried again") {
  test::temporary_directory directory;
  const auto path = directory.path() + "/ledger";
  disk_script script{.fails_at = 2, .with = EIO, .only = "fdatasync"};
  const auto so_far = write_groups(path, script);
  CHECK(so_far.committed == test::numbered_lines(0, 2 * lines_per_group));
  CHECK(so_far.uncertain);
  CHECK(so_far.problems.size() == groups - 2);
  CHECK(script.counted == 3);
  CHECK(test::content_of(path) == test::numbered_ledger(all_lines));  // written all the same
}

TEST_CASE("without sync, writing is committing") {
  test::temporary_directory directory;
  const auto path = directory.path() + "/ledger";
  disk_script script{.fails_at = 0, .with = EIO, .for_good = true, .only = "fdatasync"};
  auto ledger = io::ledger_file::open(test::failing_file::open(path, script), false, reserve);
  REQUIRE(ledger.has_value());
  CHECK(ledger->append(test::numbered_lines(0, 5)).durable);
  CHECK(script.counted == 0);
}

TEST_CASE("the reserve grows in steps of half its size at least") {
  test::temporary_directory directory;
  disk_script script{.only = "fallocate"};
  write_groups(directory.path() + "/ledger", script);
  CHECK(called(script, "fallocate"));
  CHECK(script.counted <=
        1 + static_cast<int>(test::numbered_ledger(all_lines).size() / (reserve / 2)));
}

TEST_CASE("who finds that somebody else has written to the file stops, and writes nothing over") {
  test::temporary_directory directory;
  const auto path = directory.path() + "/ledger";
  disk_script script;  // on this file system nobody sees the other's lock
  script.fails_at = 0, script.with = ENOLCK, script.for_good = true, script.only = "flock";
  auto first = io::ledger_file::open(test::failing_file::open(path, script), true, reserve);
  auto second = io::ledger_file::open(test::failing_file::open(path, script), true, reserve);
  REQUIRE(first.has_value());
  REQUIRE(second.has_value());
  const auto lines = test::numbered_lines(0, 3), others = test::numbered_lines(3, 6);
  CHECK_FALSE(second->append(others).problem);
  for (int tries = 0; tries < 2; ++tries) {
    const auto refused = first->append(lines);
    REQUIRE(refused.problem);
    CHECK(refused.written == 0);
    CHECK(refused.problem->code == errc::busy);
    CHECK(refused.problem->message.starts_with(path + ": another process is writing to it: "));
  }
  CHECK(first->close().error().code == errc::busy);  // nor is the other's part cut off
  CHECK_FALSE(second->append(lines).problem);
  CHECK(second->close().has_value());
  CHECK(test::content_of(path) == io::ledger_header() + others + lines);
}

TEST_CASE("a ledger that another has cut is not gone on with") {
  test::temporary_directory directory;
  const auto path = directory.path() + "/ledger";
  disk_script script;
  auto ledger = io::ledger_file::open(test::failing_file::open(path, script), true, reserve);
  REQUIRE(ledger.has_value());
  CHECK_FALSE(ledger->append(test::numbered_lines(0, 3)).problem);
  REQUIRE(::truncate(path.c_str(), static_cast<off_t>(io::ledger_header().size())) == 0);
  CHECK(ledger->append(test::numbered_lines(3, 6)).problem);
  CHECK(test::content_of(path) == io::ledger_header());
}
