#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "engine/contrast/readers.hpp"
#include "engine/measure/load_level.hpp"

namespace retort::engine {
namespace {

std::uint64_t count_of(json_element of, std::string_view name) {
  return static_cast<std::uint64_t>(std::clamp(number_of(of, {name}).value_or(0), 0.0, 1e9));
}

arrival_pattern pattern_called(std::string_view text) {
  using enum arrival_pattern;
  for (const auto one : {constant, poisson}) {
    if (name(one) == text) return one;
  }
  return gamma;
}

arrival_rule own_rule(json_element load, double rate) {
  const auto number = [&](std::initializer_list<std::string_view> path) {
    return number_of(load, path).value_or(0);
  };
  arrival_rule out;
  out.rate = rate;
  out.pattern = pattern_called(text_below(load, {"arrivals"}));
  out.burstiness = number({"burstiness"});
  if (below(load, {"ramp"})) out.ramp = {number({"ramp", "to"}), number({"ramp", "over_s"})};
  if (below(load, {"burst"})) {
    out.burst = {number({"burst", "factor"}), number({"burst", "length_s"}),
                 number({"burst", "period_s"})};
  }
  return out;
}

// By its name, as the CSV of requests has it.
load_shape own_shape(json_element trial, const std::string& sessions) {
  const json_element load = below(trial, {"load"}).value_or(trial);
  load_level out;
  out.concurrency = count_of(load, "concurrency");
  out.trace_speed = number_of(load, {"trace_speed"}).value_or(0);
  out.cap = count_of(load, "max_concurrency");
  if (const auto rate = number_of(load, {"rate"})) out.rule = own_rule(load, *rate);
  return shape_called(text_of(out, sessions));
}

spread own_spread(json_element of) {
  std::vector<std::pair<double, std::uint64_t>> values;
  simdjson::dom::array bins;
  if (!of["bins"].get(bins)) {
    for (const json_element one : bins) {
      double value = 0;
      std::uint64_t count = 0;
      if (!one.at(0).get(value) && !one.at(1).get(count)) values.emplace_back(value, count);
    }
  }
  std::uint64_t cases = 0;
  if (of["samples"].get(cases)) cases = 0;
  return {std::move(values), cases};
}

void own_metric(measured_load& out, std::string_view name, json_element of) {
  const auto what = find_metric(name);
  if (!what) return;
  for (const figure& one : figures()) {
    if (one.what != what) continue;
    std::string_view member = "mean";
    for (const auto& each : stated_shares) {
      if (one.share == each.share) member = each.name;
    }
    if (const auto told = number_of(of, {member})) out.values[one.name] = *told;
  }
  spread values = own_spread(of);
  if (values.cases() > 0) out.spreads.insert_or_assign(*what, std::move(values));
}

std::string own_doubt(json_element trial) {
  std::string out;
  simdjson::dom::array reasons;
  if (trial["reasons"].get(reasons)) return out;
  for (const json_element one : reasons) {
    std::string_view text;
    if (!one.get(text)) out += (out.empty() ? "" : "; ") + std::string(text);
  }
  return out;
}

void own_counts(measured_load& out, json_element trial) {
  const auto all = number_of(trial, {"requests", "measured"});
  const auto failed = number_of(trial, {"requests", "failed"});
  const auto good = number_of(trial, {"requests", "succeeded"});
  if (all && failed && *all > 0) out.values["failed"] = *failed / *all;
  const auto empty = number_of(trial, {"requests", "empty"});
  if (all && good && empty && *all > 0) out.values["empty"] = *empty / std::max(1.0, *good);
  if (!good || *good < 1) return;
  if (const auto in = number_of(trial, {"tokens", "input", "sum"})) out.input_tokens = *in / *good;
  if (const auto sum = number_of(trial, {"tokens", "output", "sum"})) {
    out.output_tokens = *sum / *good;
  }
}

measured_load own_load(json_element trial, const std::string& sessions) {
  measured_load out;
  out.shape = own_shape(trial, sessions);
  out.endpoint = text_below(trial, {"endpoint"});
  out.model = text_below(trial, {"model"});
  if (below(trial, {"entry"})) out.place = count_of(trial, "entry");
  // The port of a server that the benchmark started is another each time.
  const std::string served = text_below(trial, {"served"});
  if (!served.empty()) out.endpoint = fmt::format("{} {}", served, out.place.value_or(0));
  if (text_below(trial, {"verdict"}) == "DEGRADED") out.doubt = own_doubt(trial);
  for (const figure& one : figures()) {
    if (!one.is_rate) continue;
    if (const auto rate = number_of(trial, {"throughput", one.name})) out.values[one.name] = *rate;
  }
  own_counts(out, trial);
  simdjson::dom::object metrics;
  if (!trial["metrics"].get(metrics)) {
    for (const auto& [name, of] : metrics) own_metric(out, name, of);
  }
  return out;
}

// As the CSV of requests calls them; "" of none.
std::string own_sessions(json_element of) {
  if (const auto turns = number_of(of, {"workload", "turns"})) {
    return fmt::format("sessions of {:.0f} turns", *turns);
  }
  std::string names;
  simdjson::dom::array steps;
  if (!of["workload"]["record_turns"]["steps"].get(steps)) {
    for (const json_element one : steps) {
      std::string_view name;
      if (!one.get(name)) names.append(names.empty() ? "the steps " : ", ").append(name);
    }
  }
  const auto mean = number_of(of, {"workload", "record_turns", "mean"});
  return names.empty() && mean ? fmt::format("conversations of {:g} turns", *mean) : names;
}

// A trace by its name and length: where it lies is another thing on each machine.
std::map<std::string, std::string> own_workload(json_element of) {
  std::map<std::string, std::string> out;
  for (const std::string name : {"shared_prefix", "cache_bust", "cancel", "think_s"}) {
    if (const auto found = below(of, {"workload", name})) out[name] = simdjson::minify(*found);
  }
  const std::filesystem::path trace = text_below(of, {"workload", "trace", "file"});
  if (!trace.empty()) {
    out["trace"] = fmt::format("{} of {:g} requests", trace.filename().string(),
                               number_of(of, {"workload", "trace", "requests"}).value_or(0));
  }
  return out;
}

}  // namespace

std::vector<measured_load> read_retort(json_element of) {
  std::vector<measured_load> out;
  simdjson::dom::array trials;
  if (of["trials"].get(trials)) return out;
  const std::string sessions = own_sessions(of);
  const auto workload = own_workload(of);
  bool streams = true;
  const bool is_told = !of["stream"].get(streams);
  for (const json_element one : trials) {
    bool is_superseded = false;
    if (!one["superseded"].get(is_superseded) && is_superseded) continue;
    out.push_back(own_load(one, sessions));
    if (is_told) out.back().streams = streams;
    out.back().workload = workload;
  }
  return out;
}

}  // namespace retort::engine
