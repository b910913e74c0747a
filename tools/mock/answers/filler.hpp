// Words that make an answer as long as a model's. Pure; any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace retort::mock {

// The answer behind as many words, without digits, as make it about `tokens` long; it alone when
// it is that long already or a JSON object, which words would break.
std::string pad_answer(std::string_view answer, std::uint64_t tokens);

// So many bytes of such words.
std::string words(std::size_t bytes);

}  // namespace retort::mock
