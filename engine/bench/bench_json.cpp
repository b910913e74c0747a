#include "engine/bench/bench_json.hpp"

#include "engine/bench/repeats.hpp"
#include "engine/bench/trial_cost.hpp"
#include "engine/contrast/result_file.hpp"
#include "engine/statistics/percentile.hpp"
#include "io/base/json_writer.hpp"
#include "io/base/version.hpp"

namespace retort::engine {
namespace {

using io::json_writer;

template <class T>
void member(json_writer& json, std::string_view name, const std::optional<T>& value) {
  if (value) json.member(name, *value);
}

double ms(double ns) { return ns / 1e6; }

// What there are too few samples for is not there.
void write_shares(json_writer& json, const log_histogram& of, std::uint64_t samples) {
  for (const auto& each : stated_shares) {
    if (const auto found = percentile_of(of, each.share, {samples, 0})) {
      json.member(each.name, ms(found->value));
    }
  }
  json.key("at_most");
  json.open_object();
  for (const auto& each : stated_shares) {
    if (const auto found = percentile_of(of, each.share, {samples, 0})) {
      json.member(each.name, ms(found->bound));
    }
  }
  json.close_object();
}

// The whole histogram: what holds benchmarks against each other draws from it.
void write_bins(json_writer& json, const log_histogram& of, std::uint64_t samples) {
  json.member("samples", samples);
  json.key("bins");
  json.open_array();
  for (const auto& [value, count] : of.filled()) {
    json.open_array();
    json.value(ms(value));
    json.value(count);
    json.close_array();
  }
  json.close_array();
}

void write_metric(json_writer& json, std::string_view name, const log_histogram& of,
                  std::uint64_t samples, bool has_bins) {
  if (of.count() == 0) return;
  json.key(name);
  json.open_object();
  json.member("unit", "ms");
  json.member("count", of.count());
  json.member("mean", ms(*of.mean()));
  json.member("min", ms(of.smallest()));
  json.member("max", ms(of.largest()));
  write_shares(json, of, samples);
  if (has_bins) write_bins(json, of, samples);
  json.close_object();
}

void write_course(json_writer& json, const arrival_rule& of) {
  if (of.ramp) {
    json.key("ramp");
    json.open_object();
    json.member("to", of.ramp->to);
    json.member("over_s", of.ramp->over_s);
    json.close_object();
  }
  if (!of.burst) return;
  json.key("burst");
  json.open_object();
  json.member("factor", of.burst->factor);
  json.member("length_s", of.burst->length_s);
  json.member("period_s", of.burst->period_s);
  json.close_object();
}

void write_load(json_writer& json, const load_level& load) {
  json.key("load");
  json.open_object();
  json.member("kind", load.is_open() ? "open" : "closed");
  if (load.is_replay()) {
    json.member("trace_speed", load.trace_speed);
  } else if (load.rule) {
    json.member("rate", load.rule->rate);
    json.member("arrivals", name(load.rule->pattern));
    if (load.rule->pattern == arrival_pattern::gamma) {
      json.member("burstiness", load.rule->burstiness);
    }
    write_course(json, *load.rule);
  } else {
    json.member("concurrency", load.concurrency);
  }
  if (load.cap > 0) json.member("max_concurrency", load.cap);
  json.close_object();
}

void write_requests(json_writer& json, const trial_result& of) {
  const tally& seen = of.measured;
  json.key("requests");
  json.open_object();
  json.member("measured", seen.requests());
  json.member("succeeded", seen.successes);
  json.member("failed", seen.failures);
  json.member("unfinished", of.unfinished);
  json.member("empty", seen.empty);
  if (seen.to_cancel() > 0) {
    json.member("cancelled", seen.cancelled);
    json.member("ended_before_cancel", seen.outran);
    json.member("failed_before_cancel", seen.fell);
  }
  json.member("resent", seen.resent);
  if (of.unusable.count > 0) {
    json.key("unusable");
    json.open_object();
    json.member("count", of.unusable.count);
    json.member("example", of.unusable.example);
    json.close_object();
  }
  json.key("failures");
  json.open_object();
  for (const auto& [name, one] : seen.by_class) {
    json.foreign_key(name);
    json.open_object();
    json.member("count", one.count);
    json.member("example", one.example);
    json.close_object();
  }
  json.close_object();
  json.key("finish_reasons");
  json.open_object();
  for (const auto& [name, count] : seen.finish_reasons) {
    json.foreign_key(name);
    json.value(count);
  }
  json.close_object();
  json.close_object();
}

void write_token_count(json_writer& json, std::string_view name, const token_count& of) {
  json.key(name);
  json.open_object();
  if (of.untold == 0) json.member("sum", of.sum);
  json.member("untold", of.untold);
  json.close_object();
}

void write_tokens(json_writer& json, const tally& seen) {
  json.key("tokens");
  json.open_object();
  write_token_count(json, "input", seen.input);
  write_token_count(json, "cached", seen.cached);
  write_token_count(json, "cache_written", seen.cache_written);
  write_token_count(json, "output", seen.output);
  write_token_count(json, "reasoning", seen.reasoning);
  json.close_object();
  json.member("chunks", seen.chunks);
}

void write_rates(json_writer& json, const trial_result& of, const std::vector<slo>& slos) {
  const tally& seen = of.measured;
  json.key("throughput");
  json.open_object();
  json.member("wall_s", seen.wall_s());
  member(json, "requests_per_s", seen.success_rate());
  member(json, "input_tokens_per_s", seen.rate_of(seen.input));
  member(json, "output_tokens_per_s", seen.rate_of(seen.output));
  if (!slos.empty()) member(json, "goodput_per_s", seen.goodput(slos));
  member(json, "mean_in_flight", seen.mean_in_flight());
  member(json, "offered_per_s", of.offered);
  member(json, "achieved_per_s", of.achieved);
  json.close_object();
}

void write_cost(json_writer& json, const trial_result& of) {
  const auto cost = cost_of(of.measured, of.costs);
  if (!cost) return;
  json.key("cost");
  json.open_object();
  json.member("usd", cost->usd);
  json.member("usd_per_million_output_tokens", cost->usd_per_million_output_tokens);
  json.close_object();
}

void write_slos(json_writer& json, const trial_result& of, const std::vector<slo>& slos) {
  if (slos.empty()) return;
  json.key("slos");
  json.open_object();
  for (const slo& one : slos) {
    json.foreign_key(one.text);
    json.value(name(of.measured.keeps(one)));
  }
  json.close_object();
}

void write_conduct(json_writer& json, const trial_result& of) {
  const own_conduct& own = of.conduct;
  json.member("verdict", of.is_valid() ? "VALID" : "DEGRADED");
  json.key("reasons");
  json.open_array();
  for (const auto& one : of.against) json.value(one);
  json.close_array();
  json.key("client");
  json.open_object();
  write_metric(json, "loop_lag", own.loop_lag, own.loop_lag.count(), false);
  json.member("loops", own.loops);
  json.member("cpu_share", own.cpu_share());
  json.member("clock_drift", own.clock_drift());
  json.member("most_in_flight", own.most_in_flight);
  json.member("cap_in_flight", own.cap);
  json.member("waited_for_place", own.waited_for_place);
  json.close_object();
}

void write_gauge(json_writer& json, std::string_view name, const gauge_course& of) {
  if (of.count() == 0) return;
  json.key(name);
  json.open_object();
  json.member("first", of.first());
  json.member("last", of.last());
  json.member("mean", of.mean());
  json.member("max", of.most());
  json.close_object();
}

void write_server(json_writer& json, const std::optional<server_course>& of) {
  if (!of) return;
  json.key("server");
  json.open_object();
  json.member("software", of->software);
  json.member("samples", of->samples);
  write_gauge(json, "running", of->running);
  write_gauge(json, "waiting", of->waiting);
  write_gauge(json, "cache_use", of->cache_use);
  write_gauge(json, "preemptions", of->preemptions);
  json.close_object();
}

void write_accuracy(json_writer& json, const std::optional<accuracy>& of) {
  if (!of) return;
  json.key("accuracy");
  json.open_object();
  json.member("right", of->right);
  json.member("wrong", of->wrong);
  json.member("unscored", of->unscored);
  json.member("accepted", of->accepted);
  json.member("rejected", of->rejected);
  member(json, "share", of->share());
  if (const auto between = of->share_between()) {
    json.member("low", between->first);
    json.member("high", between->second);
  }
  json.close_object();
}

void write_audits(json_writer& json, const std::vector<audit>& all) {
  if (all.empty()) return;
  json.key("audits");
  json.open_array();
  for (const audit& one : all) {
    json.open_object();
    json.member("endpoint", one.endpoint);
    json.member("audit", one.what);
    json.member("result", name(one.came_to));
    json.member("line", one.line);
    json.close_object();
  }
  json.close_array();
}

void write_connections(json_writer& json, const tally& seen) {
  json.key("connections");
  json.open_object();
  json.member("opened", seen.connections);
  json.member("reused", seen.reused);
  json.close_object();
}

void write_highest(json_writer& json, const bench_result& result) {
  json.key("highest");
  json.open_array();
  for (const highest_load& one : result.highest) {
    json.open_object();
    json.member("endpoint", one.endpoint);
    json.member("model", one.model);
    json.member("entry", one.place);
    json.member("certain", one.certain);
    if (one.load) write_load(json, *one.load);
    json.close_object();
  }
  json.close_array();
}

void write_repeats(json_writer& json, const bench_result& result) {
  const auto repeats = repeats_of(result.trials);
  if (repeats.empty()) return;
  json.key("repeats");
  json.open_array();
  for (const repeated_load& one : repeats) {
    json.open_object();
    json.member("endpoint", one.first->endpoint);
    json.member("model", one.first->model);
    json.member("entry", one.first->place);
    write_load(json, one.first->load);
    json.member("runs", one.runs);
    for (const repeated_figure& each : one.figures) {
      if (!each.value) continue;
      json.key(each.name);
      json.open_object();
      json.member("mean", each.value->mean);
      json.member("low", each.value->low);
      json.member("high", each.value->high);
      json.close_object();
    }
    json.close_object();
  }
  json.close_array();
}

void write_turns(json_writer& json, const trial_result& of) {
  if (of.turns.empty()) return;
  json.key("turns");
  json.open_array();
  for (std::size_t turn = 0; turn < of.turns.size(); ++turn) {
    const turn_figures& one = of.turns[turn];
    json.open_object();
    if (turn < of.steps.size()) json.member("step", of.steps[turn]);
    write_token_count(json, "input_tokens", one.input);
    write_metric(json, "ttft", one.ttft, one.ttft.count(), false);
    write_metric(json, "e2e", one.e2e, one.e2e.count(), false);
    json.close_object();
  }
  json.close_array();
}

void write_trial(json_writer& json, const trial_result& of, const bench_options& options) {
  json.open_object();
  json.member("endpoint", of.endpoint);
  if (!of.served.empty()) json.member("served", of.served);
  json.member("model", of.model);
  json.member("entry", of.place);
  write_load(json, of.load);
  json.member("run", of.run);
  if (of.superseded) json.member("superseded", true);
  if (of.load.is_open() && !of.load.is_ramp()) json.member("over_saturated", of.over_saturated);
  if (of.backlog > 0) json.member("backlog", of.backlog);
  write_conduct(json, of);
  write_accuracy(json, of.correctness);
  write_server(json, of.server);
  write_requests(json, of);
  write_connections(json, of.measured);
  write_tokens(json, of.measured);
  write_rates(json, of, options.slos);
  write_cost(json, of);
  write_slos(json, of, options.slos);
  write_turns(json, of);
  json.key("metrics");
  json.open_object();
  for (const auto& each : metrics()) {
    write_metric(json, each.name, of.measured.of(each.what), of.measured.samples(each.what), true);
  }
  json.close_object();
  json.close_object();
}

}  // namespace

std::string bench_json(const bench_result& result, const bench_options& options) {
  std::string out;
  json_writer json(out);
  json.open_object();
  json.member("schema", "retort.bench");
  json.member("version", bench_schema_version);
  json.member("retort", io::version);
  json.member("status", static_cast<int>(result.status));
  json.member("reason", result.reason);
  json.member("seed", options.seed);
  json.member("stream", options.streams);
  workload asked = options.asked;
  asked.own = result.sessions;
  write_workload(json, asked);
  json.key("notes");
  json.open_array();
  for (const auto& one : result.notes) json.value(one);
  json.close_array();
  if (options.searches) write_highest(json, result);
  write_audits(json, result.audits);
  write_repeats(json, result);
  json.key("trials");
  json.open_array();
  for (const auto& one : result.trials) write_trial(json, one, options);
  json.close_array();
  json.close_object();
  out += '\n';
  return out;
}

}  // namespace retort::engine
