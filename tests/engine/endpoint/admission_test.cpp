#include "engine/endpoint/admission.hpp"

#include <doctest/doctest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <vector>

using namespace retort;
using namespace retort::engine;

namespace {

namespace asio = boost::asio;

// Visitors who stay inside until the test lets them go. Nothing is sent anywhere.
struct room {
  explicit room(std::vector<std::uint32_t> concurrency,
                std::optional<std::int64_t> budget_tokens = {}) {
    run.models.resize(1);
    run.models[0].provider = "openai";
    run.models[0].model = "m";
    for (const std::uint32_t each : concurrency) {
      auto& one = run.models[0].endpoints.emplace_back();
      one.base_url = "http://127.0.0.1:1/v" + std::to_string(run.models[0].endpoints.size());
      one.limits.concurrency = each;
    }
    auto made = make_endpoints(run, {}, context.get_executor(), [](const char*) { return ""; });
    REQUIRE(made.has_value());
    if (budget_tokens) money.emplace(std::nullopt, budget_tokens);
    if (money) money->exhausted = [this] { exhausted = true; };
    if (money) money->freed = [this] { gate->serve_soon(); };
    gate.emplace(context.get_executor(), std::move(*made), money ? &*money : nullptr, price());
  }

  ~room() {  // whoever still waits goes
    gate->close();
    settle();
  }

  void arrive(int number, bool is_retry = false);
  void settle() {
    context.restart();
    context.poll();
  }
  // Lets the visitor go who entered first of those inside.
  void let_go(const receipt& with = {}) {
    inside.front().give_back(with);
    inside.erase(inside.begin());
    settle();
  }

  asio::io_context context{1};
  config run;
  std::optional<purse> money;
  std::optional<admission> gate;
  std::vector<int> entered;
  std::vector<permit> inside;  // in the order in which they entered
  int turned_away = 0;
  bool exhausted = false;
};

io::awaitable<> visit(room* where, int number, demand what) {
  permit place = where->gate->try_admit(what);
  if (!place) {
    auto later = co_await admit(&*where->gate, what);
    place = std::move(later);
  }
  if (!place) {
    ++where->turned_away;
    co_return;
  }
  where->entered.push_back(number);
  where->inside.push_back(std::move(place));
}

void room::arrive(int number, bool is_retry) {
  demand what{40, 40, 100};
  what.is_retry = is_retry;
  asio::co_spawn(context, visit(this, number, what), asio::detached);
  settle();
}

using numbers = std::vector<int>;

}  // namespace

TEST_CASE("as many are in flight as the gate has places; the others enter in the order they came") {
  room all({2});
  for (int number = 1; number <= 5; ++number) all.arrive(number);
  CHECK(all.entered == numbers{1, 2});
  CHECK(all.gate->in_flight() == 2);
  CHECK(all.gate->waiting() == 3);
  CHECK(all.gate->held_by() == constraint::concurrency);
  for (int number = 3; number <= 5; ++number) {
    all.let_go();
    CHECK(all.entered.back() == number);
    CHECK(all.gate->in_flight() == 2);
  }
  all.let_go();
  all.let_go();
  CHECK(all.gate->in_flight() == 0);
}

TEST_CASE("a place given back belongs to the first in line, not to one who comes just then") {
  room all({1});
  all.arrive(1);
  all.arrive(2);
  all.inside.clear();  // the second has not been resumed yet
  CHECK_FALSE(all.gate->try_admit({40, 40}));
  all.arrive(3);
  CHECK(all.entered == numbers{1, 2});
  all.let_go();
  CHECK(all.entered == numbers{1, 2, 3});
}

TEST_CASE("fresh samples and retries take turns while both wait") {
  room all({1});
  all.arrive(0);
  for (const int fresh : {1, 2, 3}) all.arrive(fresh);
  for (const int retry : {11, 12, 13, 14, 15}) all.arrive(retry, true);
  for (int i = 0; i < 8; ++i) all.let_go();
  CHECK(all.entered == numbers{0, 1, 11, 2, 12, 3, 13, 14, 15});
}

TEST_CASE("a permit gives its place back once, however it ends") {
  room all({2});
  permit first = all.gate->try_admit({40, 40});
  first.give_back({});
  first.give_back({});
  CHECK(all.gate->in_flight() == 0);
  first = all.gate->try_admit({40, 40});
  {
    permit second = all.gate->try_admit({40, 40});
    CHECK(all.gate->in_flight() == 2);
    first = std::move(second);  // which takes the first's old place with it
  }
  CHECK(all.gate->in_flight() == 1);
  const permit third = std::move(first);
  CHECK_FALSE(first);
  CHECK(all.gate->in_flight() == 1);
}

TEST_CASE("a closed gate turns away who waits and who comes") {
  room all({1});
  for (int number = 1; number <= 3; ++number) all.arrive(number);
  all.gate->close();
  all.settle();
  CHECK(all.turned_away == 2);
  all.arrive(4);
  CHECK(all.turned_away == 3);
}

