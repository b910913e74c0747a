#include "engine/directory/adoption.hpp"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/file.h>

#include <filesystem>

#include "engine/directory/run_facts.hpp"
#include "engine/directory/spending_note.hpp"
#include "engine/shard/shard_run.hpp"
#include "tests/support/limit_of_descriptors.hpp"
#include "tests/support/samples.hpp"
#include "tests/support/temporary_directory.hpp"
#include "tests/support/unreadable.hpp"

using namespace retort;
using namespace retort::test;
using engine::adoption_note;

namespace {

struct divided_run {
  temporary_directory dir;
  engine::config whole;

  divided_run() {
    whole.run = "a";
    whole.prompt.user = "{{question}}";
    whole.models.resize(1);
    whole.models[0].model = "m";
    whole.run_dir = dir.path();
  }
  engine::config shard(std::uint32_t i, std::uint32_t n) const {
    return engine::shard_of(whole, i, n).value();
  }
  // What a shard, or the whole, has left.
  std::string leave(const engine::config& run, const std::vector<engine::sample>& samples) const {
    std::filesystem::create_directories(run.run_dir);
    engine::record_config({run.run_dir}, run).value();
    const std::string name =
        std::filesystem::path(run.run_dir).lexically_relative(dir.path()).string();
    return dir.file(name + "/ledger.jsonl", ledger_of(samples));
  }
  std::uint64_t adopt(const engine::config& run) const {
    std::filesystem::create_directories(run.run_dir);
    engine::record_config({run.run_dir}, run).value();
    const std::string own = run.run_dir + "/ledger.jsonl";
    auto into = io::ledger_log::open(own, {}).value();
    const auto others = engine::other_ledgers::hold(run);
    const auto copied = engine::adopt_lines(run, others.value(), own, *into, nullptr);
    into->close().value();
    return copied.value();
  }
  static std::vector<std::uint64_t> ordinals_in(const engine::config& run) {
    std::vector<std::uint64_t> out;
    for (const auto& one : samples_in(run.run_dir + "/ledger.jsonl")) {
      out.push_back(one.key.ordinal);
    }
    return out;
  }
};

}  // namespace

TEST_CASE("a shard adopts the lines of its own records, as they are, and no line twice") {
  const divided_run of;
  of.leave(of.shard(0, 2), {answered(3, "4"), answered(40, "41"), answered(32, "33")});
  of.leave(of.shard(1, 2), {failed(17, providers::failure_kind::timeout), answered(17, "18")});
  const engine::config now = of.shard(2, 3);
  CHECK(of.adopt(now) == 2);
  CHECK(content_of(now.run_dir + "/ledger.jsonl") ==
        ledger_of({answered(40, "41"), answered(32, "33")}));
  CHECK(of.adopt(now) == 0);
  CHECK(of.adopt(of.shard(1, 3)) == 2);
  CHECK(of.adopt(of.shard(0, 3)) == 1);
  // All of a run takes over from all of its shards, of whatever number.
  CHECK(of.adopt(of.whole) == 5);
  // And one who was killed in the middle goes on behind what is there.
  of.leave(now, {answered(40, "41")});
  CHECK(of.adopt(now) == 1);
  CHECK(divided_run::ordinals_in(now) == std::vector<std::uint64_t>{40, 32});
}

TEST_CASE("shards of the same number are nobody's others, and ledgers without samples neither") {
  const divided_run of;
  of.leave(of.shard(0, 2), {answered(3, "4")});
  of.leave(of.shard(0, 5), {});
  of.dir.file("shards/0001-of-0005/ledger.jsonl", "");
  const auto others = engine::other_ledgers::hold(of.shard(1, 2));
  REQUIRE(others.has_value());
  CHECK(others->all().empty());
}

TEST_CASE("more ledgers are held at once than a shell lets be open") {
  const divided_run of;
  for (std::uint32_t i = 0; i < 40; ++i) of.leave(of.shard(i, 40), {answered(16 * i, "1")});
  const limit_of_descriptors low(30);
  const auto others = engine::other_ledgers::hold(of.whole);
  REQUIRE(others.has_value());
  CHECK(others->all().size() == 40);
}

TEST_CASE(
    "a ledger that is being written is busy, and one with batches away is for as many shards as "
    "then") {
  const divided_run of;
  const std::string path = of.leave(of.shard(0, 2), {answered(3, "4")});
  {
    auto held = io::file::open(path, O_RDWR).value();
    REQUIRE(held->lock().has_value());
    const auto others = engine::other_ledgers::hold(of.shard(0, 3));
    REQUIRE(!others);
    CHECK(others.error().code == errc::busy);
    CHECK(others.error().message.starts_with(of.shard(0, 2).run_dir + " is being written"));
  }
  // Several may read it at once.
  const auto first = engine::other_ledgers::hold(of.shard(0, 3));
  const auto second = engine::other_ledgers::hold(of.shard(1, 3));
  CHECK(first.has_value());
  CHECK(second.has_value());
  CHECK(io::ledger_log::open(path, {}).error().code == errc::busy);
  of.dir.file("shards/0000-of-0002/batches/1.jsonl", "{}");
  CHECK(engine::other_ledgers::hold(of.shard(2, 3)).error().code == errc::usage);
}

