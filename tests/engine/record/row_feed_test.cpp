#include "engine/record/row_feed.hpp"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <simdjson.h>
#include <sys/stat.h>
#include <unistd.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <thread>

#include "tests/support/samples.hpp"
#include "tests/support/temporary_directory.hpp"

using namespace retort;
using namespace retort::engine;
using test::sum_row;
using test::sum_rows;
using ordinals = std::vector<std::uint64_t>;

namespace {

namespace asio = boost::asio;

// A feed and the engine's side of it: rows are taken when the test says so.
class reading {
 public:
  reading(const std::string& path, feed_options options = {}) {
    auto reader = io::dataset_reader::open({path});
    REQUIRE_MESSAGE(reader.has_value(), reader.error().message);
    feed_.emplace(context_.get_executor(), std::move(*reader), std::move(options));
  }

  row_feed& feed() { return *feed_; }
  const std::vector<fed_row>& rows() const { return rows_; }
  const std::optional<error>& failure() const { return failure_; }
  bool ended() const { return ended_; }

  // Asks for so many more rows, and runs until they, an error or the end have come.
  void take(std::size_t count) {
    ask(count);
    await_answer();
  }
  void take_all() { take(static_cast<std::size_t>(-1)); }
  // Asks, and leaves the engine waiting for rows that are not there yet.
  void ask(std::size_t count);
  void await_answer() {
    while (asking_) step();
  }

  ordinals taken() const {
    ordinals all;
    for (const auto& row : rows_) all.push_back(row.ordinal);
    return all;
  }

 private:
  friend io::awaitable<> take_rows(reading* self, std::size_t count);
  // What does not come in half a minute will never come.
  void step() { REQUIRE(context_.run_one_for(std::chrono::seconds(30)) == 1); }

  asio::io_context context_{1};
  std::optional<row_feed> feed_;
  std::vector<fed_row> rows_;
  std::optional<error> failure_;
  bool ended_ = false;
  bool asking_ = false;
};

io::awaitable<> take_rows(reading* self, std::size_t count) {
  for (; count > 0; --count) {
    auto row = co_await next_row(&*self->feed_);
    if (!row) self->failure_ = row.error();
    if (!row || !*row) {
      self->ended_ = true;
      break;
    }
    self->rows_.push_back(std::move(**row));
  }
  self->asking_ = false;
}

void reading::ask(std::size_t count) {
  asking_ = true;
  asio::co_spawn(context_, take_rows(this, count), asio::detached);
  context_.restart();
  context_.poll();
}

// A dataset that grows by the rows that the test writes.
class slow_source {
 public:
  slow_source() : path_(directory_.path() + "/slow.jsonl") {
    REQUIRE(::mkfifo(path_.c_str(), 0600) == 0);
    fd_ = ::open(path_.c_str(), O_RDWR);  // for reading too: else this would wait for a reader
    REQUIRE(fd_ >= 0);
  }
  ~slow_source() { end(); }
  const std::string& path() const { return path_; }

  void write(const std::string& rows) const {
    REQUIRE(::write(fd_, rows.data(), rows.size()) == static_cast<ssize_t>(rows.size()));
  }
  void end() {
    if (fd_ >= 0) ::close(std::exchange(fd_, -1));
  }

 private:
  test::temporary_directory directory_;
  std::string path_;
  int fd_ = -1;
};

// A feed that reads it; ends it first, or the feed's thread would wait for ever.
struct slow_reading {
  explicit slow_reading(feed_options options = {}) : all(source.path(), std::move(options)) {}
  ~slow_reading() { source.end(); }

  slow_source source;
  reading all;
};

std::string big_rows(std::size_t count, std::size_t bytes) {
  const std::string row = R"({"text":")" + std::string(bytes, 'x') + "\"}\n";
  std::string rows;
  for (std::size_t i = 0; i < count; ++i) rows += row;
  return rows;
}

// Rows are ordered by their last digits, in windows of about so many rows.
feed_options ordered(std::size_t first, std::size_t most) {
  constexpr std::size_t row_bytes = 190;  // with what is kept of it
  feed_options options;
  options.beginning_of = [](const io::row& row) { return fmt::format("{}", row.ordinal % 10); };
  options.windows = {first * row_bytes, most * row_bytes};
  return options;
}

std::size_t changes_in(const ordinals& taken) {
  std::size_t changes = 0;
  for (std::size_t i = 1; i < taken.size(); ++i) changes += taken[i] % 10 != taken[i - 1] % 10;
  return changes;
}

template <class Condition>
void wait_until(const Condition& condition) {
  while (!condition()) std::this_thread::yield();
}

}  // namespace

