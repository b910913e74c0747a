#include "engine/filters/contamination.hpp"

#include <doctest/doctest.h>

#include "tests/support/temporary_directory.hpp"

using namespace retort;
using namespace retort::engine;

namespace {

constexpr char rows[] =
    "{\"question\": \"A farmer has 12 cows and buys 5 more of them; how many cows has he?\", "
    "\"answer\": \"17 cows\", \"n\": 3, \"tags\": [\"farm yard\"], \"o\": {}}\n"
    "\n"
    "{\"question\": \"Name the capital of France\", \"answer\": null, \"n\": 4, \"tags\": []}\n";

struct benchmark {
  test::temporary_directory directory;
  std::string path = directory.file("test.jsonl", rows);

  result<contamination> load(std::vector<std::string> fields, std::uint32_t n = 5) const {
    return contamination::load({{path}, std::move(fields), n});
  }
  std::string met(const contamination& by, std::string_view text) const {
    const auto found = by.find_in(text);
    if (!found) return "";
    const auto at = found->find(path);
    return at == std::string::npos ? *found
                                   : found->substr(0, at) + found->substr(at + path.size());
  }
};

}  // namespace

TEST_CASE("so many words in a row are met, whatever their case and punctuation") {
  const benchmark of;
  const auto by = of.load({"question"}).value();
  CHECK(of.met(by, "Say: a FARMER has, 12 cows. Or not.") == "5 words of :1 (question)");
  CHECK(of.met(by, "A farmer has 12 horses and buys 5") == "");
  CHECK(of.met(by, "what is name the capital of france?") == "5 words of :3 (question)");
  CHECK(of.met(by, "") == "");
}

TEST_CASE("a text of fewer words is met by the same words alone, all of them") {
  const benchmark of;
  const auto by = of.load({"question", "answer", "n", "tags"}).value();
  CHECK(of.met(by, "17 cows.") == "all of :1 (answer)");
  CHECK(of.met(by, "He has 17 cows.") == "");
  CHECK(of.met(by, "4") == "all of :3 (n)");
  CHECK(of.met(by, "Farm yard!") == "all of :1 (tags)");
  CHECK(of.met(by, "farmer has 12 cows") == "");
}

TEST_CASE("what cannot be read is said with its place") {
  const benchmark of;
  const auto message = [](const result<contamination>& loaded) {
    REQUIRE_FALSE(loaded.has_value());
    return loaded.error().message;
  };
  CHECK(message(of.load({"quest"})).find("test.jsonl:1: ") != std::string::npos);
  CHECK(message(of.load({"quest"})).find("quest") != std::string::npos);
  CHECK(message(of.load({"o"})).find("the field o is an object") != std::string::npos);
  CHECK(message(contamination::load({{of.directory.path() + "/none.jsonl"}, {"a"}, 5}))
            .starts_with("filter.decontaminate.against: "));
  of.directory.file("test.jsonl", "{\"question\": \n");
  CHECK(message(of.load({"question"})).find("test.jsonl:1: ") != std::string::npos);
}

TEST_CASE("another benchmark is another fingerprint") {
  const benchmark of, other;
  CHECK(of.load({"question"}).value().fingerprint() ==
        other.load({"question"}).value().fingerprint());
  CHECK(of.load({"question"}).value().fingerprint() != of.load({"answer"}).value().fingerprint());
}
