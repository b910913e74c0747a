#include "io/dataset/csv.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "tests/support/memory_source.hpp"

using namespace retort;
using namespace retort::test;

namespace {

constexpr std::size_t roomy = 1000;

struct kept_row {
  std::uint64_t line;
  std::string text;
  std::string problem;

  bool operator==(const kept_row&) const = default;
};

std::string shown(const std::vector<kept_row>& rows) {
  std::string out;
  for (const kept_row& r : rows) {
    out += std::to_string(r.line) + "|" + r.text + "|" + r.problem + "\n";
  }
  return out;
}

std::vector<kept_row> rows_of(io::row_source& source) {
  std::vector<kept_row> kept;
  for (;;) {
    const auto next = source.next();
    REQUIRE(next.has_value());
    if (!*next) return kept;
    kept.push_back({(**next).line, std::string((**next).text), (**next).problem});
  }
}

void check_rows(std::string_view text, const std::vector<kept_row>& expected,
                std::size_t max_row = roomy, char delimiter = ',') {
  for (std::size_t block = 1; block <= text.size() + 1; ++block) {
    CAPTURE(text);
    CAPTURE(block);
    CHECK(shown(rows_of(*io::csv_rows(from_memory(text), max_row, block, delimiter))) ==
          shown(expected));
  }
}

}  // namespace

TEST_CASE("each record is an object of strings named by the header") {
  check_rows("q,a\n1+1,2\n2+2,4\n",
             {{2, R"({"q":"1+1","a":"2"})", ""}, {3, R"({"q":"2+2","a":"4"})", ""}});
}

