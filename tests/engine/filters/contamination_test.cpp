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
  CHECK_FALSE(by.find_run_in("17 cows").has_value());  // as a call's argument: one of many words
  CHECK(by.find_run_in("a farmer has 12 cows").has_value());
}

TEST_CASE("so many words in a row are met wherever they stand, one fewer never") {
  test::temporary_directory directory;
  const std::string path = directory.file("b.jsonl", "{\"q\": \"a b c d e f g h i j\"}\n");
  const auto text = [](std::size_t before, std::size_t first, std::size_t words) {
    std::string out;
    for (std::size_t i = 0; i < before; ++i) out += "x ";
    for (std::size_t i = 0; i < words; ++i) out += std::string(1, "abcdefghij"[first + i]) + ' ';
    return out + "y y y y y y y y y y y y";
  };
  for (std::uint32_t n = 1; n <= 10; ++n) {
    const auto by = contamination::load({{path}, {"q"}, n}).value();
    for (std::size_t before = 0; before < 2 * n; ++before) {
      for (std::size_t first = 0; first + n <= 10; ++first) {
        CHECK(by.find_in(text(before, first, n)).has_value());
        CHECK_FALSE(by.find_in(text(before, first, n - 1)).has_value());
      }
    }
  }
}

TEST_CASE("of several texts that are met, the one whose words come first is told") {
  test::temporary_directory directory;
  const std::string path =
      directory.file("b.jsonl", "{\"q\": \"a b c d e\"}\n{\"q\": \"d e f g h\"}\n");
  const auto by = contamination::load({{path}, {"q"}, 5}).value();
  for (std::size_t before = 0; before < 9; ++before) {
    std::string others;
    for (std::size_t i = 0; i < before; ++i) others += "x ";
    CHECK(by.find_in(others + "a b c d e f g h").value().ends_with("b.jsonl:1 (q)"));
    CHECK(by.find_in(others + "d e f g h a b c d e").value().ends_with("b.jsonl:2 (q)"));
  }
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
