// What a run in the sandbox comes to, from what the harness reported and how the process ended.
// Pure; any thread.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "io/process/process.hpp"

namespace retort::engine {

enum class code_outcome {
  passed,
  failed,     // a test, or the code by itself
  timed_out,  // wall time, or CPU time
  out_of_memory,
  output_too_large,
  not_judged,  // not the code's fault: the sandbox, or tests that are none
  stopped,     // by sandbox::stop
};

struct code_result {
  code_outcome outcome = code_outcome::stopped;
  std::string detail;  // one short line
};

// What may be known of a run once it is over.
struct code_run {
  std::string_view nonce;
  std::string_view report;  // all that came by report_pipe
  std::string_view errors;  // standard error
  std::chrono::milliseconds timeout{};
  io::process_end end;
};

// Whether the harness has said that the code begins.
bool has_begun(std::string_view report);

code_result result_of(const code_run&);

}  // namespace retort::engine
