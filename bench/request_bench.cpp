// From messages to the bytes on the wire: the dialect's body, and the request that holds it.
#include <benchmark/benchmark.h>

#include "bench/fixtures.hpp"
#include "io/http/http_client.hpp"
#include "io/http/http_wire.hpp"
#include "providers/dialects/openai_chat.hpp"

namespace retort::bench {
namespace {

const providers::openai_chat dialect;

void build_body(benchmark::State& state) {
  const std::vector<providers::message> messages = {{"user", question(1)}};
  const providers::sampling sampling = {0.7, std::nullopt, 512};
  std::string body;
  for (auto _ : state) {
    body.clear();
    dialect.append_body({"gpt-5.6-luna", messages, sampling}, body);
    benchmark::DoNotOptimize(body.data());
  }
}
BENCHMARK(build_body);

void make_request(benchmark::State& state) {
  io::asio::io_context context{1};
  io::http_endpoint to;
  to.base = io::parse_url("http://localhost:8000/v1").value();
  to.target = dialect.target("gpt-5.6-luna", providers::delivery::whole);
  to.content_type = "application/json";
  to.headers = dialect.headers("sk-no-key-at-all");
  const auto client = io::http_client::make(context.get_executor(), to).value();
  const std::string body(160, 'x');
  for (auto _ : state) {
    const io::http_request made = client->request(body);
    io::unsent_bytes rest(made);
    benchmark::DoNotOptimize(rest.front());
  }
}
BENCHMARK(make_request);

}  // namespace
}  // namespace retort::bench
