// `retort submit`: a run as a job array of Slurm's, and its merge behind it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tools/run_command.hpp"

namespace CLI {
class App;
}

namespace retort::tools {

struct submit_flags {
  run_flags run;
  std::uint32_t tasks = 0, throttle = 0, restarts = 10, cpus = 2;
  std::string time, memory, partition, account;
  std::vector<std::string> sbatch;  // further options of its own
  bool print = false, merges = true;
};

void add_submit_flags(CLI::App& app, submit_flags& flags);

// Returns the exit status.
int submit_command(const submit_flags& flags);

}  // namespace retort::tools
