#include "tools/mock/filler.hpp"

#include <algorithm>

#include "tools/mock/tokens.hpp"

namespace retort::mock {
namespace {

constexpr std::string_view words =
    "Let us take this one step at a time, and look at what is given before anything is worked "
    "out. ";

}  // namespace

std::string pad_answer(std::string_view answer, std::uint64_t tokens) {
  const std::size_t wanted = tokens * bytes_per_token;
  if (wanted <= answer.size() || answer.starts_with('{')) return std::string(answer);
  std::string padded;
  padded.reserve(wanted);
  std::size_t left = wanted - answer.size() - 1;
  for (; left > 0; left -= std::min(left, words.size())) padded += words.substr(0, left);
  padded += '\n';
  return padded += answer;
}

}  // namespace retort::mock
