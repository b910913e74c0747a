#include "engine/outputs/line_file.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>

#include "io/dataset/gzip_source.hpp"
#include "io/dataset/zstd_source.hpp"
#include "tests/support/memory_source.hpp"
#include "tests/support/written_lines.hpp"

using namespace retort;
using namespace retort::engine;

namespace {

std::string all_of(std::unique_ptr<io::byte_source> from) {
  std::string out, block(4096, '\0');
  for (;;) {
    const auto got = from->read(block);
    REQUIRE_MESSAGE(got.has_value(), got.error().message);
    if (*got == 0) return out;
    out.append(block, 0, *got);
  }
}

std::string unpacked(const std::string& name, const std::string& bytes) {
  if (name.ends_with(".gz")) return all_of(io::gunzip(test::from_memory(bytes)));
  if (name.ends_with(".zst")) return all_of(io::unzstd(test::from_memory(bytes)));
  return bytes;
}

std::vector<std::pair<sample, double>> many(std::size_t count) {
  std::vector<std::pair<sample, double>> out;
  for (std::size_t n = 0; n < count; ++n) {
    sample one;
    one.key.ordinal = count - n;
    one.id = std::to_string(n);
    one.messages = {{"user", fmt::format("{:0300} é", n * n * 7919)}};
    one.completion.text = "a";
    out.emplace_back(one, 1);
  }
  return out;
}

}  // namespace

TEST_CASE("what is packed unpacks to what would be written plainly, and always the same") {
  const config run = test::with_format("text");
  const auto samples = many(2'000);
  const std::string plain = test::written(run, samples).at("out.jsonl");
  for (const std::string name : {"out.jsonl.gz", "out.jsonl.zst"}) {
    CAPTURE(name);
    const std::string packed = test::written(run, samples, name).at(name);
    CHECK(packed.size() < plain.size() / 4);
    CHECK(unpacked(name, packed) == plain);
    CHECK(test::written(run, samples, name).at(name) == packed);
  }
  CHECK(unpacked("x.gz", test::written(run, {}, "x.gz").at("x.gz")) == "");
}

TEST_CASE("a file is left before it has more than it may, and the next goes on") {
  config run = test::with_format("text");
  const auto samples = many(8'000);
  for (const std::string ending : {".jsonl", ".csv", ".jsonl.gz"}) {
    CAPTURE(ending);
    run.outputs[0].shard_mb = 0;
    const std::string whole =
        unpacked("x" + ending, test::written(run, samples, "x" + ending).at("x" + ending));
    const std::string header = ending == ".csv" ? "text\r\n" : "";
    run.outputs[0].shard_mb = 1;
    std::string together = header;
    std::size_t number = 0;
    for (const auto& [name, bytes] : test::written(run, samples, "x" + ending)) {
      CHECK(name == fmt::format("x-{:05}{}", number++, ending));
      CHECK(bytes.size() <= 1'000'000);
      const std::string text = unpacked(name, bytes);
      CHECK(text.starts_with(header));
      together += text.substr(header.size());
    }
    CHECK(together == whole);
    CHECK((number > 2 || ending == ".jsonl.gz"));
  }
}

TEST_CASE("in the dataset's order lines stand as their records do, whatever came first") {
  config run = test::with_format("text");
  const auto samples = many(1'000);
  const std::string as_finished = test::written(run, samples).at("out.jsonl");
  run.outputs[0].in_dataset_order = true;
  auto other_way = samples;
  std::ranges::reverse(other_way);
  CHECK(test::written(run, samples).at("out.jsonl") != as_finished);
  CHECK(test::written(run, samples) == test::written(run, other_way));
  run.outputs[0].in_dataset_order = false;
  const std::string as_in_dataset = test::written(run, other_way).at("out.jsonl");
  run.outputs[0].in_dataset_order = true;
  CHECK(test::written(run, samples).at("out.jsonl") == as_in_dataset);
}

TEST_CASE("what is rejected stands in the order of its output, by step where there are several") {
  config run = test::with_format("text");
  run.outputs[0].rejected = true;
  auto samples = many(10);
  for (auto& [one, score] : samples) {
    one.rejected = reject_reason::incorrect;
    one.key.step = one.key.ordinal % 2;
    one.key.ordinal /= 2;
  }
  auto other_way = samples;
  std::ranges::reverse(other_way);
  const auto rejected = [&run](const auto& of) {
    return test::written(run, of, "out.jsonl", 1).at("out.rejected.jsonl");
  };
  const std::string as_in_dataset = rejected(other_way);
  CHECK(rejected(samples) != as_in_dataset);
  run.outputs[0].in_dataset_order = true;
  CHECK(rejected(samples) == as_in_dataset);
}
