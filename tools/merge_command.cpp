#include "tools/merge_command.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdlib>
#include <filesystem>

#include "engine/look/found_run.hpp"
#include "engine/merge/merge.hpp"
#include "engine/run/signal_watch.hpp"
#include "io/base/console.hpp"
#include "tools/summary.hpp"

namespace retort::tools {
namespace {

namespace fs = std::filesystem;
using engine::exit_status;

// The first signal ends it where nothing is written yet, or at its end.
class merge_signals {
 public:
  explicit merge_signals(std::shared_ptr<io::interrupt> stop)
      : watch_([stop](int, int) { stop->raise(); },
               [](int) { std::_Exit(static_cast<int>(exit_status::stopped)); }) {}

 private:
  engine::signal_watch watch_;
};

// A directory is the run; what is no directory, and none below runs/, is its config.
result<engine::config> config_of(const merge_flags& flags) {
  run_flags as_run;
  as_run.config = flags.run;
  as_run.sets = flags.sets;
  const auto directory = engine::find_directory(flags.run);
  if (!directory) return directory.error();
  if (*directory) {
    auto changes = overrides_of(as_run);
    if (!changes) return changes.error();
    return engine::config_of_shards(**directory, *changes);
  }
  std::error_code ec;
  if (fs::exists(flags.run, ec) || ec) return load(as_run);
  return error{errc::usage,
               fmt::format("{} is neither a run nor a config: expected the run's directory, its "
                           "name below runs/, or its config's file{}",
                           flags.run, engine::near_run(flags.run))};
}

int report(const engine::config& config, const engine::merge_summary& of) {
  std::string text =
      fmt::format("{} shards, {} ledgers: {} lines{}\n", of.shards, of.ledgers, of.lines.lines,
                  of.lines.copies ? fmt::format(" and {} copies", of.lines.copies) : "");
  if (of.lines.overlaps) {
    text += fmt::format("{} samples were settled by two shards: the first of them counts\n",
                        of.lines.overlaps);
  }
  text += counts_text(of.outputs.counts, of.outputs.skipped_rows);
  for (const auto& each : of.outputs.files) text += file_line(each);
  if (of.outputs.unfinished) {
    text += fmt::format(
        "{} records want more, by the verdicts of all shards together: `retort run CONFIG` asks "
        "for it and completes the outputs, and a merge after that puts it in its place\n",
        of.outputs.unfinished);
  }
  if (of.lost) {
    text += fmt::format(
        "{} samples that the shards have told of are in none of their ledgers, as where two "
        "processes wrote to one at once: `retort run CONFIG` asks for them anew\n",
        of.lost);
  }
  const bool is_poured = std::ranges::count(of.outputs.files, engine::standard_output,
                                            &engine::written_view::path) > 0;
  io::print_lines(is_poured ? stderr : stdout, text);
  const bool fails =
      of.lost > 0 || of.outputs.unfinished > 0 || of.outputs.counts.failed > config.max_failed;
  return static_cast<int>(fails ? exit_status::samples_failed : exit_status::done);
}

}  // namespace

void add_merge_flags(CLI::App& app, merge_flags& flags) {
  app.add_option("run", flags.run, "the run's directory, or its config")->type_name("RUN");
  app.add_option("--set", flags.sets, "any config key: --set output.path=all.jsonl")
      ->type_name("KEY=VALUE")
      ->allow_extra_args(false);
  app.add_flag("--allow-missing", flags.allow_missing,
               "merge what there is: also when shards are missing, not finished or damaged");
  app.add_flag("--allow-overlap", flags.allow_overlap,
               "keep the first where two shards have settled the same sample");
  app.footer(
      "Puts the ledgers of all shards together, in the dataset's order, as the run's own, "
      "whatever\n"
      "their number was when: then the run is as if one process had made it, for inspect, report,\n"
      "compare, export and runs, and for a further run. Writes the config's outputs from it, the\n"
      "card and the totals. The shards stay as they are, and may be merged again. The config is "
      "the\n"
      "one they kept, unless it is given.\n\n"
      "Exit status: 0 done; 1 merged, but more samples failed than max_failed, or records want\n"
      "more, since a shard accepted what another had, too (filter.unique), or samples are lost,\n"
      "since two processes wrote to one shard at once; 2 shards that are missing, unfinished or\n"
      "do not belong together, bad usage, config or dataset; 75 stopped (signal, full disk): the\n"
      "run is as it was, or merged with its outputs as they were.");
}

int merge_command(const merge_flags& flags) {
  if (flags.run.empty()) return refuse("merge needs a RUN; see retort merge --help");
  const auto config = config_of(flags);
  if (!config) return refuse(config.error());
  engine::merge_options options;
  options.allow_missing = flags.allow_missing;
  options.allow_overlap = flags.allow_overlap;
  options.say = [](const std::string& line) { io::print_line(stderr, "retort: " + line); };
  const merge_signals watch(options.stop);
  const auto done = engine::merge_shards(*config, options);
  return done ? report(*config, *done) : refuse(done.error());
}

}  // namespace retort::tools
