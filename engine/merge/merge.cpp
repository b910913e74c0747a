#include "engine/merge/merge.hpp"

#include <fcntl.h>
#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <map>
#include <numeric>
#include <optional>
#include <vector>

#include "engine/directory/paid_work.hpp"
#include "engine/directory/run_directory.hpp"
#include "engine/directory/spending_note.hpp"
#include "engine/endpoint/endpoint.hpp"
#include "engine/look/run_shards.hpp"
#include "engine/sample/line_reader.hpp"
#include "io/base/json_writer.hpp"
#include "io/file/file.hpp"
#include "io/file/presence.hpp"
#include "io/file/replacement.hpp"
#include "io/ledger/ledger_log.hpp"

namespace retort::engine {
namespace {

namespace fs = std::filesystem;

error no_shards(const run_directory& where) {
  const auto is_whole = io::is_there(where.ledger());
  if (!is_whole) return is_whole.error();
  return {errc::usage,
          fmt::format("{} has no shards{}", where.path,
                      *is_whole ? ": its ledger is of one process, and there is nothing to merge"
                                : "; `retort run CONFIG --shard i/N` makes them")};
}

// Which shards are not there, or not to their end.
result<void> check_complete(const std::vector<run_shard>& shards, std::uint32_t count) {
  const std::string missing = missing_shards(shards, count);
  const std::string unfinished = unfinished_shards(shards);
  if (missing.empty() && unfinished.empty()) return {};
  std::string what = missing.empty() ? "" : fmt::format("missing: {}", missing);
  if (!unfinished.empty()) {
    what += fmt::format("{}not finished: {}", what.empty() ? "" : "; ", unfinished);
  }
  return error{errc::mismatch,
               fmt::format("of {} shards are {}: run them, or --allow-missing merges what there is",
                           count, what)};
}

// None may be passed over.
result<std::vector<run_shard>> readable_shards(const std::string& run_dir) {
  auto all = look_at_shards(run_dir);
  if (!all) return all;
  const auto found =
      std::ranges::find_if(*all, [](const run_shard& one) { return one.problem.has_value(); });
  return found == all->end() ? all : *found->problem;
}

result<void> check_config(const run_shard& shard, const config& whole,
                          const std::map<std::string, std::string>& asked) {
  const auto made_with = read_manifest(shard.found->where);
  if (!made_with) return made_with.error();
  if (!*made_with) {
    return error{errc::mismatch, fmt::format("{} has no manifest.json, which says what it answers",
                                             shard.which.path)};
  }
  const std::string changes = changed_answers(**made_with, whole, asked);
  if (changes.empty()) return {};
  return error{errc::mismatch,
               fmt::format("{} holds answers to another config: {}", shard.which.path, changes)};
}

// As far as each has read it to its end, they have read the same number of records: each says how
// many of these are its own.
result<void> check_dataset(const std::vector<run_shard>& shards, std::uint32_t count) {
  std::uint64_t all = 0;
  for (const run_shard& one : shards) {
    if (!one.found || !one.found->facts || !one.found->facts->records) return {};
    all += *one.found->facts->records;
  }
  if (shards.size() != count) return {};
  for (const run_shard& one : shards) {
    const shard_config which{one.which.index, one.which.count, ""};
    const std::uint64_t own = *one.found->facts->records;
    if (rows_of(which).of_first(all) == own) continue;
    return error{errc::mismatch,
                 fmt::format("the shards have read different datasets: {} has found {} records of "
                             "its own, and of the {} that all have found together it would have "
                             "{}: run them again with the same dataset",
                             one.which.path, own, all, rows_of(which).of_first(all))};
  }
  return {};
}

result<void> check_all(const std::vector<run_shard>& all, std::uint32_t count, const config& whole,
                       const merge_options& options) {
  const auto present = shards_of(all, count);
  if (!options.allow_missing) {
    if (auto complete = check_complete(present, count); !complete) return complete;
  }
  const auto asked = answer_shaping(whole);
  for (const run_shard& one : all) {
    if (!one.found) continue;
    const auto paid = has_paid_work(one.found->where);
    if (!paid) return paid.error();
    if (!*paid) continue;
    if (auto same = check_config(one, whole, asked); !same) return same;
  }
  return check_dataset(present, count);
}

// The run's own first: it has what was merged before, or made without shards.
std::vector<ledger_source> sources_of(const run_directory& where,
                                      const std::vector<run_shard>& all) {
  std::vector<ledger_source> out = {{where.ledger()}};
  for (const run_shard& one : all) {
    if (!one.found) continue;
    const shard_config which{one.which.index, one.which.count, ""};
    out.push_back({one.found->where.ledger(), rows_of(which)});
  }
  return out;
}

// Nobody else makes or merges the run's own ledger meanwhile. Where the file system has no such
// locks there is none: a merge that is made twice comes to the same.
class own_lock {
 public:
  static result<own_lock> take(const run_directory& where) {
    own_lock taken;
    for (const auto& [path, flags] :
         {std::pair(where.path, O_RDONLY | O_DIRECTORY), std::pair(where.ledger(), O_RDWR)}) {
      const auto there = io::is_there(path);
      if (!there) return there.error();
      if (!*there) continue;
      auto opened = io::file::open(path, flags);
      if (!opened) return opened.error();
      const auto locked = (*opened)->lock();
      if (!locked && locked.error().code == errc::busy) return locked.error();
      taken.files_.push_back(std::move(*opened));
    }
    return taken;
  }
  // An export takes the ledger's own.
  void release_ledger() { files_.resize(1); }

