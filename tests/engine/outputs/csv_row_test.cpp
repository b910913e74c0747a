#include "engine/outputs/csv_row.hpp"

#include <doctest/doctest.h>

using namespace retort::engine;

TEST_CASE("members become fields by their columns, whatever their order") {
  std::string out;
  append_csv_header({"a", "b", "c"}, out);
  append_csv_row(R"({"c":"x \"y\",\nz","b":[1, {"d":null}],"e":7})", {"a", "b", "c"}, out);
  CHECK_FALSE(append_csv_row("[1]", {"a"}, out));
  append_csv_row(R"({"a":null,"b":0.10,"c":true})", {"a", "b", "c"}, out);
  CHECK(out ==
        "a,b,c\r\n"
        "\"\",\"[1, {\"\"d\"\":null}]\",\"x \"\"y\"\",\nz\"\r\n"
        "\"\",\"0.10\",\"true\"\r\n");
}

TEST_CASE("a column's name is in quotes where it must be") {
  std::string out;
  append_csv_header({"a", "b,c", "d \"e\""}, out);
  CHECK(out == "a,\"b,c\",\"d \"\"e\"\"\"\r\n");
}