TEST_CASE("who has not said its end is at work as long as its file system's clock says so") {
  const divided_run of;
  const engine::config one = of.shard(0, 2);
  const engine::run_directory where{one.run_dir};
  const std::string ledger = of.leave(one, {answered(3, "4")});
  CHECK(engine::may_be_at_work(where, 2).value());
  const auto ago = [&](std::chrono::seconds since) {
    std::filesystem::last_write_time(ledger, std::filesystem::file_time_type::clock::now() - since);
  };
  ago(engine::silence_limit(2) - std::chrono::seconds(20));
  CHECK(engine::may_be_at_work(where, 2).value());
  ago(engine::silence_limit(2) + std::chrono::seconds(20));
  CHECK_FALSE(engine::may_be_at_work(where, 2).value());
  CHECK(engine::may_be_at_work(where, 1000).value());  // which gives its signs more seldom
  ago(std::chrono::seconds(0));
  engine::run_facts ended = engine::facts_of(one);
  ended.ended_ms = 1;
  of.dir.file("shards/0000-of-0002/summary.json", engine::encode(ended));
  CHECK_FALSE(engine::may_be_at_work(where, 2).value());
  const auto files = std::filesystem::directory_iterator(where.path);
  CHECK(std::distance(begin(files), end(files)) == 4);  // as before
}

TEST_CASE("what was paid for is passed over no more than lines are, though no ledger tells of it") {
  divided_run of;
  of.leave(of.shard(0, 2), {});
  const auto refused = [&of] {
    const auto others = engine::other_ledgers::hold(of.shard(0, 3));
    return others ? "" : others.error().message;
  };
  of.dir.file("shards/0000-of-0002/batches/1.jsonl.new", "{}");  // a draft: it was never sent
  CHECK(refused() == "");
  of.dir.file("shards/0000-of-0002/batches/1.jsonl", "{}");
  CHECK(refused().find("has batches away, which only as many shards as then") != std::string::npos);
  of.whole.models[0].model = "other";
  CHECK(refused().find("holds answers to another config: ") != std::string::npos);
  of.whole.models[0].model = "m";
  std::filesystem::remove(of.shard(0, 2).run_dir + "/batches/1.jsonl");
  CHECK(refused() == "");
  of.dir.file("shards/0000-of-0002/spending.json",
              engine::encode(engine::spending_note{{}, {.tokens = 7}}));
  const auto spent = engine::other_ledgers::hold(of.shard(0, 3));
  REQUIRE(spent.has_value());
  CHECK(spent->all().size() == 1);
  CHECK(spent->has_news({}));
}

TEST_CASE("what may hold answers and cannot be looked at is not gone on without") {
  const divided_run of;
  const std::string other = of.shard(0, 2).run_dir;
  of.leave(of.shard(0, 2), {answered(3, "4")});
  of.leave(of.whole, {answered(35, "36")});
  for (const std::string& path : {of.dir.path() + "/shards", other, other + "/ledger.jsonl",
                                  other + "/batches", other + "/manifest.json"}) {
    CAPTURE(path);
    make_unreadable(path);
    const auto others = engine::other_ledgers::hold(of.whole);
    REQUIRE_FALSE(others.has_value());
    CHECK(others.error().code == errc::unreadable);
    CHECK(others.error().message.starts_with(path));
    make_readable(path);
  }
  make_unreadable(of.dir.path() + "/ledger.jsonl");
  CHECK(engine::other_ledgers::hold(of.shard(0, 3)).error().code == errc::unreadable);
  make_unreadable(of.dir.path() + "/adopted.json");
  CHECK(engine::read_adoption({of.dir.path()}).error().code == errc::unreadable);
}

TEST_CASE("answers to another config are not adopted") {
  divided_run of;
  of.leave(of.shard(0, 2), {answered(3, "4")});
  of.whole.models[0].model = "other";
  const auto others = engine::other_ledgers::hold(of.shard(0, 3));
  REQUIRE(!others);
  CHECK(others.error().code == errc::mismatch);
  CHECK(others.error().message.find("holds answers to another config: ") != std::string::npos);
  std::filesystem::remove(of.shard(0, 2).run_dir + "/manifest.json");
  CHECK(engine::other_ledgers::hold(of.shard(0, 3)).error().message.find("no manifest.json") !=
        std::string::npos);
}

TEST_CASE("what was adopted is noted, and news are what came since") {
  const divided_run of;
  const std::string path = of.leave(of.shard(0, 2), {answered(3, "4")});
  const auto others = engine::other_ledgers::hold(of.shard(0, 3)).value();
  adoption_note note;
  CHECK(others.has_news(note));
  note.seen = others.sizes();
  CHECK(note.seen.begin()->first == "shards/0000-of-0002/ledger.jsonl");
  note.beyond_share = {-5, std::nullopt};
  note.begun = engine::budget_left{std::nullopt, 7};
  const engine::run_directory where{of.dir.path()};
  CHECK(!engine::read_adoption(where).value());
  REQUIRE(engine::save_adoption(where, note).has_value());
  CHECK(*engine::read_adoption(where).value() == note);
  CHECK(!others.has_news(note));
  of.leave(of.shard(0, 2), {answered(3, "4"), answered(4, "5")});
  CHECK(engine::other_ledgers::hold(of.shard(0, 3)).value().has_news(note));
  of.dir.file("adopted.json", "{}");
  CHECK(engine::read_adoption(where).error().code == errc::mismatch);
}
