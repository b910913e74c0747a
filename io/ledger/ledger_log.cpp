#include "io/ledger/ledger_log.hpp"

#include <fcntl.h>
#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <optional>
#include <thread>
#include <utility>

#include "io/base/mutex.hpp"
#include "io/base/unexpected.hpp"
#include "io/file/file.hpp"
#include "io/ledger/ledger_file.hpp"
#include "io/ledger/ledger_seal.hpp"

namespace retort::io {
namespace {

// Under load groups form by themselves: a commit starts this long after the one before it, or as
// soon as this much is waiting. A line that comes alone is committed at once.
constexpr auto pace = std::chrono::milliseconds(20);
constexpr std::size_t full_group_bytes = std::size_t{1} << 20;

// A buffer that a slow disk has let grow beyond this is given back.
constexpr std::size_t kept_buffer_bytes = std::size_t{4} << 20;

// What is taken for a line's length before there is one; more where the disk is nearly full, for
// then nothing makes up for an answer that is longer.
constexpr std::size_t first_guess = std::size_t{16} << 10;
constexpr std::size_t first_guess_if_tight = std::size_t{512} << 10;

void append_line(std::string& lines, std::string_view before, const ledger_seal& seal) {
  lines.append(before);
  lines.append(seal.data(), seal.size());
  lines += '\n';
}

void drop_front(std::string& buffer, std::size_t bytes) {
  buffer.erase(0, bytes);
  if (buffer.empty() && buffer.capacity() > kept_buffer_bytes) buffer = {};
}

std::uint64_t count_lines(std::string_view lines) {
  return static_cast<std::uint64_t>(std::count(lines.begin(), lines.end(), '\n'));
}

}  // namespace

// Two buffers: flush() fills `waiting`, the thread writes `group`; they are swapped when a group
// begins, so the lock is never held while anything slow happens.
struct ledger_log::state {
  state(ledger_file opened, ledger_options wanted)
      : begin(opened.end()), file(std::move(opened)), options(std::move(wanted)) {
    note_room();
  }

  void commit_groups();
  bool next_group();
  bool is_closing();
  void commit();
  void note_room();
  std::size_t guess() const;
  void report(error problem);
  result<void> finish();

  mutex guard;
  std::condition_variable wake;
  std::string waiting RETORT_GUARDED_BY(guard);
  bool closing RETORT_GUARDED_BY(guard) = false;

  // append()'s thread.
  const std::uint64_t begin;  // of what this log appends
  std::size_t appended = 0;
  std::string unflushed;
  std::thread thread;

  std::size_t longest = 0;  // line appended

  std::atomic<std::size_t> committed = 0;
  std::atomic<std::size_t> needed = 0;  // bytes, for what is expected
  std::atomic<std::uint64_t> room = 0;  // in the reserve, behind what is committed
  std::atomic<bool> is_tight = false;

