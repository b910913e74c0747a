// What `retort run` prints at its end. Pure; any thread.
#pragma once

#include <string>

#include "engine/run/run.hpp"

namespace retort::tools {

// The lines for a person: counts per reason, throughput, where the files are.
std::string summary_text(const engine::run_summary& of);
// The same as one JSON object for machines.
std::string summary_json(const engine::run_summary& of);

// "10 generated: 8 accepted, 1 rejected   (incorrect 1), 1 failed", and what of the accepted is not
// known to be whole.
std::string counts_text(const engine::view_counts& counts, std::uint64_t skipped_rows);
// "8 exported to data.jsonl"
std::string file_line(const engine::written_view& of);

// The first of this kind; null where there is none.
const engine::written_view* first_view(const engine::run_summary& of, engine::view_kind kind);
// One of the views goes to standard output.
bool pours_out(const engine::run_summary& of);

// The first lines of a file, each cut to a width, to look at.
std::string first_lines(const std::string& path, int count);

}  // namespace retort::tools
