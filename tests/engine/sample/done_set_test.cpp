#include "engine/sample/done_set.hpp"

#include <doctest/doctest.h>

#include <cstdint>
#include <limits>
#include <vector>

using namespace retort::engine;

namespace {

struct line {
  verdict what;
  bool open;
};
constexpr line accepted{verdict::accepted, false};
constexpr line rejected{verdict::rejected, false};
constexpr line failed{verdict::failed, false};
constexpr line transient{verdict::failed, true};

slot_layout layout_of(std::uint32_t variants, std::uint32_t n = 1) {
  slot_layout out;
  out.add_step(variants, n);
  return out;
}

}  // namespace

TEST_CASE("the lines of one sample: what is news, what settles it, what counts as failed") {
  struct {
    const char* name;
    std::vector<line> lines;
    std::vector<bool> news;
    bool settled, counts_as_failed;
  } const table[] = {
      {"accepted", {accepted}, {true}, true, false},
      {"rejected", {rejected}, {true}, true, false},
      {"failed for good", {failed}, {true}, true, true},
      {"failed, open", {transient}, {true}, false, true},
      {"open again and again", {transient, transient}, {true, true}, false, true},
      {"open, then accepted", {transient, accepted}, {true, true}, true, false},
      {"open, then rejected", {transient, rejected}, {true, true}, true, false},
      {"open, then failed for good", {transient, failed}, {true, true}, true, true},
      {"a settled sample stays what it is",
       {accepted, rejected, failed, transient},
       {true, false, false, false},
       true,
       false},
      {"also one that failed for good", {failed, accepted}, {true, false}, true, true},
  };
  for (const auto& [name, lines, news, settled, counts_as_failed] : table) {
    CAPTURE(name);
    done_set done(layout_of(1));
    for (std::size_t i = 0; i < lines.size(); ++i) {
      CHECK(done.note({7, 0, 0}, lines[i].what, lines[i].open) == news[i]);
    }
    CHECK(done.is_settled({7, 0, 0}) == settled);
    CHECK(done.settled() == (settled ? 1 : 0));
    CHECK(done.failed() == (counts_as_failed ? 1 : 0));
  }
}

TEST_CASE("an answer whose verdict is awaited is news, and neither settled nor failed") {
  done_set done(layout_of(1));
  const auto note = [&](verdict what, bool open, bool is_awaited) {
    return done.note({7, 0, 0}, what, open, is_awaited);
  };
  CHECK(note(verdict::failed, true, true));
  CHECK_FALSE(done.is_settled({7, 0, 0}));
  CHECK(done.failed() == 0);
  CHECK(note(verdict::failed, true, false));  // its judge was away in the end
  CHECK(note(verdict::failed, true, true));
  CHECK(done.failed() == 1);
  CHECK(note(verdict::accepted, false, false));
  CHECK_FALSE(note(verdict::failed, true, true));
  CHECK(done.failed() == 0);
}

TEST_CASE("nothing is settled in an empty set") {
  const done_set done(layout_of(3));
  CHECK(done.settled() == 0);
  CHECK(done.failed() == 0);
  CHECK(done.settled_of(0) == 0);
  CHECK_FALSE(done.is_settled({0, 2, 0}));
}

TEST_CASE("of a record it is known which of its samples are settled") {
  done_set done(layout_of(3));
  std::uint32_t settled = 0;
  for (const std::uint32_t variant : {2, 0, 1}) {
    CHECK(done.settled_of(5) == settled++);
    CHECK(done.note({5, variant, 0}, verdict::accepted, false));
    CHECK(done.is_settled({5, variant, 0}));
  }
  CHECK(done.settled_of(5) == 3);
  CHECK(done.settled_of(4) == 0);
  CHECK(done.settled() == 3);
}

TEST_CASE("several samples of a variant are kept apart, and say what became of them") {
  done_set done(layout_of(2, 3));
  done.note({1, 0, 0}, verdict::accepted, false);
  done.note({1, 0, 2}, verdict::rejected, false);
  done.note({1, 1, 0}, verdict::failed, false);
  done.note({1, 1, 1}, verdict::failed, true);
  using enum slot_state;
  CHECK(done.history_of(1) == record_history{accepted, open, rejected, failed, open, open});
  CHECK(done.history_of(0) == record_history(6, open));
  CHECK(done.history_of(2) == record_history(6, open));
  CHECK(done.settled_of(1) == 3);
  CHECK(done.has_failed({1, 1, 1}));
  CHECK_FALSE(done.is_settled({1, 0, 1}));
}

TEST_CASE("samples beside a settled one are not taken for it") {
  constexpr std::uint32_t variants = 3;
  for (std::uint32_t variant = 0; variant < variants; ++variant) {
    done_set done(layout_of(variants));
    done.note({10, variant, 0}, verdict::accepted, false);
    for (std::uint64_t ordinal = 8; ordinal < 13; ++ordinal) {
      for (std::uint32_t other = 0; other < variants; ++other) {
        CHECK(done.is_settled({ordinal, other, 0}) == (ordinal == 10 && other == variant));
      }
    }
  }
}

TEST_CASE("ordinals beyond 32 bits are kept apart") {
  done_set done(layout_of(2));
  const std::uint64_t far = std::uint64_t{1} << 40;
  done.note({far, 1, 0}, verdict::rejected, false);
  CHECK(done.is_settled({far, 1, 0}));
  CHECK_FALSE(done.is_settled({far, 0, 0}));
  CHECK_FALSE(done.is_settled({far & std::numeric_limits<std::uint32_t>::max(), 1, 0}));
}

TEST_CASE(
    "those who asked have left what failed, and each record that has a sample is found once") {
  done_set done(layout_of(2, 2));
  const std::uint64_t far = std::uint64_t{1} << 40;
  for (const std::uint64_t ordinal : {far, std::uint64_t{3}}) {
    done.note({ordinal, 0, 0}, verdict::failed, true);
    done.note({ordinal, 0, 1}, verdict::failed, false);
    done.note({ordinal, 1, 1}, verdict::rejected, false);
  }
  done.note({5, 0, 0}, verdict::failed, true);
  using enum slot_state;
  CHECK(done.history_of(far) == record_history{open, failed, open, rejected});
  CHECK(done.as_left(far) == record_history{failed, failed, open, rejected});
  CHECK(done.as_left(4) == record_history(4, open));
  std::vector<std::uint64_t> records;
  done.for_records([&](std::uint64_t ordinal) { records.push_back(ordinal); });
  CHECK(records == std::vector<std::uint64_t>{3, far});
}
