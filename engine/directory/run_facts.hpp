// What a person, or who uses its data later, wants to know of a run besides its data: summary.json
// of the run directory. It stands beside the manifest and not in it, since that decides whether a
// run may go on, and this decides nothing: a run writes it when it begins and when it ends, a shard
// also in between, and whoever removes it loses what it says and no sample. Holds no secret. Plain
// values; one thread.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "engine/config/config.hpp"
#include "engine/config/prices.hpp"
#include "engine/directory/run_directory.hpp"
#include "engine/quota/budget.hpp"
#include "engine/sample/verdict.hpp"
#include "engine/views/ledger_account.hpp"
#include "engine/views/view_fold.hpp"
#include "io/base/error.hpp"

namespace retort::engine {

// Whom a variant asks, and what it has used over the whole ledger.
struct variant_facts {
  std::uint32_t step = 0, variant = 0;
  std::string step_name;  // "" where there are no steps
  std::string provider, model;
  std::string values;  // what varies, as JSON; "" where nothing does
  std::optional<price> costs;
  ledger_account::asked asked;
  std::uint64_t unneeded = 0;  // failed samples of it (engine/plan/unneeded.hpp)
};

struct judge_facts {
  std::uint32_t step = 0;
  std::string name;             // of its evaluations
  std::string provider, model;  // "": the config has it no more
  std::optional<price> costs;
  usage_sum used;
};

struct evaluator_facts {
  std::uint32_t step = 0;
  std::string kind, name;
  double threshold = 1;
  bool decides = false;
};

// How far a run or a shard was when it last said so: samples over its whole ledger.
struct live_facts {
  std::int64_t at_ms = 0;
  std::uint64_t done = 0;
  std::optional<std::uint64_t> total;  // as far as the dataset is read
  std::uint64_t accepted = 0, rejected = 0, failed = 0;
  double per_s = 0;           // of this process
  std::optional<double> usd;  // nothing: not known
};

// Nothing where the price is not known, or what was used.
std::optional<double> usd_of(const usage_sum& used, const std::optional<price>& costs);

struct run_facts {
  std::string run, version;
  std::string state;                          // at work, done, failed samples, stopped, bad input
  std::string reason;                         // why it ended early
  std::map<std::string, std::string> config;  // "path" -> "value"
  std::string config_hash;                    // 16 hex digits: XXH3 of these
  // Of all records, where the last process read them to their end: the sum, modulo 2^64, of their
  // hashes, each times 2 * ordinal + 1.
  std::optional<std::uint64_t> records, dataset_fingerprint;
  std::int64_t first_began_ms = 0, began_ms = 0, ended_ms = 0;  // Unix epoch; 0: not yet
  double elapsed_s = 0;                                         // of the last process
  std::uint64_t requests = 0, retries = 0;                      // of the last process
  std::uint64_t starts = 0;                                     // its processes; 0: not known
  std::optional<live_facts> live;
  std::uint64_t ledger_bytes = 0;                         // all of this is about so many
  std::uint64_t accepted = 0, handed_on = 0, failed = 0;  // as in view_counts
  reject_counts rejected;
  std::uint64_t most_failed = 0;  // max_failed
  std::vector<variant_facts> variants;
  std::vector<judge_facts> judges;
  std::vector<evaluator_facts> evaluators;
  // What was paid, at its time, also for attempts that gave no answer; nothing: not known.
  std::optional<double> spent_usd;

  // All that was paid, judges included; nothing where that is not known of some.
  std::optional<double> usd() const { return spent_usd ? spent_usd : asked_usd(); }
  // What the samples' tokens cost, by the prices above.
  std::optional<double> asked_usd() const;
  std::uint32_t last_step() const { return variants.empty() ? 0 : variants.back().step; }
  const variant_facts* find(std::uint32_t step, std::uint32_t variant) const;
};

// What is known of a run before it begins.
run_facts facts_of(const config& run);
// What the samples' tokens cost by the prices there, nothing where one is not known.
budget::amount cost_of(const run_facts& of);
// What was paid that is not in the tokens' cost by the prices of `by`: for attempts that gave no
// answer, or by other prices. Nothing where one of both is not known.
std::optional<double> usd_besides(const run_facts& of, const run_facts& by);
// What its ledger's samples used, each by whom it was asked of. What was paid for them stays.
void take_account(const ledger_account& of, run_facts& into);
// That, and what became of them; what was paid besides becomes all that was paid.
void take_fold(const view_fold& of, run_facts& into);

// Nothing where there is none. errc::mismatch, errc::unreadable.
result<std::optional<run_facts>> read_facts(const run_directory& where);
// As the file has it, and from there.
std::string encode(const run_facts& what);
result<run_facts> decode_facts(const std::string& text, const std::string& path);

}  // namespace retort::engine
