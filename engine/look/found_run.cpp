#include "engine/look/found_run.hpp"

#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <vector>

#include "engine/text/near_miss.hpp"
#include "io/file/presence.hpp"
#include "io/ledger/ledger_seal.hpp"

namespace retort::engine {
namespace {

namespace fs = std::filesystem;

// One of a line of /proc/locks: "1: FLOCK  ADVISORY  WRITE 4711 fd:01:1234 0 EOF".
struct held_lock {
  long process = 0;
  unsigned major = 0, minor = 0;
  std::uint64_t inode = 0;
};

std::optional<held_lock> read_lock(const std::string& line) {
  std::istringstream words(line);
  std::string number, kind, advisory, mode, inode;
  held_lock out;
  if (!(words >> number >> kind >> advisory >> mode >> out.process >> inode)) return std::nullopt;
  if (kind != "FLOCK" || mode != "WRITE") return std::nullopt;
  std::istringstream parts(inode);
  char colon = 0;
  parts >> std::hex >> out.major >> colon >> out.minor >> colon >> std::dec >> out.inode;
  return parts ? std::optional(out) : std::nullopt;
}

// None where it cannot be told.
std::vector<std::string> paths_below(const std::string& directory) {
  auto found = io::paths_in(directory);
  return found && *found ? std::move(**found) : std::vector<std::string>();
}

// Some file systems tell stat(2) another device than they have.
bool has_open(long process, const std::string& path) {
  std::error_code ec;
  const fs::path own = fs::canonical(path, ec);
  for (const std::string& one : paths_below(fmt::format("/proc/{}/fd", process))) {
    std::error_code gone;
    if (fs::read_symlink(one, gone) == own) return true;
  }
  return false;
}

error no_run(const std::string& named) {
  return {errc::usage,
          fmt::format("{} is no run: expected a directory with a ledger.jsonl, or the name of one "
                      "below runs/{}",
                      named, near_run(named))};
}

}  // namespace

std::uint64_t found_run::unneeded(std::uint32_t step, std::uint32_t variant) const {
  const variant_facts* const of = is_summed_up() ? facts->find(step, variant) : nullptr;
  return of ? of->unneeded : 0;
}

bool found_run::is_summed_up() const {
  return !is_at_work && facts && facts->ended_ms > 0 && facts->ledger_bytes == ledger_bytes;
}

result<std::optional<std::string>> find_directory(const std::string& named) {
  for (const std::string& one : {named, "runs/" + named}) {
    if (named.empty()) break;
    const auto found = io::look_for(one);
    if (!found) return found.error();
    if (*found && S_ISDIR((*found)->st_mode)) return std::optional(one);
  }
  return std::optional<std::string>();
}

std::string near_run(const std::string& named) {
  auto names = paths_below("runs");
  for (std::string& one : names) one = fs::path(one).filename().string();
  const std::vector<std::string_view> known(names.begin(), names.end());
  return did_you_mean(named, known);
}

bool found_run::has_samples() const { return ledger_bytes > io::ledger_header().size(); }

error unmerged(const std::string& path, const known_shard& one) {
  return {errc::usage, fmt::format("{0} is made of shards that are not merged yet: `retort merge "
                                   "{0}` first, or look at one, as {1}",
                                   path, one.path)};
}

bool is_locked(const std::string& path) {
  struct stat file {};
  if (::stat(path.c_str(), &file) != 0) return false;
  std::ifstream locks("/proc/locks");
  for (std::string line; std::getline(locks, line);) {
    const auto lock = read_lock(line);
    if (!lock || lock->inode != file.st_ino) continue;
    const bool is_same_device =
        lock->major == major(file.st_dev) && lock->minor == minor(file.st_dev);
    if (is_same_device || has_open(lock->process, path)) return true;
  }
  return false;
}

result<std::optional<found_run>> look_at(const std::string& directory) {
  found_run out;
  out.where.path = directory;
  out.name = fs::path(directory).lexically_normal().filename().string();
  if (out.name.empty()) out.name = directory;
  const auto file = io::look_for(out.where.ledger());
  if (!file) return file.error();
  if (!*file) return std::optional<found_run>();
  auto facts = read_facts(out.where);
  if (!facts) return facts.error();
  out.facts = std::move(*facts);
  // Behind the facts: what says that it is at work and is not has been killed.
  out.is_at_work = is_locked(out.where.ledger());
  out.ledger_bytes = static_cast<std::uint64_t>((*file)->st_size);
  const timespec& changed = (*file)->st_mtim;
  out.changed_ms = changed.tv_sec * 1000 + changed.tv_nsec / 1'000'000;
  return std::optional(std::move(out));
}

result<found_run> find_run(const std::string& named) {
  for (const std::string& path : {named, "runs/" + named}) {
    if (named.empty()) break;
    auto found = look_at(path);
    if (!found) return found.error();
    if (*found) return std::move(**found);
    const auto shards = shards_in(path);
    if (!shards) return shards.error();
    if (!shards->empty()) return unmerged(path, shards->front());
  }
  return no_run(named);
}

}  // namespace retort::engine
