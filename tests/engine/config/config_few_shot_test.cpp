#include "engine/config/config_few_shot.hpp"

#include <doctest/doctest.h>

#include "tests/support/temporary_directory.hpp"

using namespace retort;
using namespace retort::engine;

namespace {

result<config> parsed(const std::string& few_shot) {
  return parse_config(
      "dataset: {path: d.jsonl}\nprompt: {user: \"{{q}}\"}\nmodels: [{provider: mock}]\n" +
          few_shot,
      "c.yaml", {});
}

std::string problem(const std::string& few_shot) {
  const auto out = parsed(few_shot);
  REQUIRE_FALSE(out.has_value());
  return out.error().message;
}

}  // namespace

TEST_CASE("another pool, or the same with another content, makes other answers") {
  const test::temporary_directory directory;
  const auto shaping_with = [&](const char* content, const std::string& more = "") {
    const std::string path = directory.file("pool.jsonl", content);
    return answer_shaping(parsed("few_shot: {path: " + path + more + "}\n").value());
  };
  const auto one = shaping_with("{\"q\":1}\n");
  CHECK(one == shaping_with("{\"q\":1}\n"));
  CHECK(one != shaping_with("{\"q\":2}\n"));
  CHECK(one != shaping_with("{\"q\":1}\n{\"q\":2}\n"));
  CHECK(one != shaping_with("{\"q\":1}\n", ", k: 1"));
  CHECK(one != shaping_with("{\"q\":1}\n", ", seed: 1"));
  CHECK(one != answer_shaping(parsed("").value()));
}

TEST_CASE("a pool that is not there is told with its place in the config") {
  CHECK(problem("few_shot: {path: none.jsonl}\n")
            .starts_with("c.yaml:4:18: few_shot.path none.jsonl: "));
  CHECK(problem("few_shot: {k: 2}\n") ==
        "c.yaml:4:1: few_shot.path is required: expected text or a list of texts");
  CHECK(problem("few_shot: {path: d.jsonl, k: 0}\n") ==
        "c.yaml:4:30: few_shot.k is \"0\"; expected a whole number from 1 to 1000");
}
