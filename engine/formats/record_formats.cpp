#include "engine/formats/record_formats.hpp"

#include <algorithm>
#include <tuple>

#include "engine/formats/pairs.hpp"
#include "engine/formats/prompts.hpp"

namespace retort::engine {
namespace {

// What is answered, and worse than what was accepted: not what nobody can tell of, nor what is as
// good as another.
bool is_worse(reject_reason why) {
  using enum reject_reason;
  return why == incorrect || why == too_short || why == too_long || why == cut_off ||
         why == where || why == not_kept;
}
// A filter that came later says nothing of how good it is: that is judged apart.
bool is_any(reject_reason) { return true; }
bool is_none(reject_reason) { return false; }
// By itself, and not beside another.
bool is_bad(reject_reason why) { return is_worse(why) && why != reject_reason::not_kept; }

constexpr record_format all_of_records[] = {
    {"unpaired", keep_unpaired, write_unpaired, is_bad},
    {"preference", keep_preference, write_preference, is_worse},
    {"openai_preference", keep_openai_preference, write_openai_preference, is_worse},
    {"gemini_preference", keep_gemini_preference, write_gemini_preference, is_worse},
    {"prompt_only", keep_prompt, write_prompt_only, is_none},
    {"verl", keep_verl, write_prompt_only, is_none},
    {"reward", keep_prompt, write_reward, is_any},
};

struct possible_pair {
  std::size_t better, worse;
  double apart;
};

// Scores are decimal fractions, whose differences are a little off: 0.7 is 0.3 more than 0.4.
constexpr double almost = 1e-9;

double distance(const record_half& better, const record_half& worse) {
  return better.score < 0 || worse.score < 0 ? 0 : better.score - worse.score;
}

bool is_pair(const record_half& better, const record_half& worse, const output_config& output) {
  if (better.rejected || better.prompt != worse.prompt) return false;
  const double apart = distance(better, worse);
  const bool is_scored = better.score >= 0 && worse.score >= 0;
  if (output.margin) return is_scored && apart >= *output.margin - almost;
  return worse.rejected == reject_reason::not_kept ? apart > 0 : apart >= 0;
}

}  // namespace

const record_format* find_record_format(std::string_view name) {
  const auto found = std::ranges::find(all_of_records, name, &record_format::name);
  return found == std::end(all_of_records) ? nullptr : found;
}

bool is_worse_answer(std::span<const record_half> of, const record_half& one) {
  const auto is_accepted_too = [&](const record_half& other) {
    return !other.rejected && other.words == one.words && other.prompt == one.prompt;
  };
  return one.rejected && std::ranges::none_of(of, is_accepted_too);
}

std::vector<std::pair<std::size_t, std::size_t>> pairs_of(std::span<const record_half> of,
                                                          const output_config& output) {
  std::vector<possible_pair> possible;
  for (std::size_t j = 0; j < of.size(); ++j) {
    if (!is_worse_answer(of, of[j])) continue;
    for (std::size_t i = 0; i < of.size(); ++i) {
      if (is_pair(of[i], of[j], output)) possible.push_back({i, j, distance(of[i], of[j])});
    }
  }
  std::vector<std::pair<std::size_t, std::size_t>> chosen;
  std::vector<std::size_t> uses(of.size());
  while (chosen.size() < output.pairs && !possible.empty()) {
    const auto next = std::ranges::min_element(possible, {}, [&](const possible_pair& one) {
      return std::tuple(uses[one.better] + uses[one.worse], -one.apart, one.better, one.worse);
    });
    const auto [better, worse] = std::pair(next->better, next->worse);
    chosen.emplace_back(better, worse);
    ++uses[better];
    ++uses[worse];
    std::erase_if(possible, [&](const possible_pair& one) {
      return of[one.better].prompt == of[better].prompt &&
             of[one.better].words == of[better].words && of[one.worse].words == of[worse].words;
    });
  }
  return chosen;
}

}  // namespace retort::engine
