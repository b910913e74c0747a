#include "engine/prompt/examples.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <map>
#include <set>

#include "engine/prompt/prompts.hpp"
#include "engine/prompt/record_json.hpp"
#include "providers/body/json_parser.hpp"
#include "tests/support/temporary_directory.hpp"

using namespace retort;
using namespace retort::engine;

namespace {

struct pool {
  test::temporary_directory directory;
  few_shot_config config;

  explicit pool(const std::string& rows, const std::string& name = "pool.jsonl") {
    config.paths = {directory.file(name, rows)};
    config.k = 2;
  }
  explicit pool(std::size_t size) : pool(rows_of(size)) {}

  static std::string rows_of(std::size_t size) {
    std::string rows;
    for (std::size_t i = 0; i < size; ++i) rows += fmt::format("{{\"q\":\"q{0}\",\"a\":{0}}}\n", i);
    return rows;
  }

  // What is drawn, as JSON, or why nothing is.
  std::string drawn(const std::string& record, std::uint64_t ordinal = 0) const {
    const auto from = examples::load(config);
    if (!from) return from.error().message;
    retort::providers::json_parser parser;
    const auto got = from->draw(parse_record(parser, record).value(), ordinal);
    return got ? simdjson::minify(*got) : got.error().message;
  }
};

}  // namespace

TEST_CASE("so many different examples are drawn, each as likely, the same for the same record") {
  pool of(20);
  std::map<std::string, int> times;
  for (std::uint64_t ordinal = 0; ordinal < 1000; ++ordinal) {
    const std::string seen = of.drawn("{}", ordinal);
    CHECK(of.drawn(R"({"other":1})", ordinal) == seen);
    std::set<std::string> different;
    for (std::size_t i = 0; i < 20; ++i) {
      const auto one = fmt::format("{{\"q\":\"q{0}\",\"a\":{0}}}", i);
      if (seen.find(one) != seen.npos && different.insert(one).second) ++times[one];
    }
    CHECK(different.size() == 2);
  }
  CHECK(times.size() == 20);
  for (const auto& [one, n] : times) CHECK((n > 60 && n < 140));  // 100 on average, deviation 9.5
  const std::string before = of.drawn("{}", 7);
  of.config.seed = 1;
  CHECK(of.drawn("{}", 7) != before);
}

TEST_CASE("all are drawn where so many are asked for, in an order of the record's own") {
  pool of(5);
  of.config.k = 5;
  CHECK(of.drawn("{}", 1) != of.drawn("{}", 2));
  for (const char* one : {"q0", "q1", "q2", "q3", "q4"}) {
    CHECK(of.drawn("{}").find(one) != std::string::npos);
  }
}

TEST_CASE("a record is no example of itself, however its row is written") {
  for (const char* record : {R"({"q":"q1","a":1})", R"({ "a" : "1", "q" : "q1" })",
                             R"({"q":"q1","a":1,"why":"so"})", R"({"q":"q1"})"}) {
    CAPTURE(record);
    const pool of(3);
    for (std::uint64_t ordinal = 0; ordinal < 20; ++ordinal) {
      CHECK(of.drawn(record, ordinal).find("q1") == std::string::npos);
    }
  }
  const pool table(std::string("q,a\nq0,0\nq1,1\nq2,2\n"), "pool.csv");
  CHECK(table.drawn(R"({"q":"q1","a":1})").find("q1") == std::string::npos);
  CHECK(table.drawn(R"({"q":"q1","a":7})", 3).find("examples") == 2);
}

TEST_CASE("where there are too few examples, or one is none, it is said") {
  pool of(2);
  CHECK(of.drawn(R"({"q":"q1","a":1})") ==
        "few_shot.k is 2 and few_shot.path has 1 rows that are not this record");
  of.config.k = 3;
  CHECK(of.drawn("{}") == "few_shot.k is 3; expected at most the 2 rows of few_shot.path");
  const pool bad(std::string("{\"q\":1}\n[2]\n"));
  CHECK(bad.drawn("{}").starts_with("few_shot: " + bad.config.paths[0] + ":2: "));
  pool none(1);
  none.config.paths = {none.directory.path() + "/none.jsonl"};
  CHECK(none.drawn("{}").starts_with("few_shot.path: "));
}

TEST_CASE("examples stand in a prompt, with their own fields and no others") {
  const pool of(3);
  config run;
  run.few_shot = of.config;
  const auto said = [&run](const std::string& user) {
    run.prompt.user = user;
    const auto by = prompts::make(run);
    if (!by) return by.error().message;
    retort::providers::json_parser parser;
    sample into;
    const auto record = parse_record(parser, R"({"q":"q1","a":1,"secret":"42"})");
    const auto done = by->render(*record, into);
    return done ? into.messages[0].content : done.error().message;
  };
  const std::string one = said("{{#examples}}{{q}}={{a}};{{/examples}}{{q}}=");
  CHECK((one == "q0=0;q2=2;q1=" || one == "q2=2;q0=0;q1="));
  CHECK(said("{{#examples}}{{q}}: {{secret}} {{/examples}}{{q}}")
            .starts_with("prompt: the record has no field \"secret\""));
  CHECK(said("{{q}}").starts_with("few_shot is set and the prompt has no {{#examples}}"));
}
