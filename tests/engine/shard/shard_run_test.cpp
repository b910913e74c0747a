#include "engine/shard/shard_run.hpp"

#include <doctest/doctest.h>

#include <filesystem>

#include "tests/support/limit_of_descriptors.hpp"
#include "tests/support/temporary_directory.hpp"
#include "tests/support/unreadable.hpp"

using namespace retort;
using namespace retort::test;

namespace {

engine::config whole_run() {
  engine::config out;
  out.run_dir = "runs/a";
  out.models.resize(1);
  return out;
}

}  // namespace

TEST_CASE("a shard is the run below its run's directory, over its records") {
  auto shard = engine::shard_of(whole_run(), 3, 12);
  REQUIRE(shard.has_value());
  CHECK(shard->run_dir == "runs/a/shards/0003-of-0012");
  const io::row_part rows = engine::rows_of(*shard);
  CHECK(rows.block == 16);  // for good: ledgers were made by it
  CHECK(rows.index == 3);
  CHECK(rows.count == 12);
  CHECK(rows.has(48));
  CHECK(!rows.has(47));
  CHECK(engine::rows_of(whole_run()).has(47));
  const engine::config whole = engine::whole_of(*shard);
  CHECK(whole.run_dir == "runs/a");
  CHECK(!whole.shard);
}

TEST_CASE("the shards of a run are those with just such a name") {
  const temporary_directory dir;
  CHECK(engine::shards_in(dir.path()).value().empty());
  for (const char* name : {"0001-of-0004", "0000-of-0004", "10000-of-12000", "0003-of-0003",
                           "1-of-4", "0001-of-0004.1", "notes", "-of-", "0000-of-0000"}) {
    std::filesystem::create_directories(dir.path() + "/shards/" + name);
  }
  const auto found = engine::shards_in(dir.path()).value();
  REQUIRE(found.size() == 3);
  CHECK(found[0].path == engine::shard_directory(dir.path(), 0, 4));
  CHECK(found[1].index == 1);
  CHECK(found[2].index == 10'000);
  CHECK(found[2].count == 12'000);
}

TEST_CASE("shards that cannot be looked for are not none") {
  const temporary_directory dir;
  std::filesystem::create_directories(dir.path() + "/shards/0001-of-0004");
  {
    const limit_of_descriptors low(3);
    CHECK(engine::shards_in(dir.path()).error().code == errc::disk);
  }
  make_unreadable(dir.path() + "/shards");
  const auto found = engine::shards_in(dir.path());
  REQUIRE_FALSE(found.has_value());
  CHECK(found.error().code == errc::unreadable);
  CHECK(found.error().message.starts_with(dir.path() + "/shards: cannot look at it: "));
}

TEST_CASE("filter.unique of a step that others go on from has no shards") {
  engine::config run = whole_run();
  run.filter.unique.emplace();
  CHECK(engine::shard_of(run, 0, 2).has_value());
  run.earlier.push_back(run);
  run.earlier[0].step = "draft";
  const auto refused = engine::shard_of(run, 0, 2);
  REQUIRE(!refused);
  CHECK(refused.error().code == errc::usage);
  CHECK(refused.error().message.starts_with("step draft has filter.unique"));
}
