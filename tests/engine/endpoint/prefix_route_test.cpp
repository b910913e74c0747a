#include "engine/endpoint/prefix_route.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <map>
#include <string>
#include <vector>

using namespace retort;
using namespace retort::engine;

namespace {

using candidates = std::vector<route_candidate>;
using messages = std::vector<providers::message>;

candidates idle(std::size_t count) {
  candidates out;
  for (std::size_t i = 0; i < count; ++i) out.push_back({1000 + i, 0, true});
  return out;
}

messages asked(const std::string& system, const std::string& user) {
  return {{"system", system}, {"user", user}};
}

}  // namespace

TEST_CASE("where a prefix goes, by who is open and how busy") {
  candidates all = idle(3);
  const std::size_t home = *route(7, all);
  const std::size_t other = (home + 1) % 3, third = (home + 2) % 3;
  struct row {
    const char* what;
    double home, other, third;
    bool home_open;
    std::vector<std::size_t> to;
  };
  const row rows[] = {
      {"all are idle", 0, 0, 0, true, {home}},
      {"all are as busy", 0.9, 0.9, 0.9, true, {home}},
      {"it is a little busier", 0.5, 0.45, 0.45, true, {home}},
      {"it is much busier", 0.9, 0.3, 0.3, true, {other, third}},
      {"it is closed", 0, 0, 0, false, {other, third}},
      {"it is closed, and one is busy", 0, 0.9, 0.1, false, {third}},
      {"another is busy", 0.4, 0.9, 0.4, true, {home}},
  };
  for (const row& one : rows) {
    CAPTURE(one.what);
    all[home] = {all[home].name, one.home, one.home_open};
    all[other].used = one.other;
    all[third].used = one.third;
    const auto to = route(7, all);
    REQUIRE(to.has_value());
    CHECK(std::ranges::count(one.to, *to) == 1);
  }
  for (auto& one : all) one.is_open = false;
  CHECK_FALSE(route(7, all).has_value());
  CHECK_FALSE(route(7, {}).has_value());
}

TEST_CASE("prefixes spread, and who leaves moves nobody else's") {
  candidates all = idle(4);
  std::array<int, 4> count{};
  int moved = 0;
  for (std::uint64_t prefix = 1; prefix <= 4000; ++prefix) {
    all[3].is_open = true;
    const std::size_t before = *route(prefix, all);
    ++count[before];
    all[3].is_open = false;
    const std::size_t after = *route(prefix, all);
    moved += before != 3 && after != before;
  }
  CHECK(moved == 0);
  for (const int one : count) {
    CHECK(one > 900);
    CHECK(one < 1100);
  }
}

TEST_CASE("nobody gets much more than the others, however many share a prefix") {
  candidates all = idle(4);
  std::array<int, 4> in_flight{};
  for (int i = 0; i < 200; ++i) {
    const std::size_t to = *route(7, all);
    all[to].used = ++in_flight[to] / 100.0;
    all[to].is_open = in_flight[to] < 100;
  }
  for (const int one : in_flight) CHECK(one <= 50 * load_bound + 6);
}

TEST_CASE("what all prompts begin with tells none apart, however long it is") {
  prompt_prefix of;
  const std::string rules(5000, 'r'), a(600, 'a'), b(600, 'b');
  of.key_of(asked(rules, a + "1?"));
  of.key_of(asked(rules, b + "1?"));
  const auto key_a = of.key_of(asked(rules, a + "2?")), key_b = of.key_of(asked(rules, b + "2?"));
  CHECK(key_a != key_b);
  CHECK(key_a == of.key_of(asked(rules, a + "3?")));
  CHECK(key_b == of.key_of(asked(rules, b + "and something else")));
  CHECK(key_a != 0);
}

TEST_CASE("the same prompt has one key, short, empty or long") {
  for (const std::size_t size : {0, 1, 511, 512, 513, 70'000, 200'000}) {
    prompt_prefix of;
    const messages one = asked("", std::string(size, 'x'));
    CHECK(of.key_of(one) == of.key_of(one));
  }
  prompt_prefix of;
  CHECK(of.key_of({}) == of.key_of({}));
}
