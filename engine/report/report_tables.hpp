// The tables of a report, and its samples. Pure; any thread.
#pragma once

#include <string>

#include "engine/report/report_data.hpp"

namespace retort::engine {

// From records to accepted samples, by what became of the others.
std::string funnel_table(const found_run& of, const report_data& what);
// A row for each step and variant; for each evaluator, judges among them.
std::string variant_table(const found_run& of, const report_data& what);
std::string evaluator_table(const found_run& of, const report_data& what);
// Tokens and dollars, by whom they were paid to.
std::string cost_table(const run_facts& facts);
// What the run is: its config, what it was made by, what has been served.
std::string facts_table(const run_facts& facts);
std::string samples_part(const report_data& what);

}  // namespace retort::engine
