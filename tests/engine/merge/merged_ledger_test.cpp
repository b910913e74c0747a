#include "engine/merge/merged_ledger.hpp"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <vector>

#include "tests/support/limit_of_descriptors.hpp"
#include "tests/support/samples.hpp"
#include "tests/support/temporary_directory.hpp"

using namespace retort;
using namespace retort::test;
using engine::ledger_source;

namespace {

struct merging {
  temporary_directory dir;
  std::vector<ledger_source> from;
  engine::merge_rules rules;

  void add(const std::vector<engine::sample>& samples, io::row_part part = {}) {
    const std::string name = "ledger" + std::to_string(from.size());
    from.push_back({dir.file(name, ledger_of(samples)), part});
  }
  result<engine::merged_lines> merge() {
    auto to = io::file::open(dir.path() + "/merged", O_RDWR | O_CREAT).value();
    return engine::merge_ledgers(from, *to, dir.path(), rules);
  }  // As `ulimit -n` and others at work leave it: so few files may be opened beside those that
     // are.
  bool can_merge_with(int descriptors) {
    const pid_t child = ::fork();
    if (child == 0) {
      const rlimit low{64, 64};
      ::setrlimit(RLIMIT_NOFILE, &low);
      int last = 0;
      for (int made = 0; made >= 0; made = ::dup(STDERR_FILENO)) last = made;
      while (descriptors-- > 0) ::close(last--);
      ::_exit(merge().has_value() ? 0 : 1);
    }
    int status = 1;
    return ::waitpid(child, &status, 0) == child && status == 0;
  }
  std::vector<std::uint64_t> ordinals() const {
    std::vector<std::uint64_t> out;
    for (const auto& one : samples_in(dir.path() + "/merged")) out.push_back(one.key.ordinal);
    return out;
  }
  std::string content() const { return content_of(dir.path() + "/merged"); }
};

engine::sample open_one(std::uint64_t ordinal) {
  return failed(ordinal, providers::failure_kind::rate_limited);
}

}  // namespace

TEST_CASE("ledgers become one in the dataset's order, each line as it was") {
  merging of;
  of.add({answered(17, "18"), answered(0, "1"), answered(16, "17")});
  of.add({answered(35, "36"), answered(32, "33")});
  of.from.push_back({of.dir.path() + "/missing"});
  const auto done = of.merge();
  REQUIRE(done.has_value());
  CHECK(done->lines == 5);
  CHECK(of.content() == ledger_of({answered(0, "1"), answered(16, "17"), answered(17, "18"),
                                   answered(32, "33"), answered(35, "36")}));
  CHECK(done->bytes + io::ledger_header().size() == of.content().size());
  // Whatever the order of the ledgers.
  const std::string before = of.content();
  std::swap(of.from[0], of.from[1]);
  REQUIRE(of.merge().has_value());
  CHECK(of.content() == before);
}

TEST_CASE("of no lines there is an empty ledger, and a longer one is cut") {
  merging of;
  of.add({answered(1, "2")});
  REQUIRE(of.merge().has_value());
  of.from.clear();
  REQUIRE(of.merge().has_value());
  CHECK(of.content() == io::ledger_header());
}

TEST_CASE("a line that several ledgers have stands there once") {
  merging of;
  of.add({open_one(3), answered(3, "4")});
  of.add({open_one(3)});
  of.add({open_one(3), answered(3, "4"), answered(5, "6")});
  const auto done = of.merge();
  REQUIRE(done.has_value());
  CHECK(done->copies == 3);
  CHECK(of.content() == ledger_of({open_one(3), answered(3, "4"), answered(5, "6")}));
}

TEST_CASE("a sample that two ledgers settled in their own ways is refused, unless told") {
  merging of;
  of.add({answered(3, "4")});
  of.add({answered(3, "5")});
  const auto refused = of.merge();
  REQUIRE(!refused);
  CHECK(refused.error().code == errc::mismatch);
  CHECK(refused.error().message.find("ledger0 and ") != std::string::npos);
  CHECK(refused.error().message.find("record 3 (variant 0, sample 0)") != std::string::npos);
  of.rules.allow_overlaps = true;
  const auto done = of.merge();
  REQUIRE(done.has_value());
  CHECK(done->overlaps == 1);
  CHECK(of.content() == ledger_of({answered(3, "4"), answered(3, "5")}));
}

TEST_CASE("a ledger that settles a sample again, and another that has copies of that, are fine") {
  merging of;
  of.add({answered(3, "4"), answered(3, "5")});
  of.add({answered(3, "4")});
  const auto done = of.merge();
  REQUIRE(done.has_value());
  CHECK(done->overlaps == 0);
  CHECK(done->copies == 1);
}

namespace {

engine::sample answer_to_3(std::uint32_t k, bool has_more, const char* text = "4") {
  engine::sample out = answered(3, text);
  out.key.k = k;
  out.has_more = has_more;
  return out;
}

}  // namespace

TEST_CASE("a record's samples stand in their order, and as they came where more was under way") {
  merging of;
  const auto first = answer_to_3(2, true), second = answer_to_3(0, true);
  const auto last = answer_to_3(1, false);
  of.add({first, answered(5, "6"), second, last});
  of.add({answered(2, "3"), first});
  const auto done = of.merge();
  REQUIRE(done.has_value());
  CHECK(done->copies == 1);
  const std::string whole = ledger_of({answered(2, "3"), first, second, last, answered(5, "6")});
  CHECK(of.content() == whole);
  // With what was merged before, and the ledgers the other way round.
  std::swap(of.from[0], of.from[1]);
  of.from.insert(of.from.begin(), {of.dir.file("before", whole)});
  REQUIRE(of.merge().has_value());
  CHECK(of.content() == whole);
  merging calm;
  calm.add({answer_to_3(2, false), answer_to_3(0, false), answer_to_3(1, false)});
  REQUIRE(calm.merge().has_value());
  CHECK(calm.content() ==
        ledger_of({answer_to_3(0, false), answer_to_3(1, false), answer_to_3(2, false)}));
}

