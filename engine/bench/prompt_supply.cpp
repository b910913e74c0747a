#include "engine/bench/prompt_supply.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <string_view>
#include <utility>

namespace retort::engine {
namespace {

// Common enough that a tokenizer has one token for most of them.
constexpr std::string_view words[] = {
    "time",   "year",  "people", "way",  "day",   "man",  "thing", "woman",  "life",  "child",
    "world",  "work",  "hand",   "part", "place", "case", "week",  "group",  "point", "fact",
    "room",   "water", "home",   "book", "word",  "side", "house", "family", "story", "night",
    "number", "month", "state",  "area", "line",  "city", "name",  "team",   "hour",  "game"};

double drawn_length(const length_rule& rule, random_stream& chance) {
  return std::max(1.0, std::round(rule.mean + rule.deviation * chance.normal()));
}

class made_up final : public prompt_supply {
 public:
  made_up(const bench_options& options, const providers::sampling& sampling, word_scale scale)
      : options_(options), scale_(scale) {
    asked_.messages = {{"user", ""}};
    asked_.sampling = sampling;
  }

  void begin(std::uint64_t trial, std::uint64_t run) override {
    lengths_ = random_stream(seed_of(options_.seed, run), drawn_for::sampling);
    texts_ = random_stream(options_.nonce + trial, drawn_for::order);
  }

  const asked_prompt& next() override {
    const double tokens = drawn_length(*options_.input, lengths_);
    const double wanted = (tokens - scale_.tokens_besides) / scale_.tokens_per_word;
    const auto count = static_cast<std::uint64_t>(std::max(1.0, std::round(wanted)));
    asked_.messages[0].content = made_up_text(count, texts_);
    if (options_.output) {
      asked_.sampling.max_tokens =
          static_cast<std::int64_t>(drawn_length(*options_.output, lengths_));
    }
    return asked_;
  }

 private:
  const bench_options& options_;
  word_scale scale_;
  asked_prompt asked_;
  random_stream lengths_{0, drawn_for::sampling}, texts_{0, drawn_for::order};
};

class shuffled final : public prompt_supply {
 public:
  shuffled(std::uint64_t seed, std::vector<asked_prompt> all) : seed_(seed), all_(std::move(all)) {}

  void begin(std::uint64_t, std::uint64_t run) override {
    chance_ = random_stream(seed_of(seed_, run), drawn_for::order);
    order_.resize(all_.size());
    std::iota(order_.begin(), order_.end(), std::size_t{0});
    left_ = 0;
  }

  // Fisher and Yates, one step at a time.
  const asked_prompt& next() override {
    if (left_ == 0) left_ = all_.size();
    const auto chosen = static_cast<std::size_t>(chance_.below(left_--));
    std::swap(order_[chosen], order_[left_]);
    return all_[order_[left_]];
  }

 private:
  std::uint64_t seed_;
  std::vector<asked_prompt> all_;
  random_stream chance_{0, drawn_for::order};
  std::vector<std::size_t> order_;
  std::size_t left_ = 0;
};

}  // namespace

// A slope that is no slope (a server that counts nothing, or cuts) scales nothing.
word_scale scale_of(std::uint64_t few, std::int64_t few_tokens, std::uint64_t many,
                    std::int64_t many_tokens) {
  if (few_tokens <= 0 || many_tokens <= few_tokens || many <= few) return {};
  word_scale out;
  out.tokens_per_word =
      static_cast<double>(many_tokens - few_tokens) / static_cast<double>(many - few);
  out.tokens_besides =
      static_cast<double>(few_tokens) - out.tokens_per_word * static_cast<double>(few);
  out.is_told = true;
  return out;
}

std::string made_up_text(std::uint64_t count, random_stream& chance) {
  std::string out;
  out.reserve(count * 6);
  for (std::uint64_t i = 0; i < count; ++i) {
    if (i > 0) out += ' ';
    out += words[chance.below(std::size(words))];
  }
  return out;
}

std::unique_ptr<prompt_supply> made_up_prompts(const bench_options& options,
                                               const providers::sampling& sampling,
                                               const word_scale& scale) {
  return std::make_unique<made_up>(options, sampling, scale);
}

std::unique_ptr<prompt_supply> shuffled_prompts(std::uint64_t seed, std::vector<asked_prompt> all) {
  return std::make_unique<shuffled>(seed, std::move(all));
}

}  // namespace retort::engine
