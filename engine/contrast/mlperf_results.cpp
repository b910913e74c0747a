// Members as mlcommons/endpoints writes them: src/inference_endpoint/metrics/report.py.
#include <fmt/format.h>

#include "engine/contrast/readers.hpp"

namespace retort::engine {
namespace {

struct mlperf_metric {
  std::string_view name;
  metric what;
};
constexpr mlperf_metric mlperf_metrics[] = {
    {"ttft", metric::ttft}, {"tpot", metric::tpot}, {"latency", metric::e2e}};

load_shape mlperf_shape(json_element of) {
  load_shape out;
  const std::string pattern = text_below(of, {"run_config", "load_pattern", "type"});
  out.concurrency = number_of(of, {"run_config", "load_pattern", "target_concurrency"});
  if (pattern != "poisson") return out;
  out.concurrency.reset();
  out.rate = number_of(of, {"run_config", "load_pattern", "target_qps"});
  out.arrivals = pattern;
  return out;
}

// Its keys are numbers: "50", "99.9", or "99.0" of older ones.
std::optional<double> mlperf_percentile(json_element of, double share) {
  for (const std::string& key :
       {fmt::format("{:g}", share * 100), fmt::format("{:.1f}", share * 100)}) {
    if (const auto found = number_of(of, {"percentiles", key})) return found;
  }
  return std::nullopt;
}

// In ns.
void mlperf_told(measured_load& out, json_element of, metric what) {
  for (const figure& one : figures()) {
    if (one.what != what) continue;
    const auto told = one.share ? mlperf_percentile(of, *one.share) : number_of(of, {"avg"});
    if (told) out.values[one.name] = *told / 1e6;
  }
}

}  // namespace

std::vector<measured_load> read_mlperf(json_element of) {
  measured_load out;
  out.shape = mlperf_shape(of);
  const auto all = number_of(of, {"n_samples_issued"});
  const auto failed = number_of(of, {"n_samples_failed"});
  if (all && failed && *all > 0) out.values["failed"] = *failed / *all;
  if (const auto rate = number_of(of, {"qps"})) out.values["requests_per_s"] = *rate;
  if (const auto rate = number_of(of, {"tps"})) out.values["output_tokens_per_s"] = *rate;
  out.output_tokens = number_of(of, {"output_sequence_lengths", "avg"});
  for (const auto& each : mlperf_metrics) {
    if (const auto found = below(of, {each.name})) mlperf_told(out, *found, each.what);
  }
  bool is_complete = true;
  if (!of["complete"].get(is_complete) && !is_complete) out.doubt = "it was not complete";
  return {std::move(out)};
}

}  // namespace retort::engine
