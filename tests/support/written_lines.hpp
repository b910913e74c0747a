// What an output's file comes to hold of some samples, without a run. One thread.
#pragma once

#include <doctest/doctest.h>

#include <map>
#include <string>
#include <vector>

#include "engine/outputs/outputs.hpp"
#include "tests/support/ledger_lines.hpp"
#include "tests/support/temporary_directory.hpp"

namespace retort::test {

// A config whose one output has this format.
inline engine::config with_format(const std::string& format) {
  engine::config run;
  run.run = "t";
  run.prompt.user = "{{q}}";
  run.models.resize(1);
  run.models[0].model = "m";
  run.samples.n = 4;
  run.outputs[0].format = format;
  return run;
}

struct rendered {
  std::string lines;
  std::string rule;  // that was broken
};

inline rendered render(const engine::config& run, const engine::sample& of) {
  rendered out;
  const auto views = engine::views_of(run);
  out.rule = views[0]->render(of, out.lines);
  return out;
}

// The first output's files, by name, or those of another view of the config's: each sample with the
// score that goes with it, record by record.
inline std::map<std::string, std::string> written(
    engine::config run, const std::vector<std::pair<engine::sample, double>>& samples,
    const std::string& name = "out.jsonl", std::size_t which = 0) {
  const temporary_directory directory;
  run.run_dir = directory.path();
  run.outputs[0].path = directory.path() + "/" + name;
  const auto views = engine::views_of(run);
  engine::view_files files;
  auto writer = views[which]->begin(files);
  REQUIRE(writer.has_value());
  for (std::size_t n = 0; n < samples.size(); ++n) {
    const auto& [one, score] = samples[n];
    std::string text;
    views[which]->render(one, text);
    engine::view_change change{
        .key = one.key, .verdict = one.verdict(), .rejected = one.rejected, .score = score};
    if (score >= 0) change.is_right = score >= 1;
    if (one.rejected == engine::reject_reason::no_output) change.is_right = false;
    if (!text.empty()) REQUIRE((*writer)->take(change, text).has_value());
    const bool is_last =
        n + 1 == samples.size() || samples[n + 1].first.key.ordinal != one.key.ordinal;
    if (is_last) REQUIRE((*writer)->settle(one.key).has_value());
  }
  REQUIRE((*writer)->finish().has_value());
  REQUIRE(files.finish().has_value());
  std::map<std::string, std::string> out;
  for (const auto& each : files.closed()) {
    out[each.path.substr(directory.path().size() + 1)] = content_of(each.path);
  }
  return out;
}

}  // namespace retort::test
