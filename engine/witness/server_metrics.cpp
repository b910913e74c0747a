#include "engine/witness/server_metrics.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>

namespace retort::engine {
namespace {

enum class told { running, waiting, cache_use, preemptions };

struct known_name {
  std::string_view software, name;
  told what;
};

// Where a server has both an old name and a new one, the one that comes first here counts.
constexpr known_name known_names[] = {
    {"vLLM", "vllm:num_requests_running", told::running},
    {"vLLM", "vllm:num_requests_waiting", told::waiting},
    {"vLLM", "vllm:kv_cache_usage_perc", told::cache_use},
    {"vLLM", "vllm:gpu_cache_usage_perc", told::cache_use},
    {"vLLM", "vllm:num_preemptions_total", told::preemptions},
    {"SGLang", "sglang:num_running_reqs", told::running},
    {"SGLang", "sglang:num_queue_reqs", told::waiting},
    {"SGLang", "sglang:token_usage", told::cache_use},
    {"llama.cpp", "llamacpp:requests_processing", told::running},
    {"llama.cpp", "llamacpp:requests_deferred", told::waiting},
    {"llama.cpp", "llamacpp:kv_cache_usage_ratio", told::cache_use},
};
constexpr std::size_t known_count = std::size(known_names);

struct several {
  double sum = 0;
  std::uint64_t count = 0;
};

// The value of a line `name{labels} value [time]` of that name. A label's value may hold anything
// but a bare quotation mark.
std::optional<double> value_in(std::string_view line, std::string_view name) {
  if (!line.starts_with(name)) return std::nullopt;
  line.remove_prefix(name.size());
  if (line.starts_with('{')) {
    bool in_text = false;
    std::size_t at = 1;
    for (; at < line.size() && (in_text || line[at] != '}'); ++at) {
      if (in_text && line[at] == '\\')
        ++at;
      else if (line[at] == '"')
        in_text = !in_text;
    }
    line.remove_prefix(std::min(line.size(), at + 1));
  } else if (!line.starts_with(' ') && !line.starts_with('\t')) {
    return std::nullopt;  // a longer name
  }
  while (line.starts_with(' ') || line.starts_with('\t')) line.remove_prefix(1);
  double out = 0;
  const auto read = std::from_chars(line.data(), line.data() + line.size(), out);
  if (read.ec != std::errc() || !std::isfinite(out) || out < 0) return std::nullopt;
  return out;
}

void read_line(std::string_view line, several (&found)[known_count]) {
  for (std::size_t i = 0; i < known_count; ++i) {
    const auto value = value_in(line, known_names[i].name);
    if (!value) continue;
    found[i].sum += *value;
    ++found[i].count;
  }
}

std::optional<double>& place_in(server_state& of, told what) {
  switch (what) {
    case told::running: return of.running;
    case told::waiting: return of.waiting;
    case told::cache_use: return of.cache_use;
    default: return of.preemptions;
  }
}

void append_gauge(std::string& out, std::string_view name, const gauge_course& of, bool is_share) {
  if (of.count() == 0) return;
  out += out.ends_with(':') ? " " : ", ";
  out += is_share
             ? fmt::format("{} {:.0f} % (at most {:.0f} %)", name, of.mean() * 100, of.most() * 100)
             : fmt::format("{} {:.1f} (at most {:g})", name, of.mean(), of.most());
}

}  // namespace

std::optional<server_state> read_server_state(std::string_view text) {
  several found[known_count];
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    read_line(text.substr(0, end), found);
    text.remove_prefix(std::min(text.size(), end + 1));
  }
  server_state out;
  for (std::size_t i = 0; i < known_count; ++i) {
    const known_name& one = known_names[i];
    const bool is_first = out.software.empty() || out.software == one.software;
    auto& place = place_in(out, one.what);
    if (found[i].count == 0 || !is_first || place) continue;
    out.software = one.software;
    const double parts = one.what == told::cache_use ? static_cast<double>(found[i].count) : 1;
    place = found[i].sum / parts;
  }
  if (out.software.empty()) return std::nullopt;
  return out;
}

void gauge_course::add(double value) {
  if (count_++ == 0) first_ = value;
  last_ = value;
  most_ = std::max(most_, value);
  sum_ += value;
}

void server_course::add(const server_state& at) {
  software = at.software;
  ++samples;
  if (at.running) running.add(*at.running);
  if (at.waiting) waiting.add(*at.waiting);
  if (at.cache_use) cache_use.add(*at.cache_use);
  if (at.preemptions) preemptions.add(*at.preemptions);
}

std::string text_of(const server_course& of) {
  std::string out =
      fmt::format("{}, {} sample{}:", of.software, of.samples, of.samples == 1 ? "" : "s");
  append_gauge(out, "running", of.running, false);
  append_gauge(out, "waiting", of.waiting, false);
  append_gauge(out, "KV cache", of.cache_use, true);
  const double preempted = of.preemptions.last() - of.preemptions.first();
  if (preempted > 0) out += fmt::format(", {:g} preempted", preempted);
  return out;
}

}  // namespace retort::engine
