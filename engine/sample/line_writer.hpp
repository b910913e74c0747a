// A finished sample as a line of the ledger (see ledger_lines.md). Pure; any thread.
#pragma once

#include <string>

#include "engine/sample/sample.hpp"

namespace retort::engine {

// Appends the sample as one JSON object without a newline.
void append_ledger_line(const sample& done, std::string& out);

}  // namespace retort::engine
