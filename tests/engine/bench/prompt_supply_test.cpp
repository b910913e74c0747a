#include "engine/bench/prompt_supply.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <set>
#include <string>

using namespace retort::engine;
using retort::providers::sampling;

namespace {

bench_options made_up(std::uint64_t seed, double deviation = 0) {
  bench_options out;
  out.input = length_rule{100, deviation};
  out.output = length_rule{20, deviation / 10};
  out.seed = seed;
  out.nonce = 77;
  return out;
}

std::ptrdiff_t words_of(const std::string& text) { return std::ranges::count(text, ' ') + 1; }

std::vector<std::string> texts(prompt_supply& from, std::uint64_t trial, int count,
                               std::uint64_t run = 0) {
  std::vector<std::string> out;
  from.begin(trial, run);
  for (int i = 0; i < count; ++i) out.push_back(from.next().messages[0].content);
  return out;
}

std::vector<asked_prompt> numbered(int count) {
  std::vector<asked_prompt> out;
  for (int i = 0; i < count; ++i) out.push_back({{{"user", std::to_string(i)}}, {}});
  return out;
}

}  // namespace

TEST_CASE("the endpoint's own count scales the words") {
  const word_scale scale = scale_of(16, 30, 116, 180);  // 1.5 a word, and 6 besides
  CHECK(scale.tokens_per_word == 1.5);
  CHECK(scale.tokens_besides == 6);
  CHECK(scale.is_told);
  CHECK_FALSE(scale_of(16, -1, 116, 180).is_told);
  CHECK_FALSE(scale_of(16, 30, 116, 30).is_told);
  CHECK(scale_of(16, -1, 116, -1).tokens_per_word == 1);
  const bench_options options = made_up(1);
  const auto supply = made_up_prompts(options, {}, scale);
  supply->begin(1, 0);
  CHECK(words_of(supply->next().messages[0].content) == 63);  // (100 - 6) / 1.5
}

TEST_CASE("lengths are the seed's in every trial, and no two prompts have the same words") {
  const bench_options options = made_up(5, 30), other = made_up(6, 30);
  const auto one = made_up_prompts(options, {}, {}), two = made_up_prompts(other, {}, {});
  const auto first = texts(*one, 1, 50), second = texts(*one, 2, 50), third = texts(*two, 1, 50);
  std::set<std::string> all(first.begin(), first.end());
  all.insert(second.begin(), second.end());
  CHECK(all.size() == 100);
  bool differs = false;
  for (std::size_t i = 0; i < 50; ++i) {
    CHECK(words_of(first[i]) == words_of(second[i]));
    differs |= words_of(first[i]) != words_of(third[i]);
  }
  CHECK(differs);
  CHECK(first == texts(*one, 1, 50));
}

TEST_CASE("made-up prompts ask for their own number of tokens, at least one") {
  bench_options options = made_up(1);
  options.output = length_rule{1, 50};
  const auto supply = made_up_prompts(options, {.temperature = 0.5}, {});
  supply->begin(1, 0);
  for (int i = 0; i < 100; ++i) {
    const asked_prompt& one = supply->next();
    CHECK(*one.sampling.max_tokens >= 1);
    CHECK(one.sampling.temperature == 0.5);
  }
}

TEST_CASE("a dataset's prompts come each as often as the others, in the seed's order") {
  const auto supply = shuffled_prompts(3, numbered(10));
  const auto all = texts(*supply, 1, 30);
  for (int round = 0; round < 3; ++round) {
    CHECK(std::set<std::string>(all.begin() + round * 10, all.begin() + round * 10 + 10).size() ==
          10);
  }
  CHECK(std::vector(all.begin(), all.begin() + 10) !=
        std::vector(all.begin() + 10, all.begin() + 20));
  CHECK(all == texts(*supply, 2, 30));
  CHECK(all != texts(*supply, 2, 30, 1));
  CHECK(all != texts(*shuffled_prompts(4, numbered(10)), 1, 30));
}

TEST_CASE("of each prompt the share asked for is the beginning of one text, new in each trial") {
  bench_options options = made_up(1, 30);
  options.asked.shared_prefix = 0.5;
  const auto supply = made_up_prompts(options, {}, {});
  const auto all = texts(*supply, 1, 20), later = texts(*supply, 2, 20);
  const auto common = [](const std::string& one, const std::string& other) {
    const auto end = std::ranges::mismatch(one, other).in1;
    return std::count(one.begin(), end, ' ');
  };
  for (std::size_t i = 1; i < all.size(); ++i) {
    const auto least = std::min(words_of(all[0]), words_of(all[i]));
    CHECK(common(all[0], all[i]) >= least / 2 - 1);
    CHECK(common(all[0], all[i]) <= least / 2 + 5);
    CHECK(common(all[i], later[i]) < 5);
    CHECK(words_of(all[i]) == words_of(later[i]));
  }
}

TEST_CASE("a mark keeps a cache from having a dataset's prompt, however often it comes") {
  const auto supply = cache_busting(77, shuffled_prompts(3, numbered(2)));
  auto all = texts(*supply, 1, 50);
  const auto later = texts(*supply, 2, 50);
  all.insert(all.end(), later.begin(), later.end());
  std::set<std::string> marks;
  for (const auto& one : all) {
    CHECK(one.size() == 20);
    CHECK((one.ends_with("] 0") || one.ends_with("] 1")));
    marks.insert(one.substr(0, 18));
  }
  CHECK(marks.size() == 100);
}

TEST_CASE("a trace's prompts have its lengths, and the same text where blocks have the same id") {
  trace made;
  made.block_tokens = 20;
  using ids = std::vector<std::uint64_t>;
  made.requests = {{{}, 50, 7, ids{1, 2, 3}}, {{}, 45, 8, ids{1, 2, 4}}, {{}, 50, 9, ids{5, 2}}};
  bench_options options = made_up(1);
  options.asked.replayed = std::make_shared<const trace>(made);
  const auto supply = replayed_prompts(options, {.temperature = 0.5}, {1, 0, true});
  supply->begin(1, 0);
  CHECK(*supply->next().sampling.max_tokens == 7);
  const auto all = texts(*supply, 1, 3);
  CHECK(words_of(all[0]) == 50);
  CHECK(words_of(all[1]) == 45);
  const auto part = [](const std::string& text, int from, int count) {
    auto begin = text.begin();
    while (from-- > 0) begin = std::find(begin, text.end(), ' ') + 1;
    auto end = begin;
    while (count-- > 0) end = std::find(end, text.end(), ' ') + 1;
    return std::string(begin, end);
  };
  CHECK(part(all[0], 0, 40) == part(all[1], 0, 40));
  CHECK(part(all[0], 40, 4) != part(all[1], 40, 4));
  CHECK(part(all[0], 0, 20) != part(all[2], 0, 20));
  CHECK(part(all[0], 20, 20) == part(all[2], 20, 20));
  CHECK(all == texts(*supply, 1, 3));
  CHECK(part(texts(*supply, 2, 1)[0], 0, 20) != part(all[0], 0, 20));
  // Where the endpoint counts 2 tokens a word, and 10 besides.
  const auto scaled = replayed_prompts(options, {}, {2, 10, true});
  const auto fewer = texts(*scaled, 1, 2);
  CHECK(words_of(fewer[0]) == 20);
  CHECK(part(fewer[0], 0, 10) == part(all[0], 0, 10));
}
