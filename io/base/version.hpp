// Which retort this is. Any thread.
#pragma once

#include <string_view>

namespace retort::io {

inline constexpr std::string_view version = "0.1.0";  // as in CMakeLists.txt, which a test holds

}  // namespace retort::io
