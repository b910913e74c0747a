#include "engine/directory/adoption.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <simdjson.h>
#include <sys/file.h>
#include <sys/vfs.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <filesystem>
#include <thread>
#include <unordered_set>

#include "engine/directory/paid_work.hpp"
#include "engine/directory/run_facts.hpp"
#include "engine/sample/line_reader.hpp"
#include "engine/shard/shard_run.hpp"
#include "io/base/json_writer.hpp"
#include "io/file/file_limit.hpp"
#include "io/file/presence.hpp"
#include "io/ledger/ledger_reader.hpp"
#include "io/ledger/ledger_seal.hpp"

namespace retort::engine {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t most_backlog = std::size_t{8} << 20;
constexpr std::uint64_t lines_between_looks = 4096;  // at the interrupt

// 0: it is not there.
result<std::int64_t> changed_ms(const std::string& path) {
  const auto found = io::look_for(path);
  if (!found) return found.error();
  if (!*found) return 0;
  return (*found)->st_mtim.tv_sec * 1000 + (*found)->st_mtim.tv_nsec / 1'000'000;
}

// By the clock that dates what is written there: a file server's may be far from this node's.
result<std::int64_t> now_ms_in(const std::string& directory) {
  auto fresh = io::file::open_nameless(directory);
  if (!fresh) return fresh.error();
  if (const auto put = (*fresh)->write("now", 0); put.problem) return *put.problem;
  if (auto synced = (*fresh)->sync(); !synced) return synced.error();
  return (*fresh)->changed_ms();
}

struct other_directory {
  run_directory where;
  std::uint32_t shards = 1;
};

error at_work(const other_directory& one) {
  return {errc::busy, fmt::format("{} is being written, by a task of another number of shards: it "
                                  "must have ended (or been silent for {} s) before others go on",
                                  one.where.path, silence_limit(one.shards).count())};
}

result<void> check_config(const run_directory& where, const config& run) {
  const auto known = read_manifest(where);
  if (!known) return known.error();
  const std::string changes = *known ? changed_answers(**known, run) : "it has no manifest.json";
  if (changes.empty()) return {};
  return error{errc::mismatch, fmt::format("{} holds answers to another config: {}. Give the old "
                                           "values, or another run name",
                                           where.path, changes)};
}

result<std::unique_ptr<io::file>> hold_one(const other_directory& one) {
  auto opened = io::file::open(one.where.ledger(), O_RDONLY);
  if (!opened) return opened.error();
  const bool is_taken =
      ::flock((*opened)->descriptor(), LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK;
  if (is_taken) return at_work(one);
  if (knows_all_locks(one.where.path)) return opened;
  const auto elsewhere = may_be_at_work(one.where, one.shards);
  if (!elsewhere) return elsewhere.error();
  if (*elsewhere) return at_work(one);
  return opened;
}

// Whoever goes on by this config may take over what is there.
result<void> check_fit(const run_directory& where, const config& run) {
  if (auto same = check_config(where, run); !same) return same;
  const auto away = has_batches_away(where);
  if (!away) return away.error();
  if (!*away) return {};
  return error{errc::usage, fmt::format("{} has batches away, which only as many shards as then "
                                        "can take in: go on with as many until they are",
                                        where.path)};
}

// Those that may hold samples of the config's records, by directory.
result<std::vector<other_directory>> others_of(const config& run) {
  const std::string& whole = run.shard ? run.shard->run_dir : run.run_dir;
  const auto shards = shards_in(whole);
  if (!shards) return shards.error();
  std::vector<other_directory> all, out;
  if (run.shard) all.push_back({{whole}});
  for (const known_shard& one : *shards) {
    if (!run.shard || one.count != run.shard->count) all.push_back({{one.path}, one.count});
  }
  for (other_directory& one : all) {
    const auto there = io::is_there(one.where.ledger());
    if (!there) return there.error();
    if (*there) out.push_back(std::move(one));
  }
  return out;
}

// Sorted.
result<std::vector<std::uint64_t>> seals_in(const std::string& ledger, const io::interrupt* stop) {
  std::vector<std::uint64_t> out;
  const auto note = [&out](const io::ledger_line& line) {
    out.push_back(io::seal_in(line.text));
    return true;
  };
  if (auto scanned = io::scan_ledger(ledger, note, stop); !scanned) return scanned.error();
  std::ranges::sort(out);
  return out;
}

// The object that a line was before it was sealed.
std::string unsealed(std::string_view line) {
  std::string out(line.substr(0, line.size() - io::ledger_seal().size()));
  return out += '}';
}

class adopter {
 public:
  adopter(io::row_part own, std::vector<std::uint64_t> known, io::ledger_log& into,
          const io::interrupt* stop)
      : own_(own), known_(std::move(known)), into_(into), stop_(stop) {}

  result<void> take_from(const other_ledgers::ledger& from) {
    auto reader = io::ledger_reader::open(from.path);
    if (!reader) return reader.error();
    for (std::uint64_t lines = 0;; ++lines) {
      if (stop_ && lines % lines_between_looks == 0 && stop_->is_raised()) {
        return error{errc::cancelled, "stopped"};
      }
      const auto line = reader->next(from.bytes);
      if (!line) return line.error();
      if (!*line) return {};
      if (auto taken = take(from.path, **line); !taken) return taken;
    }
  }

  std::uint64_t taken() const { return new_.size(); }

 private:
  result<void> take(const std::string& path, const io::ledger_line& line) {
    const auto head = read_line_head(line.text);
    if (!head) {
      return error{errc::mismatch, fmt::format("{}: at byte {}, a line {}", path, line.offset,
                                               head.error().message)};
    }
    if (!own_.has(head->key.ordinal)) return {};
    const std::uint64_t seal = io::seal_in(line.text);
    if (std::ranges::binary_search(known_, seal) || !new_.insert(seal).second) return {};
    into_.append(unsealed(line.text));
    if (into_.backlog() > most_backlog) wait_for_disk();
    return {};
  }

  // One that is full keeps what it was given, and says so when it is closed.
  void wait_for_disk() {
    into_.flush();
    for (std::size_t before = 0; into_.backlog() > most_backlog && into_.backlog() != before;) {
      before = into_.backlog();
      std::this_thread::sleep_for(std::chrono::milliseconds(200));
    }
  }

  io::row_part own_;
  std::vector<std::uint64_t> known_;  // seals of the ledger's lines
  std::unordered_set<std::uint64_t> new_;
  io::ledger_log& into_;
  const io::interrupt* stop_;
};

budget_left left_in(simdjson::simdjson_result<simdjson::dom::element> from) {
  budget_left out;
  std::int64_t number = 0;
  if (!from["usd_nanos"].get(number)) out.usd_nanos = number;
  if (!from["tokens"].get(number)) out.tokens = number;
  return out;
}

void write(io::json_writer& json, std::string_view name, const budget_left& what) {
  json.key(name);
  json.open_object();
  if (what.usd_nanos) json.member("usd_nanos", *what.usd_nanos);
  if (what.tokens) json.member("tokens", *what.tokens);
  json.close_object();
}

}  // namespace

// The magic numbers of statfs(2).
bool knows_all_locks(const std::string& path) {
  struct statfs of {};
  if (::statfs(path.c_str(), &of) != 0) return false;
  for (const std::uint32_t one :
       {0xEF53u /* ext */, 0x58465342u /* XFS */, 0x9123683Eu /* btrfs */, 0x01021994u /* tmpfs */,
        0x794c7630u /* overlay */, 0x2fc12fc1u /* ZFS */, 0xF2F52010u /* F2FS */}) {
    if (static_cast<std::uint32_t>(of.f_type) == one) return true;
  }
  return false;
}

result<bool> may_be_at_work(const run_directory& where, std::uint32_t shards) {
  const auto facts = read_facts(where);
  if (facts && *facts && (*facts)->ended_ms > 0) return false;
  const auto now = now_ms_in(where.path);
  const auto ledger = changed_ms(where.ledger()), summary = changed_ms(where.summary());
  for (const auto* const one : {&now, &ledger, &summary}) {
    if (!*one) return one->error();
  }
  return *now - std::max(*ledger, *summary) <
         std::chrono::milliseconds(silence_limit(shards)).count();
}

result<std::optional<adoption_note>> read_adoption(const run_directory& where) {
  const std::string path = where.adopted();
  const auto there = io::is_there(path);
  if (!there) return there.error();
  if (!*there) return std::optional<adoption_note>();
  const auto text = io::read_file(path);
  if (!text) return text.error();
  simdjson::dom::parser parser;
  simdjson::dom::element root;
  simdjson::dom::object seen;
  std::int64_t version = 0;
  if (parser.parse(*text).get(root) || root["retort_adoption"].get(version) || version != 1 ||
      root["seen"].get(seen)) {
    return error{errc::mismatch, path + " is not this retort's note of what was adopted"};
  }
  adoption_note out;
  for (const auto& [name, value] : seen) {
    std::uint64_t bytes = 0;
    if (!value.get(bytes)) out.seen.emplace(name, bytes);
  }
  out.beyond_share = left_in(root["beyond_share"]);
  if (simdjson::dom::element begun; !root["begun"].get(begun)) out.begun = left_in(root["begun"]);
  return std::optional(std::move(out));
}

result<void> save_adoption(const run_directory& where, const adoption_note& what) {
  std::string out;
  io::json_writer json(out);
  json.open_object();
  json.member("retort_adoption", 1);
  json.key("seen");
  json.open_object();
  for (const auto& [name, bytes] : what.seen) {
    json.foreign_key(name);
    json.value(bytes);
  }
  json.close_object();
  write(json, "beyond_share", what.beyond_share);
  if (what.begun) write(json, "begun", *what.begun);
  json.close_object();
  return io::replace_file(where.adopted(), out + '\n');
}

result<other_ledgers> other_ledgers::hold(const config& run) {
  const std::string& whole = run.shard ? run.shard->run_dir : run.run_dir;
  const auto others = others_of(run);
  if (!others) return others.error();
  io::raise_file_limit(others->size() + io::other_files);  // all are held at once
  other_ledgers out;
  for (const auto& [one, shards] : *others) {
    auto held = hold_one({one, shards});
    if (!held) return held.error();
    const auto bytes = (*held)->size();
    if (!bytes) return bytes.error();
    const auto paid = has_paid_work(one);
    if (!paid) return paid.error();
    if (!*paid) continue;
    if (auto fits = check_fit(one, run); !fits) return fits.error();
    out.all_.push_back({one.ledger(), fs::path(one.ledger()).lexically_relative(whole).string(),
                        *bytes, std::move(*held)});
  }
  return out;
}

bool other_ledgers::has_news(const adoption_note& known) const {
  return std::ranges::any_of(all_, [&](const ledger& one) {
    const auto seen = known.seen.find(one.name);
    return seen == known.seen.end() || seen->second != one.bytes;
  });
}

std::map<std::string, std::uint64_t> other_ledgers::sizes() const {
  std::map<std::string, std::uint64_t> out;
  for (const ledger& one : all_) out.emplace(one.name, one.bytes);
  return out;
}

result<std::uint64_t> adopt_lines(const config& run, const other_ledgers& from,
                                  const std::string& own, io::ledger_log& into,
                                  const io::interrupt* stop) {
  auto known = seals_in(own, stop);
  if (!known) return known.error();
  adopter by(rows_of(run), std::move(*known), into, stop);
  for (const auto& one : from.all()) {
    if (auto taken = by.take_from(one); !taken) return taken.error();
  }
  into.flush();
  return by.taken();
}

}  // namespace retort::engine
