#include "tools/export_command.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdlib>

#include "engine/export/export.hpp"
#include "engine/run/signal_watch.hpp"
#include "io/base/console.hpp"
#include "tools/summary.hpp"

namespace retort::tools {
namespace {

using engine::exit_status;

// The first signal ends it where nothing is written yet, or at its end.
class export_signals {
 public:
  explicit export_signals(std::shared_ptr<io::interrupt> stop)
      : watch_([stop](int, int) { stop->raise(); },
               [](int) { std::_Exit(static_cast<int>(exit_status::stopped)); }) {}

 private:
  engine::signal_watch watch_;
};

std::string notes(const engine::export_summary& of) {
  std::string out;
  if (of.unjudged) {
    io::append_line(out, fmt::format("{} of the failed are unscored: the ledger has no judgement "
                                     "of them that holds; `retort run` asks for it",
                                     of.unjudged));
  }
  if (of.is_run_at_work) {
    io::append_line(out, "a run is at work: this is its ledger as far as it was");
  }
  return out;
}

int report(const engine::config& config, const engine::export_summary& of) {
  std::string text = counts_text(of.counts, of.skipped_rows);
  for (const auto& each : of.files) text += file_line(each);
  const bool is_poured =
      std::ranges::count(of.files, engine::standard_output, &engine::written_view::path) > 0;
  io::print_lines(is_poured ? stderr : stdout, text + notes(of));
  const bool fails = of.counts.failed > config.max_failed;
  return static_cast<int>(fails ? exit_status::samples_failed : exit_status::done);
}

int report(const engine::export_preview& of) {
  const auto print = [](const std::string& line) { io::print_line(stdout, line); };
  print(fmt::format("{} of {} samples would change; nothing was written", of.changes.changed(),
                    of.changes.samples));
  for (const auto& each : of.changes.kinds) {
    print(fmt::format("  {}: {}, now {}", each.samples, each.before, each.now));
  }
  if (of.is_run_at_work) print("a run is at work: this is its ledger as far as it was");
  return 0;
}

}  // namespace

void add_export_flags(CLI::App& app, export_flags& flags) {
  add_config_flags(app, flags.run);
  app.add_flag("--diff", flags.diff,
               "write nothing: say which samples would get another verdict than their ledger "
               "lines give, and count them");
  app.footer(
      "Evaluates, filters and formats the ledger of a run anew, finished or not, as `retort run`\n"
      "would, without one request and without the API key. Code, command and judge evaluators\n"
      "are not asked: what they said is taken from the ledger where it holds, else the sample\n"
      "is unscored. The outputs are replaced whole, or not at all. While a run is at work they\n"
      "must be new files:\n\n"
      "  retort export run.yaml --set filter.min_length=20 --diff\n"
      "  retort export run.yaml --format csv --output so-far.csv\n\n"
      "Exit status: 0 done; 1 done, but more samples failed than max_failed; 2 bad usage, config\n"
      "or dataset, or no ledger; 75 stopped (signal, full disk): the outputs are as they were.");
}

int export_command(const export_flags& flags) {
  if (flags.run.config.empty()) {
    return refuse("export needs a CONFIG file; see retort export --help");
  }
  auto config = load(flags.run);
  if (!config) return refuse(config.error());
  engine::export_options options;
  options.say = [](const std::string& line) { io::print_line(stderr, "retort: " + line); };
  const export_signals watch(options.stop);
  if (!flags.diff) {
    const auto done = engine::export_ledger(*config, options);
    return done ? report(*config, *done) : refuse(done.error());
  }
  const auto seen = engine::preview_export(
      *config, options, [](const std::string& line) { io::print_line(stdout, line); });
  return seen ? report(*seen) : refuse(seen.error());
}

}  // namespace retort::tools
