#include "engine/evaluator/evaluator_config.hpp"

#include "tests/support/evaluators.hpp"

using namespace retort;
using namespace retort::engine;
using test::configured;

TEST_CASE("those that say so decide, else the first, unless it says that it does not") {
  std::vector<evaluator_config> all = {configured("exact"), configured("numeric")};
  const auto who = [&] {
    return std::string(decides(all, 0) ? "1" : "0") + (decides(all, 1) ? "1" : "0");
  };
  CHECK(who() == "10");
  all[1].decides = true;
  CHECK(who() == "01");
  all[0].decides = true;
  CHECK(who() == "11");
  CHECK(any_decides(all));
  all[0].decides = all[1].decides = false;
  CHECK(who() == "00");
  CHECK_FALSE(any_decides(all));
  CHECK_FALSE(any_decides({}));
  all[1].decides.reset();
  CHECK(who() == "00");
}

TEST_CASE("what shapes a verdict is each value that is set, a list's one by one, and no default") {
  using shaping = std::map<std::string, std::string>;
  CHECK(shaping_of(configured("numeric", {{"decimal", "point"}, {"pattern", "the last number"}}),
                   "e.0", evaluator_kinds()) ==
        shaping{{"e.0", "numeric"}, {"e.0.numeric.pattern", "the last number"}});
  evaluator_config several = configured("contains", {{"ignore_case", "true"}});
  several.keys["text"] = {"a", "b"};
  several.threshold = 0.5;
  several.decides = true;
  several.name = "parts";
  CHECK(shaping_of(several, "e.1", evaluator_kinds()) ==
        shaping{{"e.1", "contains"},
                {"e.1.contains.ignore_case", "true"},
                {"e.1.contains.text.0", "a"},
                {"e.1.contains.text.1", "b"},
                {"e.1.threshold", "0.5"},
                {"e.1.decides", "true"},
                {"e.1.name", "parts"}});
}
