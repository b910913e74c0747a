#include "providers/body/json_body.hpp"

#include <doctest/doctest.h>

#include <string>
#include <string_view>

using retort::providers::parse_json_body;

namespace {

// The JSON string as it reads, or "refused".
std::string read(std::string body) {
  std::string_view text;
  return parse_json_body(body).get(text) ? "refused" : std::string(text);
}

}  // namespace

TEST_CASE("whole pairs of surrogates are one character, halves are U+FFFD") {
  struct {
    std::string_view body, text;
  } const table[] = {
      {R"("\ud83d\ude00")", "\xf0\x9f\x98\x80"},
      {R"("\uD83D\uDE00")", "\xf0\x9f\x98\x80"},
      {R"("\ud800")", "\ufffd"},
      {R"("\udc00")", "\ufffd"},
      {R"("\uDFFF.")", "\ufffd."},
      {R"("a\ud800b")", "a\ufffdb"},
      {R"("\ud800\u0041")", "\ufffdA"},
      {R"("\ud800\n")", "\ufffd\n"},
      {R"("\ud800\ud800")", "\ufffd\ufffd"},
      {R"("\udc00\ud800")", "\ufffd\ufffd"},
      {R"("\ud800\ud83d\ude00")", "\ufffd\xf0\x9f\x98\x80"},
      {R"("\ud83d\ude00\ude00")", "\xf0\x9f\x98\x80\ufffd"},
      {R"("\\ud800 \ud800")", "\\ud800 \ufffd"},  // an escaped backslash, then text
      {R"("\\\ud800")", "\\\ufffd"},
      {R"("\u00e9\ud800\u00e9")", "\u00e9\ufffd\u00e9"},
  };
  for (const auto& [body, text] : table) {
    CAPTURE(body);
    CHECK(read(std::string(body)) == text);
  }
}

TEST_CASE("what is not JSON stays refused, with and without a lone surrogate") {
  for (const std::string_view body :
       {"", "\n \n", "{", R"("a)", R"("\q")", R"("\ud800\q")", R"("\u12")", R"("\ud800\u12")",
        R"("\ud800)", R"("\ud800" x)", "\"\\ud8", "{} {}", "\\"}) {
    CAPTURE(body);
    CHECK(read(std::string(body)) == "refused");
  }
}

TEST_CASE("what a server got wrong and is plain all the same reads") {
  CHECK(read("\"\xff\"") == "\ufffd");
  CHECK(read("\"a\nb\"") == "a\nb");
  CHECK(read("\xef\xbb\xbf\"a\"") == "a");
}

TEST_CASE("a body parses with room behind it and without") {
  const std::string json = "\n\n \"" + std::string(4000, 'x') + "\"\n";
  std::string roomy = json;
  roomy.reserve(json.size() + 100);
  std::string tight = json;
  tight.shrink_to_fit();
  CHECK(read(roomy) == std::string(4000, 'x'));
  CHECK(read(tight) == std::string(4000, 'x'));
}
