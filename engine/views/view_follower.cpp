#include "engine/views/view_follower.hpp"

#include <algorithm>
#include <exception>
#include <iterator>
#include <numeric>
#include <span>
#include <utility>

#include "io/base/unexpected.hpp"

namespace retort::engine {

namespace {

// Rendered text that may wait for its lines to be committed; much more than a group commit holds.
constexpr std::size_t max_rendered_bytes = 2 << 20;

}  // namespace

void rendered_lines::clear(std::uint64_t new_begin) {
  begin = new_begin;
  entries.clear();
  lengths.clear();
  texts.clear();
}

void rendered_lines::take(rendered_lines& more) {
  if (entries.empty()) return std::swap(*this, more);
  std::ranges::move(more.entries, std::back_inserter(entries));
  lengths.insert(lengths.end(), more.lengths.begin(), more.lengths.end());
  texts += more.texts;
}

view_follower::view_follower(io::ledger_reader ledger, view_fold fold, std::uint64_t ledger_end,
                             std::function<void(const error&)> failed)
    : ledger_(std::move(ledger)),
      fold_(std::move(fold)),
      failed_(std::move(failed)),
      taken_up_(ledger_end),
      ledger_end_(ledger_end) {
  thread_ = std::thread([this] { follow(); });
}

view_follower::~view_follower() {
  if (!thread_.joinable()) return;
  {
    const io::lock held(mutex_);
    wish_ = leaving;
  }
  changed_.notify_one();
  thread_.join();
}

void view_follower::appended(std::size_t line_bytes, const sample& judged) {
  if (unflushed_.entries.empty()) unflushed_.begin = ledger_end_;
  unflushed_.entries.push_back(
      {fold_.render(judged, unflushed_.lengths, unflushed_.texts), line_bytes});
  unflushed_.entries.back().change.account = account_of(judged);
  ledger_end_ += line_bytes;
}

void view_follower::flush() {
  {
    const io::lock held(mutex_);
    const bool none = fresh_.entries.empty() || fresh_.texts.size() > max_rendered_bytes;
    if (none) fresh_.clear(unflushed_.begin);
    fresh_.take(unflushed_);
  }
  unflushed_.clear(ledger_end_);
}

void view_follower::committed(std::uint64_t bytes) {
  {
    const io::lock held(mutex_);
    committed_ += bytes;
  }
  changed_.notify_one();
}

result<void> view_follower::finish() {
  {
    const io::lock held(mutex_);
    wish_ = finishing;
  }
  changed_.notify_one();
  thread_.join();
  return outcome_ ? fold_.finish() : outcome_;
}

// Waits for more to fold, and says how far; nothing at the end.
std::optional<std::uint64_t> view_follower::more_than(std::uint64_t folded) {
  io::lock held(mutex_);
  while (committed_ <= folded && wish_ == following) held.wait(changed_);
  const bool last = wish_ == leaving || (wish_ == finishing && committed_ <= folded);
  return last ? std::nullopt : std::optional(committed_);
}

void view_follower::follow() {
  std::uint64_t folded = 0;
  while (const auto target = more_than(folded)) {
    if (outcome_) fold_as_far_as(*target);
    folded = *target;
  }
}

// Whatever goes wrong here is told at once: nobody else looks before the end.
void view_follower::fold_as_far_as(std::uint64_t target) {
  try {
    outcome_ = fold_up_to(target);
  } catch (...) {
    outcome_ = io::explain(std::current_exception());
  }
  if (!outcome_ && failed_ && !abandoned_) failed_(outcome_.error());
}

result<void> view_follower::fold_up_to(std::uint64_t length) {
  while (position_ < length) {
    if (position_ >= taken_up_) fold_.end_of_history();
    if (abandoned_) return error{errc::cancelled, "the views are not complete yet"};
    if (refill() && rendered_.begin <= position_) {
      auto folded = fold_rendered(length);
      if (!folded) return folded;
      if (next_entry_ < rendered_.entries.size()) break;  // the next one is not committed yet
    } else {
      auto more = fold_line(rendered_.entries.empty() ? length : std::min(length, rendered_.begin));
      if (!more) return more.error();
      if (!*more) break;
    }
  }
  return fold_.flush();
}

// Takes what was told since the last time, when that is used up; says whether there is anything.
bool view_follower::refill() {
  if (next_entry_ < rendered_.entries.size()) return true;
  rendered_.clear(0);
  next_entry_ = next_text_ = 0;
  const io::lock held(mutex_);
  std::swap(rendered_, fresh_);
  return !rendered_.entries.empty();
}

result<void> view_follower::fold_rendered(std::uint64_t length) {
  const std::size_t count = fold_.texts();
  for (; next_entry_ < rendered_.entries.size(); ++next_entry_) {
    const auto& one = rendered_.entries[next_entry_];
    const std::uint64_t end = rendered_.begin + one.line_bytes;
    if (end > length) break;
    const auto lengths = std::span(rendered_.lengths).subspan(next_entry_ * count, count);
    if (end > position_) {  // else the file was faster
      const auto texts = std::string_view(rendered_.texts).substr(next_text_);
      auto taken = fold_.take(one.change, lengths, texts);
      if (!taken) return taken;
      position_ = end;
    }
    rendered_.begin = end;
    next_text_ += std::accumulate(lengths.begin(), lengths.end(), std::size_t{0});
  }
  return {};
}

// Folds one line from the file; false when no whole line is there below `length`.
result<bool> view_follower::fold_line(std::uint64_t length) {
  if (ledger_.position() != position_) ledger_.skip_to(position_);
  auto line = ledger_.next(length);
  if (!line) return line.error();
  position_ = ledger_.position();
  if (!*line) return position_ == length;
  auto taken = fold_.take((*line)->text);
  if (!taken) return taken.error();
  return true;
}

}  // namespace retort::engine
