#include "tools/run_command.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <charconv>
#include <cstdio>
#include <cstdlib>

#include "engine/shard/shard_choice.hpp"
#include "engine/shard/shard_run.hpp"
#include "engine/shard/shard_share.hpp"
#include "io/base/console.hpp"
#include "io/base/json_writer.hpp"
#include "io/file/file_ending.hpp"
#include "io/file/packer.hpp"
#include "tools/embedded_mocks.hpp"
#include "tools/summary.hpp"

namespace retort::tools {
namespace {

using engine::exit_status;

void add_override(std::vector<engine::override_value>& to, const char* path, const char* flag,
                  const std::string& value) {
  if (!value.empty()) to.push_back({path, value, flag});
}

// A value is YAML; a path or a name is a text whatever is in it.
void add_text(std::vector<engine::override_value>& to, const char* path, const char* flag,
              const std::string& value) {
  std::string quoted;
  io::append_json_string(quoted, value);
  if (!value.empty()) to.push_back({path, quoted, flag});
}

// To a person, as it stands there.
bool is_legible(const std::string& path) {
  return io::packing_of(path) == io::packing::none && !io::has_ending(path, ".parquet");
}

void report(const engine::run_summary& summary, bool json) {
  const bool is_taken = pours_out(summary);
  std::FILE* const to = is_taken ? stderr : stdout;
  if (json) {
    io::print_lines(to, summary_json(summary));
    return;
  }
  io::print_lines(to, summary_text(summary));
  if (is_taken || !summary.is_exported) return;
  const auto* const shown = first_view(summary, engine::view_kind::exported);
  const std::string lines = shown && is_legible(shown->path) ? first_lines(shown->path, 3) : "";
  if (lines.empty()) return;
  io::print_line(stdout, "");
  io::print_line(stdout, shown->path + ":");
  io::print_lines(stdout, lines);
}

// For who begins again whatever ends with 75: a used-up budget waits for a person.
result<int> status_over_budget() {
  const char* const told = std::getenv("RETORT_BUDGET_STATUS");
  if (!told || !*told) return static_cast<int>(exit_status::stopped);
  const std::string_view all(told);
  int status = 0;
  const auto read = std::from_chars(all.data(), all.data() + all.size(), status);
  const bool is_whole = read.ec == std::errc() && read.ptr == all.data() + all.size();
  if (is_whole && status >= 3 && status <= 125) return status;
  return error{errc::usage, fmt::format("RETORT_BUDGET_STATUS is \"{}\"; expected the exit status "
                                        "for a used-up budget, from 3 to 125",
                                        io::one_line(told, 80))};
}

std::string note_of(const engine::config& shard, const std::string& source) {
  const bool is_divided = shard.shard->count > 1 && engine::has_shares(shard);
  return fmt::format("shard {}/{} by {}, in {}{}", shard.shard->index, shard.shard->count, source,
                     shard.run_dir,
                     is_divided ? fmt::format("; limits and budget are divided by {}, and what one "
                                              "shard does not use is lost to the others",
                                              shard.shard->count)
                                : "");
}

// The run that this process is to make: the config's, or a shard of it.
result<engine::config> shard_of(engine::config whole, const run_flags& flags) {
  const auto chosen = engine::choose_shard(flags.shard, &std::getenv);
  if (!chosen) return chosen.error();
  if (!*chosen) return whole;
  if (flags.fresh) {
    return error{errc::usage,
                 fmt::format("--fresh does not go with a shard, which is started again and again: "
                             "move {} away to start over",
                             whole.run_dir)};
  }
  auto made = engine::shard_of(std::move(whole), (*chosen)->index, (*chosen)->count);
  if (made) io::print_line(stderr, "retort: " + note_of(*made, (*chosen)->source));
  return made;
}

}  // namespace

result<std::vector<engine::override_value>> overrides_of(const run_flags& flags) {
  std::vector<engine::override_value> out;
  for (const auto& set : flags.sets) {
    const auto equals = set.find('=');
    if (equals == std::string::npos || equals == 0) {
      return error{errc::usage,
                   fmt::format("--set takes key=value, as in --set sampling.top_p=0.9; "
                               "\"{}\" has no \"=\"",
                               set.substr(0, equals))};
    }
    const std::string path = set.substr(0, equals);
    out.push_back({path, set.substr(equals + 1), "--set " + path});
  }
  add_text(out, "output.path", "--output", flags.output);
  add_override(out, "output.format", "--format", flags.format);
  add_override(out, "filter.only_correct", "--only-correct", flags.only_correct);
  add_override(out, "filter.min_length", "--min-length", flags.min_length);
  add_override(out, "filter.max_length", "--max-length", flags.max_length);
  add_override(out, "dataset.limit", "--limit", flags.limit);
  return out;
}

int refuse(const error& why) {
  io::print_line(stderr, "retort: " + why.message);
  // Another process is at work there, and will be done: a task that was begun again on another node
  // while the one before still ran.
  const bool passes = why.code == errc::busy;
  return static_cast<int>(passes ? exit_status::stopped : engine::status_of(why));
}

int told(int status) {
  const std::string problem = io::standard_output_problem();
  if (status != 0 || problem.empty()) return status;
  return refuse("standard output: cannot write: " + problem);
}

int refuse(const std::string& why) {
  io::print_line(stderr, "retort: " + why);
  return static_cast<int>(exit_status::bad_input);
}

result<engine::config> load(const run_flags& flags) {
  auto changes = overrides_of(flags);
  if (!changes) return changes.error();
  return engine::load_config(flags.config, *changes);
}

void add_config_flags(CLI::App& app, run_flags& flags) {
  app.add_option("config", flags.config, "the run's config, YAML (see --help-config)")
      ->type_name("CONFIG");
  app.add_option("--output", flags.output, "where the training file goes [output.path]")
      ->type_name("PATH");
  app.add_option("--format", flags.format,
                 "of the training file: messages, csv... [output.format]");
  app.add_flag("--only-correct{true},--no-only-correct{false}", flags.only_correct,
               "keep only what the evaluator holds correct: true or false [filter.only_correct]");
  app.add_option("--min-length", flags.min_length, "least code points of a completion")
      ->type_name("N");
  app.add_option("--max-length", flags.max_length, "most code points of a completion")
      ->type_name("N");
  app.add_option("--limit", flags.limit, "read only the first N records [dataset.limit]")
      ->type_name("N");
  app.add_option("--set", flags.sets, "any config key: --set models.0.concurrency=8")
      ->type_name("KEY=VALUE")
      ->allow_extra_args(false);
}

void add_run_flags(CLI::App& app, run_flags& flags) {
  add_config_flags(app, flags);
  app.add_flag("--fresh", flags.fresh, "start over; an earlier run is moved aside, not deleted");
  app.add_flag("--json", flags.json, "progress and summary as JSON lines on standard output");
  app.add_flag("--plain", flags.plain, "a progress line every few seconds, also on a terminal");
  app.add_option("--metrics", flags.metrics,
                 "figures for Prometheus: on 127.0.0.1:PORT, or in FILE for its textfile collector")
      ->type_name("PORT|FILE");
  app.add_option("--shard", flags.shard,
                 "make part I of N, I from 0, or none: the whole run [what Slurm or Kubernetes say "
                 "of this task]")
      ->type_name("I/N");
  app.add_flag("--help-config", flags.help_config, "explain every config key and its default");
  app.footer(
      "A second run of the same config resumes where the first stopped. Ctrl-C stops cleanly.\n"
      "Exit status: 0 done; 1 done, but more samples failed than max_failed; 2 bad usage, config,\n"
      "dataset, key or certificate; 75 stopped early and resumable (signal, full disk, quota).");
}

int run_command(const run_flags& flags) {
  if (flags.help_config) {
    io::print_lines(stdout, engine::describe_config_keys());
    return told(0);
  }
  if (flags.config.empty()) return refuse("run needs a CONFIG file; see retort run --help");
  const auto over_budget = status_over_budget();
  if (!over_budget) return refuse(over_budget.error());
  auto config = load(flags);
  if (config) config = shard_of(std::move(*config), flags);
  if (!config) return refuse(config.error());
  auto mocks = start_mocks(*config);
  if (!mocks) return refuse(mocks.error());
  engine::run_options options;
  options.fresh = flags.fresh;
  options.metrics = flags.metrics;
  options.embedded = mocks->providers;
  if (flags.json) options.display = engine::display_kind::json;
  if (flags.plain) options.display = engine::display_kind::plain;
  auto summary = engine::run(*config, options);
  if (!summary) return refuse(summary.error());
  report(*summary, flags.json);
  const bool is_stopped = summary->status == exit_status::stopped;
  return is_stopped && summary->over_budget ? *over_budget : static_cast<int>(summary->status);
}

}  // namespace retort::tools
