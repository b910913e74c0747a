#include "engine/outputs/parquet_packer.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "tests/support/parquet.hpp"
#include "tests/support/temporary_directory.hpp"
#include "tests/support/written_lines.hpp"

using namespace retort;
using namespace retort::engine;
using namespace retort::test;

namespace {

std::string line(int n) { return fmt::format("{{\"a\":\"{:090}\"}}\n", n); }

// How many lines it takes until bytes come out, packed in groups of so many bytes.
int lines_until_bytes(std::size_t group) {
  const temporary_directory directory;
  auto sink = io::sink::go_over(directory.path() + "/a.parquet");
  REQUIRE(sink.has_value());
  const auto packer = make_parquet_packer({{"a"}}, *sink, group);
  REQUIRE(packer.has_value());
  const auto begun = sink->size();
  int lines = 0;
  while (sink->size() == begun) REQUIRE((*packer)->append(line(lines++), *sink).has_value());
  return lines;
}

std::vector<std::pair<sample, double>> long_samples(std::size_t count) {
  std::vector<std::pair<sample, double>> out;
  std::uint64_t random = 1;
  for (std::size_t n = 0; n < count; ++n) {
    sample one;
    one.key.ordinal = n;
    one.id = std::to_string(n);
    std::string text;
    for (int word = 0; word < 50; ++word) {
      random = random * 6364136223846793005 + 1442695040888963407;
      text += fmt::format("{:x} ", random);
    }
    one.messages = {{"user", text}};
    one.completion.text = fmt::format("naïve {} \n \"", n);
    out.emplace_back(one, 1);
  }
  return out;
}

}  // namespace

TEST_CASE("a group of Parquet ends with the line that fills it, and nowhere else") {
  if (!has_parquet()) return;
  CHECK(lines_until_bytes(1) == 1);
  CHECK(lines_until_bytes(line(0).size()) == 1);
  CHECK(lines_until_bytes(line(0).size() + 1) == 2);
  CHECK(lines_until_bytes(10 * line(0).size()) == 10);
}

TEST_CASE(
    "shards of Parquet are files of their own, of the same columns, about as large as is said") {
  if (!has_parquet()) return;
  config run = with_format("messages");
  run.outputs[0].shard_mb = 1;
  const auto samples = long_samples(6'000);
  const auto files = written(run, samples, "out.parquet");
  REQUIRE(files.size() >= 3);
  CHECK(written(run, samples, "out.parquet") == files);
  const temporary_directory directory;
  std::size_t rows = 0;
  for (const auto& [name, bytes] : files) {
    CAPTURE(name);
    CHECK(bytes.size() < 1'150'000);
    if (name != files.rbegin()->first && name != "out.parquet") CHECK(bytes.size() > 900'000);
    const auto all = rows_of_parquet(directory.file(name, bytes));
    REQUIRE(!all.empty());
    CHECK(all[0].starts_with(R"({"messages":[{"role":"user","content":")"));
    rows += all.size();
  }
  CHECK(rows == samples.size());
}

TEST_CASE("a run without any sample leaves a table without rows, which is one") {
  if (!has_parquet()) return;
  const auto files = written(with_format("messages"), {}, "out.parquet");
  const temporary_directory directory;
  CHECK(rows_of_parquet(directory.file("a.parquet", files.at("out.parquet"))).empty());
}
