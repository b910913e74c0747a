#include "engine/merge/merged_ledger.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>
#include <array>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string_view>
#include <utility>

#include "engine/merge/line_sorter.hpp"
#include "engine/sample/line_reader.hpp"
#include "io/file/file_limit.hpp"
#include "io/ledger/ledger_log.hpp"
#include "io/ledger/ledger_seal.hpp"

namespace retort::engine {
namespace {

constexpr std::size_t output_bytes = std::size_t{1} << 20;
// What all the ledgers together are read through, and each of them at least and at most.
constexpr std::size_t window_bytes = std::size_t{64} << 20;
constexpr std::size_t least_window = std::size_t{32} << 10, most_window = std::size_t{1} << 20;
constexpr std::uint64_t lines_between_looks = 1024;  // at the interrupt

// Where every line of the ledgers stands.
class line_finder {
 public:
  line_finder(const std::vector<ledger_source>& from, line_sorter& into, const merge_rules& rules)
      : from_(from), into_(into), rules_(rules) {}

  result<void> find_all(const io::interrupt* stop) {
    for (std::uint32_t i = 0; i < from_.size(); ++i) {
      if (auto found = find(i, stop); !found) return found;
    }
    return {};
  }

 private:
  result<void> find(std::uint32_t source, const io::interrupt* stop) {
    result<void> noted;
    const auto each = [&](const io::ledger_line& line) {
      noted = note(source, line);
      return noted.has_value();
    };
    const std::string& path = from_[source].path;
    const auto scanned = io::scan_ledger(path, each, stop);
    if (!noted) return noted;
    if (!scanned) return scanned.error();
    if (scanned->damaged == 0 || rules_.allow_damage) return {};
    return error{errc::mismatch, fmt::format("{}: {} damaged lines (the first is line {}): run its "
                                             "shard again, which makes their samples anew",
                                             path, scanned->damaged, scanned->first_damaged)};
  }

  result<void> note(std::uint32_t source, const io::ledger_line& line) {
    const auto head = read_line_head(line.text);
    if (!head) return unfit(source, line, head.error().message);
    if (!from_[source].part.has(head->key.ordinal)) {
      return unfit(
          source, line,
          fmt::format("holds a sample of record {}, which is not this shard's", head->key.ordinal));
    }
    return into_.add({head->key, source, static_cast<std::uint32_t>(line.text.size() + 1),
                      line.offset, io::seal_in(line.text), !head->open,
                      head->has_more && !head->is_unjudged});
  }

  error unfit(std::uint32_t source, const io::ledger_line& line, std::string_view why) const {
    return {errc::mismatch, fmt::format("{}: line {} {}", from_[source].path, line.line, why)};
  }

  const std::vector<ledger_source>& from_;
  line_sorter& into_;
  const merge_rules& rules_;
};

// The ledgers' bytes, read about in their order.
class line_fetcher {
 public:
  explicit line_fetcher(const std::vector<ledger_source>& from)
      : from_(from),
        opened_(from.size()),
        window_(std::clamp(window_bytes / std::max<std::size_t>(1, from.size()), least_window,
                           most_window)),
        most_open_(most_open(from.size())) {}

  // With its newline; valid until the next call.
  result<std::string_view> fetch(const line_place& one) {
    opened& of = opened_[one.source];
    of.used = ++calls_;
    ++of.fetches;
    const auto line = of.has(one) ? result<std::string_view>(of.part(one)) : read(one, of);
    if (!line) return line.error();
    const bool is_it = line->size() == one.bytes && line->back() == '\n' &&
                       io::seal_in(*line) == one.seal &&
                       io::is_sealed(line->substr(0, line->size() - 1));
    if (is_it) return line;
    return error{errc::busy, from_[one.source].path + " was changed while it was read; try again"};
  }

 private:
  struct opened {
    std::unique_ptr<io::file> file;
    std::string window;
    std::uint64_t begin = 0;  // of the window, in the file
    std::uint64_t used = 0;
    // Offsets that it did not have, of late.
    std::array<std::uint64_t, 8> missed = {};
    std::size_t misses = 0;
    std::uint64_t fetches = 0, first_miss = 0;

    std::uint64_t end() const { return begin + window.size(); }
    bool has(const line_place& one) const {
      return one.offset >= begin && one.offset + one.bytes <= end();
    }
    std::string_view part(const line_place& one) const {
      return std::string_view(window).substr(one.offset - begin, one.bytes);
    }
  };

