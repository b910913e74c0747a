#include "io/ledger/ledger_log.hpp"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <condition_variable>
#include <csignal>
#include <cstdlib>
#include <mutex>

#include "io/file/file.hpp"
#include "tests/support/failing_file.hpp"
#include "tests/support/ledger_lines.hpp"
#include "tests/support/temporary_directory.hpp"

using namespace retort;
using test::disk_script;

namespace {

// What the log's thread has said. `hold` keeps the thread inside `committed` until released.
class listener {
 public:
  io::ledger_options options() {
    io::ledger_options options;
    options.committed = [this](std::string_view lines) { on_committed(lines); };
    options.failed = [this](const error& problem) { on_failed(problem); };
    return options;
  }

  void hold() { set_held(true); }
  void release() { set_held(false); }
  void wait_for_groups(std::size_t count) {
    wait([&] { return groups_.size() >= count; });
  }
  void wait_for_failure() {
    wait([&] { return !failures_.empty(); });
  }

  std::vector<std::string> groups() {
    const std::lock_guard lock(mutex_);
    return groups_;
  }
  std::string lines() {
    std::string all;
    for (const auto& group : groups()) all += group;
    return all;
  }
  std::vector<std::string> failures() {
    const std::lock_guard lock(mutex_);
    return failures_;
  }

 private:
  void on_committed(std::string_view lines) {
    std::unique_lock lock(mutex_);
    groups_.emplace_back(lines);
    changed_.notify_all();
    changed_.wait(lock, [&] { return !held_; });
  }
  void on_failed(const error& problem) {
    const std::lock_guard lock(mutex_);
    failures_.push_back(problem.message);
    changed_.notify_all();
  }
  void set_held(bool held) {
    const std::lock_guard lock(mutex_);
    held_ = held;
    changed_.notify_all();
  }
  void wait(auto condition) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, condition);
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  bool held_ = false;
  std::vector<std::string> groups_;
  std::vector<std::string> failures_;
};

void append(io::ledger_log& log, std::size_t begin, std::size_t end) {
  for (auto n = begin; n < end; ++n) log.append(test::numbered_object(n));
  log.flush();
}

// Opens, appends the objects from `begin` to before `end`, closes.
void write_ledger(const std::string& path, std::size_t begin, std::size_t end) {
  auto log = io::ledger_log::open(path, {});
  REQUIRE(log.has_value());
  append(**log, begin, end);
  REQUIRE((*log)->close().has_value());
}

error refusal(const std::string& path) {
  auto log = io::ledger_log::open(path, {});
  REQUIRE_FALSE(log.has_value());
  return log.error();
}

std::uint64_t allocated_bytes(const std::string& path) {
  struct stat about;
  REQUIRE(::stat(path.c_str(), &about) == 0);
  return static_cast<std::uint64_t>(about.st_blocks) * 512;
}

}  // namespace

TEST_CASE("the bytes of a ledger are what its format page says") {
  test::temporary_directory directory;
  const auto path = directory.path() + "/ledger";
  auto log = io::ledger_log::open(path, {});
  REQUIRE(log.has_value());
  (*log)->append(R"({"ordinal":0,"text":"four"})");
  (*log)->flush();
  REQUIRE((*log)->close().has_value());
  CHECK(test::content_of(path) ==
        "{\"retort_ledger\":1,\"sum\":\"5ee9568767b9a16b\"}\n"
        "{\"ordinal\":0,\"text\":\"four\",\"sum\":\"dc0af0ac08ea69e5\"}\n");
}

TEST_CASE("lines are committed in order, each once, and the last by close") {
  test::temporary_directory directory;
  const auto path = directory.path() + "/ledger";
  listener heard;
  auto log = io::ledger_log::open(path, heard.options());
  REQUIRE(log.has_value());
  append(**log, 0, 5000);
  REQUIRE((*log)->close().has_value());
  CHECK(heard.lines() == test::numbered_lines(0, 5000));
  CHECK(heard.failures().empty());
  CHECK((*log)->backlog() == 0);
  CHECK(test::content_of(path) == test::numbered_ledger(5000));
}

