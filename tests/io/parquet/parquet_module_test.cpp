#include "io/parquet/parquet_module.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "tests/support/parquet.hpp"
#include "tests/support/temporary_directory.hpp"

using namespace retort;
using namespace retort::test;
using io::column_type;

namespace {

using texts = std::vector<std::string>;

const io::parquet_column message = {
    "", column_type::record, {{"role"}, {"content"}, {"calls", column_type::list, {{""}}}}};
const std::vector<io::parquet_column> columns = {{"id"},
                                                 {"n", column_type::whole},
                                                 {"x", column_type::real},
                                                 {"ok", column_type::truth},
                                                 {"messages", column_type::list, {message}}};

texts read_back(const std::string& bytes) {
  const temporary_directory directory;
  return rows_of_parquet(directory.file("a.parquet", bytes));
}

class full_disk : public io::byte_taker {
 public:
  explicit full_disk(std::size_t room) : room_(room) {}
  result<void> take(std::string_view bytes) override {
    if (bytes.size() > room_) return error{errc::disk, "out.parquet: No space left on device"};
    room_ -= bytes.size();
    return {};
  }

 private:
  std::size_t room_;
};

}  // namespace

TEST_CASE("what is written to a Parquet file is read from it, text for text") {
  if (!has_parquet()) return;
  const texts rows = {
      R"({"id":"naïve — 数学 😀 \"q\" \\ \n\r\n\u0000","n":-9223372036854775808,"x":0.1,"ok":true,"messages":[{"role":"user","content":"a","calls":["x",null]},{"role":"","content":null,"calls":[]}]})",
      R"({"id":null,"n":null,"x":null,"ok":null,"messages":null})",
      R"({"id":"","n":9223372036854775807,"x":-1e+300,"ok":false,"messages":[]})",
      R"({"id":"z","n":0,"x":1.0,"ok":false,"messages":[null,{"role":null,"content":null,"calls":null}]})"};
  for (const std::size_t in_group : {1, 3, 1000}) {
    CAPTURE(in_group);
    CHECK(read_back(parquet_of(columns, rows, in_group)) == rows);
  }
  CHECK(read_back(parquet_of(columns, {})).empty());
}

TEST_CASE("a value of another type than its column's makes no bad file") {
  if (!has_parquet()) return;
  const std::string odd =
      R"({"more":{"a":[1]},"n":"3","id":{"a": [1, 2.50, 12345678901234567890123]},"x":"NaN","ok":0,"messages":{"role":"user"},"id":"again"})";
  CHECK(
      read_back(parquet_of(columns, {odd, "{}"})) ==
      texts{
          R"({"id":"{\"a\": [1, 2.50, 12345678901234567890123]}","n":null,"x":null,"ok":null,"messages":null})",
          R"({"id":null,"n":null,"x":null,"ok":null,"messages":null})"});
  CHECK(read_back(parquet_of({{"a"}}, {R"({"a":1.50})", R"({"a":[ ]})", R"({"a":true })",
                                       R"({"a":"\ud800"})", R"({"a":-0 , "b":1})"})) ==
        texts{R"({"a":"1.50"})", R"({"a":"[ ]"})", R"({"a":"true"})", R"({"a":"\"\\ud800\""})",
              R"({"a":"-0"})"});
  CHECK(read_back(parquet_of({{"a", column_type::whole}},
                             {R"({"a":1.5})", R"({"a":18446744073709551615})", R"({"a":[1]})"})) ==
        texts(3, R"({"a":null})"));
}

TEST_CASE("a row that is no object ends a file's writing, and is told") {
  if (!has_parquet()) return;
  for (const std::string bad : {"", "[]", "x", "{\"a\":", "{\"a\":1", "{\"a\":{\"b\":1}"}) {
    CAPTURE(bad);
    kept_bytes out;
    const auto table = io::load_parquet_module().value()->write({{"a"}}, out);
    REQUIRE(table.has_value());
    const auto put = (*table)->append(bad);
    const auto ended = put ? (*table)->finish() : put;
    if (!put) CHECK((*table)->finish().error().message == put.error().message);
    if (!put) CHECK(put.error().code == errc::bug);
  }
}

TEST_CASE("the bytes of a Parquet file depend on its rows and where its groups end") {
  if (!has_parquet()) return;
  texts rows;
  for (int n = 0; n < 500; ++n) {
    rows.push_back(fmt::format(R"({{"id":"{0}","n":{0},"messages":[{{"role":"user"}}]}})", n));
  }
  const auto once = parquet_of(columns, rows, 100);
  CHECK(parquet_of(columns, rows, 100) == once);
  CHECK(parquet_of(columns, rows, 50) != once);
  CHECK(read_back(once).size() == 500);
}

TEST_CASE("a disk that is full is what the writing of a Parquet file ends with") {
  if (!has_parquet()) return;
  const texts rows(100, R"({"id":"a"})");
  const std::size_t size = parquet_of(columns, rows, 10).size();
  for (const std::size_t room : {std::size_t{0}, std::size_t{10}, size / 2, size - 1}) {
    CAPTURE(room);
    full_disk disk(room);
    const auto table = io::load_parquet_module().value()->write(columns, disk);
    auto done = table ? result<void>() : table.error();
    for (std::size_t n = 0; done && n < rows.size(); ++n) {
      done = (*table)->append(rows[n]);
      if (done && n % 10 == 9) done = (*table)->end_group();
    }
    if (done) done = (*table)->finish();
    REQUIRE(!done);
    CHECK(done.error().code == errc::disk);
    CHECK(done.error().message == "out.parquet: No space left on device");
  }
}

TEST_CASE("no damage to a Parquet file is more than one clear line") {
  if (!has_parquet()) return;
  const temporary_directory directory;
  const std::string whole = parquet_of(
      columns, texts(50, R"({"id":"some text","n":3,"x":0.5,"messages":[{"role":"user"}]})"), 20);
  std::uint64_t random = 7;
  for (int round = 0; round < 600; ++round) {
    std::string bytes = whole;
    for (int n = 0; n <= round % 3; ++n) {
      random = random * 6364136223846793005 + 1442695040888963407;
      bytes[(random >> 33) % bytes.size()] ^= static_cast<char>(1 + (random >> 20) % 255);
    }
    if (round % 7 == 0) bytes.resize((random >> 33) % bytes.size());
    const std::string path = directory.file("a.parquet", bytes);
    for (const std::string& row : rows_of_parquet(path)) {
      if (!row.starts_with('!')) continue;
      CHECK(row.starts_with("!" + path + ": cannot be read as Parquet: "));
      CHECK(row.find('\n') == row.npos);
    }
  }
}
