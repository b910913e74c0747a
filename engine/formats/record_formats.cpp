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
bool is_judged(reject_reason why) {
  return is_worse(why) || why == reject_reason::no_output || why == reject_reason::unscored;
}
bool is_none(reject_reason) { return false; }

constexpr record_format all_of_records[] = {
    {"preference", keep_preference, write_preference, is_worse},
    {"openai_preference", keep_openai_preference, write_openai_preference, is_worse},
    {"gemini_preference", keep_gemini_preference, write_gemini_preference, is_worse},
    {"prompt_only", keep_prompt, write_prompt_only, is_none},
    {"verl", keep_verl, write_prompt_only, is_none},
    {"reward", keep_prompt, write_reward, is_judged},
};

struct possible_pair {
  std::size_t better, worse;
  double apart;
};

double distance(const record_half& better, const record_half& worse) {
  return better.score < 0 || worse.score < 0 ? 0 : better.score - worse.score;
}

bool is_pair(const record_half& better, const record_half& worse, const output_config& output) {
  if (better.rejected || !worse.rejected) return false;
  if (better.prompt != worse.prompt || better.answer == worse.answer) return false;
  const double apart = distance(better, worse);
  const bool is_scored = better.score >= 0 && worse.score >= 0;
  if (output.margin) return is_scored && apart >= *output.margin;
  const bool may_be_as_good = worse.rejected == reject_reason::not_kept && is_scored;
  return may_be_as_good ? apart > 0 : apart >= 0;
}

}  // namespace

const record_format* find_record_format(std::string_view name) {
  const auto found = std::ranges::find(all_of_records, name, &record_format::name);
  return found == std::end(all_of_records) ? nullptr : found;
}

std::vector<std::pair<std::size_t, std::size_t>> pairs_of(std::span<const record_half> of,
                                                          const output_config& output) {
  std::vector<possible_pair> possible;
  for (std::size_t i = 0; i < of.size(); ++i) {
    for (std::size_t j = 0; j < of.size(); ++j) {
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
      return of[one.better].answer == of[better].answer && of[one.worse].answer == of[worse].answer;
    });
  }
  return chosen;
}

}  // namespace retort::engine