  // What the lines are folded into meanwhile opens files as well.
  static std::size_t most_open(std::size_t ledgers) {
    const std::uint64_t limit = io::raise_file_limit(ledgers + io::other_files);
    return std::max<std::size_t>(1, limit - std::min(io::other_files, limit / 2));
  }

  // One that stands far from the window, since its answer came early or late, is read by itself.
  // Where many do, the lines have gone: it is put around those.
  result<std::string_view> read(const line_place& one, opened& of) {
    if (!of.file) {
      if (auto made = open(one.source, of); !made) return made.error();
    }
    if (of.misses == 0) of.first_miss = of.fetches;
    of.missed[of.misses++] = one.offset;
    const bool is_first = of.window.empty();
    const bool is_full = of.misses == of.missed.size();
    if (is_first || is_full) {
      const bool have_gone = is_first || of.fetches - of.first_miss < 3 * of.misses;
      if (auto moved = have_gone ? move_window(of) : result<void>(); !moved) return moved.error();
      of.misses = 0;
    }
    return of.has(one) ? result<std::string_view>(of.part(one)) : read_alone(one, of);
  }

  // About the middle of those that were missed and what follows: what it has had before is read
  // again, and lines that come late are few.
  result<void> move_window(opened& of) {
    std::sort(of.missed.begin(), of.missed.begin() + static_cast<std::ptrdiff_t>(of.misses));
    const std::uint64_t middle = of.missed[of.misses / 2];
    of.begin = middle - std::min<std::uint64_t>(middle, window_ / 16);
    of.window.resize(window_);
    const auto got = of.file->read(of.window.data(), of.window.size(), of.begin);
    if (!got) return got.error();
    of.window.resize(*got);
    return {};
  }

  result<std::string_view> read_alone(const line_place& one, const opened& of) {
    alone_.resize(one.bytes);
    const auto got = of.file->read(alone_.data(), one.bytes, one.offset);
    if (!got) return got.error();
    return std::string_view(alone_).substr(0, *got);
  }

  result<void> open(std::uint32_t source, opened& of) {
    if (open_ == most_open_) close_one();
    auto made = io::file::open(from_[source].path, O_RDONLY);
    // Who else is at work may have taken what was left.
    while (!made && made.error().code == errc::disk && open_ > 0) {
      close_one();
      made = io::file::open(from_[source].path, O_RDONLY);
    }
    if (!made) return made.error();
    of.file = std::move(*made);
    ++open_;
    return {};
  }

  // The one that was not needed for longest.
  void close_one() {
    opened* longest = nullptr;
    for (opened& one : opened_) {
      if (one.file && (!longest || one.used < longest->used)) longest = &one;
    }
    longest->file.reset();
    --open_;
  }

  const std::vector<ledger_source>& from_;
  std::vector<opened> opened_;
  std::size_t window_, most_open_, open_ = 0;
  std::uint64_t calls_ = 0;
  std::string alone_;
};

bool is_same_sample(const line_place& a, const line_place& b) {
  return a.key.variant == b.key.variant && a.key.k == b.key.k;
}

bool is_same_branch(const line_place& a, const line_place& b) {
  return a.key.ordinal == b.key.ordinal && a.key.step == b.key.step && a.key.from == b.key.from;
}

class ledger_maker {
 public:
  ledger_maker(const std::vector<ledger_source>& from, io::file& to, const merge_rules& rules,
               const line_listener& hear)
      : from_(from),
        fetcher_(from),
        to_(to),
        rules_(rules),
        hear_(hear),
        buffer_(io::ledger_header()) {}

  // The lines of a record's branch, sample by sample.
  result<void> take(std::span<const line_place> lines) {
    branch_.clear();
    while (!lines.empty()) {
      const auto others = std::ranges::find_if_not(
          lines, [&](const line_place& one) { return is_same_sample(one, lines[0]); });
      const auto count = static_cast<std::size_t>(others - lines.begin());
      if (auto taken = take_sample(lines.first(count)); !taken) return taken;
      lines = lines.subspan(count);
    }
    put_last_behind(branch_);
    for (const line_place& one : branch_) {
      if (auto put = copy(one); !put) return put;
    }
    return {};
  }

  result<merged_lines> finish() {
    if (auto flushed = flush(); !flushed) return flushed.error();
    if (auto cut = to_.truncate(written_); !cut) return cut.error();
    return made_;
  }

 private:
  result<void> take_sample(std::span<const line_place> lines) {
    sample_.assign(lines.begin(), lines.end());
    made_.copies += leave_once(sample_);
    if (is_overlap(sample_)) {
      ++made_.overlaps;
      if (!rules_.allow_overlaps) return overlap(sample_);
    }
    branch_.insert(branch_.end(), sample_.begin(), sample_.end());
    return {};
  }

