#include "engine/evaluators/exact.hpp"

#include "engine/text/text.hpp"

namespace retort::engine {
namespace {

judgement compare_texts(const candidate& what) {
  const bool same = trim(what.answer) == trim(what.reference.value_or(""));
  return right_or_wrong(same, excerpt(what.answer));
}

result<evaluator> make_exact(const evaluator_config&) { return evaluator{compare_texts, true}; }

}  // namespace

evaluator_kind exact() {
  return {"exact",
          {rows::key(shapes::verdicts, "evaluate[].exact", value_kind::section, "",
                     "the completion is the reference, white space around them aside")},
          make_exact};
}

}  // namespace retort::engine
