// The result files of each benchmark tool as loads ([which members are read](contrast.md)). What a
// file does not tell is missing; a file that tells no load has none. Pure; any thread.
#pragma once

#include <iosfwd>
#include <vector>

#include "engine/contrast/json_numbers.hpp"
#include "engine/contrast/measured_load.hpp"

namespace retort::engine {

// `retort bench --json`, version 1.
std::vector<measured_load> read_retort(json_element of);
// `retort bench --requests-csv`: a load for each entry, load and run.
std::vector<measured_load> read_retort_requests(std::istream& lines);
// aiperf's profile_export_aiperf.json.
std::vector<measured_load> read_aiperf(json_element of);
// The requests of its profile_export.jsonl, if their means are those of `of`.
void add_aiperf_requests(measured_load& of, std::istream& lines);
// guidellm's benchmarks.json: a load for each benchmark.
std::vector<measured_load> read_guidellm(json_element of);
// `vllm bench serve --save-result`.
std::vector<measured_load> read_vllm(json_element of);
// MLPerf Endpoints' result_summary.json.
std::vector<measured_load> read_mlperf(json_element of);

}  // namespace retort::engine