TEST_CASE("a lone line is committed without another push") {
  test::temporary_directory directory;
  listener heard;
  auto log = io::ledger_log::open(directory.path() + "/ledger", heard.options());
  REQUIRE(log.has_value());
  for (std::size_t n = 0; n < 3; ++n) {
    append(**log, n, n + 1);
    heard.wait_for_groups(n + 1);
  }
  CHECK(heard.groups().size() == 3);
  CHECK(heard.lines() == test::numbered_lines(0, 3));
}

TEST_CASE("what arrives while a commit is told of is one group, and the backlog until then") {
  test::temporary_directory directory;
  listener heard;
  auto log = io::ledger_log::open(directory.path() + "/ledger", heard.options());
  REQUIRE(log.has_value());
  heard.hold();
  append(**log, 0, 1);
  heard.wait_for_groups(1);
  append(**log, 1, 1000);
  CHECK((*log)->backlog() == test::numbered_lines(1, 1000).size());
  heard.release();
  REQUIRE((*log)->close().has_value());
  CHECK(heard.groups() == std::vector{test::numbered_lines(0, 1), test::numbered_lines(1, 1000)});
  CHECK((*log)->backlog() == 0);
}

TEST_CASE("a line larger than every buffer is committed like any other") {
  test::temporary_directory directory;
  const auto path = directory.path() + "/ledger";
  const auto object = R"({"text":")" + std::string(std::size_t{9} << 20, 'y') + R"("})";
  auto log = io::ledger_log::open(path, {});
  REQUIRE(log.has_value());
  append(**log, 0, 1);
  (*log)->append(object);
  append(**log, 1, 2);
  REQUIRE((*log)->close().has_value());
  CHECK(test::content_of(path) ==
        test::numbered_ledger(1) + test::sealed_line(object) + test::numbered_lines(1, 2));
}

TEST_CASE("a ledger opened again goes on after its last line and does not announce the old ones") {
  test::temporary_directory directory;
  const auto path = directory.path() + "/ledger";
  write_ledger(path, 0, 3);
  listener heard;
  {
    auto log = io::ledger_log::open(path, heard.options());
    REQUIRE(log.has_value());
    append(**log, 3, 5);
  }  // closes
  CHECK(heard.lines() == test::numbered_lines(3, 5));
  CHECK(test::content_of(path) == test::numbered_ledger(5));
}

TEST_CASE("a ledger torn at any byte is cut to its whole lines and goes on") {
  test::temporary_directory directory;
  const auto whole = test::numbered_ledger(4);
  const auto last_line = test::numbered_ledger(3).size();
  for (auto cut = last_line; cut < whole.size(); ++cut) {
    const auto path = directory.file("ledger", std::string_view(whole).substr(0, cut));
    write_ledger(path, 3, 5);
    CAPTURE(cut);
    CHECK(test::content_of(path) == test::numbered_ledger(5));
  }
}

TEST_CASE("a header torn at any byte is begun anew") {
  test::temporary_directory directory;
  const auto& header = io::ledger_header();
  for (std::size_t cut = 0; cut <= header.size(); ++cut) {
    const auto path = directory.file("ledger", std::string_view(header).substr(0, cut));
    write_ledger(path, 0, 2);
    CAPTURE(cut);
    CHECK(test::content_of(path) == test::numbered_ledger(2));
  }
}

TEST_CASE("a torn tail longer than a block is cut whole") {
  test::temporary_directory directory;
  for (const std::size_t tail : {65535, 65536, 65537, 200000}) {
    const auto path =
        directory.file("ledger", test::numbered_ledger(2) + '{' + std::string(tail, 'z'));
    write_ledger(path, 2, 3);
    CHECK(test::content_of(path) == test::numbered_ledger(3));
  }
}

