#include "io/dataset/dataset.hpp"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <map>

#include "tests/support/compress.hpp"
#include "tests/support/temporary_directory.hpp"

using namespace retort;
using namespace retort::test;

namespace {

struct reading {
  std::string rows;  // "ordinal file:line text or !problem\n" for each
  std::string failure;
};

reading read_all(io::dataset_reader& reader) {
  reading all;
  for (;;) {
    const auto next = reader.next();
    if (!next) return {all.rows, next.error().message};
    if (!*next) return all;
    const io::row& r = **next;
    const std::string name = std::filesystem::path(reader.file_name(r.file)).filename();
    all.rows += std::to_string(r.ordinal) + " " + name + ":" + std::to_string(r.line) + " " +
                (r.problem.empty() ? std::string(r.text) : "!" + r.problem) + "\n";
  }
}

reading read_all(const std::vector<std::string>& paths) {
  auto reader = io::dataset_reader::open(paths);
  REQUIRE(reader.has_value());
  return read_all(*reader);
}

error refusal(const std::vector<std::string>& paths) {
  auto reader = io::dataset_reader::open(paths);
  REQUIRE(reader.has_error());
  return reader.error();
}

// Puts a file in the place of standard input for as long as it lives.
class standard_input_from {
 public:
  explicit standard_input_from(const std::string& path) : saved_(::dup(STDIN_FILENO)) {
    const int file = ::open(path.c_str(), O_RDONLY);
    ::dup2(file, STDIN_FILENO);
    ::close(file);
  }
  ~standard_input_from() {
    ::dup2(saved_, STDIN_FILENO);
    ::close(saved_);
  }

 private:
  int saved_;
};

}  // namespace

TEST_CASE("every kind of file gives its rows") {
  const temporary_directory directory;
  const std::string lines = "{\"a\":\"1\"}\n{\"a\":\"2\"}\n";
  const std::string table = "a\n1\n2\n";
  struct {
    std::string name, content;
    int first_line;
  } const cases[] = {
      {"x.jsonl", lines, 1},
      {"x.jsonl.gz", gzip(lines), 1},
      {"x.jsonl.zst", zstd(lines), 1},
      {"x.csv", table, 2},
      {"x.csv.gz", gzip(table), 2},
      {"x.csv.zst", zstd(table), 2},
      {"x.ndjson", lines, 1},
      {"x.json", lines, 1},
      {"x.json.gz", gzip("[{\"a\":\"1\"}\n,{\"a\":\"2\"}]"), 1},
      {"x.tsv", table, 2},
      {"X.JSONL", lines, 1},
      {"x.CSV.GZ", gzip(table), 2},
      {"x.Json.Zst", zstd(lines), 1},
  };
  for (const auto& c : cases) {
    const std::string at = c.name + ":";
    CHECK(read_all({directory.file(c.name, c.content)}).rows ==
          "0 " + at + std::to_string(c.first_line) + " {\"a\":\"1\"}\n" + "1 " + at +
              std::to_string(c.first_line + 1) + " {\"a\":\"2\"}\n");
  }
}

TEST_CASE("blank lines of JSONL are no rows, and are counted as lines") {
  const temporary_directory directory;
  const std::string path = directory.file("x.jsonl", "\n{\"a\":1}\r\n \t \r\n\r\n{\"a\":2}");
  CHECK(read_all({path}).rows == "0 x.jsonl:2 {\"a\":1}\n1 x.jsonl:5 {\"a\":2}\n");
}

TEST_CASE("lines of JSONL are not judged here") {
  const temporary_directory directory;
  CHECK(read_all({directory.file("x.jsonl", "{broken\n\xFF\n")}).rows ==
        "0 x.jsonl:1 {broken\n1 x.jsonl:2 \xFF\n");
}

TEST_CASE("a byte order mark is dropped at the beginning of every file") {
  const temporary_directory directory;
  const std::string mark = "\xEF\xBB\xBF";
  CHECK(read_all({directory.file("1.jsonl", mark + "{}\n"), directory.file("2.csv", mark + "a\n1"),
                  directory.file("3.csv", mark + "\"a\"\n1"),
                  directory.file("4.jsonl.gz", gzip(mark + "{}"))})
            .rows ==
        "0 1.jsonl:1 {}\n1 2.csv:2 {\"a\":\"1\"}\n2 3.csv:2 {\"a\":\"1\"}\n3 4.jsonl.gz:1 {}\n");
}

