// Questions that are too large for their model: failed, or asked with less (on_overflow), and what
// was taken is said.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <string>
#include <vector>

#include "tests/support/ledger_samples.hpp"
#include "tests/support/rehearsal.hpp"

using namespace retort;
using namespace retort::test;

namespace {

constexpr char ledger[] = "run/ledger.jsonl";

struct overflow_rig {
  rehearsal run{1};

  // A record of each size; the model takes so many tokens, of four bytes, in and out together.
  overflow_rig(const std::vector<std::size_t>& sizes, std::uint64_t context,
               const std::string& more) {
    std::string rows;
    for (const std::size_t size : sizes)
      rows += fmt::format("{{\"text\":\"{}\"}}\n", std::string(size, 'w'));
    run.files().file("texts.jsonl", rows);
    run.files().file(
        "own.yaml",
        fmt::format("run_dir: run\ndataset: {{path: texts.jsonl}}\n"
                    "prompt: {{user: 'Sum up: {{{{text}}}}'}}\n"
                    "models: [{{provider: mock, mock: {{answer: text, context: {}}}}}]\n"
                    "sampling: {{max_tokens: 80}}\n{}",
                    context, more));
  }

  outcome go(std::vector<std::string> flags = {}) const {
    flags.insert(flags.begin(), {"run", "own.yaml"});
    return finish(run.start(std::move(flags)));
  }
  std::vector<engine::sample> samples() const {
    std::vector<engine::sample> out(3);
    for (auto& one : read_ledger(run.path(ledger)).samples) out[one.key.ordinal] = std::move(one);
    return out;
  }
};

}  // namespace

TEST_CASE("a question that is too large is asked with less until it fits, and metadata says so") {
  // 110 tokens: one that fits, one that fits with less room for its answer, one that never does.
  const overflow_rig rig({40, 200, 4000}, 110, "on_overflow: shorten\n");
  const outcome done = rig.go();
  INFO(done.errors);
  CHECK(done.status == 0);
  const auto samples = rig.samples();
  CHECK_FALSE(samples[0].shortened);
  CHECK(samples[0].attempts == 1);
  CHECK(samples[1].shortened.max_tokens == 40);
  CHECK(samples[1].shortened.cut == 0);
  CHECK(samples[1].messages.back().content == "Sum up: " + std::string(200, 'w'));
  CHECK_FALSE(samples[2].shortened.max_tokens);
  CHECK(samples[2].shortened.cut > 3800);
  CHECK(samples[2].messages.back().content.size() <= 4 * (110 - 80));
  CHECK(samples[2].attempts > 5);
  for (const auto& one : samples) CHECK(one.verdict() == engine::verdict::accepted);
  const std::string trained = rig.run.content("run/finetuning_data.jsonl");
  CHECK(trained.find(R"("shortened":{"max_tokens":40})") != trained.npos);
  CHECK(trained.find(fmt::format(R"("shortened":{{"cut":{}}})", samples[2].shortened.cut)) !=
        trained.npos);
  // Made anew from the ledger it says the same.
  CHECK(finish(rig.run.start({"export", "own.yaml"})).status == 0);
  CHECK(rig.run.content("run/finetuning_data.jsonl") == trained);
}

TEST_CASE("without that, or where nothing is left to take, it fails for good with the reason") {
  for (const std::string more : {"", "on_overflow: shorten\n"}) {
    CAPTURE(more);
    const overflow_rig rig({4000}, more.empty() ? 100 : 3, more);
    const outcome done = rig.go();
    INFO(done.errors);
    CHECK(done.status == 1);
    const auto failed = rig.samples()[0];
    REQUIRE(failed.failure);
    CHECK(failed.failure->kind == providers::failure_kind::bad_request);
    CHECK(failed.failure->message.find("maximum context length") != std::string::npos);
    CHECK_FALSE(failed.is_open());
    CHECK(failed.attempts == (more.empty() ? 1 : 13));  // 2 with less room, 10 cuts
  }
}