TEST_CASE("a damaged line in the middle is left as it is") {
  test::temporary_directory directory;
  const auto damaged = test::numbered_ledger(2) + "damaged\n" + test::numbered_lines(2, 3);
  const auto path = directory.file("ledger", damaged);
  write_ledger(path, 3, 4);
  CHECK(test::content_of(path) == damaged + test::numbered_lines(3, 4));
}

TEST_CASE("a file that is no ledger is refused and left untouched") {
  test::temporary_directory directory;
  auto wrong_seal = io::ledger_header();
  wrong_seal[wrong_seal.size() - 4] ^= 1;
  for (const std::string& content :
       {std::string("some text without a newline"), std::string("{\"a\":1}\n"), std::string("\n"),
        std::string(100000, 'x'), wrong_seal, std::string("{\"retort_ledger\":1}\n"),
        std::string("{\"retort_ledger\":\"x\"}\n"), std::string("{\"retort_ledger\":99")}) {
    const auto path = directory.file("ledger", content);
    const auto refused = refusal(path);
    CHECK(refused.code == errc::mismatch);
    CHECK(refused.message.starts_with(path + " is "));
    CHECK(test::content_of(path) == content);
  }
}

TEST_CASE("a newer ledger is refused with its version") {
  test::temporary_directory directory;
  const auto path = directory.file("ledger", test::sealed_line(R"({"retort_ledger":2,"new":1})"));
  const auto refused = refusal(path);
  CHECK(refused.code == errc::mismatch);
  CHECK(refused.message == path + " is a retort ledger of version 2; this retort reads version 1");
}

TEST_CASE("a ledger that cannot be made is a disk error that names it") {
  test::temporary_directory directory;
  const auto path = directory.path() + "/missing/ledger";
  const auto refused = refusal(path);
  CHECK(refused.code == errc::unwritable);
  CHECK(refused.message == path + ": cannot open: No such file or directory");
}

TEST_CASE("a ledger in use is busy until it is let go") {
  test::temporary_directory directory;
  const auto path = directory.path() + "/ledger";
  {
    auto log = io::ledger_log::open(path, {});
    REQUIRE(log.has_value());
    const auto refused = refusal(path);
    CHECK(refused.code == errc::busy);
    CHECK(refused.message == path + ": another retort is running on it");
  }
  CHECK(io::ledger_log::open(path, {}).has_value());
}

TEST_CASE("the lock of another process dies with it") {
  test::temporary_directory directory;
  const auto path = directory.path() + "/ledger";
  int ready[2];
  REQUIRE(::pipe(ready) == 0);
  const auto child = ::fork();
  if (child == 0) {
    auto file = io::file::open(path, O_RDWR | O_CREAT);
    const char locked = file && (*file)->lock() ? 'y' : 'n';
    if (::write(ready[1], &locked, 1) == 1) ::pause();
    ::_exit(0);
  }
  REQUIRE(child > 0);
  char locked = 0;
  REQUIRE(::read(ready[0], &locked, 1) == 1);
  CHECK(locked == 'y');
  CHECK(refusal(path).code == errc::busy);
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
  CHECK(io::ledger_log::open(path, {}).has_value());
  ::close(ready[0]);
  ::close(ready[1]);
}

TEST_CASE("the reserve is held while the ledger is open and given back by close") {
  test::temporary_directory directory;
  const auto probe = directory.path() + "/probe";
  auto file = io::file::open(probe, O_RDWR | O_CREAT);
  REQUIRE(file.has_value());
  REQUIRE((*file)->reserve(0, 4096).has_value());
  if (allocated_bytes(probe) == 0) return;  // this file system cannot

  const auto path = directory.path() + "/ledger";
  auto log = io::ledger_log::open(path, {});
  REQUIRE(log.has_value());
  append(**log, 0, 10);
  CHECK(allocated_bytes(path) >= std::size_t{1} << 19);
  REQUIRE((*log)->close().has_value());
  CHECK(allocated_bytes(path) <= 64 << 10);
  CHECK(test::content_of(path) == test::numbered_ledger(10));
}