 private:
  std::vector<std::unique_ptr<io::file>> files_;
};

result<merged_lines> try_ledger(const config& whole, const std::vector<ledger_source>& from,
                                const merge_options& options, early_fold& early) {
  const run_directory where{whole.run_dir};
  const auto there = io::is_there(where.ledger());
  if (!there) return there.error();
  auto made = io::replacement::begin(where.ledger());
  if (!made) return made.error();
  const merge_rules rules{options.allow_overlap, options.allow_missing};
  if (!early.has_begun()) early.begin({options.stop, options.say});
  auto merged = merge_ledgers(from, made->content(), where.path, rules, options.stop.get(),
                              std::bind_front(&early_fold::take, &early));
  if (!merged) return merged.error();
  if (auto synced = made->content().sync_data(); !synced) return synced.error();
  // A ledger without a manifest is one that nobody knows the questions of.
  if (auto recorded = record_config(where, whole); !recorded) return recorded.error();
  auto placed = *there ? made->take_over() : made->take_name();
  if (!placed) return placed.error();
  return merged;
}

// What it is folded into may have the room on the disk, or the descriptors, that it lacks.
result<merged_lines> make_ledger(const config& whole, const std::vector<ledger_source>& from,
                                 const merge_options& options, early_fold& early) {
  auto made = try_ledger(whole, from, options, early);
  if (made || made.error().code != errc::disk || !early.is_under_way()) return made;
  early.give_up();
  return try_ledger(whole, from, options, early);
}

budget::amount cost_of(const config& whole, const ledger_account& used) {
  run_facts told = facts_of(whole);
  take_account(used, told);
  return cost_of(told);
}

// What the run's own ledger, of which a merge makes another, was paid beyond what its lines tell.
// A budget takes what they do not tell at its most, whichever ledger they stand in then: in the
// note is what was paid beyond that.
result<budget::amount> loosen_note(const config& whole, const merge_options& options) {
  const run_directory where{whole.run_dir};
  auto note = read_spending(where);
  if (!note) return note.error();
  budget::amount out = note->under_way;
  if (!note->spent) return out += note->beyond_ledger;
  ledger_account told, at_most;
  sample done;
  const auto count = [&](const io::ledger_line& line) {
    if (line.offset >= note->ledger_bytes) return false;
    if (!read_ledger_line(line.text, done)) return true;
    line_account one = account_of(done);
    told.note(done.key, one);
    one.used = most_used(done);
    at_most.note(done.key, one);
    return true;
  };
  auto scanned = io::scan_ledger(where.ledger(), count, options.stop.get());
  if (!scanned) return scanned.error();
  out += note->beyond(cost_of(whole, told));
  note->beyond_ledger = note->beyond(cost_of(whole, at_most));
  note->spent.reset();
  if (auto kept = io::replace_file(where.spending(), encode(*note)); !kept) return kept.error();
  return out;
}

// What the shards that say so have paid beside what their samples' tokens cost, and `own`; where
// that cannot be told apart, all that they have paid. Nothing where none says.
std::optional<double> spent_besides(const run_facts& whole, const std::vector<run_shard>& shards,
                                    const budget::amount& own) {
  double besides = own.shown().usd, all = besides;
  bool is_said = own.nanos != 0, is_apart = true;
  for (const run_shard& one : shards) {
    if (!one.found || !one.found->facts || !one.found->facts->spent_usd) continue;
    const auto part = usd_besides(*one.found->facts, whole);
    is_said = true;
    is_apart = is_apart && part;
    besides += part.value_or(0);
    all += *one.found->facts->spent_usd;
  }
  if (!is_said) return std::nullopt;
  return is_apart ? besides : all;
}

// What the shards say of themselves, as one run.
run_facts facts_of_all(const config& whole, const std::vector<run_shard>& shards, bool is_whole,
                       const budget::amount& own_beyond) {
  run_facts out = facts_of(whole);
  std::uint64_t records = 0, fingerprint = 0;
  bool are_known = is_whole;
  for (const run_shard& one : shards) {
    if (!one.found || !one.found->facts) continue;
    const run_facts& of = *one.found->facts;
    const std::int64_t first = of.first_began_ms;
    if (first && (!out.first_began_ms || first < out.first_began_ms)) out.first_began_ms = first;
    out.began_ms = std::max(out.began_ms, of.began_ms);
    out.ended_ms = std::max(out.ended_ms, of.ended_ms);
    out.requests += of.requests;
    out.retries += of.retries;
    are_known = are_known && of.records && of.dataset_fingerprint;
    records += of.records.value_or(0);
    fingerprint += of.dataset_fingerprint.value_or(0);
  }
  out.spent_usd = spent_besides(out, shards, own_beyond);
  out.elapsed_s = static_cast<double>(out.ended_ms - out.first_began_ms) / 1000;
  if (are_known) {
    out.records = records;
    out.dataset_fingerprint = fingerprint;
  }
  return out;
}

std::string state_of(const run_facts& of) {
  if (!of.reason.empty()) return "stopped";
  return of.failed > of.most_failed ? "failed samples" : "done";
}

std::uint64_t samples_of(const view_counts& of) {
  return of.accepted + of.handed_on + of.rejected.all() + of.failed;
}

// Of all shards there are, which are finished.
std::uint64_t lost_samples(const std::vector<run_shard>& shards, const export_summary& found) {
  if (found.skipped_rows > 0) return 0;  // whose samples are not counted
  std::uint64_t told = 0;
  for (const run_shard& one : shards) {
    const run_facts& of = *one.found->facts;
    told += of.accepted + of.handed_on + of.rejected.all() + of.failed;
  }
  return told - std::min(told, samples_of(found.counts));
}

std::string wants_more(std::uint64_t records) {
  return fmt::format("by the verdicts of all shards together {} records want more", records);
}

std::string are_lost(std::uint64_t samples) {
  return fmt::format("{} samples that the shards have told of are in none of their ledgers",
                     samples);
}

result<export_summary> make_outputs(const config& whole, const std::vector<run_shard>& shards,
                                    bool is_whole, const budget::amount& own_beyond,
                                    const merge_options& options, early_fold& early,
                                    std::uint64_t& lost) {
  export_options exported;
  exported.stop = options.stop;
  exported.say = options.say;
  exported.known = facts_of_all(whole, shards, is_whole, own_beyond);
  auto made = export_ledger(whole, exported, &early);
  if (!made || !made->facts) return made;
  if (!is_whole) made->unfinished = 0;  // what its shards have not asked yet is no news
  const run_directory where{whole.run_dir};
  run_facts& facts = *made->facts;
  if (!is_whole) facts.reason = "merged without all of its shards";
  if (made->unfinished) facts.reason = wants_more(made->unfinished);
  if (is_whole) lost = lost_samples(shards, *made);
  if (lost) facts.reason = are_lost(lost);
  facts.state = state_of(facts);
  facts.ledger_bytes = fs::file_size(where.ledger());
  std::string text = encode(facts);
  known_keys(whole, &std::getenv).mask_kept(text);
  if (auto saved = io::replace_file(where.summary(), text); !saved) return saved.error();
  return made;
}

}  // namespace

result<config> config_of_shards(const std::string& run_dir,
                                const std::vector<override_value>& overrides) {
  const auto all = readable_shards(run_dir);
  if (!all) return all.error();
  const std::uint32_t count = present_count(*all);
  const run_shard* first = nullptr;
  for (const run_shard& one : *all) {
    if (one.which.count != count || !one.found || !one.found->facts) continue;
    if (!first) first = &one;
    if (one.found->facts->config_hash == first->found->facts->config_hash) continue;
    return error{
        errc::mismatch,
        fmt::format("{} and {} were made with different configs: {}; say which it is: "
                    "retort merge CONFIG",
                    first->which.path, one.which.path,
                    describe_changes(first->found->facts->config, one.found->facts->config))};
  }
  if (!first) return no_shards({run_dir});
  const auto kept = read_kept_config(first->found->where);
  if (!kept) return kept.error();
  std::error_code ec;
  const std::string whole = fs::absolute(run_dir, ec).lexically_normal().string();
  const bool is_elsewhere = fs::current_path(ec) != kept->working_directory;
  if (is_elsewhere) fs::current_path(kept->working_directory, ec);
  if (ec) {
    return error{errc::usage, fmt::format("{} was started in {}, where its paths count from: {}; "
                                          "say where they are: retort merge CONFIG",
                                          run_dir, kept->working_directory, ec.message())};
  }
  std::string quoted;  // a value is YAML
  io::append_json_string(quoted, is_elsewhere ? whole : run_dir);
  std::vector<override_value> changes = {{"run_dir", quoted, "the run's directory"}};
  changes.insert(changes.end(), overrides.begin(), overrides.end());
  return parse_config(kept->text, first->found->where.config(), changes);
}

result<merge_summary> merge_shards(const config& whole, const merge_options& options) {
  const run_directory where{whole.run_dir};
  const auto all = readable_shards(where.path);
  if (!all) return all.error();
  const std::uint32_t count = present_count(*all);
  if (count == 0) return no_shards(where);
  if (auto right = check_all(*all, count, whole, options); !right) return right.error();
  if (auto admitted = admit_config(where, whole); !admitted) return admitted.error();
  auto lock = own_lock::take(where);
  if (!lock) return lock.error();
  const auto sources = sources_of(where, *all);
  const auto own_beyond = loosen_note(whole, options);
  if (!own_beyond) return own_beyond.error();
  early_fold early(whole);
  auto merged = make_ledger(whole, sources, options, early);
  if (!merged) return merged.error();
  lock->release_ledger();
  const auto present = shards_of(*all, count);
  const bool is_whole = check_complete(present, count).has_value();
  std::uint64_t lost = 0;
  auto outputs = make_outputs(whole, present, is_whole, *own_beyond, options, early, lost);
  if (!outputs) return outputs.error();
  return merge_summary{count, static_cast<std::uint32_t>(sources.size() - 1), *merged, lost,
                       std::move(*outputs)};
}

}  // namespace retort::engine
