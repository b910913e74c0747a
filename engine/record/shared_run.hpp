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
#include "engine/prompt/prompts.hpp"
#include "engine/record/outlet.hpp"
#include "engine/record/row_feed.hpp"
#include "engine/sample/done_set.hpp"
#include "engine/sample/id_register.hpp"
#include "engine/sample/key_mask.hpp"

namespace retort::engine {

struct shared_run {
  shared_run(const config& settings_, io::executor on, prompts prompt_, assessor assess_)
      : settings(settings_),
        prompt(std::move(prompt_)),
        assess(std::move(assess_)),
        variants(variants_of(settings)),
        plan(plan_of(settings, variants)),
        asking(on, settings.attempts),
        out(settings, assess, keys, asking) {}

  admission& gate_of(std::uint32_t variant) { return *asking.gates[variants[variant].model]; }

  const config& settings;
  const prompts prompt;
  const assessor assess;
  const std::vector<variant> variants;
  const record_plan plan;
  key_mask keys;                   // of all endpoints
  const done_set* done = nullptr;  // as the ledger was when the run began

  kept_answers* kept = nullptr;  // in it, to be judged; null: none
  judging* judges = nullptr;     // null where no evaluator is costly

  generator asking;
  row_feed* feed = nullptr;
  outlet out;

  // Of the records asked for, under dataset.id; few, since a run is flat in memory: `check` looks
  // at more.
  id_register ids{std::size_t{1} << 16};
  bool repeated_id_said = false;
  simdjson::dom::parser parser;  // scratch, for what is used between two suspensions
};

// As they are now; totals, rates and time are the observer's.
progress_snapshot counts_of(const shared_run& run);

}  // namespace retort::engine
