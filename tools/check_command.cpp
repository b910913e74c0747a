#include "tools/check_command.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <functional>
#include <map>
#include <set>

#include "engine/directory/dataset_source.hpp"
#include "engine/directory/run_directory.hpp"
#include "engine/directory/run_facts.hpp"
#include "engine/endpoint/gates.hpp"
#include "engine/evaluators/json_schema.hpp"
#include "engine/forecast/forecast.hpp"
#include "engine/forecast/pilot.hpp"
#include "engine/plan/way_plan.hpp"
#include "engine/prompt/constant_prompt.hpp"
#include "engine/quota/budget.hpp"
#include "engine/record/progress.hpp"
#include "engine/run/run.hpp"
#include "engine/run/shared_quota.hpp"
#include "engine/sample/line_reader.hpp"
#include "engine/serve/server_plan.hpp"
#include "io/base/console.hpp"
#include "io/ledger/ledger_log.hpp"
#include "tools/embedded_mocks.hpp"

namespace retort::tools {
namespace {

using engine::forecast;
using engine::grouped;
using engine::interval;
using engine::judge_forecast;
using engine::model_forecast;

std::string grouped(double number) {
  return engine::grouped(static_cast<std::uint64_t>(number + 0.5));
}

std::string time_text(double seconds) {
  return engine::duration_text(std::chrono::duration<double>(seconds));
}

std::string dollars(double usd) {
  return usd < 1 ? fmt::format("{:.4f} USD", usd) : fmt::format("{:.2f} USD", usd);
}

std::string dataset_lines(const engine::config& run, const forecast& of) {
  std::string out = fmt::format("dataset: {} records", grouped(of.records));
  if (run.dataset.limit) out += fmt::format(" (dataset.limit {})", *run.dataset.limit);
  if (of.settled) out += fmt::format(", {} samples done by an earlier run", grouped(of.settled));
  if (of.unjudged) out += fmt::format(", {} answered and still to be judged", grouped(of.unjudged));
  out += of.bad_rows ? fmt::format(", {} bad rows:\n", grouped(of.bad_rows)) : "\n";
  for (const auto& bad : of.first_bad) io::append_line(out, "  " + bad);
  if (of.repeated_ids) {
    io::append_line(out, fmt::format("  warning: {} records have an id (dataset.id) that another "
                                     "has: {}",
                                     grouped(of.repeated_ids), of.first_repeated_id));
  }
  for (const std::string& why : of.never_shown) {
    io::append_line(out,
                    "  warning: a section ({{#x}} or {{^x}}) looks for what no record has: " + why);
  }
  if (of.ending_answered) {
    io::append_line(
        out,
        fmt::format("  warning: {} records' conversations (prompt.messages_field) end with the "
                    "assistant's words, which an API takes for the beginning of its answer or "
                    "refuses; leave them out where they are to be made anew",
                    grouped(of.ending_answered)));
  }
  return out;
}

bool may_end_early(const model_forecast& of) { return of.least_requests < of.requests; }

std::string plan_line(const forecast& of) {
  std::uint64_t least = 0, most = 0;
  for (const auto& one : of.models) {
    least += one.least_requests;
    most += one.requests;
  }
  if (least == most) return "";
  const bool has_steps = !of.models.front().step.empty();
  return fmt::format("plan: {} to {} samples ({}samples.until_accepted, escalate)\n",
                     grouped(least), grouped(most), has_steps ? "steps, " : "");
}

// "8 requests,", "1 to 8 requests, of all"
std::string requests_text(const model_forecast& of) {
  if (!may_end_early(of)) return grouped(of.requests) + " requests,";
  return fmt::format("{} to {} requests, of all", grouped(of.least_requests), grouped(of.requests));
}

std::string tokens_line(const model_forecast& of) {
  const std::string in = fmt::format("about {} tokens in (4 bytes a token)",
                                     grouped(static_cast<std::uint64_t>(of.input_tokens)));
  if (!of.output_tokens) {
    return fmt::format("  {} {}; answers of any length: set sampling.max_tokens\n",
                       requests_text(of), in);
  }
  return fmt::format("  {} {}, at most {} out (max_tokens)\n", requests_text(of), in,
                     grouped(static_cast<std::uint64_t>(*of.output_tokens)));
}

std::string cost_line(const model_forecast& of) {
  if (!of.costs) return "  cost: not known; set models[].price\n";
  const auto most = of.most_usd();
  std::string in = dollars(of.input_usd());
  if (may_end_early(of)) in = dollars(of.least_input_usd()) + " to " + in;
  return fmt::format("  cost: about {} in{}\n", in,
                     most ? fmt::format(", at most {} in all", dollars(*most)) : "");
}

std::string time_line(const model_forecast& of) {
  if (of.batch) return "  time: within a day of the batch API (mode: batch)\n";
  if (of.most_bounds.empty()) return "  shortest time: no quota is stated; see --pilot\n";
  const bool is_none = of.bounds.empty();  // it may be that nothing is asked
  const engine::bound least = is_none ? engine::bound() : of.bounds[0];
  const engine::bound& most = of.most_bounds[0];
  std::string out = fmt::format("  shortest time: {}", time_text(least.seconds));
  if (!is_none) out += ", bound by " + least.limit;
  if (most.seconds > least.seconds) {
    out += fmt::format("; {}with answers of max_tokens: {}, bound by {}",
                       may_end_early(of) ? "of all, " : "", time_text(most.seconds), most.limit);
  }
  return out + "\n";
}

std::string model_lines(const model_forecast& of) {
  std::string first = fmt::format("model {}", of.model), out;
  if (!of.step.empty()) first = fmt::format("step {}, {}", of.step, first);
  for (const auto& each : of.endpoints) {
    if (!each.empty()) first += " at " + each;
  }
  io::append_line(out, first);
  out += tokens_line(of) + cost_line(of) + time_line(of);
  for (const auto& each : of.doubts) io::append_line(out, "  doubtful: " + each);
  return out;
}

std::string judge_lines(const judge_forecast& of) {
  std::string out;
  const bool is_named = of.name != "judge";
  io::append_line(
      out, fmt::format("{}judge {}{}", of.step.empty() ? "" : fmt::format("step {}, ", of.step),
                       of.model, is_named ? " of " + of.name : ""));
  out += fmt::format(
      "  0 to {} requests, one for each answer that nothing else rejects, and vote;\n"
      "  at most {} where no reply can be read\n",
      grouped(of.requests), grouped(of.most_requests));
  out += fmt::format("  about {} tokens in beside the answers",
                     grouped(static_cast<std::uint64_t>(of.input_tokens)));
  out += of.output_tokens ? fmt::format(", at most {} out (max_tokens)\n",
                                        grouped(static_cast<std::uint64_t>(*of.output_tokens)))
                          : "; replies of any length: set judge.sampling.max_tokens\n";
  if (!of.costs) return out + "  cost: not known; set judge.model.price\n";
  if (const auto most = of.most_usd()) {
    return out + fmt::format("  cost: at most {}, every reply readable\n", dollars(*most));
  }
  return out + "  cost: not bounded; set max_tokens of the answers and of the judge\n";
}

std::string indented(std::string text) {
  std::string out = "  ";
  for (const char c : text) {
    if (c == '\r') continue;
    out += c;
    if (c == '\n') out += "  ";
  }
  return out + "\n";
}

void print(const engine::config& run, const forecast& of) {
  io::print_lines(stdout, dataset_lines(run, of) + plan_line(of));
  for (const auto& model : of.models) io::print_lines(stdout, model_lines(model));
  for (const auto& judge : of.judges) io::print_lines(stdout, judge_lines(judge));
  for (const auto& model : of.models) {
    if (model.first_request.empty()) continue;
    io::print_line(stdout, "");
    const std::string step = model.step.empty() ? "" : fmt::format(" of step {}", model.step);
    io::print_line(stdout, fmt::format("the first request{} to {}{}:", step, model.model,
                                       model.batch ? ", whose body goes out with a batch" : ""));
    io::print_lines(stdout, indented(model.first_request));
  }
}

// What the samples of the run directory cost, and how they were judged. By record: the answers to
// one have much in common, and how often one is asked is seen, not known. Records of which only a
// part was asked, or judged, tell less than one costs.
struct evidence {
  struct of_record {
    double usd = 0, input = 0, output = 0;
    std::uint64_t samples = 0, accepted = 0;
  };
  std::uint64_t samples = 0;  // of all records
  engine::mean_interval sample_input, sample_output;
  std::map<std::uint64_t, of_record> records;  // by ordinal
  bool is_cost_known = true;

