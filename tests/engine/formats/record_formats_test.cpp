#include "engine/formats/record_formats.hpp"

#include <doctest/doctest.h>

#include "tests/support/written_lines.hpp"

using namespace retort;
using namespace retort::engine;
using test::with_format;

namespace {

using places = std::vector<std::pair<std::size_t, std::size_t>>;
using scored = std::pair<sample, double>;

record_half half(double score, bool is_accepted, std::string_view answer,
                 std::string_view prompt = "p") {
  record_half out;
  if (!is_accepted) out.rejected = reject_reason::incorrect;
  out.score = score;
  out.prompt = prompt;
  out.answer = answer;
  out.words = answer;
  return out;
}

output_config pairs(std::uint32_t most, std::optional<double> margin = {}) {
  output_config out;
  out.pairs = most;
  out.margin = margin;
  return out;
}

scored answered(std::uint64_t ordinal, std::uint32_t k, std::string text, double score,
                std::optional<reject_reason> why = {}) {
  sample one;
  one.key = {ordinal, 0, k};
  one.id = "q" + std::to_string(ordinal);
  one.messages = {{"system", "s"}, {"user", "q"}};
  one.reference = "8";
  one.completion.text = std::move(text);
  one.rejected = why;
  return {one, score};
}

// A good one, two bad ones, one cut off before it said anything, and a second record of two good
// ones.
std::vector<scored> two_records() {
  using enum reject_reason;
  return {answered(0, 2, "worst", 0, incorrect),
          answered(0, 0, "good", 1),
          answered(0, 1, "bad", 0.25, incorrect),
          answered(0, 3, "", -1, no_output),
          answered(1, 0, "a", 1),
          answered(1, 1, "b", 1)};
}

std::string lines_of(const config& run, const std::vector<scored>& samples) {
  return test::written(run, samples).at("out.jsonl");
}

constexpr char chat[] = R"([{"role":"system","content":"s"},{"role":"user","content":"q"}])";

std::string said(const std::string& text) {
  return R"([{"role":"assistant","content":")" + text + R"("}])";
}

}  // namespace

TEST_CASE("pairs are of a better and a worse answer, those farthest apart first") {
  const record_half all[] = {half(1, true, "a"), half(0.75, true, "b"), half(0.5, false, "c"),
                             half(0, false, "d")};
  CHECK(pairs_of(all, pairs(1)) == places{{0, 3}});
  CHECK(pairs_of(all, pairs(2)) == places{{0, 3}, {1, 2}});  // each answer once, as far as can be
  CHECK(pairs_of(all, pairs(9)) == places{{0, 3}, {1, 2}, {1, 3}, {0, 2}});
  CHECK(pairs_of(all, pairs(9, 0.5)) == places{{0, 3}, {1, 3}, {0, 2}});
  CHECK(pairs_of(all, pairs(9, 1)) == places{{0, 3}});
}

TEST_CASE("no pair is of one text, of two prompts, or against what the scores say") {
  const record_half same[] = {half(1, true, "a"), half(0, false, "a")};
  CHECK(pairs_of(same, pairs(1)).empty());
  const record_half other[] = {half(1, true, "a", "p"), half(0, false, "b", "r")};
  CHECK(pairs_of(other, pairs(1)).empty());
  const record_half against[] = {half(0.5, true, "a"), half(0.75, false, "b")};
  CHECK(pairs_of(against, pairs(1)).empty());
  const record_half unscored[] = {half(-1, true, "a"), half(-1, false, "b")};
  CHECK(pairs_of(unscored, pairs(1)) == places{{0, 1}});
  CHECK(pairs_of(unscored, pairs(1, 0.1)).empty());
  const record_half again[] = {half(1, true, "a"), half(1, true, "a"), half(0, false, "b")};
  CHECK(pairs_of(again, pairs(9)) == places{{0, 2}});
  record_half as_good = half(1, false, "b");
  as_good.rejected = reject_reason::not_kept;
  const record_half kept[] = {half(1, true, "a"), as_good};
  CHECK(pairs_of(kept, pairs(1)).empty());
  as_good.score = -1;
  const record_half untold[] = {half(-1, true, "a"), as_good};
  CHECK(pairs_of(untold, pairs(1)).empty());
  const record_half both[] = {half(1, true, "a"), half(1, true, "b"), half(0, false, "b")};
  CHECK(pairs_of(both, pairs(9)).empty());  // what was accepted too is no worse
}

TEST_CASE("a margin is met by scores that are just as far apart, and a pair is one of its prompt") {
  const record_half close[] = {half(0.7, true, "a"), half(0.4, false, "b")};
  CHECK(pairs_of(close, pairs(1, 0.3)) == places{{0, 1}});
  CHECK(pairs_of(close, pairs(1, 0.31)).empty());
  const record_half varied[] = {half(1, true, "a", "p"), half(0, false, "b", "p"),
                                half(1, true, "a", "r"), half(0, false, "b", "r")};
  CHECK(pairs_of(varied, pairs(9)) == places{{0, 1}, {2, 3}});
}

