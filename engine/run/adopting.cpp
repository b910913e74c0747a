#include "engine/run/adopting.hpp"

#include <fcntl.h>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include "engine/directory/adoption.hpp"
#include "engine/run/taking_up.hpp"
#include "engine/shard/shard_run.hpp"
#include "io/file/presence.hpp"

namespace retort::engine {
namespace {

constexpr std::size_t copying_reserve = 256 << 10;

using amount = std::optional<std::int64_t>;

// Its share, as long as nothing was adopted. What is shared by need is not divided.
budget_left share_of(const run_parts& of) {
  const config& what = of.what;
  budget_left out;
  if (of.lease) return out;
  if (what.budget.usd) out.usd_nanos = std::llround(*what.budget.usd * 1e9);
  if (what.budget.tokens) out.tokens = what.budget.tokens;
  return out;
}

amount sum(const amount& a, const amount& b) { return a && b ? amount(*a + *b) : std::nullopt; }

amount left_before(const amount& share, const amount& beyond_it, std::int64_t spent) {
  return share ? amount(*share + beyond_it.value_or(0) - spent) : std::nullopt;
}

// What the shard may spend beyond its share: all that it has, and its part of what nobody has
// spent, which is below zero where that is more than the budget: this one may become larger.
amount beyond(const amount& share, const amount& before, std::int64_t own, std::int64_t part) {
  if (!share) return std::nullopt;
  std::int64_t left = *share - part;
  if (before) left = std::min(left, *before);
  return own + left - *share;
}

// Every ledger of the run, this one among them.
result<std::vector<std::string>> all_ledgers(const config& what) {
  const std::string& whole = what.shard ? what.shard->run_dir : what.run_dir;
  const auto shards = shards_in(whole);
  if (!shards) return shards.error();
  std::vector<std::string> out = {run_directory{whole}.ledger()};
  for (const known_shard& one : *shards) out.push_back(run_directory{one.path}.ledger());
  return out;
}

class adoption {
 public:
  adoption(run_parts& of, other_ledgers others, adoption_note note)
      : of_(of), others_(std::move(others)), note_(std::move(note)) {}

  bool is_needed() const {
    const budget_left share = share_of(of_);
    const budget_left& known = note_.beyond_share;
    return note_.begun || others_.has_news(note_) || (share.usd_nanos && !known.usd_nanos) ||
           (share.tokens && !known.tokens);
  }

  // A kill leaves a note that says it was begun, and what was left then.
  result<void> perform() {
    if (auto admitted = admit_config(of_.directory, of_.what); !admitted) return admitted;
    if (auto recorded = record_config(of_.directory, of_.what); !recorded) return recorded;
    if (auto begun = begin(); !begun) return begun;
    const auto copied = copy();
    if (!copied) return copied.error();
    of_.has_adopted = *copied > 0;
    if (*copied > 0) {
      of_.display->say(fmt::format("took over {} lines of {} from {} other ledgers of this run",
                                   *copied, of_.what.shard ? "this shard's records" : "the run",
                                   others_.all().size()));
    }
    if (auto divided = divide_rest(); !divided) return divided;
    note_.seen = others_.sizes();
    note_.begun.reset();
    return save_adoption(of_.directory, note_);
  }

  void set_purse() const {
    const budget_left& beyond = note_.beyond_share;
    if (!of_.what.shard) {
      of_.elsewhere = {-beyond.tokens.value_or(0), -beyond.usd_nanos.value_or(0)};
    }
    if (!of_.money || of_.lease) return;
    const budget_left share = share_of(of_);
    const amount usd = sum(share.usd_nanos, beyond.usd_nanos);
    const amount tokens = sum(share.tokens, beyond.tokens);
    of_.cap = {};
    if (usd) of_.cap.usd = static_cast<double>(std::max<std::int64_t>(0, *usd)) / 1e9;
    if (tokens) of_.cap.tokens = std::max<std::int64_t>(0, *tokens);
    of_.money->money = budget(of_.cap.usd, of_.cap.tokens);
  }

