#include "engine/evaluate/assessor.hpp"

#include <doctest/doctest.h>

#include "tests/support/evaluators.hpp"
#include "tests/support/samples.hpp"

using namespace retort;
using namespace retort::engine;
using test::answered;
using test::configured;

namespace {

config with_evaluators(const std::vector<evaluator_config>& evaluate) {
  config run;
  run.prompt.user = "{{question}}";
  run.models.resize(1);
  run.evaluate = evaluate;
  return run;
}

assessor made(const config& run) {
  auto one = assessor::make(run);
  REQUIRE_MESSAGE(one.has_value(), one.error().message);
  return std::move(*one);
}

sample decided(const config& run, sample one) {
  made(run).decide(one);
  return one;
}

const config numeric = with_evaluators({configured("numeric")});

}  // namespace

TEST_CASE("a sample gets its evaluations, its verdict and the mark of its judge") {
  const sample right = decided(numeric, answered(7, "It is 8."));
  CHECK(right.verdict() == verdict::accepted);
  REQUIRE(right.evaluations.size() == 1);
  CHECK(right.evaluations[0].name == "numeric");
  CHECK(right.evaluations[0].score == 1);
  CHECK(right.judged_by == made(numeric).fingerprint());

  const sample wrong = decided(numeric, answered(7, "It is 9."));
  CHECK(wrong.rejected == reject_reason::incorrect);
  CHECK(wrong.evaluations[0].score == 0);
  CHECK(wrong.evaluations[0].detail == "9");
}

TEST_CASE("what is right is so whatever a later filter says, and what is no answer is not") {
  config run = numeric;
  run.filter.max_length = 4;
  const auto is_right = [&](sample one) { return made(run).is_right(decided(run, one)); };
  CHECK(decided(run, answered(7, "It is 8.")).rejected == reject_reason::too_long);
  CHECK(is_right(answered(7, "It is 8.")) == true);
  CHECK(is_right(answered(7, "9")) == false);
  CHECK(is_right(answered(7, "")) == false);
  sample untold = answered(7, "8");
  untold.reference.reset();
  run.samples.keep = keep::majority;
  CHECK(is_right(untold) == std::nullopt);
}

TEST_CASE("every evaluator is asked, the first decides") {
  const config run = with_evaluators({configured("exact"), configured("numeric")});
  const sample one = decided(run, answered(7, "8.0"));
  REQUIRE(one.evaluations.size() == 2);
  CHECK(one.evaluations[0].name == "exact");
  CHECK(one.evaluations[0].score == 0);
  CHECK(one.evaluations[1].score == 1);
  CHECK(one.rejected == reject_reason::incorrect);
}

TEST_CASE("without an evaluator, what is not empty is accepted") {
  const config run = with_evaluators({});
  CHECK(decided(run, answered(7, "anything")).verdict() == verdict::accepted);
  CHECK(decided(run, answered(7, " \n")).rejected == reject_reason::no_output);
}

TEST_CASE("an answer that calls a tool and says nothing is one, right or wrong by its arguments") {
  sample calls = answered(7, "");
  calls.completion.tool_calls = {{"c1", "answer", R"({"answer": 8})"}};
  CHECK(decided(with_evaluators({}), calls).verdict() == verdict::accepted);
  const config run = with_evaluators({configured("json_field", {{"path", "answer"}})});
  CHECK(decided(run, calls).verdict() == verdict::accepted);
  calls.completion.tool_calls[0].arguments = R"({"answer": 9})";
  CHECK(decided(run, calls).rejected == reject_reason::incorrect);
}

TEST_CASE("a sample without a reference is not correct, whatever it says") {
  sample one = answered(7, "8");
  one.reference.reset();
  CHECK(decided(numeric, one).rejected == reject_reason::incorrect);
}

TEST_CASE("a failed sample is not evaluated and stays failed") {
  sample one = test::failed(7, providers::failure_kind::timeout);
  one.evaluations = {{"left", 1, "over"}};
  one.rejected = reject_reason::incorrect;
  one = decided(numeric, one);
  CHECK(one.verdict() == verdict::failed);
  CHECK(one.evaluations.empty());
  CHECK_FALSE(one.rejected.has_value());
  CHECK(one.judged_by == made(numeric).fingerprint());
}

