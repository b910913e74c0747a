// Members as aiperf writes them: schema_version 1.1 to 1.5, common/models/export_models.py;
// requests from the profile_export.jsonl beside.
#include <fmt/format.h>

#include <cmath>
#include <istream>

#include "engine/contrast/readers.hpp"

namespace retort::engine {
namespace {

struct aiperf_metric {
  std::string_view name;
  metric what;
};
constexpr aiperf_metric aiperf_metrics[] = {{"time_to_first_token", metric::ttft},
                                            {"time_to_first_output_token", metric::ttfot},
                                            {"inter_token_latency", metric::tpot},
                                            {"inter_chunk_latency", metric::icl},
                                            {"request_latency", metric::e2e}};

// The last phase that is no warm-up.
std::optional<json_element> aiperf_phase(json_element of) {
  std::optional<json_element> out;
  simdjson::dom::array phases;
  const auto found = below(of, {"input_config", "phases"});
  if (!found || found->get(phases))
    return below(of, {"input_config", "loadgen"});  // 0.5 and before
  for (const json_element one : phases) {
    if (text_below(one, {"kind"}) != "warmup") out = one;
  }
  return out;
}

load_shape aiperf_shape(json_element of) {
  load_shape out;
  const auto phase = aiperf_phase(of);
  if (!phase) return out;
  const auto cap = number_of(*phase, {"concurrency"});
  out.rate = number_of(*phase, {"rate"});
  if (!out.rate) out.rate = number_of(*phase, {"request_rate"});
  (out.rate ? out.cap : out.concurrency) = cap;
  if (!out.rate) return out;
  out.arrivals = text_below(*phase, {"type"});
  if (out.arrivals.empty()) out.arrivals = text_below(*phase, {"request_rate_mode"});
  if (out.arrivals == "gamma") {
    out.arrivals += fmt::format(" {:g}", number_of(*phase, {"smoothness"}).value_or(1));
  }
  return out;
}

double aiperf_scale(json_element metric_of) {
  const std::string unit = text_below(metric_of, {"unit"});
  return unit == "s" || unit == "sec" ? 1e3 : unit == "us" ? 1e-3 : unit == "ns" ? 1e-6 : 1;
}

void aiperf_told(measured_load& out, json_element of, metric what) {
  for (const figure& one : figures()) {
    if (one.what != what) continue;
    const std::string member = one.share ? one.name.substr(one.name.rfind('_') + 1) : "avg";
    if (const auto told = number_of(of, {member})) out.values[one.name] = *told * aiperf_scale(of);
  }
}

void aiperf_counts(measured_load& out, json_element of) {
  const auto good = number_of(of, {"request_count", "avg"});
  const double failed = number_of(of, {"error_request_count", "avg"}).value_or(0);
  if (good && *good + failed > 0) out.values["failed"] = failed / (*good + failed);
  for (const char* name : {"input_sequence_length", "usage_prompt_tokens"}) {
    if (const auto told = number_of(of, {name, "avg"})) out.input_tokens = told;
  }
  for (const char* name : {"output_sequence_length", "usage_completion_tokens"}) {
    if (const auto told = number_of(of, {name, "avg"})) out.output_tokens = told;
  }
}

std::string aiperf_doubt(json_element of) {
  bool is_cut = false, is_complete = true;
  if (!of["was_cancelled"].get(is_cut) && is_cut) return "it was cancelled";
  if (!of["is_complete"].get(is_complete) && !is_complete) {
    return "it was not complete: " + text_below(of, {"incomplete_reason"});
  }
  return "";
}

using amounts = std::vector<std::pair<double, std::uint64_t>>;

void aiperf_values(amounts& into, json_element of, double scale) {
  simdjson::dom::array several;
  double value = 0;
  if (!of.get(value)) into.emplace_back(value * scale, 1);
  if (of.get(several)) return;
  for (const json_element one : several) {
    if (!one.get(value)) into.emplace_back(value * scale, 1);
  }
}

bool is_aiperf_measured(json_element line) {
  const auto failed = below(line, {"error"});
  return text_below(line, {"metadata", "benchmark_phase"}) == "profiling" &&
         (!failed || failed->is_null());
}

// Whether they are of this file, and not of another run that wrote to the same place.
bool are_aiperf_values_of(const measured_load& whole, const spread& values, metric what) {
  const auto told = whole.values.find(fmt::format("{}_mean", name(what)));
  return told != whole.values.end() && std::abs(share_more(told->second, values.mean())) < 1e-6;
}

}  // namespace

void add_aiperf_requests(measured_load& of, std::istream& lines) {
  std::map<metric, amounts> values;
  std::map<metric, std::uint64_t> cases;
  simdjson::dom::parser parser;
  for (std::string line; std::getline(lines, line);) {
    simdjson::dom::element one;
    if (parser.parse(line).get(one) || !is_aiperf_measured(one)) continue;
    for (const auto& each : aiperf_metrics) {
      const auto told = below(one, {"metrics", each.name});
      const auto value = told ? below(*told, {"value"}) : std::nullopt;
      if (!value) continue;
      aiperf_values(values[each.what], *value, aiperf_scale(*told));
      ++cases[each.what];
    }
  }
  for (auto& [what, all] : values) {
    spread made(std::move(all), cases[what]);
    if (are_aiperf_values_of(of, made, what)) add_figures(of, what, std::move(made));
  }
}

std::vector<measured_load> read_aiperf(json_element of) {
  measured_load out;
  out.shape = aiperf_shape(of);
  bool streams = false;
  const auto told = below(of, {"input_config", "endpoint", "streaming"});
  if (told && !told->get(streams)) out.streams = streams;
  for (const auto& [name, member] : {std::pair("requests_per_s", "request_throughput"),
                                     std::pair("output_tokens_per_s", "output_token_throughput"),
                                     std::pair("input_tokens_per_s", "input_token_throughput"),
                                     std::pair("goodput_per_s", "goodput")}) {
    if (const auto rate = number_of(of, {member, "avg"})) out.values[name] = *rate;
  }
  for (const auto& each : aiperf_metrics) {
    if (const auto found = below(of, {each.name})) aiperf_told(out, *found, each.what);
  }
  aiperf_counts(out, of);
  if (const std::string why = aiperf_doubt(of); !why.empty()) out.doubt = why;
  return {std::move(out)};
}

}  // namespace retort::engine
