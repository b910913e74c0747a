// A streamed answer, from its bytes to the joined completion: events alone, then each dialect's.
#include <benchmark/benchmark.h>

#include <memory>

#include "bench/fixtures.hpp"
#include "providers/dialects/registry.hpp"
#include "providers/stream/sse.hpp"

namespace retort::bench {
namespace {

constexpr std::size_t delta_count = 200;

// What a connection gives at a time, about.
constexpr std::size_t read_size = 16'384;

std::string chat_event(std::string_view content) {
  return fmt::format(
      R"(data: {{"id":"chatcmpl-B9MBs8CjcvOU2jLn4n570S5qMJKcT","object":"chat.completion.chunk",)"
      R"("created":1741569952,"model":"gpt-5.6-luna-2026-07-09","service_tier":"default",)"
      R"("system_fingerprint":"fp_0123456789","choices":[{{"index":0,"delta":{{"content":"{}"}},)"
      R"("logprobs":null,"finish_reason":null}}],"usage":null}})"
      "\n\n",
      content);
}

std::string chat_stream() {
  std::string all;
  for (std::size_t i = 0; i < delta_count; ++i) all += chat_event(" token");
  return all + R"(data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]})"
               "\n\ndata: [DONE]\n\n";
}

std::string anthropic_stream() {
  std::string all;
  for (std::size_t i = 0; i < delta_count; ++i) {
    all +=
        "event: content_block_delta\ndata: "
        R"({"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":" token"}})"
        "\n\n";
  }
  return all +
         "event: message_delta\ndata: "
         R"({"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":9}})"
         "\n\nevent: message_stop\ndata: {\"type\":\"message_stop\"}\n\n";
}

std::string gemini_stream() {
  std::string all;
  for (std::size_t i = 0; i < delta_count; ++i) {
    all += fmt::format(
        R"(data: {{"candidates":[{{"content":{{"parts":[{{"text":" token"}}],"role":"model"}},)"
        R"({}"index":0}}],"usageMetadata":{{"promptTokenCount":20,"candidatesTokenCount":{},)"
        R"("totalTokenCount":99}},"modelVersion":"gemini-3.6-flash","responseId":"r1"}})"
        "\n\n",
        i + 1 == delta_count ? R"("finishReason":"STOP",)" : "", i + 1);
  }
  return all;
}

template <class Each>
void for_reads(std::string_view stream, const Each& each) {
  for (std::size_t at = 0; at < stream.size(); at += read_size) each(stream.substr(at, read_size));
}

void count(benchmark::State& state, std::size_t bytes) {
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(delta_count));
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(bytes));
}

void split_events(benchmark::State& state) {
  const std::string stream = chat_stream();
  for (auto _ : state) {
    std::size_t size = 0;
    providers::sse_parser parser;
    const auto add = [&](const providers::sse_event& event) { size += event.data.size(); };
    for_reads(stream, [&](std::string_view bytes) { parser.feed(bytes, add); });
    benchmark::DoNotOptimize(size);
  }
  count(state, stream.size());
}
BENCHMARK(split_events);

void join_stream(benchmark::State& state, const char* provider, std::string (*make)()) {
  const std::string stream = make();
  const providers::dialect& dialect = *providers::find_dialect(provider);
  const auto now = std::chrono::system_clock::now();
  io::http_response head;
  head.status = 200;
  for (auto _ : state) {
    const auto reader = dialect.read_stream();
    for_reads(stream, [&](std::string_view bytes) { reader->feed(bytes); });
    const auto answer = reader->finish(head, now);
    if (!answer || answer->text.size() != 6 * delta_count) state.SkipWithError("misread");
  }
  count(state, stream.size());
}
BENCHMARK_CAPTURE(join_stream, openai, "openai", chat_stream);
BENCHMARK_CAPTURE(join_stream, anthropic, "anthropic", anthropic_stream);
BENCHMARK_CAPTURE(join_stream, gemini, "gemini", gemini_stream);

}  // namespace
}  // namespace retort::bench
