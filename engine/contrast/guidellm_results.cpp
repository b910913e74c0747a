// Members as guidellm 0.4 to 0.8 writes them: benchmark/schemas/ and schemas/base/request_stats.py.
#include <fmt/format.h>

#include "engine/contrast/readers.hpp"

namespace retort::engine {
namespace {

// Its inter_token_latency_ms leaves the first token out, its time_per_output_token_ms does not.
struct guidellm_metric {
  std::string_view name;
  metric what;
  double scale;  // to ms
};
constexpr guidellm_metric guidellm_metrics[] = {{"time_to_first_token_ms", metric::ttft, 1},
                                                {"time_to_first_output_token_ms", metric::ttfot, 1},
                                                {"inter_token_latency_ms", metric::tpot, 1},
                                                {"time_per_output_token_ms", metric::ntpot, 1},
                                                {"request_latency", metric::e2e, 1e3}};

load_shape guidellm_shape(json_element of) {
  load_shape out;
  const auto strategy = below(of, {"config", "strategy"});
  if (!strategy) return out;
  const std::string type = text_below(*strategy, {"type_"});
  const auto cap = number_of(*strategy, {"max_concurrency"});
  if (type == "synchronous") out.concurrency = 1;
  if (type == "concurrent") out.concurrency = number_of(*strategy, {"streams"});
  if (type == "throughput") out.concurrency = cap;
  if (type != "constant" && type != "poisson") return out;
  out.rate = number_of(*strategy, {"rate"});
  out.arrivals = type;
  out.cap = cap;
  return out;
}

std::string percentile_key(const figure& of) {
  if (of.share == 0.999) return "p999";
  return of.name.substr(of.name.rfind('_') + 1);
}

void guidellm_told(measured_load& out, json_element of, const guidellm_metric& each) {
  const auto values = below(of, {"metrics", each.name, "successful"});
  if (!values || number_of(*values, {"count"}).value_or(0) < 1) return;
  for (const figure& one : figures()) {
    if (one.what != each.what) continue;
    const auto told = one.share ? number_of(*values, {"percentiles", percentile_key(one)})
                                : number_of(*values, {"mean"});
    if (told) out.values[one.name] = *told * each.scale;
  }
}

using amounts = std::vector<std::pair<double, std::uint64_t>>;

// Those that were kept: with a sample size they are a part of them, which is as good.
void guidellm_values(measured_load& out, json_element of) {
  const auto requests = below(of, {"requests", "successful"});
  simdjson::dom::array all;
  if (!requests || requests->get(all)) return;
  for (const auto& each : guidellm_metrics) {
    amounts values;
    for (const json_element one : all) {
      if (const auto value = number_of(one, {each.name})) {
        values.emplace_back(*value * each.scale, 1);
      }
    }
    add_figures(out, each.what, {std::move(values), 0});
  }
}

void guidellm_totals(measured_load& out, json_element of) {
  const auto good = number_of(of, {"metrics", "request_totals", "successful"});
  const auto failed = number_of(of, {"metrics", "request_totals", "errored"});
  if (good && failed && *good + *failed > 0) out.values["failed"] = *failed / (*good + *failed);
  out.input_tokens = number_of(of, {"metrics", "prompt_token_count", "successful", "mean"});
  out.output_tokens = number_of(of, {"metrics", "output_token_count", "successful", "mean"});
}

measured_load guidellm_load(json_element of) {
  measured_load out;
  out.shape = guidellm_shape(of);
  for (const auto& [name, member] : {std::pair("requests_per_s", "requests_per_second"),
                                     std::pair("output_tokens_per_s", "output_tokens_per_second"),
                                     std::pair("input_tokens_per_s", "prompt_tokens_per_second")}) {
    if (const auto rate = number_of(of, {"metrics", member, "successful", "mean"})) {
      out.values[name] = *rate;
    }
  }
  for (const auto& each : guidellm_metrics) guidellm_told(out, of, each);
  guidellm_totals(out, of);
  guidellm_values(out, of);
  return out;
}

}  // namespace

std::vector<measured_load> read_guidellm(json_element of) {
  std::vector<measured_load> out;
  simdjson::dom::array all;
  if (of["benchmarks"].get(all)) return out;
  for (const json_element one : all) out.push_back(guidellm_load(one));
  return out;
}

}  // namespace retort::engine
