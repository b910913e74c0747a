#include "engine/batch/batch_file.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "tests/support/ledger_lines.hpp"
#include "tests/support/small_disk.hpp"
#include "tests/support/temporary_directory.hpp"
#include "tests/support/unreadable.hpp"

using namespace retort;
using namespace retort::engine;
using test::content_of;
namespace fs = std::filesystem;

namespace {

const std::string tag = "00c0ffee00c0ffee";

template <class T>
T must(result<T> what) {
  REQUIRE_MESSAGE(what.has_value(), what.error().message);
  return std::move(*what);
}

void must(const result<void>& what) { REQUIRE_MESSAGE(what.has_value(), what.error().message); }

// A directory of batches that is not there yet.
struct place {
  test::temporary_directory root;
  std::string path = root.path() + "/run/batches";
  std::string of(const std::string& name) const { return path + "/" + name; }
  std::string file(const std::string& name, const std::string& content) const {
    return root.file("run/batches/" + name, content);
  }
  std::vector<std::string> names() const {
    std::vector<std::string> found;
    for (const auto& one : fs::directory_iterator(path)) found.push_back(one.path().filename());
    std::ranges::sort(found);
    return found;
  }
  batch_file made(const std::vector<batch_row>& rows, const std::string& as = tag) const {
    auto draft = must(batch_draft::begin(path, as, 2));
    for (const auto& row : rows) must(draft.add(row, 0));
    return must(draft.seal());
  }
  // The message that refuses what is there.
  std::string refusal() const {
    const auto found = open_batches(path);
    REQUIRE_FALSE(found.has_value());
    CHECK(found.error().code == errc::mismatch);
    return found.error().message;
  }
};

const std::vector<batch_row> rows = {
    {0, 1, R"({"a":1})"},
    {18'446'744'073'709'551'615ULL, 4'294'967'295U, R"({ "é\u0000\"\\":"],[\n" , "b" : [ ] }  )"},
    {7, 3, "{\"raw\":\"\xe2\x80\xa8\x7f\xf0\x9f\x98\x80\",\t\"c\":\"\\ud800\"}"},
    {8, 1, "{\"long\":\"" + std::string(300'000, ']') + "\"}"},
};

void check_rows(const batch_file& file) {
  REQUIRE(file.size() == rows.size());
  for (std::size_t i = rows.size(); i-- > 0;) {  // in any order
    const batch_row got = must(file.row(i));
    CHECK(got.ordinal == rows[i].ordinal);
    CHECK(got.attempts == rows[i].attempts);
    CHECK(got.text == rows[i].text);
    CHECK(got.text.capacity() >= got.text.size() + 32);  // simdjson's padding
  }
}

}  // namespace

TEST_CASE("what was put into a batch is read again, by this process and by the next") {
  const place where;
  const auto before = std::chrono::system_clock::now() - std::chrono::milliseconds(1);
  const batch_file made = where.made(rows);
  check_rows(made);
  CHECK(where.names() == std::vector<std::string>{tag + ".jsonl"});
  const auto found = must(open_batches(where.path));
  REQUIRE(found.size() == 1);
  check_rows(found[0]);
  for (const batch_file* one : {&made, &found[0]}) {
    CHECK(one->tag() == tag);
    CHECK(one->variant() == 2);
    CHECK(one->made() >= before);
    CHECK(one->made() <= std::chrono::system_clock::now());
    CHECK_FALSE(one->id().has_value());
    CHECK(one->results_path() == where.of(tag + ".results"));
  }
}

TEST_CASE("a draft tells how much it holds") {
  const place where;
  auto draft = must(batch_draft::begin(where.path, tag, 0));
  CHECK(draft.size() == 0);
  must(draft.add(rows[0], 100));
  must(draft.add(rows[1], 23));
  CHECK(draft.size() == 2);
  CHECK(draft.sent_bytes() == 123);
  CHECK(where.names() == std::vector<std::string>{tag + ".jsonl.new"});
}

TEST_CASE("requests are known by the tag and their index, and no others are") {
  const place where;
  const batch_file made = where.made(rows);
  for (std::size_t i = 0; i < made.size(); ++i) {
    CHECK(made.custom_id(i) == fmt::format("{}-{}", tag, i));
    CHECK(made.index_of(made.custom_id(i)) == i);
  }
  const std::vector<std::string> others = {"",
                                           tag,
                                           tag + "-",
                                           tag + "-4",
                                           tag + "--1",
                                           tag + "-1x",
                                           tag + "-x",
                                           tag + "1",
                                           "other-1",
                                           tag + "-18446744073709551616",
                                           "x" + tag + "-1"};
  for (const std::string& id : others) {
    CAPTURE(id);
    CHECK_FALSE(made.index_of(id).has_value());
  }
}

TEST_CASE("the provider's id is kept until it is forgotten") {
  const place where;
  batch_file made = where.made(rows);
  must(made.note_id("batch_1"));
  CHECK(made.id() == "batch_1");
  CHECK(must(open_batches(where.path))[0].id() == "batch_1");
  must(made.note_id("batch_2"));
  CHECK(must(open_batches(where.path))[0].id() == "batch_2");
  must(made.forget_id());
  CHECK_FALSE(made.id().has_value());
  CHECK_FALSE(must(open_batches(where.path))[0].id().has_value());
  CHECK(where.names() == std::vector<std::string>{tag + ".jsonl"});
}

TEST_CASE("a batch that is removed leaves nothing, and its rows are still at hand") {
  const place where;
  batch_file made = where.made(rows);
  must(made.note_id("batch_1"));
  where.file(tag + ".results", "{}\n");
  must(made.remove());
  CHECK(where.names().empty());
  CHECK(must(open_batches(where.path)).empty());
  check_rows(made);
}

TEST_CASE("what a kill leaves is cleared away, and nothing else") {
  const place where;
  CHECK(must(open_batches(where.path)).empty());  // missing
  batch_file made = where.made(rows);
  must(made.note_id("batch_1"));
  where.file(tag + ".results", "half an ans");
  where.file(tag + ".id.new", "batc");
  where.file("1111.jsonl.new", "{\"retort_batch\":1,");
  where.file("2222.id", "batch_2\n");
  where.file("2222.results", "{}");
  where.file("notes.txt", "mine");
  const auto found = must(open_batches(where.path));
  REQUIRE(found.size() == 1);
  CHECK(found[0].id() == "batch_1");
  CHECK(where.names() == std::vector<std::string>{tag + ".id", tag + ".jsonl", "notes.txt"});
}

TEST_CASE("batches that cannot be looked for are not none") {
  const place where;
  where.made(rows);
  test::make_unreadable(where.of(tag + ".id"));
  CHECK(open_batches(where.path).error().code == errc::unreadable);
  test::make_unreadable(where.path);
  const auto found = open_batches(where.path);
  REQUIRE_FALSE(found.has_value());
  CHECK(found.error().code == errc::unreadable);
  CHECK(found.error().message.starts_with(where.path + ": cannot look at it: "));
}

TEST_CASE("several batches are found") {
  const place where;
  where.made({rows[0]}, "b");
  where.made({rows[2], rows[0]}, "a");
  const auto found = must(open_batches(where.path));
  REQUIRE(found.size() == 2);
  CHECK(found[0].tag() == "a");
  CHECK(found[0].size() == 2);
  CHECK(found[1].tag() == "b");
}

TEST_CASE("a file that is no batch of ours is refused with one line") {
  for (const char* content :
       {"", "\n", "nonsense\n", "[]\n", "{}\n", R"({"retort_batch":2,"tag":"x"})",
        R"({"retort_batch":1,"tag":"x","variant":0})", R"({"retort_batch":1,"tag":7})",
        "{\"retort_batch\":1,\"tag\":\"y\",\"variant\":0,\"made_ms\":0}\n",  // renamed
        "{\"retort_batch\":1,\"tag\":\"x\",\"variant\":-1,\"made_ms\":0}\n",
        "{\"id\":\"q1\",\"question\":\"a dataset\"}\n"}) {
    CAPTURE(content);
    const place where;
    where.file("x.jsonl", content);
    CHECK(where.refusal() == where.of("x.jsonl") + " is not a batch of this retort");
    CHECK(content_of(where.of("x.jsonl")) == content);
  }
}

TEST_CASE("an id file without an id is refused") {
  const place where;
  where.made(rows);
  where.file(tag + ".id", "\n");
  CHECK(where.refusal() == where.of(tag + ".id") + " is not a batch of this retort");
}

TEST_CASE("a row that is damaged is refused when it is read") {
  const std::string head = "{\"retort_batch\":1,\"tag\":\"x\",\"variant\":0,\"made_ms\":0}\n";
  for (const char* line : {"\n", "[1,1,{}\n", "[1,1,{}]", "[1,{}]\n", "[-1,1,{}]\n", "[1,x,{}]\n",
                           "[1,4294967296,{}]\n", "1,1,{}]\n", "[1,1,{}]\r\n"}) {
    CAPTURE(line);
    const place where;
    where.file("x.jsonl", head + line);
    const auto found = must(open_batches(where.path));
    REQUIRE(found.size() == 1);
    REQUIRE(found[0].size() == 1);
    const auto row = found[0].row(0);
    REQUIRE_FALSE(row.has_value());
    CHECK(row.error().code == errc::mismatch);
    CHECK(row.error().message == where.of("x.jsonl") + " is not a batch of this retort");
  }
}

TEST_CASE("a place that cannot be written to is named") {
  const test::temporary_directory root;
  const std::string path = root.file("run", "a file") + "/batches";
  const auto draft = batch_draft::begin(path, tag, 0);
  REQUIRE_FALSE(draft.has_value());
  CHECK(draft.error().code == errc::disk);
  CHECK(draft.error().message == path + ": Not a directory");
  const place where;
  batch_file made = where.made(rows);
  fs::create_directory(where.of(tag + ".id.new"));  // in the way
  CHECK(made.note_id("batch_1").error().code == errc::unwritable);
  CHECK_FALSE(made.id().has_value());
}

TEST_CASE("a disk that fills up fails the draft, and leaves no batch behind") {
  const place where;
  fs::create_directories(where.path);
  const auto disk = test::small_disk::mount(where.path, std::size_t{64} << 10);
  if (!disk) {
    MESSAGE("skipped: no permission to mount a file system (not root?)");
    return;
  }
  auto draft = must(batch_draft::begin(where.path, tag, 0));
  result<void> added;
  for (int i = 0; added && i < 4; ++i) added = draft.add(rows[3], 0);
  const auto sealed = draft.seal();
  REQUIRE_FALSE(sealed.has_value());
  CHECK(sealed.error().code == errc::disk);
  CHECK(sealed.error().message.ends_with("No space left on device"));
  CHECK(must(open_batches(where.path)).empty());
  CHECK(where.names().empty());
}

TEST_CASE("the first signal ends the looking through batches") {
  const place where;
  where.made(rows);
  io::interrupt stop;
  CHECK(open_batches(where.path, &stop).has_value());
  stop.raise();
  const auto stopped = open_batches(where.path, &stop);
  REQUIRE_FALSE(stopped.has_value());
  CHECK(stopped.error().code == errc::cancelled);
}
