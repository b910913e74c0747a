#include "tools/submit_command.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <charconv>
#include <cstdlib>
#include <filesystem>
#include <map>

#include "engine/config/run_directory.hpp"
#include "engine/directory/dataset_source.hpp"
#include "engine/endpoint/endpoint.hpp"
#include "engine/shard/shard_run.hpp"
#include "engine/text/amounts.hpp"
#include "io/base/console.hpp"
#include "io/base/one_line.hpp"
#include "io/file/file.hpp"
#include "tools/embedded_mocks.hpp"
#include "tools/outside_command.hpp"
#include "tools/slurm_script.hpp"

namespace retort::tools {
namespace {

namespace fs = std::filesystem;

// Of slurm.conf(5), where nobody can be asked.
struct site {
  std::uint32_t max_array = 1001;
  std::uint32_t kill_wait_s = 30;
};

// "MaxArraySize            = 1001", "KillWait                = 30 sec"
void read_setting(const std::string& text, const std::string& name, std::uint32_t& into) {
  const auto at = text.find("\n" + name + " ");
  if (at == std::string::npos) return;
  const auto begin = text.find_first_of("0123456789\n", at + 1);
  std::uint32_t number = 0;
  const auto read = std::from_chars(text.data() + std::min(begin, text.size()),
                                    text.data() + text.size(), number);
  if (read.ec == std::errc() && number > 0) into = number;
}

std::string first_line(const std::string& text) {
  return io::one_line(text.substr(0, text.find('\n')), 300);
}

result<std::string> answer_of(const std::vector<std::string>& words) {
  auto done = run_outside(words);
  if (!done) return done.error();
  if (done->status == 0) return done->output;
  return error{errc::usage,
               fmt::format("{}: {}", words[0],
                           done->errors.empty() ? fmt::format("status {}", done->status)
                                                : first_line(done->errors))};
}

result<site> ask_site() {
  auto told = answer_of({"scontrol", "show", "config"});
  if (!told) return told.error();
  site out;
  read_setting(*told, "MaxArraySize", out.max_array);
  read_setting(*told, "KillWait", out.kill_wait_s);
  return out;
}

// The flags that change the config, as they were.
std::vector<std::string> config_words(const run_flags& flags) {
  std::vector<std::string> out{fs::absolute(flags.config).lexically_normal().string()};
  const auto add = [&out](const char* flag, const std::string& value) {
    if (!value.empty()) out.push_back(fmt::format("{}={}", flag, value));
  };
  for (const auto& one : flags.sets) add("--set", one);
  add("--output", flags.output);
  add("--format", flags.format);
  add("--only-correct", flags.only_correct);
  add("--min-length", flags.min_length);
  add("--max-length", flags.max_length);
  add("--limit", flags.limit);
  return out;
}

result<void> check_time(const std::string& time) {
  const auto seconds = seconds_of(time);
  if (time.empty() || (seconds && *seconds >= 60)) return {};
  return error{errc::usage, fmt::format("--time is \"{}\"; expected at least a minute as Slurm "
                                        "writes it: minutes, H:MM:SS, D-H",
                                        io::one_line(time, 80))};
}

// What is submitted is shown as a comment, which ends where the line does.
result<void> check_line(const std::string& what, const std::string& text) {
  const bool ends = std::ranges::any_of(text, [](unsigned char c) { return c < 0x20; });
  if (!ends) return {};
  return error{errc::usage,
               fmt::format("{} is \"{}\": it cannot hold a line's end or another control "
                           "character",
                           what, io::one_line(text, 80))};
}

// What retort submit says to sbatch itself, with its flag where there is one, and by what sbatch
// would do something else than submit: the last one said would count.
struct own_option {
  std::string_view name;
  char letter = 0;
  std::string_view flag = {};
};
constexpr own_option own_options[] = {{"time", 't', "--time"},
                                      {"cpus-per-task", 'c', "--cpus"},
                                      {"mem", 0, "--mem"},
                                      {"partition", 'p', "--partition"},
                                      {"account", 'A', "--account"},
                                      {"array", 'a', "--tasks and --throttle"},
                                      {"requeue", 0, "--restarts"},
                                      {"no-requeue", 0, "--restarts"},
                                      {"dependency", 'd'},
                                      {"signal"},
                                      {"chdir", 'D'},
                                      {"parsable"},
                                      {"wait", 'W'},
                                      {"wrap"},
                                      {"test-only"}};

// sbatch takes the beginning of a name for it where no other begins so.
bool is_meant(const own_option& own, std::string_view word) {
  if (!word.starts_with("--")) return word[1] == own.letter;
  const std::string_view name = word.substr(2, word.find('=') - 2);
  return !name.empty() && own.name.starts_with(name);
}

result<void> check_option(const std::string& one) {
  const auto refused = [&one](std::string_view why) {
    return error{errc::usage, fmt::format("--sbatch is \"{}\"{}", io::one_line(one, 80), why)};
  };
  if (one.size() < 2 || !one.starts_with('-')) {
    return refused("; expected an option of sbatch's, as in --sbatch=--constraint=icelake");
  }
  const auto* const own =
      std::ranges::find_if(own_options, [&one](const auto& each) { return is_meant(each, one); });
  if (own == std::end(own_options)) return {};
  if (own->flag.empty())
    return refused(": with it sbatch would not do what retort submit asks it to");
  return refused(fmt::format(": for that there is {} of retort submit", own->flag));
}

// Which no option on sbatch's command line can undo.
result<void> check_environment() {
  for (const char* const name : {"SBATCH_ARRAY_INX", "SBATCH_WAIT"}) {
    if (!std::getenv(name)) continue;
    return error{errc::usage,
                 fmt::format("{0} is set, by which sbatch would not do what retort submit asks "
                             "it to: unset {0}",
                             name)};
  }
  return {};
}

// What every task would be refused for.
result<void> check_run(const engine::config& run, std::uint32_t tasks) {
  auto last = engine::shard_of(run, tasks - 1, tasks);
  if (!last) return last.error();
  auto reader = engine::open_dataset(run);
  if (!reader) return reader.error();
  if (reader->is_read_once()) {
    return error{errc::usage,
                 "a dataset that comes by a pipe can be read by one task only: give "
                 "it as a file"};
  }
  auto mocks = start_mocks(run);
  if (!mocks) return mocks.error();
  boost::asio::io_context context{1};
  auto endpoints =
      engine::make_endpoints(run, mocks->providers, context.get_executor(), &std::getenv);
  if (!endpoints) return endpoints.error();
  return {};
}

array_job job_of(const submit_flags& flags, const engine::config& run, const site& at) {
  array_job out;
  out.name = run.run;
  const std::string retort = fs::read_symlink("/proc/self/exe").string();
  const auto config = config_words(flags.run);
  out.command = {retort, "run"};
  out.command.insert(out.command.end(), config.begin(), config.end());
  out.command.push_back("--plain");
  out.merge = {retort, "merge", fs::absolute(run.run_dir).lexically_normal().string()};
  out.directory = fs::current_path().string();
  out.logs = engine::run_directory{out.merge.back()}.jobs();
  out.shards = flags.tasks;
  out.restarts = flags.restarts;
  out.time = flags.time;
  out.cpus = flags.cpus;
  out.memory = flags.memory;
  out.partition = flags.partition;
  out.account = flags.account;
  out.options = flags.sbatch;
  out.kill_wait_s = at.kill_wait_s;
  return out;
}

result<void> check_job(const array_job& of) {
  for (const auto& [what, text] :
       std::map<std::string, std::string>{{"run", of.name},
                                          {"the directory", of.directory},
                                          {"run_dir", of.logs},
                                          {"--mem", of.memory},
                                          {"--partition", of.partition},
                                          {"--account", of.account}}) {
    if (auto held = check_line(what, text); !held) return held;
  }
  if (of.logs.find('\\') != std::string::npos) {
    return error{errc::usage, fmt::format("run_dir is {}: Slurm writes no log where a path has a "
                                          "backslash",
                                          io::one_line(of.logs, 200))};
  }
  for (const auto& one : of.options) {
    if (auto held = check_line("--sbatch", one); !held) return held;
    if (auto held = check_option(one); !held) return held;
  }
  return check_environment();
}

// What is to be submitted, and how.
struct submission {
  array_job job;
  std::vector<array_part> parts;
  bool merges = true;

