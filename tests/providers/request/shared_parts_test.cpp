#include "providers/request/shared_parts.hpp"

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

TEST_CASE("what is not there is not written") {
  std::string text;
  retort::io::json_writer json(text);
  json.open_object();
  write_texts(json, "stop", {});
  write_instructions(json, "system", {{"user", "u"}});
  write_texts(json, "stop", {"a", "\n"});
  write_instructions(json, "system", {{"system", "s"}});
  json.close_object();
  CHECK(text == R"({"stop":["a","\n"],"system":"s"})");
  CHECK(key_line("x-api-key: ", "") == "");
  CHECK(key_line("x-api-key: ", "k") == "x-api-key: k\r\n");
}

TEST_CASE("tools' answers that follow one another are one turn of the user, others stand alone") {
  const message answer{"tool", "t"};
  const auto written = [](const std::vector<message>& messages) {
    std::string text;
    retort::io::json_writer json(text);
    json.open_object();
    write_turns(
        json, "turns", "parts", messages, [&](const message& one) { json.value(one.content); },
        [&](std::size_t place) { json.value(place); });
    json.close_object();
    return text;
  };
  CHECK(written({}) == R"({"turns":[]})");
  CHECK(written({{"system", "s"}, {"user", "u"}, {"assistant", "a"}}) == R"({"turns":["u","a"]})");
  CHECK(written({{"user", "u"}, answer, answer, {"user", "v"}, answer}) ==
        R"({"turns":["u",{"role":"user","parts":[1,2]},"v",{"role":"user","parts":[4]}]})");
  CHECK(written({answer, {"system", "s"}, answer}) ==
        R"({"turns":[{"role":"user","parts":[0]},{"role":"user","parts":[2]}]})");
}

TEST_CASE("a name in a path cannot leave its place there") {
  CHECK(path_segment("gemini-2.5_flash~") == "gemini-2.5_flash~");
  CHECK(path_segment("../a b?c#d%\r\n") == "..%2Fa%20b%3Fc%23d%25%0D%0A");
}
