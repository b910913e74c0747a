#include "tools/mock/answers/filler.hpp"

#include "tools/mock/answers/tokens.hpp"

namespace retort::mock {
namespace {

constexpr std::string_view sentence =
    "Let us take this one step at a time, and look at what is given before anything is worked "
    "out. ";

}  // namespace

std::string words(std::size_t bytes) {
  std::string text;
  text.reserve(bytes);
  while (text.size() < bytes) text += sentence.substr(0, bytes - text.size());
  return text;
}

std::string pad_answer(std::string_view answer, std::uint64_t tokens) {
  const std::size_t wanted = tokens * bytes_per_token;
  if (wanted <= answer.size() || answer.starts_with('{')) return std::string(answer);
  return words(wanted - answer.size() - 1).append("\n").append(answer);
}

}  // namespace retort::mock
