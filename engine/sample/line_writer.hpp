// A finished sample as a line of the ledger (see ledger_lines.md). Pure; any thread.
#pragma once

#include <string>

#include "engine/sample/sample.hpp"
#include "io/base/json_writer.hpp"

namespace retort::engine {

// Appends the sample as one JSON object without a newline.
void append_ledger_line(const sample& done, std::string& out);

// The member `shortened`, here and in views, where something was.
void write_shortened(io::json_writer& json, const shortening& by);

}  // namespace retort::engine