TEST_CASE("ordinals count on across files, and bad and empty ones have their place") {
  const temporary_directory directory;
  CHECK(read_all({directory.file("2.csv", "a\n1\n1,2\n3\n"), directory.file("none.jsonl", ""),
                  directory.file("none.csv", ""), directory.file("1.jsonl", "{}\n")})
            .rows ==
        "0 2.csv:2 {\"a\":\"1\"}\n"
        "1 2.csv:3 !the row's number of fields is 2, the header's 1\n"
        "2 2.csv:4 {\"a\":\"3\"}\n"
        "3 1.jsonl:1 {}\n");
}

TEST_CASE("a row may be as long as max_row_bytes, and is a bad row beyond") {
  const temporary_directory directory;
  const std::string longest(io::max_row_bytes, 'x');
  const std::string path =
      directory.file("x.jsonl.zst", zstd(longest + "\n" + longest + "x\n{\"after\":1}\n"));
  auto reader = io::dataset_reader::open({path});
  REQUIRE(reader.has_value());
  CHECK((**reader->next()).text.size() == io::max_row_bytes);
  CHECK((**reader->next()).problem == "longer than 67108864 bytes");
  CHECK((**reader->next()).text == "{\"after\":1}");
}

TEST_CASE("a list keeps its order, a glob is sorted by name") {
  const temporary_directory directory;
  for (const char* name : {"10.jsonl", "9.jsonl", "B.jsonl", "a.jsonl", "sub/c.jsonl"}) {
    directory.file(name, "{}\n");
  }
  CHECK(read_all({directory.path() + "/sub/c.jsonl", directory.path() + "/*.jsonl"}).rows ==
        "0 c.jsonl:1 {}\n1 10.jsonl:1 {}\n2 9.jsonl:1 {}\n3 B.jsonl:1 {}\n4 a.jsonl:1 {}\n");
  CHECK(read_all({directory.path() + "/*/?.jsonl"}).rows == "0 c.jsonl:1 {}\n");
  CHECK(read_all({directory.path() + "/[ab].jsonl"}).rows == "0 a.jsonl:1 {}\n");
}

TEST_CASE("a file whose name looks like a glob is that file") {
  const temporary_directory directory;
  directory.file("1.jsonl", "{\"other\":1}\n");
  CHECK(read_all({directory.file("[1].jsonl", "{}\n")}).rows == "0 [1].jsonl:1 {}\n");
}

TEST_CASE("a dash is JSONL on standard input, in its place in the list") {
  const temporary_directory directory;
  const std::string file = directory.file("x.jsonl", "{\"file\":1}\n");
  const standard_input_from redirected(directory.file("in", "{\"in\":1}\n{\"in\":2}"));
  CHECK(read_all({"-", file}).rows ==
        "0 standard input:1 {\"in\":1}\n1 standard input:2 {\"in\":2}\n2 x.jsonl:1 {\"file\":1}\n");
}

TEST_CASE("what cannot be a dataset is refused before the first row") {
  const temporary_directory directory;
  const std::string& root = directory.path();
  const std::string good = directory.file("good.jsonl", "{}\n");
  directory.file("folder.jsonl/x", "");
  std::filesystem::create_symlink("loop.jsonl", root + "/loop.jsonl");
  const std::string kinds =
      ": not a known kind of dataset; expected .jsonl, .ndjson, .json, .csv or .tsv, each also .gz "
      ".zst, .parquet, or dataset.format";
  struct {
    std::string path;
    errc code;
    std::string message;
  } const cases[] = {
      {root + "/none.jsonl", errc::unreadable, root + "/none.jsonl: No such file or directory"},
      {root + "/folder.jsonl", errc::unreadable, root + "/folder.jsonl: Is a directory"},
      {root, errc::unreadable, root + ": Is a directory"},
      {root + "/loop.jsonl", errc::unreadable,
       root + "/loop.jsonl: Too many levels of symbolic links"},
      {good + "/x.jsonl", errc::unreadable, good + "/x.jsonl: Not a directory"},
      {"", errc::unreadable, ": No such file or directory"},
      {directory.file("x.txt", ""), errc::usage, root + "/x.txt" + kinds},
      {directory.file("x.gz", ""), errc::usage, root + "/x.gz" + kinds},
      {directory.file("x.jsonl.bz2", ""), errc::usage, root + "/x.jsonl.bz2" + kinds},
      {directory.file("x.csv.gz.zst", ""), errc::usage, root + "/x.csv.gz.zst" + kinds},
      {directory.file("csv", ""), errc::usage, root + "/csv" + kinds},
      {root + "/*.nothing", errc::usage, root + "/*.nothing: no file matches"},
      {root + "/none/*.jsonl", errc::unreadable, root + "/none/*.jsonl: No such file or directory"},
      {root + "/x.g*", errc::usage, root + "/x.gz" + kinds},
  };
  for (const auto& c : cases) {
    CAPTURE(c.path);
    const error refused = refusal({good, c.path});
    CHECK(refused.code == c.code);
    CHECK(refused.message == c.message);
  }
  const std::string twice =
      ": what is no regular file can be read only once, and is in dataset.path twice";
  CHECK(refusal({"-", "-"}).message == "-" + twice);
  const std::string pipe = root + "/pipe";
  REQUIRE(::mkfifo(pipe.c_str(), 0600) == 0);
  CHECK(refusal({pipe, good, root + "/./pipe"}).message == root + "/./pipe" + twice);
}

