// The retort command line.
#include <fcntl.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <sys/resource.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <csignal>
#include <exception>
#include <sstream>
#include <string>
#include <vector>

#include "engine/text/near_miss.hpp"
#include "io/base/console.hpp"
#include "io/base/one_line.hpp"
#include "io/base/unexpected.hpp"
#include "io/base/version.hpp"
#include "io/process/keeper.hpp"
#include "tools/bench_command.hpp"
#include "tools/check_command.hpp"
#include "tools/compare_command.hpp"
#include "tools/completion.hpp"
#include "tools/export_command.hpp"
#include "tools/inspect_command.hpp"
#include "tools/manual_page.hpp"
#include "tools/merge_command.hpp"
#include "tools/mock/server/cli.hpp"
#include "tools/mock/server/command.hpp"
#include "tools/report_command.hpp"
#include "tools/run_command.hpp"
#include "tools/runs_command.hpp"
#include "tools/status_command.hpp"
#include "tools/submit_command.hpp"

// jemalloc reads it (its manual, "tuning"). A turn of the loop gives back the frames of some
// hundred requests before it takes as many: a thread keeps that many of a size at hand.
extern "C" const char* malloc_conf;
const char* malloc_conf = "tcache_nslots_small_min:256,tcache_nslots_small_max:512";

