#include "io/dataset/parquet_rows.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "io/base/interrupt.hpp"
#include "tests/support/parquet.hpp"
#include "tests/support/temporary_directory.hpp"

using namespace retort;
using namespace retort::test;

namespace {

std::string numbered(int from, int to, std::size_t in_group) {
  std::vector<std::string> rows;
  for (int n = from; n < to; ++n) rows.push_back(fmt::format(R"({{"a":"{}"}})", n));
  return parquet_of({{"a"}}, rows, in_group);
}

}  // namespace

TEST_CASE("rows of Parquet files are counted on, and each knows its place in its file") {
  if (!has_parquet()) return;
  const temporary_directory directory;
  directory.file("a-1.parquet", numbered(0, 5, 2));
  directory.file("a-2.PARQUET", numbered(5, 5, 2));
  directory.file("a-3.parquet", numbered(5, 10'000, 999));
  directory.file("a-4.jsonl", "{\"a\":\"10000\"}\n");
  auto reader = io::dataset_reader::open({directory.path() + "/a-*"});
  REQUIRE(reader.has_value());
  double share = 0;
  for (std::uint64_t n = 0; n <= 10'000; ++n) {
    const auto row = reader->next();
    REQUIRE(row.has_value());
    REQUIRE(row->has_value());
    CHECK((*row)->text == fmt::format(R"({{"a":"{}"}})", n));
    CHECK((*row)->ordinal == n);
    CHECK((*row)->line == (n < 5 ? n + 1 : n < 10'000 ? n - 4 : 1));
    REQUIRE(reader->share_read().value() >= share);
    share = *reader->share_read();
    if (n == 5'000) CHECK(share == doctest::Approx(0.5).epsilon(0.05));
  }
  CHECK(!reader->next().value());
  CHECK(share == doctest::Approx(1).epsilon(0.01));
}

TEST_CASE("a Parquet file that is none is told before any row is read") {
  if (!has_parquet()) return;
  const temporary_directory directory;
  const std::string whole = numbered(0, 5, 2);
  directory.file("1.parquet", whole);
  for (const std::string& bad : {std::string(), std::string("PAR1"), std::string("{\"a\":1}\n"),
                                 whole.substr(0, whole.size() - 1), whole + "\n"}) {
    const std::string path = directory.file("2.parquet", bad);
    const auto reader = io::dataset_reader::open({directory.path() + "/*.parquet"});
    REQUIRE(!reader);
    CHECK(reader.error().code == errc::unreadable);
    CHECK(reader.error().message.starts_with(path + ": cannot be read as Parquet: "));
  }
}

TEST_CASE("two columns of one name are refused, since a record would have one of them") {
  if (!has_parquet()) return;
  const temporary_directory directory;
  const std::string path =
      directory.file("a.parquet", parquet_of({{"a"}, {"b"}, {"a"}}, {R"({"a":"x","b":"y"})"}));
  CHECK(rows_of_parquet(path) ==
        std::vector<std::string>{"!" + path + ": two columns are named \"a\""});
}

TEST_CASE("Parquet is read neither from a pipe nor from what is packed once more") {
  const temporary_directory directory;
  const std::string packed = directory.file("a.parquet.gz", "x");
  for (const auto& [path, format] :
       {std::pair{packed, std::optional<io::row_format>()},
        std::pair{std::string("-"), std::optional(io::row_format::parquet)}}) {
    io::dataset_options options;
    options.format = format;
    const auto reader = io::dataset_reader::open({path}, options);
    REQUIRE(!reader);
    CHECK(reader.error().message ==
          path + ": Parquet is read from a regular file that is not packed");
  }
}

TEST_CASE("a reader of Parquet stops when it is told to") {
  if (!has_parquet()) return;
  const temporary_directory directory;
  auto reader = io::dataset_reader::open({directory.file("a.parquet", numbered(0, 50'000, 5000))});
  REQUIRE(reader.has_value());
  REQUIRE(reader->next().has_value());
  reader->stop();
  result<std::optional<io::row>> row = std::nullopt;
  for (int n = 0; n < 50'000 && row; ++n) row = reader->next();
  REQUIRE(!row);
  CHECK(row.error().code == errc::cancelled);
}

TEST_CASE("a row of Parquet that is too long spoils only itself") {
  if (!has_parquet()) return;
  const temporary_directory directory;
  const std::string long_row = "{\"a\":\"" + std::string(io::max_row_bytes, 'x') + "\"}";
  const std::string path =
      directory.file("a.parquet", parquet_of({{"a"}}, {R"({"a":"1"})", long_row, R"({"a":"2"})"}));
  CHECK(rows_of_parquet(path) ==
        std::vector<std::string>{R"({"a":"1"})", "!longer than 67108864 bytes", R"({"a":"2"})"});
}

TEST_CASE("parts of a Parquet file know their rows' places, whatever the groups") {
  if (!has_parquet()) return;
  const temporary_directory directory;
  const std::string path = directory.file("a.parquet", numbered(0, 3'000, 70));
  for (const std::uint64_t count : {2, 300}) {
    std::uint64_t rows = 0;
    for (std::uint64_t i = 0; i < count; ++i) {
      io::dataset_options options;
      options.part = {16, i, count};
      auto reader = io::dataset_reader::open({path}, options);
      REQUIRE(reader.has_value());
      for (;; ++rows) {
        const auto row = reader->next();
        REQUIRE(row.has_value());
        if (!*row) break;
        REQUIRE((*row)->text == fmt::format(R"({{"a":"{}"}})", (*row)->ordinal));
        REQUIRE((*row)->line == (*row)->ordinal + 1);
        REQUIRE(options.part.has((*row)->ordinal));
      }
      CHECK(reader->position() == 3'000);
    }
    CHECK(rows == 3'000);
  }
}
