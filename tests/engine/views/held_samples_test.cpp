#include "engine/views/held_samples.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <vector>

#include "tests/support/temporary_directory.hpp"

using namespace retort;
using namespace retort::engine;

namespace {

view_change change(std::uint64_t ordinal, std::uint32_t variant, std::uint32_t k, double score = 1,
                   std::uint64_t length = 1) {
  view_change one;
  one.key = {ordinal, variant, k};
  one.verdict = verdict::accepted;
  one.score = score;
  one.length = length;
  return one;
}

std::string text_of(const sample_key& key) {
  return std::to_string(key.ordinal) + "/" + std::to_string(key.variant) + "/" +
         std::to_string(key.k) + ".";
}

void hold(held_samples& all, const view_change& one) {
  const std::string text = text_of(one.key);
  const std::vector<std::size_t> lengths = {text.size() - 1, 0, 1};
  REQUIRE(all.hold(one, lengths, text + "what is behind is another's").has_value());
}

std::vector<held_sample> taken(held_samples& from, std::uint64_t ordinal) {
  auto out = from.take(ordinal);
  REQUIRE(out.has_value());
  return std::move(*out);
}

}  // namespace

TEST_CASE("the best has the highest score, then the fewest characters, then the lowest key") {
  const std::vector<view_change> best_first = {
      change(0, 1, 1, 0.9, 50), change(0, 0, 1, 0.5, 10), change(0, 1, 0, 0.5, 10),
      change(0, 0, 0, 0.5, 11), change(0, 0, 2, -1, 1),
  };
  std::vector<held_sample> some;
  for (auto one = best_first.rbegin(); one != best_first.rend(); ++one) {
    some.insert(some.begin(), {*one, {}, {}});
    auto in_any_order = some;
    do {
      CHECK(in_any_order[best_of(in_any_order)].change.key.variant == one->key.variant);
      CHECK(in_any_order[best_of(in_any_order)].change.key.k == one->key.k);
      std::ranges::rotate(in_any_order, in_any_order.begin() + 1);
    } while (in_any_order.front().change.length != some.front().change.length);
  }
}

namespace {

std::vector<std::size_t> places_of_most(const std::vector<const char*>& answers) {
  std::vector<held_sample> some;
  for (const char* const answer : answers) {
    some.emplace_back();
    if (answer) some.back().change.answer = answer;
  }
  return majority_of(some, [](std::string_view a, std::string_view b) {
    return a.front() == b.front();  // 1a is the same as 1b
  });
}

}  // namespace

TEST_CASE("the majority are those with the answer that most have, of several the first") {
  using places = std::vector<std::size_t>;
  CHECK(places_of_most({}) == places{});
  CHECK(places_of_most({nullptr, nullptr}) == places{});
  CHECK(places_of_most({nullptr, "1", nullptr}) == places{1});
  CHECK(places_of_most({"1", "2", "1b", "3", nullptr}) == places{0, 2});
  CHECK(places_of_most({"2", "1", "1b", "2b"}) == places{0, 3});
  CHECK(places_of_most({"2", "1", "1b"}) == places{1, 2});
}

TEST_CASE("what is held comes back by record, in the order of variant and k, from wherever it is") {
  for (const std::size_t most : {std::size_t{1} << 20, std::size_t{14}, std::size_t{0}}) {
    CAPTURE(most);
    const test::temporary_directory directory;
    held_samples all(directory.path(), most);
    CHECK_FALSE(all.first_record().has_value());
    for (const auto& one : {change(7, 1, 0), change(3, 0, 0), change(7, 0, 1), change(7, 0, 0)}) {
      hold(all, one);
      CHECK(all.bytes_in_memory() <= most);
    }
    CHECK(all.first_record() == 3);
    const auto of_seven = taken(all, 7);
    REQUIRE(of_seven.size() == 3);
    const sample_key keys[] = {{7, 0, 0}, {7, 0, 1}, {7, 1, 0}};
    for (std::size_t i = 0; i < 3; ++i) {
      CHECK(of_seven[i].texts == text_of(keys[i]));
      CHECK(of_seven[i].lengths == std::vector<std::size_t>{5, 0, 1});
    }
    CHECK(taken(all, 7).empty());
    CHECK(taken(all, 3).size() == 1);
    CHECK(all.bytes_in_memory() == 0);
    hold(all, change(9, 0, 0));
    CHECK(taken(all, 9).front().texts == "9/0/0.");
    CHECK(std::filesystem::is_empty(directory.path()));  // nothing is left behind
  }
}

TEST_CASE("a directory that takes no file is an error, and not a lost text") {
  held_samples all("/nonexistent", 0);
  const auto held = all.hold(change(0, 0, 0), std::vector<std::size_t>{1}, "x");
  REQUIRE_FALSE(held.has_value());
  CHECK(held.error().message.find("/nonexistent") != std::string::npos);
}