TEST_CASE("with several endpoints a sample goes where there is room, and not where it failed") {
  room all({1, 3});
  for (int number = 1; number <= 4; ++number) all.arrive(number);
  CHECK(all.entered == numbers{1, 2, 3, 4});
  endpoint* const small = all.gate->endpoints()[0].get();
  endpoint* const large = all.gate->endpoints()[1].get();
  CHECK(small->entrance.in_flight() == 1);
  CHECK(large->entrance.in_flight() == 3);
  all.inside.clear();
  all.settle();
  demand again{40, 40, 100};
  again.avoid = large;
  permit elsewhere = all.gate->try_admit(again);
  REQUIRE(elsewhere);
  CHECK(&elsewhere.at() == small);
  permit back = all.gate->try_admit(again);  // better than not at all
  REQUIRE(back);
  CHECK(&back.at() == large);
}

TEST_CASE("a retired endpoint gets nothing") {
  room all({4, 4});
  all.gate->endpoints()[0]->retired = true;
  CHECK_FALSE(all.gate->is_retired());
  for (int number = 1; number <= 5; ++number) all.arrive(number);
  CHECK(all.entered == numbers{1, 2, 3, 4});
  CHECK(all.gate->endpoints()[0]->entrance.in_flight() == 0);
  all.gate->endpoints()[1]->retired = true;
  CHECK(all.gate->is_retired());
}

TEST_CASE("what is in flight is within the budget at its worst, and what it leaves is used") {
  const std::int64_t worst = token_estimate().worst(40, 100).total();
  CHECK(worst >= 140);
  room all({8}, 2 * worst + 30);
  for (int number = 1; number <= 4; ++number) all.arrive(number);
  CHECK(all.entered == numbers{1, 2});
  CHECK(all.gate->is_held_by_budget());
  CHECK_FALSE(all.exhausted);
  providers::usage small;
  small.input = 10;
  small.output = 10;
  all.let_go({.how = entrance::ending::answered, .used = small, .billed = true});
  CHECK(all.entered == numbers{1, 2, 3});
  all.let_go({.how = entrance::ending::rate_limited});  // costs nothing
  CHECK(all.entered == numbers{1, 2, 3, 4});
  all.let_go({.how = entrance::ending::broken, .billed = true});  // counts at its worst
  all.let_go({.how = entrance::ending::broken, .billed = true});
  CHECK(all.money->money.spent().tokens == 2 * worst + 20);
  all.arrive(5);
  CHECK(all.entered == numbers{1, 2, 3, 4});
  CHECK(all.exhausted);
}

TEST_CASE("nothing of a gate keeps the loop alive once nobody waits at it") {
  room all({4});
  all.gate->endpoints()[0]->entrance = entrance({.rpm = 1}, admission::clock::now());
  for (int number = 1; number <= 3; ++number) all.arrive(number);
  CHECK(all.entered.size() < 3);  // the others wait for minutes to pass
  all.gate->close();
  all.context.restart();
  all.context.run_for(std::chrono::seconds(20));
  CHECK(all.context.stopped());
  CHECK(all.turned_away + all.entered.size() == 3);
}

TEST_CASE("limits of the whole hold for all endpoints together") {
  room all({10, 10});
  limits_config three;
  three.concurrency = 3;
  all.gate->limit_whole(three);
  for (int number = 1; number <= 5; ++number) all.arrive(number);
  CHECK(all.entered == numbers{1, 2, 3});
  CHECK(all.gate->held_by() == constraint::concurrency);
  CHECK(all.gate->concurrency() == 3);
  all.let_go();
  CHECK(all.entered == numbers{1, 2, 3, 4});
  CHECK(all.gate->in_flight() == 3);
}

TEST_CASE("a quota of the whole is one, however many endpoints there are") {
  room all({10, 10});
  limits_config paced;
  paced.rpm = 60;  // a second's worth at once
  all.gate->limit_whole(paced);
  for (int number = 1; number <= 4; ++number) all.arrive(number);
  CHECK(all.entered == numbers{1});
  CHECK(all.gate->held_by() == constraint::requests);
}

TEST_CASE("prompts that begin alike go to one endpoint, while it is as idle as the others") {
  room all({50, 50, 50});
  demand what{40, 40, 100};
  for (std::uint64_t prefix = 1; prefix <= 9; ++prefix) {
    what.prefix = prefix;
    const endpoint* const home = &all.gate->try_admit(what).at();
    for (int i = 0; i < 5; ++i) CHECK(&all.gate->try_admit(what).at() == home);
  }
}

TEST_CASE("who is gone is sent nothing, and who comes is asked") {
  room all({4, 4});
  const auto& endpoints = all.gate->endpoints();
  endpoints[0]->is_gone = true;
  for (int number = 1; number <= 4; ++number) all.arrive(number);
  for (const permit& one : all.inside) CHECK(&one.at() == endpoints[1].get());
  CHECK(all.gate->concurrency() == 4);
  endpoints[1]->retired = true;
  CHECK(all.gate->is_retired());
  endpoints[0]->is_gone = false;
  CHECK_FALSE(all.gate->is_retired());
  all.gate->serve_soon();
  all.arrive(5);
  CHECK(&all.inside.back().at() == endpoints[0].get());
}
