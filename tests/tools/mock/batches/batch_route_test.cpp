#include "tools/mock/batches/batch_route.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace retort::mock;
using collection = batch_route::collection;

TEST_CASE("a path leads to what it is about, under any prefix") {
  struct {
    const char* target;
    collection about;
    const char *prefix, *id, *verb;
  } const table[] = {
      {"/v1/files", collection::files, "/v1", "", ""},
      {"/files", collection::files, "", "", ""},
      {"/openai/v1/files/file-1?x=/batches", collection::files, "/openai/v1", "file-1", ""},
      {"/v1/files/file-1/content", collection::files, "/v1", "file-1", "content"},
      {"/v1/batches?limit=1", collection::batches, "/v1", "", ""},
      {"/v1/batches/batch_1", collection::batches, "/v1", "batch_1", ""},
      {"/v1/batches/batch_1/cancel", collection::batches, "/v1", "batch_1", "cancel"},
      {"/v1/messages/batches", collection::message_batches, "/v1", "", ""},
      {"/messages/batches/b/results", collection::message_batches, "", "b", "results"},
  };
  for (const auto& row : table) {
    CAPTURE(row.target);
    const auto route = route_of(row.target);
    REQUIRE(route.has_value());
    CHECK(route->about == row.about);
    CHECK(route->prefix == row.prefix);
    CHECK(route->id == row.id);
    CHECK(route->verb == row.verb);
  }
}

TEST_CASE("other paths are none of theirs") {
  for (const char* const target :
       {"", "/", "/v1/chat/completions", "/v1/messages", "/counters", "/v1/batches/",
        "/v1/batches//cancel", "/v1/batches/a/b/c", "/v1/models?after=/files"}) {
    CAPTURE(target);
    CHECK_FALSE(route_of(target).has_value());
  }
}

TEST_CASE("the query's parameters") {
  CHECK(query_value("/b?limit=5&after=batch_1", "limit") == "5");
  CHECK(query_value("/b?limit=5&after=batch_1", "after") == "batch_1");
  CHECK(query_value("/b?after_id=x", "after") == "");
  CHECK(query_value("/b?limit", "limit") == "");
  CHECK(query_value("/b", "limit") == "");
}

TEST_CASE("the limit of a page") {
  CHECK(query_limit("/b", 20, 100) == 20);
  CHECK(query_limit("/b?limit=100", 20, 100) == 100);
  for (const char* const bad : {"/b?limit=0", "/b?limit=101", "/b?limit=-1", "/b?limit=5x"}) {
    CAPTURE(bad);
    CHECK_FALSE(query_limit(bad, 20, 100).has_value());
  }
}
