#include "engine/directory/paid_work.hpp"

#include <doctest/doctest.h>

#include <filesystem>

#include "engine/directory/spending_note.hpp"
#include "tests/support/samples.hpp"
#include "tests/support/temporary_directory.hpp"

using namespace retort;
using namespace retort::engine;

namespace {

struct place {
  test::temporary_directory directory;
  run_directory where{directory.path()};

  bool is_paid() const { return has_paid_work(where).value(); }
  bool is_away() const { return has_batches_away(where).value(); }
  void write(const std::string& name, const std::string& content) const {
    directory.file(name, content);
  }
  void remove(const std::string& name) const {
    std::filesystem::remove(directory.path() + "/" + name);
  }
};

}  // namespace

TEST_CASE("nothing was paid for by who has only begun") {
  const place of;
  CHECK_FALSE(of.is_paid());
  of.write("ledger.jsonl", "");
  CHECK_FALSE(of.is_paid());
  of.write("ledger.jsonl", io::ledger_header());
  of.write("manifest.json", "{}");
  of.write("spending.json", encode(spending_note()));
  CHECK_FALSE(of.is_paid());
  CHECK_FALSE(of.is_away());
}

TEST_CASE("a line, a batch that was sent and a note of what was spent were paid for") {
  const place of;
  of.write("ledger.jsonl", test::ledger_of({test::answered(0, "1")}));
  CHECK(of.is_paid());
  CHECK_FALSE(of.is_away());
  of.remove("ledger.jsonl");
  for (const char* leaving : {"1.jsonl.new", "1.id", "1.results"}) {
    of.write(std::string("batches/") + leaving, "x");
    CHECK_FALSE(of.is_paid());
  }
  of.write("batches/1.jsonl", "x");
  CHECK(of.is_away());
  CHECK(of.is_paid());
  of.remove("batches/1.jsonl");
  CHECK_FALSE(of.is_paid());
  budget::amount some;
  some.tokens = 7;
  for (const spending_note& note : {spending_note{some, {}}, spending_note{{}, some}}) {
    of.write("spending.json", encode(note));
    CHECK(of.is_paid());
  }
}

TEST_CASE("what cannot be read is not taken for nothing") {
  const place of;
  of.write("spending.json", "{");
  CHECK(has_paid_work(of.where).error().code == errc::mismatch);
}
