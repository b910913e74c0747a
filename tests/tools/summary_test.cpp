#include "tools/summary.hpp"

#include <doctest/doctest.h>
#include <simdjson.h>

#include <array>

#include "tests/support/ledger_lines.hpp"
#include "tests/support/places.hpp"

using namespace retort;
using engine::exit_status;
using engine::run_summary;

namespace {

run_summary ended(exit_status status) {
  run_summary made;
  made.status = status;
  made.reason = "why";
  made.counts.accepted = 3;
  made.counts.failed = 2;
  made.directory = "run";
  made.views = {{engine::view_kind::exported, "out.jsonl", 3}};
  return made;
}

// What stands behind the last line about files.
std::string closing(const run_summary& of) {
  const std::string text = tools::summary_text(of);
  const auto at = text.find(" exported to " + of.views[0].path + "\n");
  REQUIRE(at != std::string::npos);
  return text.substr(text.find('\n', at) + 1);
}

}  // namespace

TEST_CASE("a run that is done is ready for fine-tuning where something was accepted") {
  run_summary of = ended(exit_status::done);
  CHECK(closing(of) == "ready for fine-tuning\n");
  of.counts.accepted = 0;
  CHECK(closing(of) == "nothing was accepted: there is no training data\n");
}

TEST_CASE("a bill says that it lacks attempts whose tokens nobody told") {
  run_summary of = ended(exit_status::done);
  of.last.usd = 0.5;
  CHECK(tools::summary_text(of).find("\nthis process used 0.5000 USD\n") != std::string::npos);
  of.untold = 3;
  CHECK(tools::summary_text(of).find(
            "\nthis process used 0.5000 USD, beside 3 attempts whose tokens nobody told\n") !=
        std::string::npos);
}

TEST_CASE("an output in several files is named by all of them") {
  run_summary of = ended(exit_status::done);
  of.views = {{engine::view_kind::exported, "a-00000/data-00000.jsonl.gz", 3, {}, true}};
  const std::string text = tools::summary_text(of);
  CHECK(text.find("\n3 exported to a-00000/data-*.jsonl.gz\n") != std::string::npos);
}

TEST_CASE("what may not be on the disk is not said to be exported") {
  run_summary of = ended(exit_status::stopped);
  CHECK(tools::summary_text(of).find("exported to") != std::string::npos);
  of.is_exported = false;
  CHECK(tools::summary_text(of).find("exported to") == std::string::npos);
}

TEST_CASE("a shard, which has no outputs, is not said to be ready for anything") {
  run_summary of = ended(exit_status::done);
  of.views.clear();
  CHECK(tools::summary_text(of).ends_with(
      "a shard is done: `retort merge RUN` makes the outputs, once all of them are\n"));
}

TEST_CASE("how a stopped run goes on is said as it is") {
  const auto line = [](const auto& change) {
    run_summary of = ended(exit_status::stopped);
    change(of);
    return closing(of);
  };
  const std::string begin = "stopped early: why\nnothing finished is lost; ";
  CHECK(line([](run_summary&) {}) == begin + "the same command resumes\n");
  CHECK(line([](run_summary& of) { of.is_fresh = true; }) ==
        begin + "the same command without --fresh resumes\n");
  CHECK(line([](run_summary& of) { of.is_piped = true; }) ==
        begin + "the same command, with the same input, resumes\n");
  CHECK(line([](run_summary& of) { of.over_budget = true; }) ==
        begin + "the same command, once budget is raised, resumes\n");
  CHECK(line([](run_summary& of) { of.status = exit_status::bad_input; }) ==
        begin + "the same command, once that is mended, resumes\n");
  CHECK(line([](run_summary& of) { of.views[0].path = "-"; }) ==
        begin + "the same command resumes, and writes its output from the first line again\n");
  CHECK(line([](run_summary& of) { of.is_whole = false; }) ==
        "stopped early: why\nwhat the ledger holds is kept; the same command resumes\n");
}

TEST_CASE("failed samples are tried again by what resumes the run") {
  run_summary of = ended(exit_status::samples_failed);
  of.is_fresh = true;
  CHECK(closing(of) ==
        "2 samples failed; their errors stand in run/ledger.jsonl, and the same command without "
        "--fresh tries those again whose error may pass\n");
}

TEST_CASE("every member of the summary's JSON is explained on its page") {
  run_summary of = ended(exit_status::done);
  of.spent_tokens = 7;
  of.spent_usd = 0.5;
  of.last.usd = 1;
  of.views.push_back({engine::view_kind::rejected, "rejected.jsonl", 2});
  of.counts.judges.add(std::array{0.5, 1.0});
  const std::string page = test::content_of(test::in_source("engine/record/events.md"));
  simdjson::dom::parser parser;
  simdjson::dom::object members;
  REQUIRE(!parser.parse(tools::summary_json(of)).get(members));
  for (const auto& [key, value] : members) {
    CAPTURE(key);
    CHECK(page.find('`' + std::string(key) + '`') != std::string::npos);
  }
}