TEST_CASE("every row comes once, in order, with its text and its place; then the end") {
  const test::temporary_directory directory;
  constexpr std::uint64_t count = 2000;  // several batches
  const auto path = directory.file("data.jsonl", "\n" + sum_rows(0, count));
  reading all(path);
  all.take_all();
  CHECK(all.ended());
  CHECK_FALSE(all.failure().has_value());
  REQUIRE(all.rows().size() == count);
  for (std::uint64_t n = 0; n < count; ++n) {
    const fed_row& row = all.rows()[n];
    if (row.ordinal != n || row.line != n + 2 || row.text != sum_row(n) || row.problem != "") {
      FAIL("row ", n, " is not what was written");
    }
  }
  CHECK(all.feed().where(all.rows()[7]) == path + ":9");
  all.take(1);
  CHECK(all.rows().size() == count);
}

TEST_CASE("a row can be parsed where it lies, for as long as somebody holds it") {
  const test::temporary_directory directory;
  std::vector<fed_row> kept;
  {
    reading all(directory.file("data.jsonl", sum_rows(0, 1000)));
    all.take_all();
    for (const std::size_t n : {0, 255, 256, 511, 999}) kept.push_back(all.rows()[n]);
  }
  simdjson::dom::parser parser;
  for (const fed_row& row : kept) {
    std::string_view id;
    REQUIRE(!parser.parse(row.text.data(), row.text.size(), false)["id"].get(id));
    CHECK(id == fmt::format("q{}", row.ordinal));
  }
}

TEST_CASE("an empty dataset ends at once") {
  const test::temporary_directory directory;
  reading all(directory.file("data.jsonl", ""));
  all.take(1);
  CHECK(all.ended());
  CHECK(all.feed().total() == 0);
}

TEST_CASE("a full queue stops the reader: it is never more than five batches ahead") {
  struct {
    std::size_t rows, row_bytes;
    std::uint64_t batch;  // rows, of 256 or of 256 KB
  } const table[] = {{20'000, 10, 256}, {150, 100'000, 3}};
  for (const auto& [rows, row_bytes, batch] : table) {
    CAPTURE(row_bytes);
    const test::temporary_directory directory;
    std::atomic<std::uint64_t> read = 0;
    feed_options options;
    options.is_settled = [&read](std::uint64_t) { return ++read == 0; };
    reading all(directory.file("data.jsonl", big_rows(rows, row_bytes)), options);

    const std::uint64_t four_queued_and_a_row_in_hand = 4 * batch + 1;
    wait_until([&] { return read >= four_queued_and_a_row_in_hand; });
    CHECK(read == four_queued_and_a_row_in_hand);
    CHECK_FALSE(all.feed().total().has_value());
    std::uint64_t furthest_ahead = 0;
    while (all.rows().size() < rows) {
      all.take(1);
      furthest_ahead = std::max(furthest_ahead, read - all.rows().size());
    }
    CHECK(furthest_ahead <= four_queued_and_a_row_in_hand + batch);
    CHECK(read == rows);
  }
}

TEST_CASE("a slow source's rows are passed on one by one, as they come") {
  slow_reading slow;
  auto& [source, all] = slow;
  for (std::uint64_t n = 0; n < 5; ++n) {
    all.ask(1);
    source.write(sum_row(n) + '\n');
    all.await_answer();
    REQUIRE(all.rows().size() == n + 1);
    CHECK(all.rows().back().text == sum_row(n));
    CHECK_FALSE(all.feed().total().has_value());
  }
  all.ask(1);
  source.end();
  all.await_answer();
  CHECK(all.ended());
  CHECK(all.feed().total() == 5);
}

TEST_CASE("stop() ends the wait for a row") {
  slow_reading slow;
  auto& [source, all] = slow;
  all.ask(1);
  all.feed().stop();
  all.await_answer();
  CHECK(all.ended());
  CHECK_FALSE(all.failure().has_value());
}

TEST_CASE("after stop() no row is handed out, though some were read, and the total stays unknown") {
  const test::temporary_directory directory;
  reading all(directory.file("data.jsonl", sum_rows(0, 5000)));
  all.take(10);
  all.feed().stop();
  all.take(1);
  CHECK(all.ended());
  CHECK(all.rows().size() == 10);
  CHECK_FALSE(all.feed().total().has_value());
}

TEST_CASE("a reader that is stopped in the middle of a batch has not found the end") {
  const test::temporary_directory directory;
  std::atomic<bool> reached = false, stopped = false;
  feed_options options;
  options.is_settled = [&](std::uint64_t ordinal) {
    if (ordinal != 10) return false;
    reached = true;
    wait_until([&] { return stopped.load(); });
    return false;
  };
  reading all(directory.file("data.jsonl", sum_rows(0, 5000)), options);
  wait_until([&] { return reached.load(); });
  all.feed().stop();
  stopped = true;
  for (int i = 0; i < 1000 && !all.feed().total(); ++i) std::this_thread::yield();
  CHECK_FALSE(all.feed().total().has_value());
}

