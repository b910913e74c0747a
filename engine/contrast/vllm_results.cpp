// Members as vllm/benchmarks/serve.py writes them (vLLM 0.6 to 0.15).
#include <fmt/format.h>

#include "engine/contrast/readers.hpp"

namespace retort::engine {
namespace {

struct vllm_metric {
  std::string_view name;
  metric what;
};
constexpr vllm_metric vllm_metrics[] = {
    {"ttft", metric::ttft}, {"tpot", metric::tpot}, {"itl", metric::icl}, {"e2el", metric::e2e}};

// One at a rate of "inf" sends as it gets places; without a cap, all at once.
load_shape vllm_shape(json_element of) {
  load_shape out;
  const auto cap = number_of(of, {"max_concurrency"});
  out.rate = number_of(of, {"request_rate"});
  if (!out.rate) {
    out.concurrency = cap ? cap : number_of(of, {"num_prompts"});
    return out;
  }
  out.cap = cap;
  const double shape = number_of(of, {"burstiness"}).value_or(1);
  out.arrivals = shape == 1 ? "poisson" : fmt::format("gamma {:g}", shape);
  return out;
}

void vllm_told(measured_load& out, json_element of) {
  for (const auto& each : vllm_metrics) {
    for (const figure& one : figures()) {
      if (one.what != each.what) continue;
      const std::string which = !one.share         ? "mean"
                                : one.share == 0.5 ? "median"
                                                   : one.name.substr(one.name.rfind('_') + 1);
      const auto told = number_of(of, {fmt::format("{}_{}_ms", which, each.name)});
      if (told && *told > 0) out.values[one.name] = *told;  // 0: no request had one
    }
  }
}

void vllm_counts(measured_load& out, json_element of) {
  const auto good = number_of(of, {"completed"});
  if (!good) return;
  const auto failed = number_of(of, {"failed"});
  const double all = failed ? *good + *failed : number_of(of, {"num_prompts"}).value_or(*good);
  if (all > 0) out.values["failed"] = (all - *good) / all;
  if (*good < 1) return;
  if (const auto in = number_of(of, {"total_input_tokens"})) out.input_tokens = *in / *good;
  if (const auto sum = number_of(of, {"total_output_tokens"})) out.output_tokens = *sum / *good;
}

// A request of the detailed arrays, in s. One that failed has a ttft of 0.
struct vllm_request {
  double ttft = 0, e2e = 0, tokens = 0;
  std::vector<double> gaps;
};

using amounts = std::vector<std::pair<double, std::uint64_t>>;

std::vector<vllm_request> vllm_requests(json_element of) {
  std::vector<vllm_request> out;
  simdjson::dom::array first, gaps, tokens;
  if (of["ttfts"].get(first)) return out;
  for (const json_element one : first) {
    out.emplace_back();
    if (one.get(out.back().ttft)) out.back().ttft = 0;
    out.back().e2e = out.back().ttft;
  }
  std::size_t at = 0;
  if (!of["itls"].get(gaps)) {
    for (const json_element one : gaps) {
      simdjson::dom::array of_one;
      if (at >= out.size() || one.get(of_one)) break;
      for (const json_element gap : of_one) {
        double seconds = 0;
        if (gap.get(seconds)) continue;
        out[at].gaps.push_back(seconds);
        out[at].e2e += seconds;
      }
      ++at;
    }
  }
  at = 0;
  if (!of["output_lens"].get(tokens)) {
    for (const json_element one : tokens) {
      if (at < out.size() && one.get(out[at].tokens)) out[at].tokens = 0;
      ++at;
    }
  }
  return out;
}

void vllm_values(measured_load& out, json_element of) {
  amounts ttft, tpot, gaps, e2e;
  std::uint64_t with_gaps = 0;
  for (const vllm_request& one : vllm_requests(of)) {
    if (!(one.ttft > 0)) continue;
    ttft.emplace_back(one.ttft * 1e3, 1);
    e2e.emplace_back(one.e2e * 1e3, 1);
    if (one.tokens > 1) tpot.emplace_back((one.e2e - one.ttft) * 1e3 / (one.tokens - 1), 1);
    with_gaps += !one.gaps.empty();
    for (const double gap : one.gaps) gaps.emplace_back(gap * 1e3, 1);
  }
  add_figures(out, metric::ttft, {std::move(ttft), 0});
  add_figures(out, metric::e2e, {std::move(e2e), 0});
  add_figures(out, metric::tpot, {std::move(tpot), 0});
  add_figures(out, metric::icl, {std::move(gaps), with_gaps});
}

void vllm_rate(measured_load& out, const char* name, std::optional<double> told) {
  if (told) out.values[name] = *told;
}

}  // namespace

std::vector<measured_load> read_vllm(json_element of) {
  measured_load out;
  out.shape = vllm_shape(of);
  out.endpoint = text_below(of, {"label"});
  out.model = text_below(of, {"model_id"});
  vllm_rate(out, "requests_per_s", number_of(of, {"request_throughput"}));
  vllm_rate(out, "output_tokens_per_s", number_of(of, {"output_throughput"}));
  // The colon is older versions'.
  for (const char* key : {"request_goodput:", "request_goodput"}) {
    vllm_rate(out, "goodput_per_s", number_of(of, {key}));
  }
  if (text_below(of, {"ramp_up_strategy"}) != "") out.shape.called = "a ramp";
  vllm_counts(out, of);
  vllm_told(out, of);
  vllm_values(out, of);
  return {std::move(out)};
}

}  // namespace retort::engine
