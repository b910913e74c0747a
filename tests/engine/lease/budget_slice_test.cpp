#include "engine/lease/budget_slice.hpp"

#include <doctest/doctest.h>

#include <limits>

using namespace retort;
using namespace std::chrono_literals;
using engine::budget_slice;
using engine::lease_call, engine::lease_reply;

namespace {

using texts = std::vector<std::string>;
using use = budget_slice::use;
const budget_slice::time_point start{1h};

budget_slice tokens(std::int64_t cap, std::int64_t claimed = 12) {
  return {{cap, std::nullopt}, "3/12", claimed};
}

texts asked(budget_slice& of, const use& what, budget_slice::time_point now = start,
            bool stays = true) {
  lease_call call("m", stays);
  of.ask(call, {what, {}}, now, stays);
  texts words = call.words();
  words.erase(words.begin(), words.begin() + 2);
  return words;
}

void hear(budget_slice& of, texts words, budget_slice::time_point now = start) {
  lease_reply reply(std::move(words));
  of.hear(reply, now);
}

}  // namespace

TEST_CASE("it says what it has spent, and asks for what a request that waits would need") {
  budget_slice slice = tokens(1000);
  slice.begin({100, 0});
  CHECK(asked(slice, {100, 0, 0}) ==
        texts{"b", "3/12", "", "12", "1", "t", "1000", "-1", "100", "0", "1"});
  CHECK(asked(slice, {100, 0, 40}) ==
        texts{"b", "3/12", "", "12", "1", "t", "1000", "-1", "100", "160", "40"});
  hear(slice, {"e1", "12", "180", "300", "700"});
  CHECK(slice.held()[0] == 180);
  CHECK(asked(slice, {100, 80, 40}) ==
        texts{"b", "3/12", "e1", "12", "1", "t", "1000", "300", "180", "480", "40"});
}

TEST_CASE("dollars and tokens are two budgets of one") {
  budget_slice slice({1000, 5'000'000'000}, "0/1", 1);
  lease_call call("m", true);
  slice.ask(call, {use{1, 2, 3}, use{4, 5, 6}}, start);
  CHECK(call.words() == texts{"m", "1", "b", "0/1", "", "1", "2", "t", "1000", "-1", "3", "20", "3",
                              "n", "5000000000", "-1", "9", "44", "6"});
}

TEST_CASE("it holds a minute ahead of what it spends, and gives back when it rests") {
  budget_slice slice = tokens(1'000'000);
  (void)asked(slice, {0, 0, 100});
  hear(slice, {"e", "1", "200", "200", "999800"});
  CHECK(asked(slice, {100, 50, 0}, start + 1s)[9] == "5950");
  hear(slice, {"e", "1", "6150", "6150", "993850"});
  for (int i = 2; i < 40; ++i) (void)asked(slice, {100, 0, 0}, start + i * 1s);
  CHECK(slice.held()[0] == 100);
}

TEST_CASE("who waits with nothing under way gives back the little it has") {
  budget_slice slice = tokens(1000);
  (void)asked(slice, {0, 0, 100});
  hear(slice, {"e", "12", "90", "1000", "0"});
  CHECK(asked(slice, {10, 80, 100}, start + 1s)[8] == "90");  // not while something is
  CHECK(asked(slice, {20, 0, 100}, start + 2s)[8] == "20");
  CHECK(slice.held()[0] == 20);
}

TEST_CASE("who leaves gives back all but what it has spent") {
  budget_slice slice = tokens(1000);
  (void)asked(slice, {0, 0, 100});
  hear(slice, {"e", "12", "500", "500", "500"});
  CHECK(asked(slice, {30, 0, 0}, start + 1s, false)[8] == "30");
}

TEST_CASE("it never says that it holds less than is spent and under way") {
  budget_slice slice = tokens(1000);
  CHECK(asked(slice, {2000, 500, 0})[8] == "2500");
}

TEST_CASE("a budget counts as used up when what is needed has not come for half a minute") {
  budget_slice slice = tokens(1000);
  CHECK_FALSE(slice.is_used_up(start + 1h));
  (void)asked(slice, {900, 0, 200});
  hear(slice, {"e", "12", "900", "950", "50"});
  CHECK_FALSE(slice.is_used_up(start + 29s));
  CHECK(slice.is_used_up(start + 30s));
  (void)asked(slice, {900, 0, 200}, start + 20s);
  hear(slice, {"e", "12", "1100", "1100", "0"}, start + 20s);
  CHECK_FALSE(slice.is_used_up(start + 45s));
}

TEST_CASE("amounts beyond all reason are as many as can be counted") {
  constexpr auto most = std::numeric_limits<std::int64_t>::max();
  budget_slice slice = tokens(most);
  const texts words = asked(slice, {most, most, most});
  CHECK(words[6] == "9000000000000000");
  CHECK(words[8] == "9000000000000000");
  CHECK(words[9] == "0");
}

TEST_CASE("the only one need not wait") {
  budget_slice slice = tokens(1000, 1);
  (void)asked(slice, {900, 0, 200});
  hear(slice, {"e", "1", "900", "900", "100"});
  CHECK(slice.is_used_up(start));
}

TEST_CASE("the last of a budget that has just come is not used up") {
  budget_slice slice = tokens(1000, 1);
  (void)asked(slice, {500, 100, 200});
  hear(slice, {"e", "1", "1000", "1000", "0"});
  CHECK_FALSE(slice.is_used_up(start));
}

TEST_CASE("nobody waits for ever for who is gone") {
  budget_slice slice = tokens(1'000'000);
  (void)asked(slice, {0, 0, 100});
  CHECK_FALSE(slice.is_used_up(start + 9min));
  CHECK(slice.is_used_up(start + 10min));
}

TEST_CASE("where the pool is not there, what all have spent is asked for, and said") {
  budget_slice slice = tokens(1000);
  (void)asked(slice, {0, 0, 0});
  hear(slice, {""});
  CHECK(slice.is_base_unknown());
  slice.found({420, 0});
  CHECK(asked(slice, {0, 0, 0})[7] == "420");
  hear(slice, {"e", "12", "0", "420", "580"});
  CHECK_FALSE(slice.is_base_unknown());
}