TEST_CASE("a feed can be dropped at any time") {
  const test::temporary_directory directory;
  const auto path = directory.file("data.jsonl", sum_rows(0, 5000));
  for (const std::size_t taken : {0, 1, 300}) {
    reading all(path);
    all.take(taken);
  }
  reading skipping(path, {{}, [](std::uint64_t) { return true; }});
}

TEST_CASE("the total is known once the end was read") {
  const test::temporary_directory directory;
  for (const std::uint64_t count : {1, 255, 256, 257, 3000}) {
    CAPTURE(count);
    reading all(directory.file("data.jsonl", sum_rows(0, count)));
    all.take_all();
    CHECK(all.feed().total() == count);
  }
}

TEST_CASE("the limit is how many rows are read, settled ones included") {
  const test::temporary_directory directory;
  const auto path = directory.file("data.jsonl", sum_rows(0, 1000));
  struct {
    std::uint64_t limit, rows;
  } const table[] = {{0, 0}, {1, 1}, {256, 256}, {257, 257}, {1000, 1000}, {1001, 1000}};
  for (const auto& [limit, rows] : table) {
    CAPTURE(limit);
    reading all(path, {limit, {}});
    all.take_all();
    CHECK(all.rows().size() == rows);
    CHECK(all.feed().total() == rows);
  }
  reading half(path, {10, [](std::uint64_t ordinal) { return ordinal % 2 == 0; }});
  half.take_all();
  CHECK(half.taken() == ordinals{1, 3, 5, 7, 9});
  CHECK(half.feed().total() == 10);
}

TEST_CASE("at the limit no further row is waited for") {
  slow_reading slow({2, {}});
  auto& [source, all] = slow;
  source.write(sum_rows(0, 2));
  all.take(3);
  CHECK(all.ended());
  CHECK(all.taken() == ordinals{0, 1});
}

TEST_CASE("settled rows are skipped and counted, and still count into the total") {
  const test::temporary_directory directory;
  const auto path = directory.file("data.jsonl", sum_rows(0, 1000));
  reading some(path, {{}, [](std::uint64_t ordinal) { return ordinal < 990 || ordinal == 995; }});
  some.take_all();
  CHECK(some.taken() == ordinals{990, 991, 992, 993, 994, 996, 997, 998, 999});
  CHECK(some.rows()[0].text == sum_row(990));
  CHECK(some.feed().skipped() == 991);
  CHECK(some.feed().total() == 1000);

  reading none(path, {{}, [](std::uint64_t) { return true; }});
  none.take(1);
  CHECK(none.ended());
  CHECK(none.feed().skipped() == 1000);
  CHECK(none.feed().total() == 1000);
}

TEST_CASE("a bad row comes with its problem, and reading goes on") {
  const test::temporary_directory directory;
  const auto path = directory.file("data.csv", "q,a\n1,2\n1,2,3\n4,5\n");
  reading all(path);
  all.take_all();
  REQUIRE(all.rows().size() == 3);
  CHECK(all.rows()[0].problem == "");
  CHECK(all.rows()[1].problem != "");
  CHECK(all.rows()[1].text == "");
  CHECK(all.feed().where(all.rows()[1]) == path + ":3");
  CHECK(all.rows()[2].text == R"({"q":"4","a":"5"})");
}

TEST_CASE("an error of the source comes after the rows before it, and leaves the total unknown") {
  const test::temporary_directory directory;
  directory.file("a.jsonl", sum_rows(0, 3));
  directory.file("b.csv", "a,a\n1,2\n");  // two columns of one name
  reading all(directory.path() + "/?.*");
  all.take_all();
  CHECK(all.rows().size() == 3);
  REQUIRE(all.failure().has_value());
  CHECK(all.failure()->code == errc::dataset);
  CHECK(all.failure()->message.find("b.csv") != std::string::npos);
  CHECK_FALSE(all.feed().total().has_value());
}

