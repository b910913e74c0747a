#include "engine/bench/prompt_supply.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

#include "engine/workload/made_up_text.hpp"

namespace retort::engine {
namespace {

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
    common_ = common_text(random_stream(options_.nonce + trial, drawn_for::subset));
  }

  const asked_prompt& next() override { return drawn(options_.asked.shared_prefix); }
  const asked_prompt& further() override { return drawn(0); }

 private:
  const asked_prompt& drawn(double shared_prefix) {
    const double tokens = drawn_length(*options_.input, lengths_);
    const double wanted = (tokens - scale_.tokens_besides) / scale_.tokens_per_word;
    const auto count = static_cast<std::uint64_t>(std::max(1.0, std::round(wanted)));
    const auto shared =
        static_cast<std::uint64_t>(std::llround(static_cast<double>(count) * shared_prefix));
    asked_.messages[0].content = common_.begin(shared);
    asked_.messages[0].content += made_up_text(count - shared, texts_);
    if (options_.output) {
      asked_.sampling.max_tokens =
          static_cast<std::int64_t>(drawn_length(*options_.output, lengths_));
    }
    return asked_;
  }

  const bench_options& options_;
  word_scale scale_;
  asked_prompt asked_;
  random_stream lengths_{0, drawn_for::sampling}, texts_{0, drawn_for::order};
  common_text common_{random_stream(0, drawn_for::subset)};
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

// The words of a block are drawn from a stream of its id.
class replayed final : public prompt_supply {
 public:
  replayed(const bench_options& options, const providers::sampling& sampling, word_scale scale)
      : trace_(options.asked.replayed), nonce_(options.nonce), scale_(scale) {
    asked_.messages = {{"user", ""}};
    asked_.sampling = sampling;
  }

  void begin(std::uint64_t trial, std::uint64_t) override {
    seed_ = nonce_ + trial;
    own_ = random_stream(seed_, drawn_for::order);
    next_ = 0;
  }

  const asked_prompt& next() override {
    const auto& all = trace_->requests;
    const traced_request& one = all[std::min(next_++, all.size() - 1)];
    fill(one, asked_.messages[0].content);
    asked_.sampling.max_tokens = static_cast<std::int64_t>(one.output);
    return asked_;
  }

 private:
  // Where the words of so many tokens end.
  std::uint64_t words_of(double tokens) const {
    return static_cast<std::uint64_t>(std::max(0.0, std::round(tokens / scale_.tokens_per_word)));
  }

  void fill(const traced_request& of, std::string& text) {
    const std::uint64_t all =
        std::max<std::uint64_t>(1, words_of(static_cast<double>(of.input) - scale_.tokens_besides));
    std::uint64_t count = 0;
    text.clear();
    for (std::size_t block = 0; block < of.blocks.size() && count < all; ++block) {
      const auto tokens = static_cast<double>((block + 1) * trace_->block_tokens);
      const std::uint64_t end = std::min(all, words_of(tokens));
      random_stream chance(seed_of(seed_, of.blocks[block]), drawn_for::subset);
      add_words(text, end - std::min(end, count), chance);
      count = std::max(count, end);
    }
    add_words(text, all - count, own_);
  }

  static void add_words(std::string& text, std::uint64_t count, random_stream& chance) {
    if (count == 0) return;
    if (!text.empty()) text += ' ';
    text += made_up_text(count, chance);
  }

  std::shared_ptr<const trace> trace_;
  std::uint64_t nonce_, seed_ = 0;
  word_scale scale_;
  random_stream own_{0, drawn_for::order};
  std::size_t next_ = 0;
  asked_prompt asked_;
};

// Its mark is before all that the prompts have in common: caches go by beginnings.
class marked final : public prompt_supply {
 public:
  marked(std::uint64_t nonce, std::unique_ptr<prompt_supply> from)
      : nonce_(nonce), from_(std::move(from)) {}

  void begin(std::uint64_t trial, std::uint64_t run) override {
    marks_ = random_stream(nonce_ + trial, drawn_for::subset);
    from_->begin(trial, run);
  }

  const asked_prompt& next() override {
    asked_ = from_->next();
    asked_.mark = fmt::format("[{:016x}] ", marks_.next());
    asked_.messages.front().content.insert(0, asked_.mark);
    return asked_;
  }
  const asked_prompt& further() override { return from_->further(); }

 private:
  std::uint64_t nonce_;
  std::unique_ptr<prompt_supply> from_;
  random_stream marks_{0, drawn_for::subset};
  asked_prompt asked_;
};

class one_prompt final : public prompt_supply {
 public:
  explicit one_prompt(asked_prompt one) : one_(std::move(one)) {}
  void begin(std::uint64_t, std::uint64_t) override {}
  const asked_prompt& next() override { return one_; }

 private:
  asked_prompt one_;
};

std::size_t size_of_prompt(const asked_prompt& of) {
  std::size_t out = 0;
  for (const auto& one : of.messages) out += one.content.size();
  return out;
}

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

std::unique_ptr<prompt_supply> made_up_prompts(const bench_options& options,
                                               const providers::sampling& sampling,
                                               const word_scale& scale) {
  return std::make_unique<made_up>(options, sampling, scale);
}

std::unique_ptr<prompt_supply> replayed_prompts(const bench_options& options,
                                                const providers::sampling& sampling,
                                                const word_scale& scale) {
  return std::make_unique<replayed>(options, sampling, scale);
}

std::unique_ptr<prompt_supply> shuffled_prompts(std::uint64_t seed, std::vector<asked_prompt> all) {
  return std::make_unique<shuffled>(seed, std::move(all));
}

std::unique_ptr<prompt_supply> cache_busting(std::uint64_t nonce,
                                             std::unique_ptr<prompt_supply> from) {
  return std::make_unique<marked>(nonce, std::move(from));
}

std::unique_ptr<prompt_supply> repeated_prompt(prompt_supply& from) {
  constexpr std::size_t looked_at = 33;
  std::vector<asked_prompt> some;
  for (std::size_t i = 0; i < looked_at; ++i) some.push_back(from.next());
  const auto middle = some.begin() + looked_at / 2;
  std::ranges::nth_element(some, middle, {}, size_of_prompt);
  return std::make_unique<one_prompt>(std::move(*middle));
}

}  // namespace retort::engine
