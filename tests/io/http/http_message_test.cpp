#include "io/http/http_message.hpp"

#include <doctest/doctest.h>

using retort::io::http_response;

TEST_CASE("a field is found by its whole name in lower case") {
  http_response response;
  response.headers =
      "content-type: application/json\nretry-after: 7\nretry-after-ms: 120\nempty: \n";
  CHECK(response.header("content-type") == "application/json");
  CHECK(response.header("retry-after") == "7");
  CHECK(response.header("retry-after-ms") == "120");
  CHECK(response.header("empty") == "");
  CHECK(response.header("retry") == "");
  CHECK(response.header("after") == "");
  CHECK(response.header("Retry-After") == "");
  CHECK(response.header("application/json") == "");
  CHECK(response.header("") == "");
}

TEST_CASE("of several fields of one name the first counts") {
  http_response response;
  response.headers = "a: 1\nb: x: y\na: 2\n";
  CHECK(response.header("a") == "1");
  CHECK(response.header("b") == "x: y");
}

TEST_CASE("a response without fields has none") { CHECK(http_response().header("a") == ""); }
