#include "engine/look/found_run.hpp"

#include <doctest/doctest.h>
#include <fcntl.h>

#include "io/file/file.hpp"
#include "tests/support/samples.hpp"
#include "tests/support/temporary_directory.hpp"
#include "tests/support/unreadable.hpp"

using namespace retort;
using namespace retort::engine;

TEST_CASE("whoever holds a ledger is seen, and not disturbed") {
  const test::temporary_directory root;
  const std::string path = root.file("ledger.jsonl", test::ledger_of({}));
  const std::string other = root.file("other", "");
  CHECK_FALSE(is_locked(path));
  auto held = io::file::open(path, O_RDWR);
  REQUIRE(held.has_value());
  REQUIRE((*held)->lock().has_value());
  CHECK(is_locked(path));
  CHECK_FALSE(is_locked(other));
  CHECK((*look_at(root.path()))->is_at_work);
  held->reset();
  CHECK_FALSE(is_locked(path));
}

TEST_CASE("what is no run is refused with what was expected") {
  const test::temporary_directory root;
  for (const std::string& named : {root.path(), root.path() + "/none", std::string()}) {
    const auto found = find_run(named);
    REQUIRE_FALSE(found.has_value());
    CHECK(found.error().code == errc::usage);
    CHECK(found.error().message.find("is no run: expected a directory with a ledger.jsonl") !=
          std::string::npos);
  }
}

TEST_CASE("a directory is found by its path, and no other file is") {
  const test::temporary_directory root;
  CHECK(find_directory(root.path()).value() == root.path());
  for (const std::string& named :
       {root.path() + "/none", root.file("run.yaml", ""), std::string()}) {
    CHECK(find_directory(named).value() == std::nullopt);
  }
  test::make_unreadable(root.path() + "/run");
  REQUIRE_FALSE(find_directory(root.path() + "/run").has_value());
  CHECK(find_directory(root.path() + "/run").error().code == errc::unreadable);
}

TEST_CASE("what cannot be looked at is not called no run") {
  const test::temporary_directory root;
  const auto check_unreadable = [&](const std::string& path) {
    test::make_unreadable(root.path() + path);
    const auto found = find_run(root.path() + "/run");
    REQUIRE_FALSE(found.has_value());
    CHECK(found.error().code == errc::unreadable);
    CHECK(found.error().message.starts_with(root.path() + path));
    test::make_readable(root.path() + path);
  };
  root.file("run/shards/0000-of-0001/ledger.jsonl", "");
  check_unreadable("/run/shards");
  root.file("run/ledger.jsonl", "");
  root.file("run/summary.json", "");
  for (const char* one : {"/run/ledger.jsonl", "/run/summary.json", "/run"}) check_unreadable(one);
}

TEST_CASE("a run's counts hold while nothing is behind them in the ledger") {
  found_run of;
  of.ledger_bytes = 10;
  CHECK_FALSE(of.is_summed_up());
  of.facts.emplace();
  of.facts->ended_ms = 1;
  of.facts->ledger_bytes = 10;
  CHECK(of.is_summed_up());
  of.ledger_bytes = 11;
  CHECK_FALSE(of.is_summed_up());
  of.ledger_bytes = 10;
  of.is_at_work = true;
  CHECK_FALSE(of.is_summed_up());
}
