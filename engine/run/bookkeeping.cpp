#include "engine/run/bookkeeping.hpp"

#include <chrono>

#include "engine/directory/dataset_card.hpp"

namespace retort::engine {
namespace {

std::int64_t now_ms() {
  using namespace std::chrono;
  return duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count();
}

// A dataset may hold a key, and a server say one.
result<void> save(const run_parts& of) {
  std::string text = encode(of.facts);
  of.shared->keys.mask_kept(text);
  return io::replace_file(of.directory.summary(), text);
}

result<void> write_card(const run_parts& of) {
  std::string text = dataset_card(of.what, of.facts, of.summary.views);
  of.shared->keys.mask_kept(text);
  return replace_card(of.directory.card(), std::move(text));
}

std::string state_of(const run_summary& summary) {
  switch (summary.status) {
    case exit_status::done: return "done";
    case exit_status::samples_failed: return "failed samples";
    case exit_status::bad_input: return "bad input";
    case exit_status::stopped: break;
  }
  return "stopped";
}

}  // namespace

result<void> note_beginning(run_parts& of) {
  of.facts = facts_of(of.what);
  of.facts.state = "at work";
  of.facts.began_ms = of.facts.first_began_ms = now_ms();
  const auto before = read_facts(of.directory);
  const bool is_known = before && *before && (*before)->first_began_ms > 0;
  if (is_known) of.facts.first_began_ms = (*before)->first_began_ms;
  return save(of);
}

result<void> note_end(run_parts& of) {
  run_facts& facts = of.facts;
  facts.state = state_of(of.summary);
  facts.reason = of.summary.reason;
  facts.ended_ms = now_ms();
  facts.elapsed_s = of.summary.last.elapsed.count();
  facts.requests = of.summary.last.requests;
  facts.retries = of.summary.last.retries;
  facts.records = of.feed->total();
  facts.dataset_fingerprint = of.feed->fingerprint();
  // Of a fold that was abandoned, whoever reads this is to look at the ledger itself.
  facts.ledger_bytes = of.views->folded();
  take_fold(of.views->fold(), facts);
  auto saved = save(of);
  return saved && !of.what.shard ? write_card(of) : saved;
}

}  // namespace retort::engine
