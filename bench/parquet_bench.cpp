// What Parquet costs beside the JSON lines that go in and come out, by which it is counted:
// conversations of 2 KB. One core.
#include <benchmark/benchmark.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <random>
#include <string>
#include <vector>

#include "io/base/json_writer.hpp"
#include "io/parquet/parquet_module.hpp"

using namespace retort;
using io::column_type;

namespace {

class kept_bytes final : public io::byte_taker {
 public:
  result<void> take(std::string_view bytes) override {
    all += bytes;
    return {};
  }
  std::string all;
};

class counted_bytes final : public io::byte_taker {
 public:
  result<void> take(std::string_view bytes) override {
    all += bytes.size();
    return {};
  }
  std::size_t all = 0;
};

std::string prose(std::size_t bytes, std::mt19937_64& random) {
  std::string out;
  // Few words often, many seldom, as in a language.
  while (out.size() < bytes) {
    std::uint64_t word = random() % (1 << (4 + random() % 11));
    for (word = word * 0x9e3779b97f4a7c15 >> 40; word > 0; word /= 23)
      out += static_cast<char>('a' + word % 23);
    out += random() % 12 ? ' ' : '\n';
  }
  return out;
}

std::vector<std::string> conversations(std::size_t count) {
  std::mt19937_64 random(1);
  std::vector<std::string> out;
  for (std::size_t n = 0; n < count; ++n) {
    io::json_writer json(out.emplace_back());
    json.open_object();
    json.key("messages");
    json.open_array();
    for (const auto& [role, bytes] : {std::pair{"user", 500}, std::pair{"assistant", 1500}}) {
      json.open_object();
      json.member("role", role);
      json.member("content", prose(bytes, random));
      json.close_object();
    }
    json.close_array();
    json.member("level", n);
    json.close_object();
  }
  return out;
}

const io::parquet_column message = {"", column_type::record, {{"role"}, {"content"}}};
const std::vector<io::parquet_column> columns = {{"messages", column_type::list, {message}},
                                                 {"level", column_type::whole}};

constexpr std::size_t group_bytes = std::size_t{32} << 20;

std::size_t write(const io::parquet_module& with, const std::vector<std::string>& lines,
                  io::byte_taker& to) {
  const auto table = with.write(columns, to).value();
  std::size_t all = 0, in_group = 0;
  for (const std::string& line : lines) {
    table->append(line).value();
    all += line.size();
    in_group += line.size();
    if (in_group < group_bytes) continue;
    table->end_group().value();
    in_group = 0;
  }
  table->finish().value();
  return all;
}

void parquet_write(benchmark::State& state) {
  const auto module = io::load_parquet_module();
  if (!module) return state.SkipWithError(module.error().message.c_str());
  const auto lines = conversations(50'000);
  std::int64_t bytes = 0;
  std::size_t packed = 0;
  for (auto _ : state) {
    counted_bytes out;
    bytes += static_cast<std::int64_t>(write(**module, lines, out));
    packed = out.all;
  }
  state.SetBytesProcessed(bytes);
  state.counters["packed"] = static_cast<double>(packed);
}

void parquet_read(benchmark::State& state) {
  const auto module = io::load_parquet_module();
  if (!module) return state.SkipWithError(module.error().message.c_str());
  kept_bytes out;
  write(**module, conversations(50'000), out);
  const auto path = std::filesystem::temp_directory_path() /
                    ("retort-bench-" + std::to_string(::getpid()) + ".parquet");
  std::ofstream(path, std::ios::binary) << out.all;
  std::int64_t bytes = 0;
  for (auto _ : state) {
    const auto file = (*module)->read(path.string()).value();
    io::row_texts rows;
    while (file->next(rows).value()) bytes += static_cast<std::int64_t>(rows.bytes.size());
  }
  state.SetBytesProcessed(bytes);
  std::filesystem::remove(path);
}

}  // namespace

BENCHMARK(parquet_write)->Unit(benchmark::kMillisecond);
BENCHMARK(parquet_read)->Unit(benchmark::kMillisecond);
