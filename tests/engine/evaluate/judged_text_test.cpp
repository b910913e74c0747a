#include "engine/evaluate/judged_text.hpp"

#include <doctest/doctest.h>

using namespace retort;
using engine::judged_text;

namespace {

std::string judged(const providers::completion& of) {
  std::string room;
  return std::string(judged_text(of, room));
}

}  // namespace

TEST_CASE("a completion is judged by its text, and by its calls where it has none") {
  providers::completion one;
  CHECK(judged(one) == "");
  one.text = " ";
  CHECK(judged(one) == " ");
  one.tool_calls = {{"a", "f", R"({"x":1})"}};
  CHECK(judged(one) == R"({"x":1})");
  one.tool_calls.push_back({"b", "g", ""});
  CHECK(judged(one) == "{\"x\":1}\n{}");
  one.text = "8";
  CHECK(judged(one) == "8");
}
