#include "engine/workload/own_turns.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace retort::engine;

namespace {

// "system: be brief / user: a | user: b"
std::string text_of(const std::vector<turn_messages>& turns) {
  std::string out;
  for (const turn_messages& turn : turns) {
    out += out.empty() ? "" : " | ";
    for (const auto& one : turn) {
      out += (&one == &turn.front() ? "" : " / ") + one.role + ": " + one.content;
    }
  }
  return out;
}

std::string turns_of(std::vector<retort::providers::message> conversation) {
  const auto turns = own_turns(std::move(conversation));
  return turns ? text_of(*turns) : turns.error().message;
}

}  // namespace

TEST_CASE("each message of its user is a turn of a conversation, without what its model said") {
  CHECK(turns_of({{"user", "a"}}) == "user: a");
  CHECK(turns_of({{"system", "s"}, {"user", "a"}, {"assistant", "x"}, {"user", "b"}}) ==
        "system: s / user: a | user: b");
  CHECK(turns_of({{"assistant", "hello"}, {"user", "a"}, {"assistant", "x"}}) == "user: a");
  // As MT-Bench has them: nothing of a model between.
  CHECK(turns_of({{"user", "a"}, {"user", "b"}}) == "user: a | user: b");
  CHECK(turns_of({{"user", "a"}, {"system", "t"}, {"user", "b"}, {"developer", "z"}}) ==
        "user: a | system: t / user: b");
}

TEST_CASE("a conversation in which nobody asks, or a tool answers, is no session") {
  CHECK(turns_of({{"system", "s"}, {"assistant", "x"}}) ==
        "the conversation has no message of a user");
  CHECK(turns_of({{"user", "a"}, {"assistant", ""}, {"tool", "7"}, {"user", "b"}})
            .starts_with("the conversation has a tool's answer, to a call of words that"));
}