TEST_CASE("a file without permission is refused" * doctest::skip(::geteuid() == 0)) {
  const temporary_directory directory;
  const std::string path = directory.file("x.jsonl", "{}\n");
  ::chmod(path.c_str(), 0);
  CHECK(refusal({path}).code == errc::unreadable);
  CHECK(refusal({path}).message == path + ": Permission denied");
}

TEST_CASE("damage ends the reading after the rows before it, and names the file") {
  const temporary_directory directory;
  const std::string after = directory.file("after.jsonl", "{}\n");
  const std::string broken = directory.file("x.jsonl.gz", gzip("{\"a\":1}\n") + "garbage");
  auto reader = io::dataset_reader::open({broken, after});
  REQUIRE(reader.has_value());
  CHECK((**reader->next()).text == "{\"a\":1}");
  CHECK(reader->next().error().message ==
        broken + ": cannot be decoded as gzip: incorrect header check");
  CHECK_FALSE(reader->next()->has_value());
}

TEST_CASE("a file that goes away after the check is an error when its turn comes") {
  const temporary_directory directory;
  const std::string first = directory.file("1.jsonl", "{}\n");
  const std::string second = directory.file("2.jsonl", "{}\n");
  auto reader = io::dataset_reader::open({first, second});
  REQUIRE(reader.has_value());
  std::filesystem::remove(second);
  const reading all = read_all(*reader);
  CHECK(all.rows == "0 1.jsonl:1 {}\n");
  CHECK(all.failure == second + ": No such file or directory");
}

TEST_CASE("a CSV header that names no columns ends the reading") {
  const temporary_directory directory;
  const std::string path = directory.file("x.csv", ",\n1,2\n");
  CHECK(read_all({path}).failure == path + ":1: in the header, no column has a name");
}

TEST_CASE("a format that is given is that of every file, standard input among them") {
  const temporary_directory directory;
  const std::string file = directory.file("x.txt", "a\n1\n");
  const standard_input_from redirected(directory.file("in", "a\n2\n"));
  io::dataset_options options;
  options.format = io::row_format::csv;
  auto reader = io::dataset_reader::open({file, "-"}, options);
  REQUIRE(reader.has_value());
  CHECK(read_all(*reader).rows == "0 x.txt:2 {\"a\":\"1\"}\n1 standard input:2 {\"a\":\"2\"}\n");
}

TEST_CASE("what is no regular file is JSONL unless it says otherwise, and is read once") {
  const temporary_directory directory;
  const std::string file = directory.file("x.jsonl", "{}\n");
  for (const char* name : {"pipe", "pipe.csv"}) {
    const std::string pipe = directory.path() + "/" + name;
    REQUIRE(::mkfifo(pipe.c_str(), 0600) == 0);
    const int writer = ::open(pipe.c_str(), O_RDWR);
    const std::string text = "{\"a\":1}\n";
    REQUIRE(::write(writer, text.data(), text.size()) > 0);
    auto reader = io::dataset_reader::open({file, pipe});
    REQUIRE(reader.has_value());
    CHECK(reader->is_read_once());
    CHECK((**reader->next()).text == "{}");
    if (std::string(name) == "pipe") CHECK((**reader->next()).text == "{\"a\":1}");
    ::close(writer);
  }
  CHECK_FALSE(io::dataset_reader::open({file})->is_read_once());
}

