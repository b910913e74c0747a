#pragma once

namespace retort::engine {

// Which sign stands before the decimals. `comma`: 1.234,56, and 3.5 too, which groups nothing.
enum class decimal_sign { point, comma };

}  // namespace retort::engine