namespace {

using retort::tools::told;

// The seed's users write "--only-correct false"; a flag takes its value after "=" only.
std::vector<std::string> arguments(int argc, char** argv) {
  std::vector<std::string> out;
  for (int i = argc - 1; i > 0; --i) {  // CLI11 takes them last first
    const std::string word = argv[i];
    const bool value = i > 1 && std::string(argv[i - 1]) == "--only-correct" &&
                       (word == "true" || word == "false");
    if (value) --i;
    out.push_back(value ? "--only-correct=" + word : word);
  }
  return out;
}

int refuse(const std::string& what, const std::string& hint) {
  retort::io::print_line(stderr, fmt::format("retort: {}; see retort --help{}", what, hint));
  return 2;
}

std::string hint(const std::string& word, const std::vector<std::string>& known) {
  const std::vector<std::string_view> candidates(known.begin(), known.end());
  return retort::engine::did_you_mean(word, candidates);
}

// Options may stand before the command: --help, --version.
bool names_command(const std::vector<std::string>& commands, int argc, char** argv) {
  if (argc < 2) return false;
  const std::string word = argv[1];
  return word.starts_with('-') ||
         std::find(commands.begin(), commands.end(), word) != commands.end();
}

int refuse_command(const std::vector<std::string>& commands, int argc, char** argv) {
  const std::string word = argc < 2 ? "" : argv[1];
  const std::string what =
      argc < 2 ? "no command"
               : fmt::format("unknown command \"{}\"", retort::io::one_line(word, 80));
  return refuse(fmt::format("{}; there are {}", what, fmt::join(commands, ", ")),
                hint(word, commands));
}

// For the first option that is none.
std::string option_hint(const CLI::App& app, int argc, char** argv) {
  if (app.get_subcommands().empty()) return {};
  const CLI::App& command = *app.get_subcommands().front();
  std::vector<std::string> known;
  for (const CLI::Option* one : command.get_options()) {
    for (const std::string& name : one->get_lnames()) known.push_back("--" + name);
  }
  for (int i = 2; i < argc; ++i) {
    const std::string_view word = argv[i];
    const std::string name(word.substr(0, word.find('=')));
    const bool is_known = std::find(known.begin(), known.end(), name) != known.end();
    if (name.starts_with("--") && !is_known) return hint(name, known);
  }
  return {};
}

int print(const std::string& text) {
  retort::io::print_lines(stdout, text);
  return told(0);
}

// Help and version are no mistakes; a mistake gets one line.
int leave(const CLI::App& app, const CLI::ParseError& why, int argc, char** argv) {
  if (why.get_exit_code() == 0) {
    std::ostringstream said;
    app.exit(why, said, said);
    return print(said.str());
  }
  return refuse(why.what(), option_hint(app, argc, argv));
}

void add_completion_flags(CLI::App& app, std::string& shell) {
  app.add_option("shell", shell, "of which shell")
      ->type_name(fmt::format("{}", fmt::join(retort::tools::shells, "|")))
      ->required()
      ->check(CLI::IsMember(retort::tools::shells));
  app.footer(
      "In ~/.bashrc:                      source <(retort completion bash)\n"
      "In ~/.zshrc, behind compinit:      source <(retort completion zsh)\n"
      "In ~/.config/fish/config.fish:     retort completion fish | source");
}

int dispatch(int argc, char** argv) {
  CLI::App app{
      "retort turns datasets into fine-tuning data: it sends each record to an LLM provider, "
      "evaluates\nand filters each answer, and writes JSONL.",
      "retort"};
  app.set_version_flag("--version", "retort " + std::string(retort::io::version));
  app.require_subcommand(1);
  app.footer(
      "Try:  retort run configs/quickstart.yaml\n"
      "      retort check configs/quickstart.yaml\n"
      "      retort export configs/quickstart.yaml --diff --set filter.min_length=16\n"
      "      retort run --help-config");
  retort::tools::run_flags run;
  retort::tools::check_flags check;
  retort::tools::export_flags exported;
  retort::tools::runs_flags runs;
  retort::tools::compare_flags compared;
  retort::tools::report_flags reported;
  retort::tools::inspect_flags inspected;
  retort::tools::bench_flags measured;
  retort::tools::merge_flags merged;
  retort::tools::status_flags watched;
  retort::tools::submit_flags submitted;
  retort::mock::options mock;
  auto* run_command = app.add_subcommand("run", "a dataset becomes fine-tuning data");
  auto* check_command =
      app.add_subcommand("check", "what a run would be: nothing is sent, all is looked at");
  auto* export_command = app.add_subcommand(
      "export", "what there is, evaluated, filtered and formatted anew without a request");
  auto* runs_command = app.add_subcommand("runs", "the runs there are: state, counts, cost, age");
  auto* compare_command =
      app.add_subcommand("compare", "runs and their variants side by side, with intervals");
  auto* report_command = app.add_subcommand("report", "what a run came to, as one HTML page");
  auto* inspect_command =
      app.add_subcommand("inspect", "a run's samples one by one, to be marked good or bad");
  auto* merge_command = app.add_subcommand("merge", "the shards of a run put together, as one run");
  auto* status_command =
      app.add_subcommand("status", "the shards of a run: how far each is, and which stand");
  auto* bench_command =
      app.add_subcommand("bench", "what an endpoint can deliver: its times and rates under load");
  auto* submit_command = app.add_subcommand(
      "submit", "a run as a job array of Slurm's: each task makes a shard of it");
  auto* mock_command = app.add_subcommand("mock", "a provider to rehearse with, on loopback");
  auto* completion_command =
      app.add_subcommand("completion", "what a shell needs to complete retort's words");
  auto* man_command = app.add_subcommand("man", "the manual page: retort man | man -l -");
  retort::tools::add_run_flags(*run_command, run);
  retort::tools::add_check_flags(*check_command, check);
  retort::tools::add_export_flags(*export_command, exported);
  retort::tools::add_runs_flags(*runs_command, runs);
  retort::tools::add_compare_flags(*compare_command, compared);
  retort::tools::add_report_flags(*report_command, reported);
  retort::tools::add_inspect_flags(*inspect_command, inspected);
  retort::tools::add_merge_flags(*merge_command, merged);
  retort::tools::add_status_flags(*status_command, watched);
  retort::tools::add_bench_flags(*bench_command, measured);
  retort::tools::add_submit_flags(*submit_command, submitted);
  retort::mock::add_mock_options(*mock_command, mock);
  std::string shell;
  add_completion_flags(*completion_command, shell);
  std::vector<std::string> commands;
  for (const CLI::App* one : app.get_subcommands({})) commands.push_back(one->get_name());
  if (!names_command(commands, argc, argv)) return refuse_command(commands, argc, argv);
  try {
    app.parse(arguments(argc, argv));
  } catch (const CLI::ParseError& problem) {
    return leave(app, problem, argc, argv);
  }
  if (run_command->parsed()) return retort::tools::run_command(run);
  if (bench_command->parsed()) return retort::tools::bench_command(measured);
  if (submit_command->parsed()) return retort::tools::submit_command(submitted);
  if (export_command->parsed()) return told(retort::tools::export_command(exported));
  if (runs_command->parsed()) return told(retort::tools::runs_command(runs));
  if (inspect_command->parsed()) return told(retort::tools::inspect_command(inspected));
  if (report_command->parsed()) return told(retort::tools::report_command(reported));
  if (compare_command->parsed()) return told(retort::tools::compare_command(compared));
  if (check_command->parsed()) return told(retort::tools::check_command(check));
  if (merge_command->parsed()) return told(retort::tools::merge_command(merged));
  if (status_command->parsed()) return told(retort::tools::status_command(watched));
  if (completion_command->parsed()) return print(retort::tools::completion_script(app, shell));
  if (man_command->parsed()) return print(retort::tools::manual_page(app));
  return retort::mock::run_mock_command(mock);
}

// A file that is opened later must not take the place of a standard stream that is closed.
void fill_standard_streams() {
  for (const int descriptor : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (::fcntl(descriptor, F_GETFD) >= 0) continue;
    const int wrong_way = descriptor == STDIN_FILENO ? O_WRONLY : O_RDONLY;  // use is an error
    (void)::open("/dev/null", wrong_way);
  }
}

// A core file would hold the keys.
void leave_no_core() {
  rlimit size{};
  if (::getrlimit(RLIMIT_CORE, &size) != 0) return;
  size.rlim_cur = 0;
  ::setrlimit(RLIMIT_CORE, &size);
}

}  // namespace

int main(int argc, char** argv) {
  leave_no_core();
  if (argc > 1 && argv[1] == retort::io::keeper_word) return retort::io::keep(argc, argv);
  fill_standard_streams();
  std::signal(SIGPIPE, SIG_IGN);  // a peer that hangs up is an error value, not our end
  std::signal(SIGXFSZ, SIG_IGN);  // and so is a file that may not grow any further
  try {
    return dispatch(argc, argv);
  } catch (...) {
    return retort::tools::refuse(retort::io::explain(std::current_exception()));
  }
}
