// Reading rows: JSON Lines and CSV, from a file that the page cache holds.
#include <benchmark/benchmark.h>

#include "bench/fixtures.hpp"
#include "io/dataset/dataset.hpp"

namespace retort::bench {
namespace {

constexpr std::size_t rows = 20'000;

std::string jsonl() {
  std::string text;
  for (std::size_t n = 0; n < rows; ++n) text += jsonl_row(n);
  return text;
}

std::string csv() {
  std::string text = "id,question,answer\r\n";
  for (std::size_t n = 0; n < rows; ++n) text += csv_row(n);
  return text;
}

std::size_t read_all(const std::string& path) {
  auto reader = io::dataset_reader::open({path}).value();
  std::size_t count = 0;
  while (reader.next().value()) ++count;
  return count;
}

void read_file(benchmark::State& state, const std::string& name, const std::string& text) {
  const scratch_directory scratch;
  const std::string path = scratch.write(name, text);
  for (auto _ : state) {
    if (read_all(path) != rows) state.SkipWithError("rows are missing");
  }
  const auto passes = static_cast<std::int64_t>(state.iterations());
  state.SetItemsProcessed(passes * static_cast<std::int64_t>(rows));
  state.SetBytesProcessed(passes * static_cast<std::int64_t>(text.size()));
}

void read_jsonl(benchmark::State& state) { read_file(state, "rows.jsonl", jsonl()); }
BENCHMARK(read_jsonl)->Unit(benchmark::kMicrosecond);

void read_csv(benchmark::State& state) { read_file(state, "rows.csv", csv()); }
BENCHMARK(read_csv)->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace retort::bench
