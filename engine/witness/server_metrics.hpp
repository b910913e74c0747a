// What a server of open models says of itself at /metrics, in Prometheus' text format 0.0.4: how
// many requests it works on, how many wait, how full its KV cache is. The names are those of
// vLLM (vllm/v1/metrics/loggers.py), SGLang (python/sglang/srt/metrics/collector.py) and
// llama.cpp's server (tools/server/server.cpp, --metrics). Pure; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace retort::engine {

// At one time. Over several engines of a server (data parallel) the requests are summed, and the
// cache is their mean.
struct server_state {
  std::string_view software;  // "vLLM", "SGLang", "llama.cpp"
  std::optional<double> running, waiting;
  std::optional<double> cache_use;    // 1: full
  std::optional<double> preemptions;  // since it began
};

// Nothing of a text that is none of theirs.
std::optional<server_state> read_server_state(std::string_view text);

// One number over a trial's samples.
class gauge_course {
 public:
  void add(double value);
  std::uint64_t count() const { return count_; }
  double first() const { return first_; }
  double last() const { return last_; }
  double most() const { return most_; }
  double mean() const { return count_ > 0 ? sum_ / static_cast<double>(count_) : 0; }

 private:
  std::uint64_t count_ = 0;
  double first_ = 0, last_ = 0, most_ = 0, sum_ = 0;
};

// What a server said of itself during a trial.
struct server_course {
  std::string_view software;
  std::uint64_t samples = 0;
  gauge_course running, waiting, cache_use;
  gauge_course preemptions;  // the counter itself

  void add(const server_state& at);
};

// "vLLM, 9 samples: running 12.1 (at most 16), waiting 0.3 (at most 4), KV cache 34 % (at most 51
// %)"
std::string text_of(const server_course& of);

}  // namespace retort::engine
