// What the requests of a trial ask: prompts of the config's dataset, in an order drawn by chance,
// or made up to a length in tokens. The n-th prompt is the same in every trial of a run,
// but for the words that keep a server from having it at hand. One thread.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "engine/bench/bench_options.hpp"
#include "io/base/error.hpp"
#include "providers/body/types.hpp"

namespace retort::engine {

struct asked_record;
class later_prompts;

struct asked_prompt {
  std::vector<providers::message> messages;
  providers::sampling sampling;
  // Of a dataset, where its answers are evaluated.
  std::shared_ptr<const asked_record> record = {};
  // What is asked of the record behind that, where it is a session; null: nothing.
  std::shared_ptr<const later_prompts> later = {};
  std::vector<std::string> answers = {};  // of the steps before: answer_fields()
  std::string mark = {};                  // the beginning that its session has to itself; ""
};

// What a record's session goes on with. Immutable; any thread.
class later_prompts {
 public:
  virtual ~later_prompts() = default;
  virtual std::uint64_t count() const = 0;
  // The turn, from 1 to count(), that comes behind what was said and its answer. errc::dataset
  // where nothing can be asked behind such an answer.
  virtual result<asked_prompt> behind(asked_prompt said, std::uint64_t turn,
                                      const providers::completion& answer) const = 0;
};

// How many tokens the endpoint counts for so many of our words: told by its own usage.
struct word_scale {
  double tokens_per_word = 1, tokens_besides = 0;
  bool is_told = false;
};
// From two requests of so many words and the input tokens that they were counted as; -1: not told.
word_scale scale_of(std::uint64_t few, std::int64_t few_tokens, std::uint64_t many,
                    std::int64_t many_tokens);

class prompt_supply {
 public:
  virtual ~prompt_supply() = default;
  // Begins again, as the so-manyth trial and in that of the runs.
  virtual void begin(std::uint64_t trial, std::uint64_t run) = 0;
  virtual const asked_prompt& next() = 0;
  // What a session goes on with: no new beginning.
  virtual const asked_prompt& further() { return next(); }
};

// Words by chance, unlike any other trial's: no server has the prompt at hand, but for the share
// that they have in common. Their number is the seed's.
std::unique_ptr<prompt_supply> made_up_prompts(const bench_options& options,
                                               const providers::sampling& sampling,
                                               const word_scale& scale);
// These, each as often as the others, in an order by chance that differs from round to round.
std::unique_ptr<prompt_supply> shuffled_prompts(std::uint64_t seed, std::vector<asked_prompt> all);
// Those of options.asked.replayed, in its order: text for each block, the same where their ids are.
// Another trial's blocks are other text.
std::unique_ptr<prompt_supply> replayed_prompts(const bench_options& options,
                                                const providers::sampling& sampling,
                                                const word_scale& scale);
// These, each with a beginning of its own, unlike any other trial's.
std::unique_ptr<prompt_supply> cache_busting(std::uint64_t nonce,
                                             std::unique_ptr<prompt_supply> from);

// One again and again: of some that `from` has next, that of the middle length.
std::unique_ptr<prompt_supply> repeated_prompt(prompt_supply& from);

}  // namespace retort::engine
