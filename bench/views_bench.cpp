// Folding ledger lines into the training file.
#include <benchmark/benchmark.h>

#include "bench/fixtures.hpp"
#include "engine/outputs/outputs.hpp"
#include "engine/views/view_fold.hpp"

namespace retort::bench {
namespace {

// Every line is of another record: a fold passes over what it has seen.
std::vector<std::string> ledger_lines(const engine::config& run, std::size_t count) {
  auto done = finished_sample(run, 0);
  std::vector<std::string> lines;
  for (; done.key.ordinal < count; ++done.key.ordinal) lines.push_back(padded(ledger_line(done)));
  return lines;
}

void fold_views(benchmark::State& state) {
  const scratch_directory scratch;
  const auto run = run_config(scratch.path());
  const auto assess = engine::assessor::make(run).value();
  const auto views = engine::views_of(run);
  const auto lines = ledger_lines(run, 20'000);
  for (auto _ : state) {
    engine::view_files files;
    auto fold = engine::view_fold::open(run, &assess, views, files).value();
    for (const auto& line : lines) fold.take(line).value();
    fold.flush().value();
    if (fold.counts().accepted != lines.size()) state.SkipWithError("lines are missing");
  }
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations() * lines.size()));
}
BENCHMARK(fold_views)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace retort::bench
