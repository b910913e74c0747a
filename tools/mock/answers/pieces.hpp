// A text in the pieces that a stream brings it in. Pure; any thread.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace retort::mock {

// As many pieces, or one per token for 0; fewer where there are not as many characters, none of
// which (UTF-8) is taken apart.
std::vector<std::string_view> pieces_of(std::string_view text, std::uint64_t count = 0);

}  // namespace retort::mock
