// The ledger: making a sample's line, handing it to the log, and the scan that a resume begins
// with.
#include <benchmark/benchmark.h>

#include "bench/fixtures.hpp"
#include "engine/sample/line_reader.hpp"
#include "engine/sample/line_writer.hpp"
#include "io/ledger/ledger_log.hpp"

namespace retort::bench {
namespace {

constexpr std::size_t lines = 20'000;

void write_line(benchmark::State& state) {
  const auto done = finished_sample(run_config("runs/bench"), 1);
  std::string line;
  for (auto _ : state) {
    line.clear();
    engine::append_ledger_line(done, line);
    benchmark::DoNotOptimize(line.data());
  }
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations() * line.size()));
}
BENCHMARK(write_line);

// What the engine's thread pays for a line, while the log's own writes and syncs.
void append_to_log(benchmark::State& state) {
  const scratch_directory scratch;
  const auto log = io::ledger_log::open(scratch.path_of("ledger.jsonl"), {}).value();
  const std::string line = ledger_line(finished_sample(run_config("runs/bench"), 1));
  for (auto _ : state) log->append(line);
  log->close().value();
}
BENCHMARK(append_to_log)->Iterations(200'000);  // 150 MB

std::string write_ledger(const scratch_directory& scratch) {
  const std::string path = scratch.path_of("ledger.jsonl");
  const auto log = io::ledger_log::open(path, {}).value();
  auto done = finished_sample(run_config(scratch.path()), 0);
  for (; done.key.ordinal < lines; ++done.key.ordinal) log->append(ledger_line(done));
  log->close().value();
  return path;
}

void scan_ledger(benchmark::State& state) {
  const scratch_directory scratch;
  const std::string path = write_ledger(scratch);
  for (auto _ : state) {
    std::size_t accepted = 0;
    const auto visit = [&accepted](const io::ledger_line& line) {
      accepted += engine::read_line_head(line.text).value().verdict == engine::verdict::accepted;
      return true;
    };
    io::scan_ledger(path, visit).value();
    if (accepted != lines) state.SkipWithError("lines are missing");
  }
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations() * lines));
}
BENCHMARK(scan_ledger)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace retort::bench
