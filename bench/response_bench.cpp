// From the bytes on the wire to a completion: HTTP alone, then the dialect alone.
#include <benchmark/benchmark.h>

#include "bench/fixtures.hpp"
#include "io/http_parser.hpp"
#include "providers/openai_chat.hpp"

namespace retort::bench {
namespace {

void parse_http(benchmark::State& state) {
  for (auto _ : state) {
    io::http_response response;
    io::http_parser parser(&response);
    benchmark::DoNotOptimize(parser.feed(response_bytes));
    if (!parser.done()) state.SkipWithError("not a whole response");
  }
}
BENCHMARK(parse_http);

void parse_completion(benchmark::State& state) {
  const providers::openai_chat dialect;
  const auto now = std::chrono::system_clock::now();
  io::http_response response;
  response.status = 200;
  response.body = padded(response_body);
  for (auto _ : state) {
    const auto outcome = dialect.parse(response, now);
    if (!outcome) state.SkipWithError("not a completion");
  }
}
BENCHMARK(parse_completion);

}  // namespace
}  // namespace retort::bench
