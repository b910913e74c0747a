// One load as a benchmark measured it, whichever tool that was: figures by their name, and the
// values of requests where the file has them. Plain values; any thread.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/contrast/figure.hpp"
#include "engine/contrast/spread.hpp"

namespace retort::engine {

// What was asked of the endpoint. Two that differ in it are not held against each other.
struct load_shape {
  std::optional<double> concurrency;  // of a closed loop
  std::optional<double> rate;         // of an open one
  std::string arrivals;               // "constant", "poisson", "gamma 0.5"; "": not told
  std::optional<double> cap;          // of an open one's requests in flight
  std::string called;     // what else it is: "trace x2", "1 to 50/s poisson over 60 s", "sessions
                          // of 3 turns", "5x for 2 of 10 s"
  bool is_whole = false;  // what is missing is not there, as in our own files; else it is not told

  bool is_told() const { return concurrency || rate || !called.empty(); }
  bool operator==(const load_shape&) const = default;
};
std::string text_of(const load_shape& of);  // "concurrency 16", "10/s poisson, at most 8 in flight"
// Of one of ours, by its name in full: the other way round.
load_shape shape_called(std::string_view in_full);

struct measured_load {
  load_shape shape;
  std::string endpoint, model;  // "": not told
  // Of the endpoint among those of the file; nothing: not told.
  std::optional<std::uint64_t> place;
  std::optional<bool> streams;
  // What else its requests are made of, by the names of results.md, where that is told:
  // "shared_prefix" 0.5, "cancel" {"share":0.2,"after_s":[1,2]}, "trace" a.jsonl of 9 requests.
  std::optional<std::map<std::string, std::string>> workload;
  std::optional<std::string> doubt;                   // DEGRADED, and why
  std::optional<double> input_tokens, output_tokens;  // mean of a successful request
  std::map<std::string, double> values;               // by a figure's name; times in ms
  std::map<metric, spread> spreads;                   // where the file has values
};

struct benchmark_file {
  std::string path, tool;            // "retort 0.9", "vLLM"
  std::vector<measured_load> loads;  // those of repeated runs, too
};

// What a spread tells, where the file itself does not say it.
void add_figures(measured_load& of, metric what, spread values);

}  // namespace retort::engine
