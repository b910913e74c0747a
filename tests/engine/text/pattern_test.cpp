#include "engine/text/pattern.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using retort::errc;
using retort::engine::pattern;

namespace {

std::optional<std::string_view> last(std::string_view expression, std::string_view text) {
  return pattern::compile(expression).value().last_in(text);
}

}  // namespace

TEST_CASE("a pattern gives its first group, or all of the match without a group") {
  CHECK(last("A: (.*)", "A: 18") == "18");
  CHECK(last("A: (\\d+) (\\d+)", "A: 1 2") == "1");
  CHECK(last("(?:A|B): \\d+", "say B: 18 now") == "B: 18");
  CHECK(last("#### (.*)", "because\n#### 1,000\nend") == "1,000");
}

TEST_CASE("the last match counts") {
  CHECK(last("A: (\\d+)", "A: 1, A: 2, A: 3.") == "3");
  CHECK(last("\\d+", "12 345") == "345");
  CHECK(last("(?m)^(.*)$", "one\ntwo") == "two");
}

TEST_CASE("no match gives nothing, an empty one an empty text") {
  CHECK_FALSE(last("A: (.*)", "B: 18"));
  CHECK_FALSE(last("A", ""));
  CHECK_FALSE(last("A(x)?", "A"));
  CHECK(last("A: (.*)", "A: ") == "");
  CHECK(last("x*", "abc") == "");
  CHECK(last("", "") == "");
}

TEST_CASE("anchors hold to the whole text") {
  CHECK(last("^A(\\d)", "A1A2") == "1");
  CHECK(last("(\\d)$", "A1A2") == "2");
  CHECK(last("\\b(\\d)", "1 23") == "2");
}

TEST_CASE("the capture points into the text") {
  const std::string text = "A: 18";
  CHECK(last("A: (.*)", text)->data() == text.data() + 3);
}

TEST_CASE("what does not compile is a usage error that names the pattern and the reason") {
  const auto bad = pattern::compile("A: (.*");
  REQUIRE(bad.has_error());
  CHECK(bad.error().code == errc::usage);
  CHECK(bad.error().message == "pattern \"A: (.*\": missing ): A: (.*");
}
