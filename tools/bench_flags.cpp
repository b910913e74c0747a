#include "tools/bench_flags.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <charconv>
#include <cmath>
#include <limits>
#include <random>
#include <type_traits>

#include "engine/text/near_miss.hpp"
#include "io/base/json_writer.hpp"
#include "tools/run_command.hpp"

namespace retort::tools {
namespace {

using engine::arrival_pattern;
using engine::bench_options;

// Made-up prompts, where nothing is said of their length.
constexpr const char* usual_input = "256";
constexpr const char* usual_output = "128";
constexpr double usual_timeout_s = 600;

std::string quoted_text(const std::string& text) {
  std::string out;
  io::append_json_string(out, text);
  return out;
}

// A config of one model; its dataset and prompt are not asked for, and the answers' lengths are
// each request's own: some providers want one here.
std::string config_text(const bench_flags& flags, const bench_options& options) {
  return fmt::format(
      "run: bench\ndataset: {{generate: 1}}\nprompt: {{user: \"-\"}}\n"
      "sampling: {{max_tokens: {}}}\n"
      "models:\n  - {{provider: {}, base_url: {}, model: {}, timeout_s: {}{}}}\n",
      std::llround(options.output->mean),
      quoted_text(flags.provider.empty() ? "openai" : flags.provider), quoted_text(flags.url),
      quoted_text(flags.model), flags.timeout_s.value_or(usual_timeout_s),
      flags.api_key_env.empty() ? "" : ", api_key_env: " + quoted_text(flags.api_key_env));
}

// With a CONFIG, which says so itself.
result<void> check_own(const bench_flags& flags) {
  if (!flags.url.empty() || !flags.model.empty()) {
    return error{errc::usage, "--url and --model stand for a CONFIG; expected one or the other"};
  }
  const char* const idle = !flags.provider.empty()      ? "--provider"
                           : !flags.api_key_env.empty() ? "--api-key-env"
                           : flags.timeout_s            ? "--timeout"
                                                        : nullptr;
  if (!idle) return {};
  return error{errc::usage,
               fmt::format("{} goes with --url; a CONFIG's models have their own", idle)};
}

// "1,16,64"; an empty one between is a slip.
template <class T>
result<std::vector<T>> levels_of(const char* flag, const std::string& text, T low, T high) {
  std::vector<T> out;
  for (std::string_view rest = text; !text.empty();) {
    const std::string_view one = rest.substr(0, rest.find(','));
    T level{};
    const auto read = std::from_chars(one.data(), one.data() + one.size(), level);
    const bool is_whole = read.ec == std::errc() && read.ptr == one.data() + one.size();
    if (!is_whole || !(level >= low && level <= high)) {
      return error{errc::usage,
                   fmt::format("{}: \"{}\" is no {}number from {:g} to {:g}", flag, one,
                               std::is_integral_v<T> ? "whole " : "", double(low), double(high))};
    }
    out.push_back(level);
    if (one.size() == rest.size()) break;
    rest.remove_prefix(one.size() + 1);
  }
  return out;
}

bool is_open(const bench_flags& flags) {
  return !flags.rate.empty() || !flags.load.ramp.empty() || !flags.load.trace.empty();
}

std::string trace_speeds(const load_flags& flags) {
  return flags.trace.empty() || !flags.trace_speed.empty() ? flags.trace_speed : "1";
}

// What would change nothing was meant to change something.
result<void> check_arrivals(const bench_flags& flags) {
  if (!is_open(flags) && !flags.arrivals.empty()) {
    return error{errc::usage, "--arrivals is of an open loop (--rate)"};
  }
  if (!is_open(flags) && !flags.load.burst.empty()) {
    return error{errc::usage, "--burst is of an open loop (--rate)"};
  }
  if (flags.burstiness && flags.arrivals != "gamma") {
    return error{errc::usage, "--burstiness is of --arrivals gamma"};
  }
  return {};
}

result<arrival_pattern> pattern_of(const std::string& word) {
  for (const auto one :
       {arrival_pattern::constant, arrival_pattern::poisson, arrival_pattern::gamma}) {
    if (word == name(one)) return one;
  }
  const std::string_view names[] = {"constant", "poisson", "gamma"};
  return error{errc::usage, fmt::format("--arrivals \"{}\" is none of constant, poisson, gamma{}",
                                        word, engine::did_you_mean(word, names))};
}

// "256" or "256,32".
result<engine::length_rule> length_of(const char* flag, const std::string& text) {
  engine::length_rule out;
  const char* const end = text.data() + text.size();
  auto [next, problem] = std::from_chars(text.data(), end, out.mean);
  if (problem == std::errc() && next != end && *next == ',') {
    std::tie(next, problem) = [&] {
      const auto read = std::from_chars(next + 1, end, out.deviation);
      return std::pair(read.ptr, read.ec);
    }();
  }
  const bool is_fit =
      out.mean >= 1 && out.mean <= 10e6 && out.deviation >= 0 && out.deviation <= 10e6;
  if (problem == std::errc() && next == end && is_fit) return out;
  return error{errc::usage, fmt::format("{} \"{}\": expected the mean of tokens, from 1 on, and a "
                                        "deviation or none, as in 256 or 256,32",
                                        flag, text)};
}

result<void> add_loads(const bench_flags& flags, bench_options& options) {
  if (!flags.concurrency.empty() && !flags.rate.empty()) {
    return error{errc::usage,
                 "--concurrency is of a closed loop and --rate of an open one; expected "
                 "one of them"};
  }
  const auto closed =
      levels_of<std::uint64_t>("--concurrency", flags.concurrency, 1, 1'000'000'000);
  if (!closed) return closed.error();
  const auto open = levels_of<double>("--rate", flags.rate, 1e-6, 1e7);
  if (!open) return open.error();
  if (auto fit = check_arrivals(flags); !fit) return fit;
  for (const auto one : *closed) options.loads.push_back({.concurrency = one});
  if (!is_open(flags) && flags.most_in_flight > 0) {
    return error{errc::usage, "--max-concurrency is of an open loop (--rate)"};
  }
  const auto pattern = pattern_of(flags.arrivals.empty() ? "poisson" : flags.arrivals);
  if (!pattern) return pattern.error();
  const auto burst = burst_of(flags.load);
  if (!burst) return burst.error();
  engine::arrival_rule rule{1, *pattern, flags.burstiness.value_or(1), {}, *burst};
  for (const auto one : *open) {
    rule.rate = one;
    options.loads.push_back({.rule = rule});
  }
  if (!flags.load.ramp.empty()) {
    const auto ramp = ramp_of(flags.load, flags.duration_s);
    if (!ramp) return ramp.error();
    rule.rate = ramp->from;
    rule.ramp = ramp->to;
    options.loads.push_back({.rule = rule});
  }
  const auto speeds = levels_of<double>("--trace-speed", trace_speeds(flags.load), 1e-3, 1e3);
  if (!speeds) return speeds.error();
  for (const auto one : *speeds) options.loads.push_back({.trace_speed = one});
  if (options.loads.empty()) options.loads.push_back({.concurrency = 1});
  return {};
}

result<void> add_lengths(const bench_flags& flags, bench_options& options) {
  const bool is_made_up = flags.config.empty() || !flags.input_tokens.empty();
  if (!is_made_up && !flags.output_tokens.empty()) {
    return error{errc::usage,
                 "--output-tokens goes with --input-tokens; a CONFIG's prompts have "
                 "sampling.max_tokens"};
  }
  if (!is_made_up) return {};
  auto input =
      length_of("--input-tokens", flags.input_tokens.empty() ? usual_input : flags.input_tokens);
  if (!input) return input.error();
  auto output = length_of("--output-tokens",
                          flags.output_tokens.empty() ? usual_output : flags.output_tokens);
  if (!output) return output.error();
  options.input = *input;
  options.output = *output;
  return {};
}

// A number within these bounds; NaN is within none.
CLI::Validator real(double low, double high) {
  const auto check = [low, high](const std::string& text) -> std::string {
    double number = 0;
    const char* const end = text.data() + text.size();
    const auto read = std::from_chars(text.data(), end, number);
    if (read.ec == std::errc() && read.ptr == end && number >= low && number <= high) return {};
    return fmt::format("\"{}\" is no number from {:g} to {:g}", text, low, high);
  };
  return {check, "", "real"};
}

// A whole number; CLI11 takes "-1" for a very large one.
CLI::Validator whole(std::uint64_t high, std::uint64_t low = 0) {
  const auto check = [high, low](const std::string& text) -> std::string {
    std::uint64_t number = 0;
    const char* const end = text.data() + text.size();
    const auto read = std::from_chars(text.data(), end, number);
    if (read.ec == std::errc() && read.ptr == end && number >= low && number <= high) {
      return {};
    }
    return fmt::format("\"{}\" is no whole number from {} to {}", text, low, high);
  };
  return {check, "", "whole"};
}

// Behind all others, none of which says anything of a comparison.
void add_compare_flags(CLI::App& app, bench_flags& flags) {
  auto* const compare =
      app.add_option(
             "--compare", flags.compare,
             "nothing is sent: two results side by side, the JSON (or CSV) of bench, aiperf,\n"
             "guidellm, vllm bench serve or MLPerf Endpoints")
          ->type_name("FILE FILE")
          ->expected(2)
          ->group("Comparison");
  for (CLI::Option* const one : app.get_options()) {
    const bool goes_with_it =
        one == compare || one->check_lname("json") || one->check_lname("help");
    if (!goes_with_it) compare->excludes(one);
  }
  app.add_option("--fail-if", flags.fail_if,
                 "status 4 where the second is worse by more: ttft_p95=+10%,requests_per_s=-5%")
      ->type_name("FIGURE=CHANGE,...")
      ->needs(compare)
      ->group("Comparison");
}

// What says something of a load or of results says nothing of limits that are looked for.
bool goes_with_limits(const CLI::Option& one) {
  for (const char* name : {"url", "model", "provider", "api-key-env", "set", "timeout", "duration",
                           "input-tokens", "output-tokens", "seed", "whole", "help"}) {
    if (one.check_lname(name)) return true;
  }
  return one.get_positional() || one.get_name() == "config";
}

// It asks nobody but the mock.
void add_calibrate_flag(CLI::App& app, bench_flags& flags) {
  auto* const calibrate =
      app.add_flag(
             "--calibrate", flags.calibrate,
             "instead: what this client itself adds, and how far it reaches, against the mock")
          ->group("Calibration");
  for (CLI::Option* const one : app.get_options()) {
    const bool goes_with_it =
        one == calibrate || one->check_lname("json") || one->check_lname("help");
    if (!goes_with_it) calibrate->excludes(one);
  }
}

void add_limit_flags(CLI::App& app, bench_flags& flags) {
  auto* const find = app.add_flag(
      "--find-limits", flags.find_limits,
      "instead: the endpoint's quota and best concurrency, as the limits: block of a config");
  find->group("Limits");
  for (CLI::Option* const one : app.get_options()) {
    if (one != find && !goes_with_limits(*one)) find->excludes(one);
  }
  auto* const spend =
      app.add_option("--spend", flags.spend,
                     "the most that looking for them may cost: 500req, 0.50usd, or both")
          ->type_name("AMOUNT")
          ->needs(find)
          ->group("Limits");
  find->needs(spend);
}

}  // namespace

void add_bench_flags(CLI::App& app, bench_flags& flags) {
  const CLI::Range from_one(std::uint64_t{1}, std::uint64_t{1'000'000'000});
  app.add_option("config", flags.config,
                 "measure the models of this config with its dataset, prompt, steps and sampling")
      ->type_name("CONFIG");
  app.add_option("--url", flags.url, "instead: the endpoint, http://localhost:8000/v1")
      ->type_name("URL");
  app.add_option("--model", flags.model, "its model")->type_name("NAME");
  app.add_option("--provider", flags.provider, "the API it speaks: openai, anthropic, gemini...")
      ->type_name("NAME");
  app.add_option("--api-key-env", flags.api_key_env, "the variable that holds its key")
      ->type_name("NAME");
  app.add_option("--set", flags.sets, "any config key: --set sampling.temperature=0")
      ->type_name("KEY=VALUE")
      ->allow_extra_args(false);
  app.add_option("--concurrency", flags.concurrency,
                 "closed loop: so many requests in flight, one level after the other: 1,16,64")
      ->type_name("N,...")
      ->group("Load");
  app.add_option("--rate", flags.rate,
                 "open loop: requests a second, by a schedule, whatever comes back: 1,5,20")
      ->type_name("R,...")
      ->group("Load");
  app.add_option("--arrivals", flags.arrivals, "of an open loop: constant, poisson (usual), gamma")
      ->type_name("NAME")
      ->group("Load");
  app.add_option("--burstiness", flags.burstiness,
                 "gamma's shape: 1 is poisson, less comes in bursts, more is evener")
      ->type_name("K")
      ->check(real(0.01, 1e4))
      ->group("Load");
  app.add_option("--max-concurrency", flags.most_in_flight,
                 "of an open loop: no more in flight; who waits is counted")
      ->type_name("N")
      ->check(from_one)
      ->group("Load");
  app.add_option(
         "--loops", flags.loops,
         "threads that carry requests, for one schedule; else one for each 1,000 in flight\n"
         "or 10,000 a second, up to the cores")
      ->type_name("N")
      ->check(whole(64, 1))
      ->group("Load");
  auto* const requests =
      app.add_option("--requests", flags.requests,
                     "measured at each level; else ten times the level, and at least as many\n"
                     "as the SLOs' percentiles need, or a p90 (64)")
          ->type_name("N")
          ->check(from_one)
          ->group("Load");
  app.add_option("--duration", flags.duration_s, "instead: those that begin within so many seconds")
      ->type_name("S")
      ->check(real(0.001, 1e6))
      ->excludes(requests)
      ->group("Load");
  app.add_option("--warmup", flags.warm_up,
                 "requests before those that are measured; else the level once")
      ->type_name("N")
      ->check(whole(1'000'000'000))
      ->group("Load");
  app.add_option("--cooldown", flags.cool_down,
                 "and behind them, so that the last meet the same load; else the level once")
      ->type_name("N")
      ->check(whole(1'000'000'000))
      ->group("Load");
  app.add_option("--runs", flags.runs,
                 "all of it so often; each figure's mean over them has a 95 % interval")
      ->type_name("N")
      ->check(CLI::Range(std::uint64_t{1}, std::uint64_t{1000}))
      ->group("Load");
  app.add_option("--timeout", flags.timeout_s, "with --url: seconds until a request has failed")
      ->type_name("S")
      ->check(real(0.1, 86400))
      ->group("Load");
  app.add_option("--input-tokens", flags.input_tokens,
                 "made-up prompts of so many tokens, by the endpoint's count: MEAN[,DEVIATION]; "
                 "256 without a CONFIG")
      ->type_name("N")
      ->group("Prompts");
  app.add_option("--output-tokens", flags.output_tokens,
                 "max_tokens of their answers: MEAN[,DEVIATION]; else 128")
      ->type_name("N")
      ->group("Prompts");
  app.add_option("--seed", flags.seed, "of order, lengths and schedule, to the nanosecond")
      ->type_name("N")
      ->check(whole(std::numeric_limits<std::uint64_t>::max()))
      ->group("Prompts");
  app.add_flag("--whole", flags.whole, "ask for answers in one piece instead of streams")
      ->group("Prompts");
  app.add_option("--slo", flags.slo, "what is to be kept: ttft_p95=500ms,tpot_p95=50ms,e2e_p99=10s")
      ->type_name("SLO,...")
      ->group("Results");
  app.add_flag("--search", flags.search,
               "find the highest load that keeps every SLO: --concurrency 1,256 --search")
      ->group("Results");
  app.add_option("--json", flags.json, "write the results as JSON too; -: in place of the table")
      ->type_name("FILE")
      ->group("Results");
  app.add_flag("--audit", flags.audit,
               "also whether a prompt asked again and again is answered over 10 % faster,\n"
               "as by a cache: 200 requests more, at the first load")
      ->group("Results");
  app.add_option("--reference", flags.reference,
                 "a result that --compare reads: DEGRADED where answers are over 10 % longer or\n"
                 "shorter than its")
      ->type_name("FILE")
      ->group("Results");
  app.add_option("--server-metrics", flags.server_metrics,
                 "where the server tells of itself (vLLM, SGLang, llama.cpp), or none; else\n"
                 "/metrics beside the API is looked at")
      ->type_name("URL")
      ->group("Results");
  app.add_option("--requests-csv", flags.requests_csv, "a line for each measured request")
      ->type_name("FILE")
      ->group("Results");
  app.add_option("--report", flags.report,
                 "the results as one HTML page too: latency against load, distributions, course")
      ->type_name("FILE")
      ->group("Results");
  add_load_flags(app, flags.load);
  add_compare_flags(app, flags);
  add_limit_flags(app, flags);
  add_calibrate_flag(app, flags);
  app.footer(
      "Each request is sent once: no retry, no quota. Times run from the last byte written; those\n"
      "named _from_schedule from the time that the schedule had, so that a queue is seen. A "
      "percentile\n"
      "that too few samples bound is not stated. VALID: the figures are the endpoint's; DEGRADED: "
      "the\n"
      "client was late, busy or capped, or requests failed, and it says so. A failed request "
      "misses\n"
      "every SLO. More: engine/measure/metrics.md\n"
      "Exit status, the first that applies: 2 bad usage (nothing was sent), or an output that "
      "cannot\n"
      "be written; 75 cut short by a signal (what was measured is shown); 1 nothing could be "
      "measured;\n"
      "4 no level is certain to keep every SLO, VALID or not, or a --fail-if is exceeded; 3 "
      "DEGRADED,\n"
      "or limits whose search ended before it was done;\n"
      "0 VALID.\n"
      "Try:  retort bench --url http://localhost:8000/v1 --model m --concurrency 1,16,64\n"
      "      retort bench --url http://localhost:8000/v1 --model m --rate 2,4,8 --json bench.json\n"
      "            --slo ttft_p95=500ms,e2e_from_schedule_p90=10s\n"
      "      retort bench --url http://localhost:8000/v1 --model m --find-limits --spend 500req\n"
      "      retort bench --compare before.json bench.json --fail-if ttft_p95=+10%");
}

result<bench_options> options_of(const bench_flags& flags) {
  bench_options out;
  if (auto added = add_loads(flags, out); !added) return added.error();
  auto lengths = flags.load.trace.empty() ? add_lengths(flags, out) : add_trace(flags.load, out);
  if (!lengths) return lengths.error();
  if (!flags.slo.empty()) {
    auto slos = engine::parse_slos(flags.slo);
    if (!slos) return slos.error();
    out.slos = std::move(*slos);
  }
  if (flags.requests > 0) out.requests = flags.requests;
  if (flags.duration_s > 0) {
    out.duration = std::chrono::nanoseconds(std::llround(flags.duration_s * 1e9));
  }
  out.warm_up = flags.warm_up;
  out.cool_down = flags.cool_down;
  out.runs = flags.runs;
  out.searches = flags.search;
  out.seed = flags.seed;
  out.nonce = std::random_device()();
  out.streams = !flags.whole;
  out.most_in_flight = flags.most_in_flight;
  out.loops = flags.loops;
  out.audits = flags.audit;
  if (!flags.reference.empty()) {
    auto reference = engine::read_reference(flags.reference);
    if (!reference) return reference.error();
    out.reference = std::move(*reference);
  }
  out.watches_server = flags.server_metrics != "none";
  if (out.watches_server) out.server_metrics = flags.server_metrics;
  out.each_file = flags.requests_csv;
  if (auto added = add_workload(flags.load, out); !added) return added.error();
  return out;
}

result<engine::config> config_of(const bench_flags& flags, const bench_options& options) {
  run_flags same;
  same.config = flags.config;
  same.sets = flags.sets;
  if (!flags.config.empty()) {
    if (auto fit = check_own(flags); !fit) return fit.error();
    return load(same);
  }
  if (flags.url.empty() || flags.model.empty()) {
    return error{errc::usage,
                 "bench needs --url and --model, or a CONFIG: retort bench --url "
                 "http://localhost:8000/v1 --model m"};
  }
  auto changes = overrides_of(same);
  if (!changes) return changes.error();
  return engine::parse_config(config_text(flags, options), "the command line", *changes);
}

}  // namespace retort::tools
