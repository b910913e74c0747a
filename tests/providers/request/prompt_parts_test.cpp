#include "providers/request/prompt_parts.hpp"

#include <doctest/doctest.h>

using namespace retort::providers;

namespace {

std::string joined(const std::vector<message>& messages) {
  std::string room;
  return std::string(instructions(messages, room));
}

}  // namespace

TEST_CASE("instructions are what system and developer say, wherever they say it") {
  CHECK(joined({}) == "");
  CHECK(joined({{"user", "u"}}) == "");
  CHECK(joined({{"system", "a"}, {"user", "u"}}) == "a");
  CHECK(joined({{"system", "a"}, {"developer", "b"}, {"user", "u"}, {"system", "c"}}) ==
        "a\n\nb\n\nc");
  CHECK(joined({{"system", ""}, {"developer", "b"}}) == "b");
}

TEST_CASE("a name in a path cannot leave its place there") {
  CHECK(path_segment("gemini-2.5_flash~") == "gemini-2.5_flash~");
  CHECK(path_segment("../a b?c#d%\r\n") == "..%2Fa%20b%3Fc%23d%25%0D%0A");
}
