// The servers that a run starts for its model entries (the key `serve`): how many, where, with
// which GPUs. Looks which ports are free, and starts nothing. Any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "engine/config/config.hpp"
#include "io/base/error.hpp"
#include "io/base/url.hpp"

namespace retort::engine {

struct planned_server {
  std::vector<std::size_t>
      entries;              // among model_entries(): whose it is, and judges that it serves
  std::size_t replica = 0;  // among their endpoints
  std::string place;        // "models[0].serve"
  std::string command;      // for /bin/sh, the port in it
  std::string base_url;     // "http://127.0.0.1:24680/v1"
  std::string ready;        // the path that says so
  std::string gpus;         // its CUDA_VISIBLE_DEVICES; "" where nothing is known of any
  std::string log;          // a file's name in the run directory
  double startup_s = 0;
};

// In the entries' order, judges last; the entries' endpoints are theirs from then on, one for each.
// GPUs go to the entries in that order. A judge with the same `serve` as an entry before it is
// asked at that one's servers. errc::usage, with the entry's place, when there are too few GPUs.
result<std::vector<planned_server>> plan_servers(config& of, const io::environment& environment);

// "vllm serve M --port 24680 (CUDA_VISIBLE_DEVICES=0,1)"
std::string text_of(const planned_server& one);

// What such a server gets of our environment: all but others' keys and passwords, and its GPUs.
std::vector<std::string> environment_of(const planned_server& one, const config& of);

}  // namespace retort::engine
