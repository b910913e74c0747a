#include "tools/text_table.hpp"

#include <doctest/doctest.h>

using retort::tools::text_table;

TEST_CASE("words begin at one place, numbers end at one, and nothing trails") {
  text_table table({"run", "n"}, 1);
  table.add({"ä", "10,000"});
  table.add({"long name", ""});
  CHECK(table.text() ==
        "run             n\n"
        "ä          10,000\n"
        "long name\n");
}

TEST_CASE("a name with control characters stays one cell of one line") {
  text_table table({"run", "n"}, 1);
  table.add({"a\n\x1b[31mb", "1"});
  CHECK(table.text().find('\x1b') == std::string::npos);
  CHECK(table.text() ==
        "run       n\n"
        "a  [31mb  1\n");
}
