#include "tools/mock/answers/filler.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>

using retort::mock::pad_answer;

TEST_CASE("words stand in front of the answer, four bytes to a token") {
  const std::string answer = "5 + 3 = 8. A: 8";
  for (const std::uint64_t tokens : {5, 10, 100, 5000}) {
    const std::string padded = pad_answer(answer, tokens);
    CHECK(padded.size() == tokens * 4);
    CHECK(padded.ends_with("\n" + answer));
    const auto words = padded.substr(0, padded.size() - answer.size());
    CHECK(std::none_of(words.begin(), words.end(), [](char c) { return c >= '0' && c <= '9'; }));
  }
}

TEST_CASE("an answer that is long enough stays as it is, and so does JSON") {
  CHECK(pad_answer("four", 1) == "four");
  CHECK(pad_answer("four", 0) == "four");
  CHECK(pad_answer("fivee", 1) == "fivee");
  CHECK(pad_answer("fou", 1) == "\nfou");
  CHECK(pad_answer("", 1) == "Let\n");
  CHECK(pad_answer(R"({"answer": "8"})", 1000) == R"({"answer": "8"})");
}
