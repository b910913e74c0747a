#include "tools/manual_page.hpp"

#include <doctest/doctest.h>

#include "tests/support/places.hpp"
#include "tests/support/rehearsal.hpp"

using namespace retort;
using namespace retort::test;

namespace {

outcome answer_to(std::vector<std::string> words) {
  const rehearsal nothing(0);
  return finish(nothing.start(std::move(words)));
}

bool mentions(const std::string& text, std::string_view what) {
  return text.find(what) != std::string::npos;
}

}  // namespace

TEST_CASE("the manual page has every command and every key, and no line is a request by mistake") {
  const outcome page = answer_to({"man"});
  CHECK(page.status == 0);
  CHECK(page.output.starts_with(".TH RETORT 1 "));
  CHECK(mentions(page.output, "\n.SS \"retort inspect [OPTIONS] RUN\"\n"));
  CHECK(mentions(page.output, "\n\\fB\\-\\-help\\-config\\fR\n"));
  CHECK(mentions(page.output, "\nfilter.only_correct "));
  CHECK(mentions(page.output, "\\eboxed") ==
        mentions(answer_to({"run", "--help-config"}).output, "\\boxed"));
  std::size_t requests = 0;
  for (std::size_t at = 0; (at = page.output.find("\n.", at)) != std::string::npos; ++at) {
    const std::string name = page.output.substr(at + 2, 2);
    const bool is_known = name == "SH" || name == "SS" || name == "TP" || name == "PP" ||
                          name == "nf" || name == "fi";
    CAPTURE(name);
    CHECK(is_known);
    ++requests;
  }
  CHECK(requests > 100);
}

TEST_CASE("a page that does not arrive is no success, and a reader that had enough is one") {
  const rehearsal all(4);
  for (const char* shard : {"0/2", "1/2"}) REQUIRE(all.run({"--shard", shard}).status == 0);
  const auto said = [&](const std::string& words, const std::string& where) {
    const std::string line = "set -o pipefail; " + in_build("retort") + " " + words + where;
    return finish(child_process({.words = {"/bin/bash", "-c", line},
                                 .environment = {},
                                 .directory = all.files().path(),
                                 .output = all.path("out"),
                                 .errors = all.path("errors"),
                                 .input = {}}));
  };
  for (const char* words :
       {"merge run", "man", "run --help-config", "completion bash", "--help", "--version",
        "merge --help", "status run", "status run --json", "runs .", "runs . --json", "report run",
        "inspect run", "compare run", "export run.yaml", "submit run.yaml --tasks 2 --print"}) {
    CAPTURE(words);
    const outcome lost = said(words, " >/dev/full");
    CHECK(lost.status == 2);
    CHECK(lost.errors == "retort: standard output: cannot write: No space left on device\n");
    const outcome enough = said(words, " | true");
    CHECK(enough.status == 0);
    CHECK(enough.errors == "");
  }
}