TEST_CASE("the same assessor does not evaluate again, another one does") {
  sample one = decided(numeric, answered(7, "8"));
  one.rejected = reject_reason::too_long;  // as it cannot be: a mark that nobody looked again
  made(numeric).finish(one);
  CHECK(one.rejected == reject_reason::too_long);

  config other = numeric;
  other.filter.min_length = 1;
  made(other).finish(one);
  CHECK(one.verdict() == verdict::accepted);
  CHECK(one.judged_by == made(other).fingerprint());
}

TEST_CASE("deciding again leaves nothing of the earlier decision") {
  sample one =
      decided(with_evaluators({configured("exact"), configured("numeric")}), answered(7, "wrong"));
  made(numeric).finish(one);
  CHECK(one.evaluations.size() == 1);
  config open = with_evaluators({});
  made(open).finish(one);
  CHECK(one.evaluations.empty());
  CHECK(one.verdict() == verdict::accepted);
}

TEST_CASE("the fingerprint is that of the evaluators and the filter, and of nothing else") {
  const auto changed = [](auto change) {
    config run = numeric;
    change(run);
    return made(run).fingerprint() != made(numeric).fingerprint();
  };
  CHECK_FALSE(changed([](config&) {}));
  CHECK_FALSE(changed([](config& run) { run.filter.only_correct = true; }));  // as by default
  CHECK_FALSE(changed([](config& run) { run.prompt.user = "{{q}}"; }));
  CHECK_FALSE(changed([](config& run) { run.sampling.temperature = 1; }));
  CHECK_FALSE(changed([](config& run) { run.reference = {"{{answer}}", {}}; }));
  CHECK_FALSE(changed([](config& run) { run.outputs[0] = {"x", "csv", true}; }));
  CHECK_FALSE(changed([](config& run) { run.dataset.id = "id"; }));

  CHECK(changed([](config& run) { run.filter.only_correct = false; }));
  CHECK(changed([](config& run) { run.filter.min_length = 1; }));
  CHECK(changed([](config& run) { run.filter.max_length = 1; }));
  CHECK(changed([](config& run) { run.filter.finish.push_back(providers::finish::length); }));
  CHECK(changed([](config& run) { run.evaluate.clear(); }));
  CHECK(changed([](config& run) { run.evaluate[0].kind = "exact"; }));
  CHECK(changed([](config& run) { run.evaluate[0].keys["pattern"] = {"A: (.*)"}; }));
  CHECK(changed([](config& run) { run.evaluate[0].keys["tolerance"] = {"1%"}; }));
  CHECK(changed([](config& run) { run.evaluate[0].keys["decimal"] = {"comma"}; }));
  CHECK(changed([](config& run) { run.evaluate.push_back(configured("exact")); }));
  CHECK(changed([](config& run) { run.evaluate[0] = configured("json_field", {{"path", "a"}}); }));
}

