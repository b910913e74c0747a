#include "engine/directory/spending_note.hpp"

#include <doctest/doctest.h>

#include "tests/support/temporary_directory.hpp"

using namespace retort;
using namespace retort::engine;

TEST_CASE("what was spent beyond the ledger is read as it was written") {
  const test::temporary_directory files;
  const run_directory where{files.path()};
  CHECK(read_spending(where).value() == spending_note());
  spending_note note{{-3, 5'000'000'001}, {1200, 0}};
  files.file("spending.json", encode(note));
  CHECK(read_spending(where).value() == note);
  CHECK(encode(note) ==
        R"({"retort_spending":1,"beyond_ledger":{"tokens":-3,"usd_nanos":5000000001},)"
        R"("under_way":{"tokens":1200,"usd_nanos":0}})"
        "\n");
  note = {{}, {1200, 0}, budget::amount{7, 900}, 4096};
  files.file("spending.json", encode(note));
  CHECK(read_spending(where).value() == note);
  CHECK(encode(note) ==
        R"({"retort_spending":1,"spent":{"tokens":7,"usd_nanos":900},"ledger_bytes":4096,)"
        R"("under_way":{"tokens":1200,"usd_nanos":0}})"
        "\n");
}

TEST_CASE("what was spent stays what it was when its lines come to less by the prices of today") {
  const spending_note note{{}, {}, budget::amount{100, 900}, 4096};
  CHECK(note.beyond({90, 400}) == budget::amount{10, 500});
  CHECK(note.beyond({90, 1000}) == budget::amount{10, -100});
  CHECK(spending_note{{5, 6}, {}}.beyond({90, 400}) == budget::amount{5, 6});
  CHECK_FALSE(note.is_nothing());
  CHECK(spending_note{{}, {}, budget::amount{}, 4096}.is_nothing());
}

TEST_CASE("a note that is none of ours is no note of nothing") {
  const test::temporary_directory files;
  for (const char* const text :
       {"", "{}", "[1]", R"({"retort_spending":2})", R"({"retort_spending":1,"beyond_ledger":{}})",
        R"({"retort_spending":1,"spent":{"tokens":1,"usd_nanos":1},)"
        R"("under_way":{"tokens":0,"usd_nanos":0}})"}) {
    files.file("spending.json", text);
    const auto read = read_spending({files.path()});
    REQUIRE_FALSE(read.has_value());
    CHECK(read.error().code == errc::mismatch);
  }
}