 private:
  result<void> begin() {
    if (note_.begun) return {};
    budget_left before;
    const bool has_samples = std::filesystem::file_size(of_.directory.ledger()) > 0;
    if (of_.money && !of_.lease && has_samples) {
      const auto spent = spent_in(of_, {of_.directory.ledger()});
      if (!spent) return spent.error();
      const budget_left share = share_of(of_);
      const budget_left& beyond = note_.beyond_share;
      before.usd_nanos = left_before(share.usd_nanos, beyond.usd_nanos, spent->nanos);
      before.tokens = left_before(share.tokens, beyond.tokens, spent->tokens);
    }
    note_.begun = before;
    return save_adoption(of_.directory, note_);
  }

  result<std::uint64_t> copy() {
    io::ledger_options options;
    options.sync = of_.what.durability == durability::fsync;
    options.reserve_bytes = copying_reserve;
    auto own = of_.own_ledger->again();
    if (!own) return own.error();
    auto into = io::ledger_log::open(std::move(*own), std::move(options));
    if (!into) return into.error();
    const auto copied =
        adopt_lines(of_.what, others_, of_.directory.ledger(), **into, of_.stop_reading.get());
    const auto closed = (*into)->close();
    if (!copied) return copied.error();
    if (!closed) return closed.error();
    return *copied;
  }

  // What is left of the budget is divided anew; nobody has more than before.
  result<void> divide_rest() {
    note_.beyond_share = {};
    if (!of_.money || of_.lease) return {};
    const auto own = spent_in(of_, {of_.directory.ledger()});
    if (!own) return own.error();
    const auto ledgers = all_ledgers(of_.what);
    if (!ledgers) return ledgers.error();
    const auto all = spent_in(of_, *ledgers);
    if (!all) return all.error();
    const std::int64_t count = of_.what.shard ? of_.what.shard->count : 1;
    const budget_left share = share_of(of_);
    const budget_left& before = *note_.begun;
    note_.beyond_share.usd_nanos =
        beyond(share.usd_nanos, before.usd_nanos, own->nanos, (all->nanos + count - 1) / count);
    note_.beyond_share.tokens =
        beyond(share.tokens, before.tokens, own->tokens, (all->tokens + count - 1) / count);
    return {};
  }

  run_parts& of_;
  other_ledgers others_;
  adoption_note note_;
};

// Of the run's own files. Where the directory cannot be listed there are none.
void note_new_files(run_parts& of, bool is_ledger_new) {
  const auto names = io::paths_in(of.directory.path);
  if (!names || !*names) return;
  std::set<std::filesystem::path> there((*names)->begin(), (*names)->end());
  if (is_ledger_new) there.erase(of.directory.ledger());
  const auto own = of.directory.own();
  of.new_paths.insert(of.new_paths.begin(), own.begin(), own.end());
  std::erase_if(of.new_paths, [&](const auto& one) { return there.contains(one); });
}

}  // namespace

result<void> adopt(run_parts& of) {
  const auto was_there = io::is_there(of.directory.ledger());
  if (!was_there) return was_there.error();
  auto own = io::file::open(of.directory.ledger(), O_RDWR | O_CREAT);
  if (!own) return own.error();
  if (auto locked = (*own)->lock(); !locked) return locked;
  // What is written into one that a merge or --fresh has just put aside would be nobody's.
  if ((*own)->identity() != io::identity_of(of.directory.ledger())) {
    return error{errc::busy,
                 of.directory.ledger() + " was replaced while it was opened; try again"};
  }
  if ((*own)->is_locked()) {
    note_new_files(of, !*was_there);
  } else {
    of.display->say(without_locks(of.directory.ledger()));
  }
  of.own_ledger = std::move(*own);
  auto others = other_ledgers::hold(of.what);
  if (!others) return others.error();
  auto note = read_adoption(of.directory);
  if (!note) return note.error();
  if (others->all().empty() && !*note) return {};
  adoption made(of, std::move(*others), note->value_or(adoption_note{}));
  if (made.is_needed()) {
    if (auto done = made.perform(); !done) return done;
  }
  made.set_purse();
  return {};
}

}  // namespace retort::engine
