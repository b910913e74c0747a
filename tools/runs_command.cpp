#include "tools/runs_command.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>

#include "engine/look/run_list.hpp"
#include "engine/text/amounts.hpp"
#include "io/base/console.hpp"
#include "io/base/json_writer.hpp"
#include "tools/run_command.hpp"
#include "tools/text_table.hpp"

namespace retort::tools {
namespace {

using engine::listed_run;

std::string json_of(const listed_run& of) {
  std::string out;
  io::json_writer json(out);
  json.open_object();
  json.member("run", of.name);
  json.member("run_dir", of.directory);
  json.member("state", name(of.state));
  json.member("records", of.records);
  json.member("accepted", of.accepted);
  json.member("rejected", of.rejected);
  json.member("failed", of.failed);
  json.member("usd", of.usd);
  json.member("changed_ms", of.changed_ms);
  json.close_object();
  return out;
}

std::int64_t now_ms() {
  using namespace std::chrono;
  return duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count();
}

text_table table_of(const std::vector<listed_run>& runs) {
  text_table table({"run", "state", "accepted", "rejected", "failed", "cost", "age"}, 2);
  const std::int64_t now = now_ms();
  for (const listed_run& one : runs) {
    table.add({one.name, std::string(name(one.state)), engine::grouped(one.accepted),
               engine::grouped(one.rejected), engine::grouped(one.failed),
               one.usd ? fmt::format("{:.4f} USD", *one.usd) : "not known",
               engine::age_text(now - one.changed_ms)});
  }
  return table;
}

}  // namespace

void add_runs_flags(CLI::App& app, runs_flags& flags) {
  app.add_option("directory", flags.directory, "where the runs are; default: runs")
      ->type_name("DIR");
  app.add_flag("--json", flags.json, "a JSON object for each run, a line each");
  app.footer(
      "Lists the run directories below DIR, or DIR if it is one: state (at work; done; failed "
      "samples: more than\n"
      "max_failed; stopped early; killed), samples by verdict, what all of them cost, judges\n"
      "included, and how long ago the ledger was written to. What is not done, the command of\n"
      "the run goes on with. A run at work is read as far as it is, and not disturbed:\n\n"
      "  retort runs\n"
      "  retort runs experiments --json | jq -r 'select(.state == \"stopped\").run'\n\n"
      "Exit status: 0 done; 2 no such directory.");
}

int runs_command(const runs_flags& flags) {
  const auto runs = engine::list_runs(flags.directory, [](const error& why) {
    io::print_line(stderr, "retort: left out: " + why.message);
  });
  if (!runs) return refuse(runs.error());
  if (flags.json) {
    for (const auto& one : *runs) io::print_line(stdout, json_of(one));
    return 0;
  }
  if (runs->empty()) io::print_line(stdout, "no runs in " + flags.directory);
  if (!runs->empty()) io::print_lines(stdout, table_of(*runs).text());
  return 0;
}

}  // namespace retort::tools