  // A line that says that more is to come stands before what came: as they were written, and with
  // the last of them the record is over.
  static void put_last_behind(std::vector<line_place>& branch) {
    if (std::ranges::none_of(branch, [](const line_place& one) { return one.has_more != 0; }))
      return;
    std::ranges::sort(branch, {},
                      [](const line_place& one) { return std::pair(one.source, one.offset); });
  }

  // How many were the same as an earlier one.
  std::uint64_t leave_once(std::vector<line_place>& lines) {
    const std::size_t before = lines.size();
    if (before == 1) return 0;
    holders_.clear();
    std::set<std::pair<std::uint64_t, std::uint32_t>> seen;
    std::erase_if(lines, [&](const line_place& one) {
      if (one.is_settled) holders_.emplace(one.source, one.seal);
      return !seen.emplace(one.seal, one.bytes).second;
    });
    return before - lines.size();
  }

  // Several settle it, and no ledger has all of them. One ledger may: what settles first holds.
  bool is_overlap(const std::vector<line_place>& lines) const {
    const auto settled = static_cast<std::size_t>(
        std::ranges::count_if(lines, [](const line_place& one) { return one.is_settled != 0; }));
    if (settled < 2) return false;
    std::size_t most = 0, run = 0;
    std::uint32_t source = 0;
    for (const auto& [of, seal] : holders_) {  // by source
      run = run > 0 && of == source ? run + 1 : 1;
      source = of;
      most = std::max(most, run);
    }
    return most < settled;
  }

  error overlap(const std::vector<line_place>& lines) const {
    const auto is_settled = [](const line_place& one) { return one.is_settled != 0; };
    const auto first = std::ranges::find_if(lines, is_settled);
    const auto other = std::find_if(std::next(first), lines.end(), [&](const line_place& one) {
      return one.is_settled && one.source != first->source;
    });
    return {
        errc::mismatch,
        fmt::format("{} and {} have each an answer of their own to record {} (variant {}, sample "
                    "{}), as if two shards had been at it at once: --allow-overlap keeps the "
                    "first of them",
                    from_[first->source].path,
                    from_[(other == lines.end() ? first : other)->source].path, first->key.ordinal,
                    first->key.variant, first->key.k)};
  }

  result<void> copy(const line_place& one) {
    const auto line = fetcher_.fetch(one);
    if (!line) return line.error();
    const std::size_t begin = buffer_.size(), end = begin + line->size();
    buffer_.reserve(std::max(output_bytes, end) + simdjson::SIMDJSON_PADDING);
    buffer_ += *line;
    ++made_.lines;
    made_.bytes += line->size();
    if (hear_) {
      const auto text = std::string_view(buffer_).substr(begin, line->size() - 1);
      hear_({text, made_.lines + 1, written_ + begin});
    }
    return buffer_.size() < output_bytes ? result<void>() : flush();
  }

  result<void> flush() {
    const auto done = to_.write(buffer_, written_);
    if (done.problem) return *done.problem;
    written_ += buffer_.size();
    buffer_.clear();
    return {};
  }

  const std::vector<ledger_source>& from_;
  line_fetcher fetcher_;
  io::file& to_;
  const merge_rules& rules_;
  const line_listener& hear_;
  std::string buffer_;
  std::uint64_t written_ = 0;
  std::set<std::pair<std::uint32_t, std::uint64_t>> holders_;  // who has which line that settles
  std::vector<line_place> sample_, branch_;                    // at hand
  merged_lines made_;
};

}  // namespace

result<merged_lines> merge_ledgers(const std::vector<ledger_source>& from, io::file& to,
                                   const std::string& directory, const merge_rules& rules,
                                   const io::interrupt* stop, const line_listener& hear) {
  line_sorter sorted(directory);
  if (auto found = line_finder(from, sorted, rules).find_all(stop); !found) return found.error();
  ledger_maker maker(from, to, rules, hear);
  std::vector<line_place> branch;
  for (std::uint64_t lines = 0;; ++lines) {
    if (stop && lines % lines_between_looks == 0 && stop->is_raised()) {
      return error{errc::cancelled, "stopped: the run is as it was"};
    }
    const auto next = sorted.next();
    if (!next) return next.error();
    const bool is_over = !branch.empty() && (!*next || !is_same_branch(branch[0], **next));
    if (is_over) {
      if (auto taken = maker.take(branch); !taken) return taken.error();
      branch.clear();
    }
    if (!*next) return maker.finish();
    branch.push_back(**next);
  }
}

}  // namespace retort::engine
