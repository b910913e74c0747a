// From the bytes on the wire to a completion: HTTP alone, then the dialect alone.
#include <benchmark/benchmark.h>

#include "bench/fixtures.hpp"
#include "io/http/http_parser.hpp"
#include "providers/dialects/openai_chat.hpp"
#include "providers/failure/rate_limits.hpp"

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

// One answer, with a text of so many bytes behind its own.
void parse_completion(benchmark::State& state) {
  const providers::openai_chat dialect;
  const auto now = std::chrono::system_clock::now();
  io::http_response response;
  response.status = 200;
  std::string body(response_body);
  const std::string longer(static_cast<std::size_t>(state.range(0)), 'a');
  body.insert(body.find("\"content\":") + 12, longer);
  response.body = padded(body);
  for (auto _ : state) {
    const auto outcome = dialect.parse(response, now);
    if (!outcome) state.SkipWithError("not a completion");
  }
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(body.size()));
}
BENCHMARK(parse_completion)->Arg(0)->Arg(4'000);

constexpr std::string_view plain_fields =
    "date: Sat, 22 Nov 2025 10:00:00 GMT\ncontent-type: application/json\n"
    "content-length: 502\nconnection: keep-alive\nserver: uvicorn\n"
    "x-request-id: req_0123456789abcdef0123456789abcdef\n"
    "strict-transport-security: max-age=31536000; includeSubDomains; preload\n"
    "openai-processing-ms: 512\nopenai-version: 2020-10-01\nalt-svc: h3=\":443\"; ma=86400\n";

constexpr std::string_view openai_limits =
    "x-ratelimit-limit-requests: 10000\nx-ratelimit-limit-tokens: 2000000\n"
    "x-ratelimit-remaining-requests: 9999\nx-ratelimit-remaining-tokens: 1999959\n"
    "x-ratelimit-reset-requests: 6ms\nx-ratelimit-reset-tokens: 1ms\n";

void read_rate_limits(benchmark::State& state, std::string_view limits) {
  const auto now = std::chrono::system_clock::now();
  io::http_response response;
  response.headers = std::string(plain_fields).append(limits);
  for (auto _ : state) {
    const auto read = providers::read_rate_limits(response, now);
    if (read.any() == limits.empty()) state.SkipWithError("misread");
    benchmark::DoNotOptimize(read);
  }
}
BENCHMARK_CAPTURE(read_rate_limits, none, "");
BENCHMARK_CAPTURE(read_rate_limits, openai, openai_limits);

}  // namespace
}  // namespace retort::bench
