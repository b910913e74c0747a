#include "tools/report_command.hpp"

#include <fcntl.h>
#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "engine/report/report_page.hpp"
#include "io/base/console.hpp"
#include "io/file/file.hpp"
#include "io/file/presence.hpp"
#include "tools/run_command.hpp"

namespace retort::tools {
namespace {

// Nothing is written over but an earlier report.
result<void> check_output(const std::string& path) {
  if (path == "-")
    return error{errc::usage, "--output -: a page is for a browser; expected a file"};
  const auto there = io::look_for(path);
  if (!there) return there.error();
  if (!*there) return {};
  std::string begin(engine::report_mark.size(), '\0');
  auto old = S_ISREG((*there)->st_mode)
                 ? io::file::open(path, O_RDONLY)
                 : result<std::unique_ptr<io::file>>(error{errc::unreadable, ""});
  if (old) {
    const auto read = (*old)->read(begin.data(), begin.size(), 0);
    if (read && *read == begin.size() && begin == engine::report_mark) return {};
  }
  return error{errc::usage, fmt::format("{} is there and no report of retort's: it is left as it "
                                        "is; name another file with --output",
                                        path)};
}

}  // namespace

void add_report_flags(CLI::App& app, report_flags& flags) {
  app.add_option("run", flags.run, "a run directory, or the name of a run below runs/")
      ->type_name("RUN");
  app.add_option("--output", flags.output, "where the page goes; default: report.html in RUN")
      ->type_name("PATH");
  app.footer(
      "Writes one HTML file that needs nothing else: no network and no script. What became of\n"
      "the samples, by reason; variants, evaluators and judges; tokens and cost; how latencies,\n"
      "lengths and scores are spread; what went on when; five samples of each verdict. All of it\n"
      "is what the ledger lines say, a run at work as far as it is; no config is needed. Of 429s\n"
      "the ledger tells how many attempts a sample took, and which gave up.\n\n"
      "  retort report quickstart && xdg-open runs/quickstart/report.html\n\n"
      "Exit status: 0 done; 2 no such run, or the file is no report; 75 the disk is full.");
}

int report_command(const report_flags& flags) {
  if (flags.run.empty()) return refuse("report needs a RUN; see retort report --help");
  auto found = engine::find_run(flags.run);
  if (!found) return refuse(found.error());
  const std::string path = flags.output.empty() ? found->where.report() : flags.output;
  if (auto free = check_output(path); !free) return refuse(free.error());
  const auto read = engine::read_report(*found);
  if (!read) return refuse(read.error());
  const auto written = io::replace_file(path, engine::report_page(*found, *read));
  if (!written) return refuse(written.error());
  io::print_line(stdout, fmt::format("{} samples in {}", read->all(), path));
  return 0;
}

}  // namespace retort::tools