TEST_CASE("a full disk is told once; lines wait in memory and close says how many") {
  test::temporary_directory directory;
  const auto path = directory.path() + "/ledger";
  disk_script script{.fails_at = 1, .with = ENOSPC, .for_good = true, .only = "pwrite"};
  listener heard;
  auto log = io::ledger_log::open(test::failing_file::open(path, script), heard.options());
  REQUIRE(log.has_value());
  append(**log, 0, 100);
  heard.wait_for_failure();
  append(**log, 100, 200);
  const auto closed = (*log)->close();

  CHECK(heard.failures() == std::vector{path + ": cannot write: No space left on device"});
  const auto there = heard.lines();
  CHECK(test::content_of(path) == io::ledger_header() + there);
  CHECK((*log)->backlog() == test::numbered_lines(0, 200).size() - there.size());
  const auto lost = 200 - std::count(there.begin(), there.end(), '\n');
  REQUIRE_FALSE(closed.has_value());
  CHECK(closed.error().code == errc::disk);
  CHECK(closed.error().message ==
        fmt::format("{}: cannot write: No space left on device; {} lines could not be committed",
                    path, lost));
  CHECK((*log)->close().has_value());  // does nothing
}

TEST_CASE("what did not fit is tried again by the next append and by close") {
  for (const bool appends : {true, false}) {
    test::temporary_directory directory;
    const auto path = directory.path() + "/ledger";
    disk_script script{.fails_at = 1, .with = EIO, .only = "pwrite"};
    listener heard;
    auto log = io::ledger_log::open(test::failing_file::open(path, script), heard.options());
    REQUIRE(log.has_value());
    append(**log, 0, 1);
    heard.wait_for_failure();
    if (appends) {
      append(**log, 1, 2);
      heard.wait_for_groups(1);
    }
    CHECK((*log)->close().has_value());
    CHECK(heard.lines() == test::numbered_lines(0, appends ? 2 : 1));
    CHECK(heard.failures().size() == 1);
    CHECK(test::content_of(path) == io::ledger_header() + heard.lines());
  }
}

TEST_CASE("a reserve at its end is told once and loses nothing") {
  test::temporary_directory directory;
  const auto path = directory.path() + "/ledger";
  disk_script script{.fails_at = 1, .with = ENOSPC, .for_good = true, .only = "fallocate"};
  listener heard;
  auto options = heard.options();
  options.reserve_bytes = 4096;
  auto log = io::ledger_log::open(test::failing_file::open(path, script), std::move(options));
  REQUIRE(log.has_value());
  append(**log, 0, 100);
  heard.wait_for_failure();
  append(**log, 100, 200);
  CHECK((*log)->close().has_value());
  CHECK(heard.failures() ==
        std::vector{path + ": cannot reserve disk space: No space left on device"});
  CHECK(test::content_of(path) == test::numbered_ledger(200));
}

TEST_CASE("after a failed sync nothing is called committed any more, and close says so") {
  test::temporary_directory directory;
  const auto path = directory.path() + "/ledger";
  disk_script script{.fails_at = 1, .with = EIO, .only = "fdatasync"};
  listener heard;
  auto log = io::ledger_log::open(test::failing_file::open(path, script), heard.options());
  REQUIRE(log.has_value());
  append(**log, 0, 1);
  heard.wait_for_groups(1);
  append(**log, 1, 2);
  heard.wait_for_failure();
  const auto closed = (*log)->close();
  REQUIRE_FALSE(closed.has_value());
  CHECK(closed.error().message ==
        path + ": cannot sync: Input/output error; 1 line could not be committed");
  CHECK(heard.lines() == test::numbered_lines(0, 1));
}
