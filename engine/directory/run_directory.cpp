#include "engine/directory/run_directory.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <simdjson.h>
#include <unistd.h>

#include <filesystem>
#include <optional>
#include <vector>

#include "engine/config/config_keys.hpp"
#include "engine/directory/output_book.hpp"
#include "engine/directory/output_files.hpp"
#include "engine/directory/paid_work.hpp"
#include "engine/outputs/outputs.hpp"
#include "engine/shard/shard_run.hpp"
#include "io/base/disk_error.hpp"
#include "io/base/json_writer.hpp"
#include "io/file/file.hpp"
#include "io/file/presence.hpp"

namespace retort::engine {
namespace {

namespace fs = std::filesystem;
using shape = std::map<std::string, std::string>;

error disk_error(const std::string& path, const std::error_code& ec) {
  return {io::disk_code(ec.value(), errc::unwritable), fmt::format("{}: {}", path, ec.message())};
}

void write_shape(io::json_writer& json, std::string_view name, const shape& what) {
  json.key(name);
  json.open_object();
  for (const auto& [path, value] : what) {
    json.foreign_key(path);
    json.value(value);
  }
  json.close_object();
}

std::string encode(const manifest& what) {
  std::string out;
  io::json_writer json(out);
  json.open_object();
  json.member("retort_manifest", 1);
  json.member("run", what.run);
  write_shape(json, "answers", what.answers);
  write_shape(json, "views", what.views);
  json.close_object();
  return out + '\n';
}

shape read_shape(simdjson::dom::element from, std::string_view name) {
  shape out;
  simdjson::dom::object members;
  if (from[name].get(members)) return out;
  for (const auto& [key, value] : members) {
    std::string_view text;
    if (!value.get(text)) out.emplace(key, text);
  }
  return out;
}

// What a key shapes is for today's table to say: an older retort may have filed it elsewhere. A key
// that the table does not know stays where it is, to be named as changed.
void file_by_class(const shape& what, shapes unknown, manifest& into) {
  for (const auto& [path, value] : what) {
    switch (shapes_of(path).value_or(unknown)) {
      case shapes::answers: into.answers.emplace(path, value); break;
      case shapes::verdicts:
      case shapes::views: into.views.emplace(path, value); break;
      case shapes::speed: break;
    }
  }
}

result<bool> has_content(const std::string& path) {
  const auto found = io::look_for(path);
  if (!found) return found.error();
  return *found && S_ISREG((*found)->st_mode) && (*found)->st_size > 0;
}

// Nobody works in the directory just now, nor on a shard in it.
result<void> check_idle(const run_directory& where) {
  const auto shards = shards_in(where.path);
  if (!shards) return shards.error();
  for (const known_shard& one : *shards) {
    if (auto idle = check_idle(run_directory{one.path}); !idle) return idle;
  }
  const auto there = io::is_there(where.ledger());
  if (!there) return there.error();
  if (!*there) return {};
  auto ledger = io::file::open(where.ledger(), O_RDWR);
  if (!ledger) return ledger.error();
  return (*ledger)->lock();
}

manifest manifest_of(const config& run) {
  return {run.run, answer_shaping(run), view_shaping(run)};
}

constexpr std::string_view kept_in = "# in ";

std::string keep(const config& run) {
  std::error_code ec;
  return fmt::format(
      "{}{}\n# What `retort run` was given, its bases and overrides among it, for `retort "
      "merge`.\n{}",
      kept_in, fs::current_path(ec).string(), run.resolved);
}

// Written once by all the shard's processes, as long as they are given the same.
result<void> keep_config(const run_directory& where, const config& run) {
  const std::string now = keep(run);
  const auto before = io::read_file(where.config());
  if (before && *before == now) return {};
  return io::replace_file(where.config(), now);
}

}  // namespace

result<std::optional<manifest>> read_manifest(const run_directory& where) {
  const std::string path = where.manifest();
  const auto there = io::is_there(path);
  if (!there) return there.error();
  if (!*there) return std::optional<manifest>();
  const auto text = io::read_file(path);
  if (!text) return text.error();
  simdjson::dom::parser parser;
  simdjson::dom::element root;
  std::int64_t version = 0;
  if (parser.parse(*text).get(root) || root["retort_manifest"].get(version) || version != 1) {
    return error{errc::mismatch, fmt::format("{} is not a manifest of this retort", path)};
  }
  manifest found;
  std::string_view run;
  if (!root["run"].get(run)) found.run = run;
  file_by_class(read_shape(root, "answers"), shapes::answers, found);
  file_by_class(read_shape(root, "views"), shapes::views, found);
  return std::optional<manifest>(std::move(found));
}

std::string describe_changes(const shape& before, const shape& now) {
  std::string out;
  const auto say = [&out](const std::string& text) { out += (out.empty() ? "" : "; ") + text; };
  for (const auto& [path, value] : before) {
    const auto found = now.find(path);
    if (found == now.end())
      say(fmt::format("{} was \"{}\", now not set", path, value));
    else if (found->second != value) {
      say(fmt::format("{} was \"{}\", now \"{}\"", path, value, found->second));
    }
  }
  for (const auto& [path, value] : now) {
    if (!before.contains(path)) say(fmt::format("{} was not set, now \"{}\"", path, value));
  }
  return out;
}

result<run_directory> open_run_directory(const std::string& path) {
  std::error_code ec;
  fs::create_directories(path, ec);
  if (ec) return disk_error(path, ec);
  return run_directory{path};
}

std::string free_name(const std::string& path) {
  for (int i = 1;; ++i) {
    std::string candidate = fmt::format("{}.{}", path, i);
    if (!fs::exists(fs::symlink_status(candidate))) return candidate;
  }
}

result<std::string> move_aside(const run_directory& old, const config& run) {
  const auto there = io::is_there(old.path);
  if (!there) return there.error();
  if (!*there) return std::string();
  auto idle = check_idle(old);
  if (!idle) return idle.error();
  auto known = read_manifest(old);
  if (!known) return known.error();
  auto outputs = output_book::read(old);
  if (!outputs) return outputs.error();
  const std::string to = free_name(old.path);
  // Views within the directory go with it; the others are renamed where they are.
  std::vector<std::string> elsewhere;
  for (const auto& view : views_of(run)) {
    for (const auto& path : known_paths(*view, *outputs)) {
      if (!outputs->find(path) || outputs->is_within(path)) continue;
      const auto has = has_content(path);
      if (!has) return has.error();
      if (*has) elsewhere.push_back(path);
    }
  }
  std::error_code ec;
  fs::rename(old.path, to, ec);
  if (ec) return disk_error(old.path, ec);
  for (const auto& path : elsewhere) {
    fs::rename(path, free_name(path), ec);
    if (ec) return disk_error(path, ec);
  }
  return to;
}

result<void> admit_config(const run_directory& where, const config& run) {
  auto known = read_manifest(where);
  if (!known) return known.error();
  const auto paid = has_paid_work(where);
  if (!paid) return paid.error();
  if (!*known && *paid) {
    return error{errc::mismatch,
                 fmt::format("{} holds what was paid for, and {}, which says what it answers, is "
                             "not there: put it back, give another run name, or --fresh to start "
                             "over (the old run is kept)",
                             where.path, where.manifest())};
  }
  const manifest now = manifest_of(run);
  if (*known && (*known)->answers != now.answers) {
    return error{errc::mismatch,
                 fmt::format("{} holds answers to another config: {}. Give the old values, another "
                             "run name, or --fresh to start over (the old run is kept)",
                             where.path, describe_changes((*known)->answers, now.answers))};
  }
  return {};
}

result<void> record_config(const run_directory& where, const config& run) {
  auto known = read_manifest(where);
  if (!known) return known.error();
  if (run.shard) {
    if (auto kept = keep_config(where, run); !kept) return kept;
  }
  const manifest now = manifest_of(run);
  if (*known && (*known)->views == now.views) return {};
  return io::replace_file(where.manifest(), encode(now));
}

result<kept_config> read_kept_config(const run_directory& of_shard) {
  auto text = io::read_file(of_shard.config());
  if (!text) return text.error();
  const auto end = text->find('\n');
  if (!text->starts_with(kept_in) || end == std::string::npos) {
    return error{errc::mismatch,
                 fmt::format("{} is not what a shard keeps of its config", of_shard.config())};
  }
  kept_config out;
  out.working_directory = text->substr(kept_in.size(), end - kept_in.size());
  out.text = std::move(*text);
  return out;
}

}  // namespace retort::engine
