#include "engine/lease/lease_words.hpp"

#include <doctest/doctest.h>

using retort::engine::lease_call, retort::engine::lease_reply;

TEST_CASE("a call names its pools, and says every number exactly") {
  lease_call call("me", true);
  call.about("p");
  call.say("q");
  call.say(0.1);
  call.say(std::int64_t{9'000'000'000'000'000});
  CHECK(call.pools() == std::vector<std::string>{"p"});
  CHECK(call.words() ==
        std::vector<std::string>{"me", "1", "q", "0.10000000000000001", "9000000000000000"});
  CHECK(lease_call("me", false).words()[1] == "0");
}

TEST_CASE("a reply is read to its end, or it is bad") {
  lease_reply good({"a", "2.5", "-3"});
  CHECK(good.word() == "a");
  CHECK(good.number() == 2.5);
  CHECK_FALSE(good.is_read());
  CHECK(good.whole() == -3);
  CHECK((good.is_good() && good.is_read()));
  CHECK(good.number() == 0);
  CHECK_FALSE(good.is_good());
}

TEST_CASE("what is no finite number, or no whole one that can be, makes it bad for good") {
  for (const char* text : {"", "x", "1x", "nan", "inf", "1e999", " 1"}) {
    CAPTURE(text);
    lease_reply reply({text, "1"});
    CHECK(reply.number() == 0);
    CHECK_FALSE(reply.is_good());
    CHECK(reply.number() == 0);
  }
  lease_reply huge({"1e17"});
  CHECK(huge.whole() == 0);
  CHECK_FALSE(huge.is_good());
}