TEST_CASE("records by RFC 4180") {
  struct {
    std::string text;
    std::vector<kept_row> rows;
  } const cases[] = {
      {"", {}},
      {"a,b\n", {}},
      {"a,b", {}},
      {"a\n1", {{2, R"({"a":"1"})", ""}}},
      {"a\r\n1\r\n", {{2, R"({"a":"1"})", ""}}},
      {"a\r\n1\r", {{2, R"({"a":"1"})", ""}}},
      {"a,b\n,\n", {{2, R"({"a":"","b":""})", ""}}},
      {"a,b\n1,\n,2", {{2, R"({"a":"1","b":""})", ""}, {3, R"({"a":"","b":"2"})", ""}}},
      {"a,b\n1,", {{2, R"({"a":"1","b":""})", ""}}},
      {"a\n\"1\"\n", {{2, R"({"a":"1"})", ""}}},
      {"a\n\"1\"", {{2, R"({"a":"1"})", ""}}},
      {"a\n\"\"\n", {{2, R"({"a":""})", ""}}},
      {"a,b\n\"x, y\",\"\"\r\n", {{2, R"({"a":"x, y","b":""})", ""}}},
      {"a\n\"say \"\"hi\"\"\"\n", {{2, R"({"a":"say \"hi\""})", ""}}},
      {"a\n\"\"\"\"\n", {{2, R"({"a":"\""})", ""}}},
      {"a\n\"\"\"\"\"\"\n", {{2, R"({"a":"\"\""})", ""}}},
      {"a\n spaces kept \n", {{2, R"({"a":" spaces kept "})", ""}}},
      {"\"a\",\"b,\"\"c\n\"\n1,2\n", {{3, R"({"a":"1","b,\"c\n":"2"})", ""}}},
  };
  for (const auto& c : cases) check_rows(c.text, c.rows);
}

TEST_CASE("what JSON demands is escaped, in names and values") {
  check_rows("a\\b\n\"tab\t \\ \xC3\xA9\"\n", {{2, "{\"a\\\\b\":\"tab\\t \\\\ \xC3\xA9\"}", ""}});
}

TEST_CASE("newlines inside quotes belong to the field, and lines are counted across them") {
  check_rows("a,b\n\"one\ntwo\r\nthree\",x\n1,2\n\"\n\",\"\n\"\n3,4\n",
             {{2, R"({"a":"one\ntwo\r\nthree","b":"x"})", ""},
              {5, R"({"a":"1","b":"2"})", ""},
              {6, R"({"a":"\n","b":"\n"})", ""},
              {9, R"({"a":"3","b":"4"})", ""}});
}

TEST_CASE("blank lines are no records, but quoted nothing is") {
  check_rows("\n\r\na\n\n1\n\r\n\"\"\n2\n\n\r\n",
             {{5, R"({"a":"1"})", ""}, {7, R"({"a":""})", ""}, {8, R"({"a":"2"})", ""}});
}

TEST_CASE("a bad row has a problem with a name, and the row after it is read") {
  const std::string stray = "a quote inside a field that does not begin with one";
  const std::string after = "text after the closing quote (a quote inside quotes is written twice)";
  const std::string lone = "a carriage return without a newline outside quotes";
  struct {
    std::string row, problem;
  } const cases[] = {
      {"1", "the row's number of fields is 1, the header's 2"},
      {"1,2,3", "the row's number of fields is 3, the header's 2"},
      {"\"\"", "the row's number of fields is 1, the header's 2"},
      {"1\",2", "column 1 (\"a\"): " + stray},
      {"1, \"2\"", "column 2 (\"b\"): " + stray},
      {"1,2,3\"", "column 3: " + stray},
      {"1\",\"2", "column 1 (\"a\"): " + stray},
      {"\"1\"2,3", "column 1 (\"a\"): " + after},
      {"1,\"2\" ", "column 2 (\"b\"): " + after},
      {"\"1\"2\r\"", "column 1 (\"a\"): " + after},
      {"1\r2,3", "column 1 (\"a\"): " + lone},
      {"1,\"2\"\r\r", "column 2 (\"b\"): " + lone},
      {"\xFF,2", "column 1 (\"a\"): not valid UTF-8"},
      {"1,\xC3", "column 2 (\"b\"): not valid UTF-8"},
      {"1,\"\xED\xA0\x80\"", "column 2 (\"b\"): not valid UTF-8"},
      {"\xC3,\xA9", "column 1 (\"a\"): not valid UTF-8"},
      {"1,\xA9", "column 2 (\"b\"): not valid UTF-8"},
  };
  for (const auto& c : cases) {
    check_rows("a,b\n" + c.row + "\n3,4\n", {{2, "", c.problem}, {3, R"({"a":"3","b":"4"})", ""}});
  }
}

TEST_CASE("a bad row that begins on an earlier line is counted from there") {
  check_rows("a\n\"1\n2\"3\n4\n", {{2, "",
                                    "column 1 (\"a\"): text after the closing quote "
                                    "(a quote inside quotes is written twice)"},
                                   {4, R"({"a":"4"})", ""}});
}

TEST_CASE("a quote that is never closed is the problem of the row that opens it") {
  const std::string unclosed = "the quote is not closed before the end of the file";
  check_rows("a,b\n1,2\n3,\"4\n5,6\n",
             {{2, R"({"a":"1","b":"2"})", ""}, {3, "", "column 2 (\"b\"): " + unclosed}});
  check_rows("a\n\"", {{2, "", "column 1 (\"a\"): " + unclosed}});
  check_rows("a\n\"1\"\"", {{2, "", "column 1 (\"a\"): " + unclosed}});
}

TEST_CASE("a row beyond the limit is passed over, and the next one is read") {
  const std::string problem =
      "column 2 (\"b\"): the row becomes too long here; is a quote left open?";
  const kept_row good{3, R"({"a":"1","b":"5678"})", ""};
  check_rows("a,b\n1,56789\n1,5678\n", {{2, "", problem}, good}, 7);
  check_rows("a,b\n1,567890123456789\n1,5678\n", {{2, "", problem}, good}, 7);
  check_rows("a,b\n1,5678,,,,,,\n1,5678\n", {{2, "", "column 3: " + problem.substr(16)}, good}, 7);
}

TEST_CASE("the quotes of a row beyond the limit still tell where it ends") {
  check_rows("a\n\"123456\n\"\"7890\n\"\n1\n\"123456\n",
             {{2, "", "column 1 (\"a\"): the row becomes too long here; is a quote left open?"},
              {5, R"({"a":"1"})", ""},
              {6, "", "column 1 (\"a\"): the row becomes too long here; is a quote left open?"}},
             5);
}

TEST_CASE("a header that does not name the columns is an error with file and line") {
  struct {
    std::string text, message;
  } const cases[] = {
      {"a,b,a\n", "memory:1: in the header, two columns are named \"a\""},
      {",\n1,2\n", "memory:1: in the header, no column has a name"},
      {"\"\"\n1\n", "memory:1: in the header, no column has a name"},
      {"a,\xFF\n", "memory:1: in the header, column 2: not valid UTF-8"},
      {"\n\na,b\"\n",
       "memory:3: in the header, column 2: a quote inside a field that does not "
       "begin with one"},
      {"a,\"b\n1,2\n",
       "memory:1: in the header, column 2: the quote is not closed before the end "
       "of the file"},
      {"a,b\r1,2\r",
       "memory:1: in the header, column 2: a carriage return without a newline "
       "outside quotes"},
  };
  for (const auto& c : cases) {
    const auto next = io::csv_rows(from_memory(c.text))->next();
    REQUIRE(next.has_error());
    CHECK(next.error().code == errc::dataset);
    CHECK(next.error().message == c.message);
  }
}

TEST_CASE("a header of more columns than any table has is told, and takes no memory") {
  const auto next = io::csv_rows(from_memory("a" + std::string(100'000, ',') + "\n"))->next();
  REQUIRE(next.has_error());
  CHECK(next.error().message == "memory:1: in the header, 100001 columns; expected 100000 at most");
}

TEST_CASE("a column without a name is left out, as the index that pandas writes first") {
  check_rows(",q,a\n0,1+1,2\n1,2+2,4\n",
             {{2, R"({"q":"1+1","a":"2"})", ""}, {3, R"({"q":"2+2","a":"4"})", ""}});
  check_rows("\"\",,q,\n0,x,1,\n", {{2, R"({"q":"1"})", ""}});
  check_rows(",q\n0\n", {{2, "", "the row's number of fields is 1, the header's 2"}});
  check_rows(",q\na\"b,1\n",
             {{2, "", "column 1: a quote inside a field that does not begin with one"}});
}

TEST_CASE("between tabs, commas are text, and so are quotes within a field") {
  check_rows(
      "q\ta\nsay \"hi\", now\t2\n\"a\tb\n\"\"c\"\"\"\t\"\"\r\n",
      {{2, R"({"q":"say \"hi\", now","a":"2"})", ""}, {3, R"({"q":"a\tb\n\"c\"","a":""})", ""}},
      roomy, '\t');
}

TEST_CASE("an error of the source comes through, after the rows before it") {
  const error broken{errc::unreadable, "memory: Input/output error"};
  const auto rows = io::csv_rows(std::make_unique<memory_source>("a\n1\nhalf", 3, broken));
  CHECK((**rows->next()).text == R"({"a":"1"})");
  CHECK(rows->next().error().message == broken.message);
}
