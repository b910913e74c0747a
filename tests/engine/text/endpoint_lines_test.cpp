#include "engine/text/endpoint_lines.hpp"

#include <doctest/doctest.h>

#include <string>
#include <utility>

using namespace retort;
using namespace retort::engine;

using urls = std::vector<std::string>;

TEST_CASE("a list of endpoints is a URL a line, blank lines and remarks aside") {
  CHECK(*parse_endpoint_lines("http://a:8000/v1", "f") == urls{"http://a:8000/v1"});
  CHECK(*parse_endpoint_lines("# of rack 3\r\n\r\n  http://a/v1/ \r\nhttps://b\n\nhttp://a/v1\n",
                              "f") == urls{"http://a/v1", "https://b"});
  CHECK(*parse_endpoint_lines("http://A:80/v1\nhttp://a./v1/\nhttp://a//v1\n", "f") ==
        urls{"http://A:80/v1", "http://a//v1"});
}

TEST_CASE("the first line that is no endpoint is told by its number, and not shown") {
  const std::pair<std::string, std::string> cases[] = {
      {"http://a\nb:8000\n", "f:2: the line is not an http:// or https:// URL"},
      {"http://a\n\nftp://b\n", "f:3: the line is not an http:// or https:// URL"},
      {"http://me:secret@b\n",
       "f:1: the line holds a user or password (not shown); use api_key_env"},
      {"http://a:99999/v1", "f:1: the line has no port from 1 to 65535"},
      {"http://a:0/v1", "f:1: the line has no port from 1 to 65535"},
      {"http://a/v1?k=1", "f:1: the line has a query or fragment; expected a path"},
      {"http://a http://b", "f:1: the line is not an http:// or https:// URL"},
      {std::string("http://a\0b", 10), "f:1: the line is not an http:// or https:// URL"},
      {"", "f: no endpoint in it; expected a base URL a line"},
      {"# none\n\n", "f: no endpoint in it; expected a base URL a line"},
  };
  for (const auto& [text, message] : cases) {
    CAPTURE(message);
    const auto read = parse_endpoint_lines(text, "f");
    REQUIRE_FALSE(read.has_value());
    CHECK(read.error().message == message);
  }
}

TEST_CASE("a list has a bound") {
  std::string text;
  for (std::size_t i = 0; i < most_endpoints; ++i) text += "http://h" + std::to_string(i) + "\n";
  CHECK(parse_endpoint_lines(text, "f")->size() == most_endpoints);
  CHECK(parse_endpoint_lines(text + "http://h1\n", "f")->size() == most_endpoints);
  CHECK(parse_endpoint_lines(text + "http://more\n", "f").error().message ==
        "f:4097: more than 4096 endpoints");
}