TEST_CASE("what was judged by the rules of today is not judged anew, what was by older ones is") {
  const auto fingerprint = [](const std::string& evaluate) {
    const auto run = parse_config(
        "run: c\ndataset: {path: d.jsonl, id: id}\nprompt: {user: u}\nreference: {template: r}\n"
        "models: [{provider: mock}]\n" +
            evaluate,
        "c.yaml", {});
    return made(run.value()).fingerprint();
  };
  const auto of_numeric = fingerprint("evaluate: [{numeric: {decimal: point}}]\n");
  CHECK(of_numeric != 0x5ed0859edd70f2d1);  // by the third rules
  CHECK(of_numeric != 0x52f7e621cb1a95d6);  // by the fourth
  CHECK(of_numeric != 0x2a82c0096891b42f);  // by the fifth
  CHECK(of_numeric == 0x8633ed573b592bd9);
  CHECK(fingerprint(R"yaml(evaluate:
  - numeric: {pattern: "(\\d+)", tolerance: "1%", decimal: comma}
  - exact
  - json_field: {path: answer}
filter: {min_length: 1, max_length: 4000}
)yaml") == 0x1099a94556966e4b);
}

TEST_CASE("of several that decide all must hold a sample correct, each from its threshold on") {
  static std::optional<double> say[2];
  const std::vector<evaluator_kind> kinds = {
      {"a",
       {},
       [](const evaluator_config&) {
         return result<engine::evaluator>(engine::evaluator{[](const candidate&) {
           return judgement{say[0], ""};
         }});
       }},
      {"b", {}, [](const evaluator_config&) {
         return result<engine::evaluator>(engine::evaluator{[](const candidate&) {
           return judgement{say[1], ""};
         }});
       }}};
  const auto verdict_of = [&](std::optional<double> first, std::optional<double> second) {
    say[0] = first, say[1] = second;
    config run = with_evaluators({configured("a"), configured("b")});
    run.evaluate[0].decides = run.evaluate[1].decides = true;
    run.evaluate[1].threshold = 0.5;
    sample one = answered(7, "x");
    assessor::make(run, kinds).value().decide(one);
    return one.rejected ? std::string(name(*one.rejected)) : "";
  };
  CHECK(verdict_of(1, 1) == "");
  CHECK(verdict_of(1, 0.5) == "");
  CHECK(verdict_of(1, 0.499) == "incorrect");
  CHECK(verdict_of(0.999, 1) == "incorrect");
  CHECK(verdict_of(std::nullopt, 1) == "unscored");
  CHECK(verdict_of(1, std::nullopt) == "unscored");
  CHECK(verdict_of(std::nullopt, 0) == "incorrect");
  CHECK(verdict_of(0, std::nullopt) == "incorrect");
}

TEST_CASE("who decides is the first, or who says so; where nobody does, nothing is asked of it") {
  config run = with_evaluators({configured("exact"), configured("numeric")});
  run.evaluate[1].decides = true;
  CHECK(decided(run, answered(7, "8.0")).verdict() == verdict::accepted);
  run.evaluate[1].decides.reset();
  run.evaluate[0].decides = false;
  CHECK(decided(run, answered(7, "no number")).verdict() == verdict::accepted);
  run.filter.only_correct = true;
  CHECK(decided(run, answered(7, "8")).rejected == reject_reason::incorrect);
}

TEST_CASE(
    "where the majority is the reference, all that is asked of an answer is that there is one") {
  config run = with_evaluators({configured("numeric")});
  const auto one_that_says = [](const char* text, std::optional<std::string> reference) {
    sample one = answered(7, text);
    one.reference = std::move(reference);
    return one;
  };
  const auto undecided = decided(run, one_that_says("It is 8 km", "9"));
  CHECK(undecided.rejected == reject_reason::incorrect);
  run.samples.keep = keep::majority;
  const sample with = decided(run, one_that_says("It is 8 km", "9"));
  CHECK(with.rejected == reject_reason::incorrect);
  CHECK(with.judged_by != undecided.judged_by);
  const sample one = decided(run, one_that_says("It is 8 km", std::nullopt));
  CHECK(one.verdict() == verdict::accepted);
  CHECK_FALSE(one.evaluations[0].score.has_value());
  CHECK(one.evaluations[0].detail == "8 kilometer");
  const sample none = decided(run, one_that_says("I do not know", std::nullopt));
  CHECK(none.rejected == reject_reason::unscored);
  CHECK(none.evaluations[0].detail == "no answer");
  const assessor by = assessor::make(run).value();
  CHECK(by.extracted_answer(one) == "8 kilometer");
  CHECK_FALSE(by.extracted_answer(none).has_value());
  CHECK(by.are_same("8 kilometer", "8"));
  CHECK_FALSE(by.are_same("8 kilometer", "8 meter"));
}

TEST_CASE("evaluations are called as the config says") {
  config run = with_evaluators({configured("numeric")});
  run.evaluate[0].name = "sum";
  CHECK(decided(run, answered(7, "8")).evaluations[0].name == "sum");
}

namespace {

// A costly evaluator between pure ones: exact, model (costly), numeric.
struct with_costly {
  config run = with_evaluators({configured("exact"), configured("model"), configured("numeric")});
  with_costly() { run.evaluate[1].decides = run.evaluate[2].decides = true; }

  assessor made() const {
    static const std::vector<evaluator_kind> kinds = [] {
      const auto known = evaluator_kinds();
      std::vector<evaluator_kind> all(known.begin(), known.end());
      all.push_back({"model", {}, [](const evaluator_config&) {
                       return result<engine::evaluator>(
                           engine::evaluator{.evaluate = {}, .needs_reference = true});
                     }});
      return all;
    }();
    return assessor::make(run, kinds).value();
  }
  // The way of a record: what was asked of the costly one is counted.
  std::size_t asked = 0;
  sample judged(sample one, std::optional<double> score) {
    const assessor assess = made();
    CHECK(assess.next_needed(one).what == need::kind::pure);
    assess.begin(one);
    for (need next = assess.next_needed(one); next.what == need::kind::costly;
         next = assess.next_needed(one)) {
      CHECK(next.evaluator == 1);
      REQUIRE(++asked < 10);
      providers::usage used;
      used.input = 12;
      assess.add(one, next.evaluator, {"its own", score, "said", 0, used});
    }
    assess.settle(one);
    return one;
  }
};

}  // namespace

TEST_CASE("what is costly is asked once, behind what is pure, and its score decides") {
  with_costly rig;
  const sample good = rig.judged(answered(7, "8"), 1);
  CHECK(rig.asked == 1);
  CHECK(good.verdict() == verdict::accepted);
  REQUIRE(good.evaluations.size() == 3);
  CHECK(good.evaluations[0].name == "exact");
  CHECK(good.evaluations[1].name == "model");
  CHECK(good.evaluations[1].fingerprint != 0);
  CHECK(good.evaluations[1].usage->input == 12);
  CHECK(good.evaluations[2].name == "numeric");
  CHECK(good.evaluations[2].fingerprint == 0);
  CHECK(rig.judged(answered(7, "8"), 0.9).rejected == reject_reason::incorrect);
  CHECK(rig.judged(answered(7, "8"), std::nullopt).rejected == reject_reason::unscored);
}

TEST_CASE("what is rejected already is not evaluated dearly, whatever rejects it") {
  with_costly rig;
  CHECK(rig.judged(answered(7, "9"), 1).rejected == reject_reason::incorrect);
  CHECK(rig.judged(answered(7, ""), 1).rejected == reject_reason::no_output);
  sample cut = answered(7, "8");
  cut.completion.finish = providers::finish::length;
  CHECK(rig.judged(cut, 1).rejected == reject_reason::cut_off);
  CHECK(rig.judged(test::failed(7, providers::failure_kind::timeout), 1).verdict() ==
        verdict::failed);
  rig.run.filter.min_length = 2;
  CHECK(rig.judged(answered(7, "8"), 1).rejected == reject_reason::too_short);
  CHECK(rig.asked == 0);
}

TEST_CASE("a filter of texts comes before what is costly, and the reason is the same afterwards") {
  with_costly rig;
  const sample paid = rig.judged(answered(7, "8"), 0);
  CHECK(paid.rejected == reject_reason::incorrect);
  rig.run.filter.where = ".completion | length > 1";
  CHECK(rig.judged(answered(7, "8"), 0).rejected == reject_reason::where);
  CHECK(rig.judged(answered(7, "9"), 0).rejected == reject_reason::incorrect);
  CHECK(rig.asked == 1);
  sample again = paid;
  rig.made().decide(again);
  CHECK(again.rejected == reject_reason::where);
  rig.run.filter.where = ".completion.x";
  rig.made().decide(again);
  CHECK(again.reject_detail == "Cannot index string with string \"x\"");
  rig.run.filter.where.reset();
  rig.made().decide(again);
  CHECK(again.rejected == reject_reason::incorrect);  // the score was kept all the while
  CHECK(again.reject_detail == "");
}

TEST_CASE("a costly score that merely accompanies is asked for what is accepted alone") {
  with_costly rig;
  rig.run.evaluate[1].decides = false;
  CHECK(rig.judged(answered(7, "9"), 1).evaluations.size() == 2);
  CHECK(rig.asked == 0);
  CHECK(rig.judged(answered(7, "8"), 0).verdict() == verdict::accepted);
  CHECK(rig.asked == 1);
}

TEST_CASE("what was paid for holds, by whatever rules that is judged which costs nothing") {
  with_costly rig;
  const sample one = rig.judged(answered(7, "8"), 1);
  // As the ledgers of the third rules have them.
  CHECK(one.evaluations[1].fingerprint == 0x31a2d65545a8ca13);
  rig.run.judges.resize(1);
  rig.run.judges[0].evaluator = 1;
  const sample by_model = rig.judged(answered(7, "8"), 1);
  CHECK(by_model.evaluations[1].fingerprint == 0x6646d31505c9e534);
}

TEST_CASE("rows of older rules are rendered anew, but not where their references were paid for") {
  with_costly rig;
  const std::uint64_t paid = rig.made().rendering();
  rig.run.evaluate.erase(rig.run.evaluate.begin() + 1);
  CHECK(rig.made().rendering() != paid);
}

TEST_CASE("what was paid for is taken from the ledger while its own fingerprint holds") {
  with_costly rig;
  const sample written = rig.judged(answered(7, "8"), 0.6);
  CHECK(written.rejected == reject_reason::incorrect);
  sample read;
  REQUIRE(read_ledger_line(test::padded(test::ledger_line_of(written)), read).has_value());

  const auto again = [&](auto change, auto change_sample) {
    with_costly other;
    change(other.run);
    sample one = read;
    change_sample(one);
    other.made().decide(one);
    return one;
  };
  const auto same = [](auto&) {};
  const auto threshold = [](config& run) {
    run.evaluate[1].threshold = 0.5;
    run.evaluate[1].name = "other";
    run.filter.min_length = 1;
    std::swap(run.evaluate[0], run.evaluate[1]);
  };
  const sample now = again(threshold, same);
  CHECK(now.verdict() == verdict::accepted);
  CHECK(now.evaluations[0].name == "other");
  CHECK(now.evaluations[0].score == 0.6);
  CHECK(now.evaluations[0].usage->input == 12);

  const auto its_key = [](config& run) { run.evaluate[1].keys["prompt"] = {"another"}; };
  const sample anew = again(its_key, same);
  CHECK(anew.is_unjudged);
  CHECK(anew.verdict() == verdict::failed);
  CHECK(anew.is_open());
  REQUIRE(anew.evaluations.size() == 3);
  CHECK_FALSE(anew.evaluations[1].score.has_value());
  CHECK(anew.evaluations[1].fingerprint == 0);
  const sample other_reference = again(same, [](sample& one) { one.reference = "8.0"; });
  CHECK(other_reference.is_unjudged);
}

TEST_CASE("votes that are there are gone on with while their own fingerprint holds") {
  with_costly rig;
  const assessor by = rig.made();
  sample one = answered(7, "8");
  one.reference = "8";
  by.begin(one);
  const std::size_t judge = by.next_needed(one).evaluator;
  by.add_missing(one, judge, {.name = "", .detail = "the run stopped", .votes = {3, 4}});
  by.settle(one);
  CHECK(one.is_unjudged);
  sample read;
  REQUIRE(read_ledger_line(test::padded(test::ledger_line_of(one)), read).has_value());
  sample other = read;
  by.begin(read);
  CHECK(by.next_needed(read).what == need::kind::costly);
  CHECK(by.votes_so_far(read, judge) == std::vector<double>{3, 4});
  by.settle(read);  // nobody could be asked
  CHECK(read.is_unjudged);
  by.begin(read);
  CHECK(by.votes_so_far(read, judge) == std::vector<double>{3, 4});
  rig.run.evaluate[1].keys["prompt"] = {"another"};
  const assessor anew = rig.made();
  anew.begin(other);
  CHECK(anew.votes_so_far(other, judge).empty());
}

TEST_CASE("an evaluator that cannot be built is an error of the config") {
  const auto broken = assessor::make(with_evaluators({configured("numeric", {{"pattern", "("}})}));
  REQUIRE_FALSE(broken.has_value());
  CHECK(broken.error().code == errc::usage);
}