TEST_CASE("an unpaired answer has its label, and none that was accepted too is a bad one") {
  using enum reject_reason;
  const std::string begin = std::string(R"({"prompt":)") + chat + R"(,"completion":)";
  CHECK(lines_of(with_format("unpaired"),
                 {answered(0, 0, "a", 1), answered(0, 1, " a\n", 1, cut_off),
                  answered(0, 2, "b", 0, incorrect), answered(0, 3, "c", -1, unscored),
                  answered(0, 4, "d", 0.5, not_kept), answered(0, 5, "e", 1, duplicate)}) ==
        begin + said("a") + R"(,"label":true})" + "\n" + begin + said("b") + R"(,"label":false})" +
            "\n");
}

TEST_CASE("a right answer that a later filter left out is right, and one untold is of no account") {
  using enum reject_reason;
  CHECK(lines_of(with_format("reward"),
                 {answered(0, 0, "a", 1), answered(0, 1, "a", 1, duplicate),
                  answered(0, 2, "b", 0, incorrect), answered(0, 3, "c", -1, unscored),
                  answered(1, 0, "c", -1)}) ==
        std::string(R"({"prompt":)") + chat +
            R"(,"pass_rate":0.6666666666666666,"accepted":1,"samples":3,"scores":[1,1,0]})"
            "\n");
}

TEST_CASE("TRL's preference has both answers to a prompt") {
  config run = with_format("preference");
  const std::string line = std::string(R"({"prompt":)") + chat + R"(,"chosen":)" + said("good") +
                           R"(,"rejected":)" + said("worst") + "}\n";
  CHECK(lines_of(run, two_records()) == line);
  run.outputs[0].pairs = 5;
  CHECK(lines_of(run, two_records()) == line + std::string(R"({"prompt":)") + chat +
                                            R"(,"chosen":)" + said("good") + R"(,"rejected":)" +
                                            said("bad") + "}\n");
}

TEST_CASE("OpenAI's and Vertex's have their own shapes") {
  CHECK(lines_of(with_format("openai_preference"), two_records()) ==
        std::string(R"({"input":{"messages":)") + chat + R"(},"preferred_output":)" + said("good") +
            R"(,"non_preferred_output":)" + said("worst") + "}\n");
  CHECK(lines_of(with_format("gemini_preference"), two_records()) ==
        R"({"system_instruction":{"role":"system","parts":[{"text":"s"}]},"contents":[{"role":)"
        R"("user","parts":[{"text":"q"}]}],"completions":[{"score":1,"completion":{"role":"model",)"
        R"("parts":[{"text":"good"}]}},{"score":0,"completion":{"role":"model","parts":[{"text":)"
        R"("worst"}]}}]})"
        "\n");
}

TEST_CASE("a prompt stands once for its record, where any answer was accepted") {
  const std::string line = std::string(R"({"prompt":)") + chat + "}\n";
  CHECK(lines_of(with_format("prompt_only"), two_records()) == line + line);
  CHECK(lines_of(with_format("prompt_only"), {answered(0, 0, "a", 0, reject_reason::incorrect)}) ==
        "");
}

TEST_CASE("verl's line has the reference as the ground truth") {
  config run = with_format("verl");
  run.evaluate.resize(1);
  run.evaluate[0].kind = "numeric";
  CHECK(lines_of(run, {answered(7, 0, "a", 1)}) ==
        std::string(R"({"data_source":"t","prompt":)") + chat +
            R"(,"ability":"math","reward_model":{"style":"rule","ground_truth":"8"},)"
            R"("extra_info":{"split":"train","index":7}})"
            "\n");
}

TEST_CASE("rewards are the share of good answers and every score") {
  CHECK(lines_of(with_format("reward"), two_records()) ==
        std::string(R"({"prompt":)") + chat +
            R"(,"pass_rate":0.25,"accepted":1,"samples":4,"scores":[1,0.25,0,null]})"
            "\n" +
            R"({"prompt":)" + chat +
            R"(,"pass_rate":1,"accepted":2,"samples":2,"scores":[1,1]})"
            "\n");
}

TEST_CASE("metadata and columns close the line, those of the better answer") {
  config run = with_format("preference");
  run.outputs[0].metadata = true;
  run.outputs[0].columns = {"topic"};
  auto samples = two_records();
  for (auto& [one, score] : samples) one.columns = R"("other":1,"topic":"é")";
  const std::string line = lines_of(run, samples);
  CHECK(line.find(R"(,"topic":"é","metadata":{"sample_id":"q0",)") != line.npos);
  CHECK(line.find(R"("completion_length":4,)") != line.npos);
}