TEST_CASE("a reader's own outputs are no dataset, whatever they are called") {
  const temporary_directory directory;
  const std::string& root = directory.path();
  directory.file("a.jsonl", "{\"a\":1}\n");
  const std::string own = directory.file("b.jsonl", "{\"own\":1}\n");
  std::filesystem::create_symlink("b.jsonl", root + "/c.jsonl");
  std::filesystem::create_hard_link(own, root + "/d.jsonl");
  io::dataset_options options;
  options.own_outputs = {*io::identity_of(own)};
  auto reader = io::dataset_reader::open({root + "/*.jsonl"}, options);
  REQUIRE(reader.has_value());
  CHECK(read_all(*reader).rows == "0 a.jsonl:1 {\"a\":1}\n");
  for (const char* name : {"b.jsonl", "c.jsonl", "d.jsonl"}) {
    const auto named = io::dataset_reader::open({root + "/" + name}, options);
    REQUIRE(named.has_error());
    CHECK(named.error().message ==
          root + "/" + name + ": is the run's own output, and cannot be its dataset");
  }
  const auto nothing_else = io::dataset_reader::open({root + "/[bc].jsonl"}, options);
  REQUIRE(nothing_else.has_error());
  CHECK(nothing_else.error().message ==
        root + "/[bc].jsonl: no file matches but the run's own output");
}

TEST_CASE("rows that are given back come before those that follow") {
  const temporary_directory directory;
  auto reader = io::dataset_reader::open({directory.file("x.jsonl", "1\n2\n3\n")});
  REQUIRE(reader.has_value());
  auto kept = io::row_spool::make(directory.path());
  REQUIRE(kept.has_value());
  REQUIRE((*kept)->keep(**reader->next()).has_value());
  (void)reader->next();
  reader->give_back(std::move(*kept));
  CHECK(read_all(*reader).rows == "0 x.jsonl:1 1\n2 x.jsonl:3 3\n");
}

TEST_CASE("the share of a dataset that was read grows from nothing to all, whatever its kind") {
  const test::temporary_directory directory;
  std::string rows, csv = "a\n";
  for (int i = 0; i < 100'000; ++i) rows += "{\"a\":1}\n", csv += "1\n";
  for (const std::string& path :
       {directory.file("a.jsonl", rows), directory.file("a.jsonl.gz", test::gzip(rows)),
        directory.file("a.csv", csv)}) {
    CAPTURE(path);
    auto reader = io::dataset_reader::open({path, path});
    REQUIRE(reader.has_value());
    CHECK(reader->share_read() == 0);
    for (int i = 0; i < 100'000; ++i) REQUIRE(reader->next()->has_value());
    CHECK(reader->share_read().value() > 0.3);
    CHECK(reader->share_read().value() < 0.7);
    while (reader->next()->has_value()) continue;
    CHECK(reader->share_read().value() > 0.99);
  }
}

TEST_CASE("of standard input and of an empty file no share can be told") {
  const test::temporary_directory directory;
  CHECK_FALSE(io::dataset_reader::open({"-"})->share_read().has_value());
  CHECK_FALSE(io::dataset_reader::open({directory.file("a.jsonl", "")})->share_read().has_value());
}

namespace {

// What each part of a dataset hands out, with its ordinals.
std::map<std::uint64_t, std::string> rows_of_parts(const std::vector<std::string>& paths,
                                                   std::uint64_t count) {
  std::map<std::uint64_t, std::string> out;
  for (std::uint64_t i = 0; i < count; ++i) {
    io::dataset_options options;
    options.part = {4, i, count};
    auto reader = io::dataset_reader::open(paths, options);
    REQUIRE(reader.has_value());
    for (;;) {
      const auto row = reader->next();
      REQUIRE(row.has_value());
      if (!*row) break;
      REQUIRE(options.part.has((*row)->ordinal));
      CHECK(reader->position() == (*row)->ordinal + 1);
      REQUIRE(out.emplace((*row)->ordinal, std::string((*row)->text)).second);
    }
  }
  return out;
}

}  // namespace

TEST_CASE(
    "parts of a dataset know their rows' places, over all its files, blank lines and formats") {
  const temporary_directory dir;
  std::string lines, table = "n\n";
  for (int n = 0; n < 23; ++n) {
    lines += fmt::format("{{\"n\":{}}}\n{}", n, n % 5 == 0 ? "\n \n" : "");
    table += fmt::format("{}\n", n);
  }
  const std::vector<std::string> paths = {dir.file("a.jsonl", lines), dir.file("b.csv", table),
                                          dir.file("c.jsonl", ""), dir.file("d.jsonl", lines)};
  const auto whole = rows_of_parts(paths, 1);
  CHECK(whole.size() == 69);
  for (const std::uint64_t count : {2, 3, 9, 50}) CHECK(rows_of_parts(paths, count) == whole);
}