TEST_CASE("what another ledger adopted stands where it came from, and what came behind it behind") {
  merging of;
  const auto cut = answer_to_3(1, true), again = answer_to_3(2, true), last = answer_to_3(0, false);
  of.add({cut});
  of.add({answered(19, "20"), cut, again, last});
  REQUIRE(of.merge().has_value());
  CHECK(of.content() == ledger_of({cut, again, last, answered(19, "20")}));
}

TEST_CASE("as they came the first of the ledgers has the last word as well") {
  merging of;
  const auto one = answer_to_3(1, true), other = answer_to_3(1, true, "5");
  const auto before = answer_to_3(2, true), last = answer_to_3(0, false);
  of.add({one});
  of.add({before, other, last});
  CHECK(of.merge().error().message.find("record 3 (variant 0, sample 1)") != std::string::npos);
  of.rules.allow_overlaps = true;
  REQUIRE(of.merge().has_value());
  CHECK(of.content() == ledger_of({one, before, other, last}));
}

TEST_CASE("a record that is not the ledger's own is refused") {
  merging of;
  of.add({answered(15, "16"), answered(16, "17")}, {16, 0, 2});
  CHECK(of.merge().error().message ==
        of.from[0].path + ": line 3 holds a sample of record 16, which is not this shard's");
}

TEST_CASE("damaged lines are refused, unless they may be missing") {
  merging of;
  std::string text = ledger_of({answered(1, "2"), answered(2, "3")});
  text[text.find("What is 1")] = 'w';
  of.from.push_back({of.dir.file("damaged", text)});
  CHECK(of.merge().error().message.find("1 damaged lines (the first is line 2)") !=
        std::string::npos);
  of.rules.allow_damage = true;
  REQUIRE(of.merge().has_value());
  CHECK(of.ordinals() == std::vector<std::uint64_t>{2});
}

TEST_CASE("what is no ledger of ours is refused") {
  merging of;
  of.from.push_back({of.dir.file("other", "{\"a\":1}\n")});
  CHECK(of.merge().error().code == errc::mismatch);
  of.from = {{of.dir.file("numbers", numbered_ledger(2))}};
  CHECK(of.merge().error().message.find("numbers: line 2 ") != std::string::npos);
}

namespace {

// 200 lines in each of 40 ledgers; returns what they are to become.
std::string add_many(merging& of) {
  std::vector<engine::sample> all;
  for (std::uint64_t i = 0; i < 40; ++i) {
    std::vector<engine::sample> own;
    for (std::uint64_t n = 200; n-- > 0;) {
      const std::uint64_t ordinal = n / 16 * 16 * 40 + i * 16 + n % 16;
      own.push_back(answered(ordinal, std::string(ordinal % 700, 'x')));
    }
    of.add(own, {16, i, 40});
    all.insert(all.end(), own.begin(), own.end());
  }
  std::ranges::sort(all, {}, [](const engine::sample& one) { return one.key.ordinal; });
  return ledger_of(all);
}

}  // namespace

TEST_CASE("many ledgers whose lines are far from their order become one") {
  merging of;
  const std::string whole = add_many(of);
  REQUIRE(of.merge().has_value());
  CHECK(of.content() == whole);
}

TEST_CASE("more ledgers than a shell lets be open are merged: the limit is raised") {
  merging of;
  const std::string whole = add_many(of);
  const limit_of_descriptors low(30);
  REQUIRE(of.merge().has_value());
  CHECK(of.content() == whole);
  CHECK(limit_of_descriptors::now() == std::min<rlim_t>(low.hard(), 40 + 64));
}

TEST_CASE("more ledgers than there are descriptors left for are merged, in turns") {
  merging of;
  const std::string whole = add_many(of);
  for (const int left : {20, 4, 2}) {
    CAPTURE(left);
    CHECK(of.can_merge_with(left));
    CHECK(of.content() == whole);
    std::filesystem::remove(of.dir.path() + "/merged");
  }
  CHECK_FALSE(of.can_merge_with(1));  // one is for what is made
}

TEST_CASE("who hears the lines of a merge hears the ledger that is made") {
  merging of;
  std::vector<engine::sample> all;
  for (std::uint64_t i = 0; i < 2000; ++i) all.push_back(answered(i, std::string(i % 1500, 'x')));
  of.add({all.rbegin(), all.rend()});
  std::vector<std::string> heard, there;
  const auto note = [](std::vector<std::string>& into, const io::ledger_line& line) {
    into.push_back(fmt::format("{} {} {}", line.line, line.offset, line.text));
  };
  auto to = io::file::open(of.dir.path() + "/merged", O_RDWR | O_CREAT).value();
  const auto hear = [&](const io::ledger_line& line) { note(heard, line); };
  REQUIRE(engine::merge_ledgers(of.from, *to, of.dir.path(), {}, nullptr, hear).has_value());
  const auto read = [&](const io::ledger_line& line) {
    note(there, line);
    return true;
  };
  REQUIRE(io::scan_ledger(of.dir.path() + "/merged", read).has_value());
  CHECK(there.size() == 2000);
  CHECK(heard == there);
}

TEST_CASE("a merge that is stopped says so") {
  merging of;
  of.add({answered(1, "2")});
  io::interrupt stop;
  stop.raise();
  auto to = io::file::open(of.dir.path() + "/merged", O_RDWR | O_CREAT).value();
  CHECK(engine::merge_ledgers(of.from, *to, of.dir.path(), {}, &stop).error().code ==
        errc::cancelled);
}