  // The log's thread while it runs.
  ledger_file file;
  ledger_options options;
  std::string group;
  std::chrono::steady_clock::time_point begun;  // the last commit
  std::uint64_t uncertain = 0;   // lines written that may not survive, since a sync has failed
  std::optional<error> problem;  // the last one
};

void ledger_log::state::commit_groups() {
  for (bool last = false; !last;) {
    try {
      last = next_group();
      if (!group.empty()) commit();
    } catch (...) {  // out of memory: what is not committed waits
      last = is_closing();
      report(explain(std::current_exception()));
    }
  }
}

// Waits until there is something to commit and it is time for it. True for the last group.
bool ledger_log::state::next_group() {
  lock held(guard);
  while (!closing && waiting.empty()) held.wait(wake);
  while (!closing && waiting.size() < full_group_bytes) {
    if (!held.wait_until(wake, begun + pace)) break;
  }
  begun = std::chrono::steady_clock::now();
  if (group.empty()) {
    group.swap(waiting);
  } else {  // what could not be written comes first
    group += waiting;
    drop_front(waiting, waiting.size());
  }
  return closing;
}

bool ledger_log::state::is_closing() {
  const lock held(guard);
  return closing;
}

void ledger_log::state::commit() {
  file.need(needed);
  const auto done = file.append(group);
  note_room();
  const auto lines = std::string_view(group).substr(0, done.written);
  if (!done.durable) {
    uncertain += count_lines(lines);
  } else if (!lines.empty()) {
    committed += lines.size();  // first: who hears of it may look at the backlog at once
    if (options.committed) options.committed(lines);
  }
  if (done.problem) report(*done.problem);
  drop_front(group, done.written);
}

void ledger_log::state::note_room() {
  room = file.room();
  is_tight = options.comfort_bytes > 0 && file.is_tight();
}

// Of a line to come: twice the longest, since it may be longer.
std::size_t ledger_log::state::guess() const {
  if (longest > 0) return 2 * longest;
  return is_tight ? first_guess_if_tight : first_guess;
}

void ledger_log::state::report(error latest) {
  const bool first = !problem;
  problem = std::move(latest);
  if (first && options.failed) options.failed(*problem);
}

result<void> ledger_log::state::finish() {
  auto closed = file.close();
  const auto lost = uncertain + count_lines(group);
  if (lost == 0) return closed;
  return error{problem->code, fmt::format("{}; {} {} could not be committed", problem->message,
                                          lost, lost == 1 ? "line" : "lines")};
}

ledger_log::ledger_log(std::unique_ptr<state> opened) : state_(std::move(opened)) {
  state_->thread = std::thread([s = state_.get()] { s->commit_groups(); });
}

result<std::unique_ptr<ledger_log>> ledger_log::open(const std::string& path,
                                                     ledger_options options) {
  auto opened = file::open(path, O_RDWR | O_CREAT);
  if (!opened) return opened.error();
  return open(std::move(*opened), std::move(options));
}

result<std::unique_ptr<ledger_log>> ledger_log::open(std::unique_ptr<file> opened,
                                                     ledger_options options) {
  auto ledger = ledger_file::open(std::move(opened), options.sync, options.reserve_bytes,
                                  options.comfort_bytes);
  if (!ledger) return ledger.error();
  auto ready = std::make_unique<state>(std::move(*ledger), std::move(options));
  return std::unique_ptr<ledger_log>(new ledger_log(std::move(ready)));
}

ledger_log::~ledger_log() { (void)close(); }

std::size_t ledger_log::append(std::string_view object) {
  object.remove_suffix(1);  // the closing brace, which the seal brings again
  const auto before = state_->unflushed.size();
  append_line(state_->unflushed, object, seal_of(object));
  const auto bytes = state_->unflushed.size() - before;
  state_->appended += bytes;
  state_->longest = std::max(state_->longest, bytes);
  return bytes;
}

void ledger_log::flush() {
  if (state_->unflushed.empty()) return;
  bool news;  // to a thread that may be waiting
  {
    const lock held(state_->guard);
    auto& waiting = state_->waiting;
    const auto before = waiting.size();
    waiting += state_->unflushed;
    news = before == 0 || (before < full_group_bytes && waiting.size() >= full_group_bytes);
  }
  drop_front(state_->unflushed, state_->unflushed.size());
  if (news) state_->wake.notify_one();
}

std::uint64_t ledger_log::end() const { return state_->begin + state_->appended; }

std::size_t ledger_log::backlog() const { return state_->appended - state_->committed; }

void ledger_log::expect(std::size_t lines) { state_->needed = lines * state_->guess(); }

bool ledger_log::has_room_for(std::size_t lines) const {
  return lines <= 1 || lines * state_->guess() + backlog() <= state_->room;
}

result<void> ledger_log::close() {
  if (!state_->thread.joinable()) return {};
  flush();
  {
    const lock held(state_->guard);
    state_->closing = true;
  }
  state_->wake.notify_one();
  state_->thread.join();
  return state_->finish();
}

}  // namespace retort::io