  template <class Value>
  interval mean(const Value& value) const {
    engine::mean_interval out;
    for (const auto& [ordinal, one] : records)
      out.add(static_cast<double>(std::invoke(value, one)));
    return out.get();
  }
  interval accepted() const;
};

// Where all have as many as another one or none, it is a share of the records.
interval evidence::accepted() const {
  std::uint64_t most = 1, full = 0;
  for (const auto& [ordinal, one] : records) most = std::max(most, one.accepted);
  bool is_share = true;
  for (const auto& [ordinal, one] : records) {
    full += one.accepted == most;
    is_share = is_share && (one.accepted == most || one.accepted == 0);
  }
  if (is_share) return engine::share_interval(full, records.size()) * static_cast<double>(most);
  return mean(&of_record::accepted);
}

void take_cost(const engine::run_facts& by, const engine::sample& done, evidence& into) {
  evidence::of_record& record = into.records[done.key.ordinal];
  const auto add = [&](const auto* whom, const providers::usage& used) {
    engine::usage_sum one;
    one.add(used);
    record.input += static_cast<double>(one.input);
    record.output += static_cast<double>(one.output);
    const auto usd = whom ? engine::usd_of(one, whom->costs) : std::nullopt;
    record.usd += usd.value_or(0);
    into.is_cost_known = into.is_cost_known && usd;
  };
  const auto account = engine::account_of(done);
  if (account.is_answered) add(by.find(done.key.step, done.key.variant), account.used);
  for (const auto& [name, used] : account.judged) {
    const auto judge = std::ranges::find_if(by.judges, [&](const engine::judge_facts& one) {
      return one.step == done.key.step && one.name == name;
    });
    add(judge == by.judges.end() ? nullptr : &*judge, used);
  }
}

result<evidence> read_evidence(const engine::config& run) {
  evidence seen;
  engine::sample done;
  const engine::way_plan plan(run);
  engine::done_set known(plan.layout());
  const engine::run_directory where{run.run_dir};
  const engine::run_facts facts = engine::facts_of(run);
  const std::uint32_t last = engine::last_step(run);
  const bool keeps_one = run.samples.keep == engine::keep::best;
  auto scanned = io::scan_ledger(where.ledger(), [&](const io::ledger_line& line) {
    if (!engine::read_ledger_line(line.text, done)) return true;
    take_cost(facts, done, seen);
    const bool news = known.note(done.key, done.verdict(), done.is_open());
    if (!news || done.is_open()) return true;
    ++seen.samples;
    evidence::of_record& record = seen.records[done.key.ordinal];
    ++record.samples;
    const bool is_kept = done.verdict() == engine::verdict::accepted && done.key.step == last;
    if (is_kept && !(keeps_one && record.accepted > 0)) ++record.accepted;
    const auto& used = done.completion.usage;
    seen.sample_input.add(static_cast<double>(std::max<std::int64_t>(0, used.input)));
    seen.sample_output.add(static_cast<double>(std::max<std::int64_t>(0, used.output)));
    return true;
  });
  if (!scanned) return scanned.error();
  std::erase_if(seen.records,
                [&](const auto& one) { return !plan.is_done(known.history_of(one.first)); });
  return seen;
}

// " (1 to 3)"; "" where nobody knows.
template <class Text>
std::string range(const interval& of, const Text& text) {
  return std::isfinite(of.high) ? fmt::format(" ({} to {})", text(of.low), text(of.high)) : "";
}

std::string between(const interval& of, const char* unit) {
  return fmt::format("{} {}{}", grouped(of.value), unit,
                     range(of, [](double bound) { return grouped(bound); }));
}

// Times that no quota bounds go by the pace of the pilot: of samples, with all that was sent for
// them.
std::string time_left(const forecast& of, const evidence& seen, const engine::run_summary& pilot) {
  std::uint64_t left = 0;
  double longest = 0;
  std::string binding;
  for (const model_forecast& model : of.models) {
    left += model.requests;
    const auto requests = static_cast<double>(model.requests);
    const auto bounds = engine::bounds_of(engine::limits_of(*model.entry), requests,
                                          requests * seen.sample_input.get().value,
                                          requests * seen.sample_output.get().value);
    if (bounds.empty() || bounds[0].seconds <= longest) continue;
    longest = bounds[0].seconds;
    binding = bounds[0].limit;
  }
  if (left + of.unjudged == 0) return "none";
  const double pace = static_cast<double>(pilot.last.done_here()) / pilot.last.elapsed.count();
  const double at_pace = pace > 0 ? static_cast<double>(left) / pace : 0;
  if (at_pace > longest) {
    return fmt::format("about {}, bound by the pilot's pace", time_text(at_pace));
  }
  if (longest <= 0) return "not known: the pilot had nothing to ask, and no quota is stated";
  return fmt::format("{} {}, bound by {}", pace > 0 ? "about" : "at least", time_text(longest),
                     binding);
}

// `besides` in dollars: what no sample's tokens tell.
void print_pilot(const engine::config& run, const forecast& of, const evidence& seen,
                 const engine::run_summary& pilot, double besides) {
  std::uint64_t left = 0;
  for (const auto& model : of.models) left += model.requests;
  const auto samples = static_cast<double>(left + of.settled + of.unjudged);
  const auto all = static_cast<double>(of.records);
  const auto print = [](const std::string& line) { io::print_line(stdout, line); };
  print("");
  if (seen.records.empty()) return print("no record is done yet: there is nothing to go by");
  using record = evidence::of_record;
  std::uint64_t whole = 0;
  for (const auto& [ordinal, one] : seen.records) whole += one.samples;
  print(fmt::format("from {} samples of {} records, for all {} records ({}):", grouped(whole),
                    grouped(seen.records.size()), grouped(all),
                    seen.records.size() == 1 ? "one tells no 95 % intervals" : "95 % intervals"));
  interval accepted = seen.records.size() == 1 ? seen.mean(&record::accepted) : seen.accepted();
  accepted = accepted * all;
  if (std::isfinite(accepted.high)) accepted.high = std::min(accepted.high, samples);
  print("  accepted: " + between(accepted, "samples"));
  const auto mean = [&](double record::*what) { return seen.mean(what) * all; };
  print(fmt::format("  tokens: {}, {}", between(mean(&record::input), "in"),
                    between(mean(&record::output), "out")));
  const interval usd = mean(&record::usd);
  print(seen.is_cost_known ? "  cost: " + dollars(usd.value) + range(usd, dollars)
                           : "  cost: not known of all answers: a price, or their usage");
  if (besides >= 0.00005) {
    print(fmt::format("  paid so far beside that, for attempts that gave no answer: {}",
                      dollars(besides)));
  }
  const bool by_batch = std::ranges::any_of(of.models, &model_forecast::batch);
  if (!by_batch) {  // those take their time, whatever the pilot's took
    print("  time still needed: " + time_left(of, seen, pilot));
  }
  print(fmt::format("the pilot's samples are kept in {}; a run of this config goes on behind them",
                    run.run_dir));
}

// What a run would start.
result<std::string> server_lines(engine::config run) {
  const auto planned = engine::plan_servers(run, &std::getenv);
  if (!planned) return planned.error();
  std::string out;
  for (const engine::planned_server& one : *planned) {
    io::append_line(out, fmt::format("{}: a run would start {}", one.place, engine::text_of(one)));
    out += fmt::format("  and wait up to {:g} s for its {}; the port is another one then\n",
                       one.startup_s, one.ready);
  }
  return out;
}

void warn(const std::string& what) { io::print_line(stderr, "retort: " + what); }

// A server may refuse it, or guess what was meant.
void warn_of_schemas(const engine::config& run) {
  std::set<std::string> said;
  for (std::uint32_t step = 0; step <= engine::last_step(run); ++step) {
    const engine::config& asked = engine::step_of(run, step);
    for (std::uint32_t i = 0; i < engine::combinations_of(asked); ++i) {
      const auto& how = engine::sampling_of(asked, i);
      for (const auto& line : engine::doubtful_schemas(how.response_schema, how.tools)) {
        if (said.insert(line).second) warn("warning: " + line);
      }
    }
  }
}

result<forecast> look_ahead(const engine::config& run, const embedded_mocks& mocks) {
  boost::asio::io_context context{1};
  auto endpoints =
      engine::make_endpoints(run, mocks.providers, context.get_executor(), &std::getenv);
  if (!endpoints) return endpoints.error();
  for (const auto& warning : engine::warn_of_shared_keys(run, *endpoints)) warn(warning);
  return engine::make_forecast(run, *endpoints);
}

int fly_pilot(const engine::config& run, const embedded_mocks& mocks, std::uint64_t records,
              std::uint64_t all_records) {
  engine::config first = run;
  first.dataset.limit = std::min(records, run.dataset.limit.value_or(records));
  engine::run_options options;
  options.embedded = mocks.providers;
  options.warns_of_config = false;  // check has
  options.is_pilot = records < all_records;
  auto flown = engine::run(first, options);
  if (!flown) return refuse(flown.error());
  auto now = look_ahead(run, mocks);  // without what the pilot has done
  if (!now) return refuse(now.error());
  auto seen = read_evidence(run);
  if (!seen) return refuse(seen.error());
  const auto facts = engine::read_facts({run.run_dir});
  if (!facts) return refuse(facts.error());
  const auto besides = *facts ? engine::usd_besides(**facts, engine::facts_of(run)) : std::nullopt;
  print_pilot(run, *now, *seen, *flown, besides.value_or(0));
  return static_cast<int>(flown->status);
}

}  // namespace

void add_check_flags(CLI::App& app, check_flags& flags) {
  add_config_flags(app, flags.run);
  app.add_option("--pilot", flags.pilot,
                 "send the first N records, keep their samples, and extrapolate cost, acceptance "
                 "and duration")
      ->type_name("N")
      ->check(CLI::Range(1, 1'000'000'000));  // a negative one would become a very large one
  app.footer(
      "Reads the config and the whole dataset, renders every prompt, and shows the first request\n"
      "as it would go out, the tokens, the cost and the shortest time. Sends nothing without\n"
      "--pilot. Exit status: 0 all is well; 2 something is wrong; of a pilot those of run.");
}

int check_command(const check_flags& flags) {
  if (flags.run.config.empty()) return refuse("check needs a CONFIG file; see retort check --help");
  auto config = load(flags.run);
  if (!config) return refuse(config.error());
  for (const auto& warning : engine::warn_of_constant_templates(*config)) warn(warning);
  for (const auto& warning : engine::warn_of_unshared_quotas(*config)) warn(warning);
  for (const auto& warning : engine::warn_of_unbounded_answers(*config)) warn(warning);
  warn_of_schemas(*config);
  if (flags.pilot) {
    auto reader = engine::open_dataset(*config);
    if (!reader) return refuse(reader.error());
    if (reader->is_read_once()) {
      return refuse(
          "--pilot reads the dataset twice, which a pipe does not allow: give it as a file");
    }
  }
  const auto servers = server_lines(*config);
  if (!servers) return refuse(servers.error());
  auto mocks = start_mocks(*config);
  if (!mocks) return refuse(mocks.error());
  auto ahead = look_ahead(*config, *mocks);
  if (!ahead) return refuse(ahead.error());
  print(*config, *ahead);
  io::print_lines(stdout, *servers);
  const bool fails = ahead->bad_rows && config->dataset.on_error == engine::on_error::fail;
  if (fails) return refuse("the run would stop at the first bad row; see dataset.on_error");
  return flags.pilot ? fly_pilot(*config, *mocks, flags.pilot, ahead->records) : 0;
}

}  // namespace retort::tools