  std::string script() const { return job.logs + "/run.sh"; }
  std::string merge() const { return job.logs + "/merge.sh"; }
};

std::vector<std::string> sbatch_words(std::string first, const std::vector<std::string>& options,
                                      const std::vector<std::string>& script) {
  std::vector<std::string> out{"sbatch", "--parsable", std::move(first)};
  out.insert(out.end(), options.begin(), options.end());
  out.insert(out.end(), script.begin(), script.end());
  return out;
}

std::vector<std::string> array_words(const submission& of, const array_part& part) {
  return sbatch_words("--array=" + array_text(part), array_options(of.job),
                      {of.script(), fmt::format("{}", part.first)});
}

std::vector<std::string> merge_words(const submission& of, const std::vector<std::string>& arrays) {
  return sbatch_words(fmt::format("--dependency=afterany:{}", fmt::join(arrays, ":")),
                      merge_options(of.job), {of.merge()});
}

std::string as_comment(const std::vector<std::string>& words) {
  std::vector<std::string> out;
  for (const auto& word : words) out.push_back(shell_word(word));
  return fmt::format("# {}\n", fmt::join(out, " "));
}

// The script first, so that this is one too; how it is submitted as comments.
std::string script_text(const submission& of) {
  std::string out = array_script(of.job) + "\n";
  std::vector<std::string> arrays;
  for (const auto& part : of.parts) {
    out += as_comment(array_words(of, part));
    arrays.push_back(fmt::format("JOB{}", arrays.size() + 1));
  }
  if (of.merges) out += as_comment(merge_words(of, arrays));
  return out;
}

result<void> write_script(const submission& of) {
  std::error_code ec;
  fs::create_directories(of.job.logs, ec);
  if (ec) return error{errc::disk, fmt::format("{}: {}", of.job.logs, ec.message())};
  auto written = io::replace_file(of.script(), script_text(of));
  if (!written || !of.merges) return written;
  return io::replace_file(of.merge(), merge_script(of.job));
}

// "1234", or "1234;cluster".
result<std::string> submit_one(const std::vector<std::string>& words) {
  auto told = answer_of(words);
  if (!told) return told.error();
  return told->substr(0, told->find_first_of(";\n"));
}

// All, or nothing.
result<std::vector<std::string>> submit_all(const submission& of) {
  std::vector<std::string> jobs;
  const auto take_back = [&jobs](error why) {
    std::vector<std::string> words{"scancel"};
    words.insert(words.end(), jobs.begin(), jobs.end());
    if (jobs.empty() || answer_of(words)) {
      why.message += "; nothing is submitted";
    } else {
      why.message += fmt::format("; what is submitted could not be taken back: scancel {}",
                                 fmt::join(jobs, " "));
    }
    return why;
  };
  for (const auto& part : of.parts) {
    auto job = submit_one(array_words(of, part));
    if (!job) return take_back(job.error());
    jobs.push_back(*job);
  }
  if (!of.merges) return jobs;
  auto merge = submit_one(merge_words(of, jobs));
  if (!merge) return take_back(merge.error());
  jobs.push_back(*merge);
  return jobs;
}

std::string what_is_submitted(const submission& of, std::vector<std::string> jobs) {
  std::string merge;
  if (of.merges) {
    merge = fmt::format(", their merge as job {}", jobs.back());
    jobs.pop_back();
  }
  return fmt::format("submitted {}: {} tasks as {} {}{}\nscripts and logs: {}\n", of.job.name,
                     engine::grouped(of.job.shards), jobs.size() == 1 ? "job" : "jobs",
                     fmt::join(jobs, ", "), merge, of.job.logs);
}

result<submission> plan_submission(const submit_flags& flags) {
  auto run = load(flags.run);
  if (!run) return run.error();
  auto timed = check_time(flags.time);
  if (!timed) return timed.error();
  auto checked = check_run(*run, flags.tasks);
  if (!checked) return checked.error();
  auto at = ask_site();
  if (!at && !flags.print) {
    return error{at.error().code, at.error().message +
                                      ": retort submit needs Slurm's commands; "
                                      "--print shows the script without"};
  }
  submission out{job_of(flags, *run, at ? *at : site()), {}, flags.merges};
  auto sound = check_job(out.job);
  if (!sound) return sound.error();
  auto parts = array_parts(flags.tasks, flags.throttle, (at ? *at : site()).max_array);
  if (!parts) return parts.error();
  out.parts = std::move(*parts);
  return out;
}

}  // namespace

void add_submit_flags(CLI::App& app, submit_flags& flags) {
  add_config_flags(app, flags.run);
  constexpr std::uint32_t most = 1'000'000;
  app.add_option("--tasks", flags.tasks, "so many tasks, each of which makes one shard of the run")
      ->type_name("N")
      ->check(CLI::Range(1U, most));
  app.add_option("--throttle", flags.throttle, "so many of them at a time; default: all")
      ->type_name("N")
      ->check(CLI::Range(1U, most));
  app.add_option("--time", flags.time,
                 "of one task, as Slurm writes it; what is not done then goes on in a restart")
      ->type_name("TIME");
  app.add_option("--restarts", flags.restarts, "of one task, at most; default: 10")
      ->type_name("N")
      ->check(CLI::Range(0U, 1'000U));
  app.add_option("--cpus", flags.cpus, "of one task; default: 2")
      ->type_name("N")
      ->check(CLI::Range(1U, 1'024U));
  app.add_option("--mem", flags.memory, "of one task, as Slurm writes it: 4G")->type_name("SIZE");
  app.add_option("--partition", flags.partition, "of Slurm's")->type_name("NAME");
  app.add_option("--account", flags.account, "of Slurm's")->type_name("NAME");
  app.add_option("--sbatch", flags.sbatch, "any other option of sbatch's: --sbatch=--qos=low")
      ->type_name("OPTION")
      ->allow_extra_args(false);
  app.add_flag("!--no-merge", flags.merges, "submit no job that merges the shards behind them");
  app.add_flag("--print", flags.print, "show the script and submit nothing");
  app.footer(
      "Submits a job array to Slurm: task i makes shard i of N, in a directory of its own below\n"
      "the run's. A task that stops early, by its time limit for one, is begun again where it\n"
      "was; one that was cancelled or has used up its budget is not. When all are over, a job\n"
      "merges them, and refuses what is missing. The scripts and the logs are in RUN_DIR/jobs.\n"
      "Keys go with the environment, as sbatch passes it on, or are in files. Exit status: 0\n"
      "submitted; 2 nothing is.");
}

int submit_command(const submit_flags& flags) {
  if (flags.run.config.empty())
    return refuse("submit needs a CONFIG file; see retort submit --help");
  if (flags.tasks == 0)
    return refuse("submit needs --tasks N: how many tasks are to share the run");
  auto planned = plan_submission(flags);
  if (!planned) return refuse(planned.error());
  if (flags.print) {
    io::print_lines(stdout, script_text(*planned));
    return told(0);
  }
  auto written = write_script(*planned);
  if (!written) return refuse(written.error());
  auto jobs = submit_all(*planned);
  if (!jobs) return refuse(jobs.error());
  io::print_lines(stdout, what_is_submitted(*planned, *jobs));
  return 0;
}

}  // namespace retort::tools
