#include "engine/lease/account_slice.hpp"

#include <doctest/doctest.h>

using namespace retort;
using namespace std::chrono_literals;
using engine::account_slice;
using engine::lease_call, engine::lease_reply;
using engine::limits_config;
using providers::quota;

namespace {

using texts = std::vector<std::string>;
const account_slice::time_point start{1h};

texts asked(account_slice& of) {
  lease_call call("m", true);
  of.ask(call);
  texts words = call.words();
  words.erase(words.begin(), words.begin() + 2);
  return words;
}

void hear(account_slice& of, texts words, account_slice::time_point now) {
  (void)asked(of);
  lease_reply reply(std::move(words));
  of.hear(reply, now, now);
}

bool may_go(account_slice& of, double amount = 1) {
  bool may = true;
  of.each_quota([&](quota, auto& one) { may &= one.has(amount); });
  return may;
}

limits_config limits() {
  limits_config stated;
  stated.rps = 10;
  stated.rpm = 300;  // the lower
  stated.concurrency = 50;
  stated.share = 0.8;
  return stated;
}

}  // namespace

TEST_CASE("of what is stated the lowest counts, and of that the share") {
  account_slice slice(limits(), 12, start);
  CHECK(asked(slice) ==
        texts{"q", "12", "0", "1", "r", "4", "0", "1", "0", "40", "0", "0", "1", "0"});
  CHECK_FALSE(may_go(slice));
  CHECK_FALSE(slice.has_place());
  CHECK(slice.is_wanting());
  const texts waiting = asked(slice);
  CHECK(waiting[2] == "1");
  CHECK(waiting[12] == "1");  // one place, to begin with
  CHECK_FALSE(slice.is_wanting());
}

TEST_CASE("what headers tell is shared as well, and lowers what is stated") {
  limits_config stated;
  stated.rpm = 600;
  account_slice slice(stated, 1, start);
  slice.tell(quota::tokens, 50, start);
  slice.tell(quota::requests, 5, start);
  CHECK(asked(slice) == texts{"q", "1", "0", "2", "r", "5", "0", "1", "0", "t", "50", "0", "1", "0",
                              "0", "0", "0", "0", "0"});
  slice.tell(quota::requests, 500, start);
  slice.tell(quota::requests, -1, start);
  CHECK(asked(slice)[5] == "10");
}

TEST_CASE("places are doubled while somebody lacks one, and given back when they are not used") {
  account_slice slice(limits(), 12, start);
  hear(slice, {"1", "0", "4", "8"}, start);
  CHECK(slice.places() == 8);
  for (int i = 0; i < 8; ++i) {
    CHECK(slice.has_place());
    slice.enter();
  }
  CHECK_FALSE(slice.has_place());
  CHECK(asked(slice)[12] == "17");
  for (int i = 0; i < 8; ++i) slice.leave();
  hear(slice, {"1", "0", "4", "8"}, start);
  CHECK(asked(slice)[12] == "1");  // to go on with, should it be cut off
  CHECK(slice.places() == 1);
  hear(slice, {"41", "0", "4", "1"}, start);  // more than there are places
  CHECK(asked(slice)[12] == "0");
  CHECK(slice.places() == 0);
}

TEST_CASE("places are given back by one question, and by none behind it until that is answered") {
  account_slice slice(limits(), 12, start);
  hear(slice, {"10", "0", "4", "8"}, start);
  for (int i = 0; i < 3; ++i) slice.enter();
  for (int i = 0; i < 3; ++i) slice.leave();
  for (int unanswered = 0; unanswered < 3; ++unanswered) CHECK(asked(slice)[12] == "4");
  CHECK(slice.advance(start + 4s));
  CHECK(asked(slice)[12] == "4");
  CHECK(slice.places() == 4);
}

TEST_CASE("without a word what was dealt lapses first, and a second later it is on its own") {
  account_slice slice(limits(), 12, start);
  hear(slice, {"10", "2", "4", "20"}, start);
  hear(slice, {"10", "2", "4", "20"}, start + 10s);
  CHECK_FALSE(slice.advance(start + 12s));
  CHECK(may_go(slice));
  CHECK_FALSE(slice.advance(start + 12600ms));
  CHECK_FALSE(may_go(slice));
  CHECK_FALSE(slice.is_alone());
  CHECK(slice.advance(start + 13500ms));
  CHECK(slice.is_alone());
  CHECK(slice.places() == 4);  // a tenth of them
  CHECK_FALSE(slice.advance(start + 14s));
  slice.advance(start + 20s);
  CHECK(may_go(slice));  // 0.4 a second
  hear(slice, {"11", "0", "4", "9"}, start + 21s);
  CHECK_FALSE(slice.is_alone());
  CHECK(slice.places() == 9);
  CHECK(slice.members() == 11);
}

TEST_CASE("cut off it never gets more places than it had") {
  account_slice slice(limits(), 2, start);
  hear(slice, {"2", "0", "4", "3"}, start);
  slice.advance(start + 4s);
  CHECK(slice.places() == 3);  // its share were 20
}

TEST_CASE("cut off with no place it takes one only where nobody is beside it") {
  for (const auto& [claimed, members, places] :
       {std::tuple(1, "1", 1U), {1, "2", 0U}, {2, "1", 0U}}) {
    CAPTURE(members);
    account_slice slice(limits(), claimed, start);
    hear(slice, {members, "0", "4", "0"}, start);
    CHECK_FALSE(slice.has_place());
    slice.advance(start + 4s);
    CHECK(slice.places() == places);
  }
}

TEST_CASE("a newcomer counts on no share of which the others may not have heard") {
  account_slice slice(limits(), 12, start);
  lease_reply reply({"12", "0", "4", "0"});
  (void)asked(slice);
  slice.hear(reply, start, start + 2s);  // a slow answer
  CHECK_FALSE(slice.advance(start + 4s));
  CHECK(slice.advance(start + 5s));
}

TEST_CASE("who never answered leaves nothing to go on with") {
  account_slice slice(limits(), 12, start);
  CHECK_FALSE(slice.advance(start + 1h));
  CHECK_FALSE(may_go(slice));
}

TEST_CASE("an answer that is none changes nothing") {
  account_slice slice(limits(), 12, start);
  hear(slice, {"10", "2", "4", "20"}, start);
  for (const texts& bad :
       {texts{}, texts{"10"}, texts{"x", "2", "4", "20"}, texts{"0", "2", "4", "20"},
        texts{"10", "2", "4", "-1"}, texts{"10", "nan", "4", "5"}}) {
    hear(slice, bad, start + 1s);
    CHECK(slice.members() == 10);
  }
  CHECK(slice.advance(start + 4s));
}