TEST_CASE("before the end the total is about what the bytes say, and no more than the limit") {
  const test::temporary_directory directory;
  constexpr std::uint64_t rows = 20'000;
  const auto path = directory.file("data.jsonl", sum_rows(0, rows));
  for (const std::optional<std::uint64_t> limit : {std::optional<std::uint64_t>(), {5'000}}) {
    reading one(path, {.limit = limit, .is_settled = {}});
    one.take(500);
    REQUIRE_FALSE(one.feed().total().has_value());
    const double about = static_cast<double>(one.feed().total_about().value());
    const double right = static_cast<double>(limit.value_or(rows));
    CHECK(about > 0.85 * right);
    CHECK(about <= 1.15 * right);
    one.take_all();
    CHECK(one.feed().total_about() == limit.value_or(rows));
  }
}

TEST_CASE("ordered rows come window by window, each larger than the one before, always alike") {
  const test::temporary_directory directory;
  constexpr std::uint64_t rows = 20'000;
  const auto path = directory.file("data.jsonl", sum_rows(0, rows));
  ordinals before;
  for (int i = 0; i < 3; ++i) {
    reading all(path, ordered(100, 4'000));
    all.take_all();
    CHECK(all.ended());
    CHECK(all.feed().total() == rows);
    const ordinals taken = all.taken();
    if (i > 0) CHECK(taken == before);
    before = taken;
    for (const fed_row& row : all.rows()) {
      if (row.text != sum_row(row.ordinal)) FAIL("a row has another's text");
      if (row.line != row.ordinal + 1) FAIL("a row has another's line");
    }
  }
  // 100, 1600 and then 4000 rows, of ten beginnings each.
  const std::size_t windows = 2 + (rows - 1'700) / 4'000;
  CHECK(changes_in(before) > 10 * windows - 10);
  CHECK(changes_in(before) < 10 * windows + 20);
  CHECK(*std::max_element(before.begin(), before.begin() + 50) < 150);  // the first is small
  std::ranges::sort(before);
  for (std::uint64_t n = 0; n < rows; ++n) REQUIRE(before[n] == n);
}

TEST_CASE("where rows are ordered the limit, and what is settled, are the dataset's") {
  const test::temporary_directory directory;
  const auto path = directory.file("data.jsonl", sum_rows(0, 100));
  feed_options options = ordered(1'000, 1'000);
  options.limit = 22;
  options.is_settled = [](std::uint64_t ordinal) { return ordinal < 9 || ordinal == 12; };
  reading all(path, options);
  all.take_all();
  CHECK(all.taken() == ordinals{10, 20, 11, 21, 13, 14, 15, 16, 17, 18, 9, 19});
  CHECK(all.feed().total() == 22);
  CHECK(all.feed().skipped() == 10);
}

TEST_CASE("a slow source's rows are passed on as they come, though they are to be ordered") {
  std::atomic<std::uint64_t> read = 0;
  feed_options options = ordered(1'000, 1'000);
  options.is_settled = [&read](std::uint64_t) { return ++read == 0; };
  slow_reading slow(options);
  auto& [source, all] = slow;
  for (std::uint64_t n = 0; n < 5; ++n) {
    all.ask(1);
    source.write(sum_row(n) + '\n');
    all.await_answer();
    REQUIRE(all.rows().size() == n + 1);
    CHECK(all.rows().back().text == sum_row(n));
  }
  // What comes while nobody asks is ordered, but for the last one, which may come too late for it.
  source.write(sum_rows(5, 25));
  wait_until([&] { return read == 25; });
  all.ask(20);
  source.end();
  all.await_answer();
  CHECK(all.rows().size() == 25);
  CHECK(changes_in(all.taken()) <= 4 + 1 + 9 + 1);
}

TEST_CASE("a feed that orders rows can be stopped and dropped at any time") {
  const test::temporary_directory directory;
  const auto path = directory.file("data.jsonl", sum_rows(0, 20'000));
  for (const std::size_t taken : {0, 1, 300, 5'000}) {
    reading all(path, ordered(100, 4'000));
    all.take(taken);
    all.feed().stop();
    all.take(1);
    CHECK(all.ended());
    CHECK(all.rows().size() == taken);
  }
  slow_reading slow(ordered(1'000, 1'000));
  slow.all.ask(1);
  slow.all.feed().stop();
  slow.all.await_answer();
  CHECK(slow.all.ended());
}

TEST_CASE("an error of the source comes after the ordered rows before it") {
  const test::temporary_directory directory;
  directory.file("a.jsonl", sum_rows(0, 12));
  directory.file("b.csv", "a,a\n1,2\n");
  reading all(directory.path() + "/?.*", ordered(1'000, 1'000));
  all.take_all();
  CHECK(all.taken() == ordinals{0, 10, 1, 11, 2, 3, 4, 5, 6, 7, 8, 9});
  REQUIRE(all.failure().has_value());
  CHECK(all.failure()->code == errc::dataset);
  CHECK_FALSE(all.feed().total().has_value());
}

TEST_CASE("what fails where rows are ordered ends the feed with an error") {
  const test::temporary_directory directory;
  feed_options options = ordered(10, 10);
  options.beginning_of = [](const io::row& row) -> std::string {
    if (row.ordinal == 50) throw std::runtime_error("no memory");
    return "";
  };
  reading all(directory.file("data.jsonl", sum_rows(0, 100)), options);
  all.take_all();
  CHECK(all.rows().size() == 50);
  REQUIRE(all.failure().has_value());
  CHECK(all.failure()->message.find("no memory") != std::string::npos);
}
