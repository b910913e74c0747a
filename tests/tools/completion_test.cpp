#include "tools/completion.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <filesystem>
#include <sstream>

#include "tests/support/child_process.hpp"
#include "tests/support/places.hpp"
#include "tests/support/rehearsal.hpp"

using namespace retort;
using namespace retort::test;

namespace {

using names = std::vector<std::string>;

outcome bash(const temporary_directory& place, const std::string& script) {
  command what;
  what.words = {"/bin/bash", "-c", script};
  what.environment["PATH"] = in_build("") + ":/usr/bin:/bin";
  what.directory = place.path();
  what.output = place.path() + "/.output";
  what.errors = place.path() + "/.errors";
  return finish(child_process(what));
}

// What bash offers in place of the last of the words, as its readline parts them.
names offered(const temporary_directory& place, const names& words) {
  const outcome left = bash(
      place, fmt::format("source <(retort completion bash)\n"
                         "complete -p retort >/dev/null || exit 1\n"
                         "compopt() {{ :; }}\n"  // of a completion under way alone
                         "COMP_WORDS=({0}) COMP_CWORD={1}\n"
                         "_retort retort \"{2}\" \"{3}\"\n"
                         "((${{#COMPREPLY[@]}})) && printf '%s\\n' \"${{COMPREPLY[@]}}\"; true",
                         fmt::join(words, " "), words.size() - 1,
                         words.back() == "\"\"" ? "" : words.back(), words[words.size() - 2]));
  CHECK(left.errors == "");
  CHECK(left.status == 0);
  names out;
  std::istringstream lines(left.output);
  for (std::string line; std::getline(lines, line);) out.push_back(line);
  std::ranges::sort(out);
  return out;
}

bool has(const names& all, const std::string& one) {
  return std::ranges::find(all, one) != all.end();
}

}  // namespace

TEST_CASE("bash completes commands, options, configs, files, runs, choices and keys") {
  const temporary_directory place;
  place.file("first.yaml", "");
  place.file("folder/second.yml", "");
  place.file("data.jsonl", "");
  place.file("runs/sums/ledger.jsonl", "");
  CHECK(offered(place, {"retort", "re"}) == names{"report"});
  CHECK(offered(place, {"retort", "run", "--on"}) == names{"--only-correct"});
  CHECK(offered(place, {"retort", "run", "\"\""}) == names{"first.yaml", "folder", "runs"});
  CHECK(offered(place, {"retort", "run", "folder/"}) == names{"folder/second.yml"});
  CHECK(offered(place, {"retort", "run", "first.yaml", "--output", "da"}) == names{"data.jsonl"});
  CHECK(offered(place, {"retort", "run", "--output", "=", "da"}) == names{"data.jsonl"});
  CHECK(offered(place, {"retort", "run", "--metrics", "da"}) == names{"data.jsonl"});
  CHECK(offered(place, {"retort", "report", "su"}) == names{"sums"});
  CHECK(offered(place, {"retort", "mock", "--answer", "\"\""}) == names{"echo", "json", "text"});
  CHECK(offered(place, {"retort", "run", "--limit", "\"\""}) == names{});
  CHECK(has(offered(place, {"retort", "run", "--set", "models.0.li"}), "models.0.limits.rpm="));
  CHECK(offered(place, {"retort", "run", "--set", "filter.only"}) == names{"filter.only_correct="});
  CHECK(offered(place, {"retort", "run", "--set", "durability", "=", "f"}) == names{});
  CHECK(offered(place, {"retort", "run", "--set", "durability", "\"\""}) == names{});
}

TEST_CASE("every command is completed, and completion of a shell that there is not is refused") {
  const temporary_directory place;
  const outcome help = bash(place, "retort --help");
  const names commands = offered(place, {"retort", "\"\""});
  CHECK(commands.size() >= 12);
  for (const std::string& one : commands) {
    CAPTURE(one);
    CHECK(help.output.find(one) != std::string::npos);
  }
  CHECK(bash(place, "retort completion tcsh").status == 2);
  for (const std::string& shell : tools::shells) {
    const outcome script = bash(place, "retort completion " + shell);
    CHECK(script.status == 0);
    CHECK(script.output.find("only-correct") != std::string::npos);
    CHECK(script.output.find("models.0.limits.rpm=") != std::string::npos);
  }
}
