// What filter.unique takes for a text of 1 KB that is like none before: time, and bytes held.
#include <benchmark/benchmark.h>

#include <chrono>
#include <fstream>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "engine/filters/known_texts.hpp"

using namespace retort;

namespace {

double resident_bytes() {
  std::ifstream file("/proc/self/statm");
  double whole = 0, resident = 0;
  file >> whole >> resident;
  return resident * 4096;
}

std::string word(std::mt19937_64& random) {
  std::string out(3 + random() % 6, ' ');
  for (char& c : out) c = static_cast<char>('a' + random() % 26);
  return out;
}

std::string text(const std::vector<std::string>& words, std::mt19937_64& random) {
  std::string out;
  while (out.size() < 1000) out += words[random() % words.size()] + ' ';
  return out;
}

// near: 0.8 by MinHash; else exact.
void known_texts(benchmark::State& state, bool near) {
  using clock = std::chrono::steady_clock;
  std::mt19937_64 random(1);
  std::vector<std::string> words(5000);
  for (auto& each : words) each = word(random);
  engine::known_texts known(near ? std::optional(0.8) : std::nullopt);
  const double before = resident_bytes();
  std::size_t count = 0;
  for (auto _ : state) {
    const std::string one = text(words, random);
    const auto begin = clock::now();
    const auto trace = known.trace_of(one);
    if (known.find(trace)) state.SkipWithError("met one like it");
    known.add(trace, std::to_string(count++));
    state.SetIterationTime(std::chrono::duration<double>(clock::now() - begin).count());
  }
  state.counters["bytes"] = (resident_bytes() - before) / static_cast<double>(count);
}

}  // namespace

BENCHMARK_CAPTURE(known_texts, exact, false)->Iterations(1'000'000)->UseManualTime();
BENCHMARK_CAPTURE(known_texts, near, true)->Iterations(200'000)->UseManualTime();
