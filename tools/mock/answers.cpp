#include "tools/mock/answers.hpp"

#include <fmt/format.h>
#include <xxhash.h>

#include <memory>

#include "io/json_writer.hpp"
#include "tools/mock/arithmetic.hpp"
#include "tools/mock/replay.hpp"

namespace retort::mock {
namespace {

constexpr std::string_view no_arithmetic = "I see no arithmetic to do here.";

// A hash as a number in [0,1): its upper 53 bits, as many as a double holds.
double as_share(std::uint64_t hash) { return static_cast<double>(hash >> 11) * 0x1p-53; }

std::string phrase(const solution& solved, answer_style style) {
  if (style == answer_style::json) return fmt::format("{{\"answer\": \"{}\"}}", solved.value);
  return fmt::format("{} = {}. A: {}", solved.expression, solved.value, solved.value);
}

class solver {
 public:
  explicit solver(const options& chosen)
      : style_(chosen.answer), wrong_(chosen.wrong), seed_(chosen.seed) {}

  std::optional<std::string> operator()(std::string_view prompt) const {
    const std::optional<solution> solved = solve(prompt, slip_for(prompt));
    return solved ? phrase(*solved, style_) : std::string(no_arithmetic);
  }

 private:
  // By the prompt alone, so that neither the order of the requests nor a repetition changes it.
  int slip_for(std::string_view prompt) const {
    const std::uint64_t hash = hash_of_prompt(prompt, seed_);
    return as_share(hash) < wrong_ ? 1 + static_cast<int>(hash % 9) : 0;
  }

  answer_style style_;
  double wrong_;
  std::uint64_t seed_;
};

}  // namespace

result<answer_source> make_answer_source(const options& chosen) {
  if (chosen.replay.empty()) return answer_source(solver(chosen));
  result<replay_table> read = replay_table::read(chosen.replay, chosen.match, chosen.reply);
  if (!read) return read.error();
  const auto table = std::make_shared<const replay_table>(std::move(*read));
  return answer_source([table](std::string_view prompt) { return table->find(prompt); });
}

std::uint64_t hash_of_prompt(std::string_view prompt, std::uint64_t seed) {
  return XXH3_64bits_withSeed(prompt.data(), prompt.size(), seed);
}

}  // namespace retort::mock
