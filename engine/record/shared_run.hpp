// What the records of a run share: what is so for all of it, who asks the models, and where its
// samples end. One thread: the engine's.
#pragma once

#include <simdjson.h>

#include <cstdint>
#include <vector>

#include "engine/directory/kept_answers.hpp"
#include "engine/evaluate/assessor.hpp"
#include "engine/generate/generator.hpp"
#include "engine/judging/judging.hpp"
#include "engine/plan/variants.hpp"
#include "engine/plan/way_plan.hpp"
#include "engine/prompt/step_prompts.hpp"
#include "engine/record/outlet.hpp"
#include "engine/record/row_feed.hpp"
#include "engine/sample/done_set.hpp"
#include "engine/sample/id_register.hpp"
#include "engine/sample/key_mask.hpp"
#include "providers/body/json_parser.hpp"

namespace retort::engine {

// Whom one step before the last asks, and how its answers are judged.
struct asked_step {
  assessor assess;
  std::vector<variant> variants;
  judging* judges = nullptr;  // null where no evaluator is costly
};

// Assessor, variants and judges are those of the last step, which most runs have alone.
struct shared_run {
  shared_run(const config& settings_, io::executor on, step_prompts prompts_, assessor assess_)
      : settings(settings_),
        prompts(std::move(prompts_)),
        assess(std::move(assess_)),
        variants(variants_of(settings)),
        plan(settings),
        asking(on, settings.attempts),
        out(settings, assess, keys, asking) {}

  // errc::usage as assessor has it. Before anything is asked, where there are steps.
  result<void> open_earlier_steps();

  const assessor& assess_of(std::uint32_t step) const {
    return step < earlier.size() ? earlier[step].assess : assess;
  }
  const std::vector<variant>& variants_in(std::uint32_t step) const {
    return step < earlier.size() ? earlier[step].variants : variants;
  }
  judging* judges_of(std::uint32_t step) const {
    return step < earlier.size() ? earlier[step].judges : judges;
  }
  admission& gate_of(std::uint32_t step, std::uint32_t variant) const {
    return *asking.gates[step_of(settings, step).models_at + variants_in(step)[variant].model];
  }
  admission& gate_of(const sample_key& key) const { return gate_of(key.step, key.variant); }

  const config& settings;
  const step_prompts prompts;
  const assessor assess;
  const std::vector<variant> variants;
  const way_plan plan;
  std::vector<asked_step> earlier;  // the steps before, the first first
  key_mask keys;                    // of all endpoints
  const done_set* done = nullptr;   // as the ledger was when the run began

  kept_answers* kept = nullptr;  // in it, to be judged; null: none
  judging* judges = nullptr;     // null where no evaluator is costly

  generator asking;
  row_feed* feed = nullptr;
  std::uint64_t begun = 0;  // records of this process
  outlet out;

  // Of the records asked for, under dataset.id; few, since a run is flat in memory: `check` looks
  // at more.
  id_register ids{std::size_t{1} << 16};
  bool repeated_id_said = false;
  providers::json_parser parser;  // scratch, for what is used between two suspensions
  providers::json_parser answers_parser;
};

// Those who judge, of all steps.
template <class Each>
void for_judges(const shared_run& run, const Each& each) {
  for (const asked_step& one : run.earlier) {
    if (one.judges) each(*one.judges);
  }
  if (run.judges) each(*run.judges);
}

// As they are now; totals, rates and time are the observer's.
progress_snapshot counts_of(const shared_run& run);

}  // namespace retort::engine
