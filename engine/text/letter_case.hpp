// Text without the difference between capital and small letters. Pure; any thread.
#pragma once

#include <string>
#include <string_view>

namespace retort::engine {

// Every code point whose capital letter is another's is written as one of them, so that two texts
// differ in nothing but case where the outcomes are equal. Bytes that are no UTF-8 stay.
std::string without_case(std::string_view text);

}  // namespace retort::engine
