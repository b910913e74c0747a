#include "tools/mock/answers/answers.hpp"

#include <fmt/format.h>
#include <openssl/evp.h>
#include <xxhash.h>

#include <array>
#include <memory>

#include "io/base/json_writer.hpp"
#include "tools/mock/answers/arithmetic.hpp"
#include "tools/mock/answers/replay.hpp"

namespace retort::mock {
namespace {

constexpr std::string_view no_arithmetic = "I see no arithmetic to do here.";

// A hash as a number in [0,1): its upper 53 bits, as many as a double holds.
double as_share(std::uint64_t hash) { return static_cast<double>(hash >> 11) * 0x1p-53; }

std::string phrase(const solution& solved, answer_style style) {
  if (style == answer_style::json) return fmt::format("{{\"answer\": \"{}\"}}", solved.value);
  return fmt::format("{} = {}. A: {}", solved.expression, solved.value, solved.value);
}

// How far a prompt's answer is off; 0: not at all. By the prompt and the request's seed alone, so
// that neither the order of the requests nor a repetition changes it.
class slips {
 public:
  explicit slips(const options& chosen) : wrong_(chosen.wrong), seed_(chosen.seed) {}

  int operator()(std::string_view prompt, std::uint64_t seed) const {
    const std::uint64_t hash = hash_of_prompt(prompt, seed_ + seed);
    return as_share(hash) < wrong_ ? 1 + static_cast<int>(hash % 9) : 0;
  }

 private:
  double wrong_;
  std::uint64_t seed_;
};

class solver {
 public:
  explicit solver(const options& chosen) : style_(chosen.answer), slip_for_(chosen) {}

  std::optional<std::string> operator()(std::string_view prompt, std::uint64_t seed) const {
    const std::optional<solution> solved = solve(prompt, slip_for_(prompt, seed));
    return solved ? phrase(*solved, style_) : std::string(no_arithmetic);
  }

 private:
  answer_style style_;
  slips slip_for_;
};

// A hash that every language has at hand, so that a test in any of them sees whose answer it got.
std::string sha256(std::string_view text) {
  std::array<unsigned char, 32> digest{};
  EVP_Digest(text.data(), text.size(), digest.data(), nullptr, EVP_sha256(), nullptr);
  std::string digits;
  for (const unsigned char byte : digest) digits += fmt::format("{:02x}", byte);
  return digits;
}

class echo {
 public:
  explicit echo(const options& chosen) : slip_for_(chosen) {}

  // A wrong one differs in its first digit: a slip is below 16.
  std::optional<std::string> operator()(std::string_view prompt, std::uint64_t seed) const {
    std::string digits = sha256(prompt);
    const int first = digits[0] <= '9' ? digits[0] - '0' : digits[0] - 'a' + 10;
    digits[0] = "0123456789abcdef"[(first + slip_for_(prompt, seed)) % 16];
    return digits;
  }

 private:
  slips slip_for_;
};

}  // namespace

result<answer_source> make_answer_source(const options& chosen) {
  if (chosen.replay.empty()) {
    if (chosen.answer == answer_style::echo) return answer_source(echo(chosen));
    return answer_source(solver(chosen));
  }
  result<replay_table> read = replay_table::read(chosen.replay, chosen.match, chosen.reply);
  if (!read) return read.error();
  const auto table = std::make_shared<const replay_table>(std::move(*read));
  // A wrong one is right for another row.
  return answer_source(
      [table, slip_for = slips(chosen)](std::string_view prompt, std::uint64_t seed) {
        return table->find(prompt, static_cast<std::size_t>(slip_for(prompt, seed)));
      });
}

std::uint64_t hash_of_prompt(std::string_view prompt, std::uint64_t seed) {
  return XXH3_64bits_withSeed(prompt.data(), prompt.size(), seed);
}

}  // namespace retort::mock
