#include "engine/directory/run_directory.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <simdjson.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <optional>
#include <set>
#include <vector>

#include "engine/config/config_keys.hpp"
#include "engine/config/config_shaping.hpp"
#include "engine/directory/output_book.hpp"
#include "engine/directory/output_files.hpp"
#include "engine/directory/paid_work.hpp"
#include "engine/endpoint/endpoint.hpp"
#include "engine/keys/yaml_text.hpp"
#include "engine/keys/yaml_tree.hpp"
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

// What is to be renamed: where a link leads, so that its disk stays the run's; without what may
// stand behind the name.
result<std::string> movable(const std::string& path) {
  std::error_code ec;
  fs::path plain = fs::path(path).lexically_normal();
  if (!plain.has_filename()) plain = plain.parent_path();
  const fs::path real = fs::canonical(path, ec);
  if (ec) return disk_error(path, ec);
  const fs::path inside = fs::current_path(ec).lexically_relative(real);
  if (!inside.empty() && *inside.begin() != "..") {
    return error{errc::usage,
                 fmt::format("run_dir {} holds the working directory, and --fresh cannot move "
                             "that aside: give a directory of the run's own",
                             path)};
  }
  return fs::is_symlink(plain, ec) ? real.string() : plain.string();
}

// Makes the directory of the run that is to come, for now where the one before is to go. Its book
// says what those before have left, here and elsewhere: none of it is a dataset of its own.
result<void> begin_behind(const std::string& from, const std::string& to) {
  const auto before = output_book::read({from});
  if (!before) return before.error();
  std::error_code ec;
  fs::create_directory(to, ec);
  if (ec) return disk_error(to, ec);
  auto book = output_book::read({to});
  if (!book) return book.error();
  const std::string old = real_path(from) + "/", now = real_path(to) + "/";
  const auto add = [&](const std::string& path, std::optional<ino_t> number = {}) {
    std::string then = path.starts_with(old) ? now + path.substr(old.size()) : path;
    const auto which = io::identity_of(path);
    const auto same = [&](const auto& one) { return one.path == then; };
    const bool is_it = which && (!number || which->number == *number);
    if (is_it && std::ranges::none_of(book->earlier, same)) {
      book->earlier.push_back({std::move(then), which->number});
    }
  };
  add(run_directory{real_path(from)}.ledger());
  for (const auto& path : before->paths()) add(path);
  for (const auto& one : before->earlier) add(one.path, one.number);
  return book->save();
}

// At once, where the file system can: a kill leaves the one or the other.
result<void> change_places(const std::string& one, const std::string& other) {
  if (::renameat2(AT_FDCWD, one.c_str(), AT_FDCWD, other.c_str(), RENAME_EXCHANGE) == 0) return {};
  const std::string aside = free_name(other);
  for (const auto& [from, to] : {std::pair(one, aside), {other, one}, {aside, other}}) {
    std::error_code ec;
    fs::rename(from, to, ec);
    if (ec) return disk_error(from, ec);
  }
  return {};
}

// Nothing has begun in it: as where a run that --fresh began was killed, or refused, at once.
result<bool> holds_no_run(const run_directory& where) {
  const auto names = io::paths_in(where.path);
  if (!names) return names.error();
  const std::set<fs::path> begun = {fs::path(where.outputs()).filename(),
                                    fs::path(where.ledger()).filename()};
  for (const fs::path one : names->value_or(std::vector<std::string>())) {
    if (!begun.contains(one.filename())) return false;
  }
  const auto paid = has_paid_work(where);
  if (!paid || *paid) return paid ? result<bool>(false) : paid;
  const auto book = output_book::read(where);
  if (!book) return book.error();
  return book->paths().empty();
}

// A key is no part of which run this is, wherever a config has it.
shape masked(shape what, const key_mask& keys) {
  for (auto& [path, value] : what) keys.mask_kept(value);
  return what;
}

manifest manifest_of(const config& run) {
  const key_mask keys = known_keys(run, &std::getenv);
  return {run.run, masked(answer_shaping(run), keys), masked(view_shaping(run), keys)};
}

void mask_texts(yaml_node& in, const key_mask& keys) {
  keys.mask_kept(in.text);
  for (yaml_node& each : in.children) mask_texts(each, keys);
}

std::string without_keys(const config& run) {
  const key_mask keys = known_keys(run, &std::getenv);
  if (keys.is_empty()) return run.resolved;
  auto root = parse_yaml(run.resolved, "");
  if (!root) return run.resolved;
  mask_texts(*root, keys);
  return to_yaml(*root);
}

// Of the names that a run writes to; those not here are looked at by who reads them. Where there
// are shards they are a merge's.
result<void> check_unclaimed(const run_directory& where) {
  const auto shards = io::is_there(where.shards());
  if (!shards) return shards.error();
  if (*shards) return {};
  for (const std::string& path : {where.summary(), where.spending(), where.marks()}) {
    const auto there = io::is_there(path);
    if (!there) return there.error();
    if (!*there) continue;
    return error{errc::mismatch,
                 fmt::format("{} is there, and no run has been in {}: move it away, or give "
                             "another run_dir",
                             path, where.path)};
  }
  return {};
}

constexpr std::string_view kept_in = "# in ";

std::string keep(const config& run) {
  std::error_code ec;
  return fmt::format(
      "{}{}\n# What `retort run` was given, its bases and overrides among it, for `retort "
      "merge`.\n{}",
      kept_in, fs::current_path(ec).string(), without_keys(run));
}

// Written once by all the shard's processes, as long as they are given the same.
result<void> keep_config(const run_directory& where, const config& run) {
  const std::string now = keep(run);
  const auto before = io::read_file(where.config());
  if (before && *before == now) return {};
  return io::replace_file(where.config(), now);
}

// Whether a key's value is JSON as text, also in a step, of a judge and among those that vary.
bool holds_json(std::string_view path) {
  for (const std::string_view section : {"sampling.", "evaluate."}) {
    const std::size_t at = path.find(section);
    if (at == path.npos) continue;
    const config_key* const key = find_key(path.substr(at));
    return key && (key->kind == value_kind::json_map || key->kind == value_kind::json_list);
  }
  return false;
}

std::string without_spelling(const std::string& json) {
  simdjson::dom::parser parser;
  simdjson::dom::element value;
  return parser.parse(json).get(value) ? json : simdjson::minify(value);
}

// An older retort wrote JSON's numbers down in a spelling of its own: 0.1 where the config has
// 0.10.
bool is_same(const std::string& path, const std::string& before, const std::string& now) {
  return before == now || (holds_json(path) && without_spelling(before) == without_spelling(now));
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
    else if (!is_same(path, value, found->second)) {
      say(fmt::format("{} was \"{}\", now \"{}\"", path, value, found->second));
    }
  }
  for (const auto& [path, value] : now) {
    if (!before.contains(path)) say(fmt::format("{} was not set, now \"{}\"", path, value));
  }
  return out;
}

// What a version before filed elsewhere is looked for there, and what it did not say is not asked.
std::string changed_answers(const manifest& known, const config& run) {
  return changed_answers(known, run, answer_shaping(run));
}

std::string changed_answers(const manifest& known, const config& run, const shape& asked) {
  const key_mask keys = known_keys(run, &std::getenv);
  shape before = masked(known.answers, keys), now = masked(asked, keys);
  for (const auto& [path, value] : masked(known.views, keys)) {
    if (is_judged_by_before(run, path)) before.emplace(path, value);
  }
  std::erase_if(now, [&before](const auto& one) {
    return one.first.ends_with(content_of_file) && !before.contains(one.first);
  });
  return keys.without_keys(describe_changes(before, now));
}

result<run_directory> open_run_directory(const std::string& path) {
  std::error_code ec;
  result<bool> there = true;
  if (fs::is_symlink(path, ec)) there = io::is_there(path);
  if (!there) return there.error();
  if (!*there) {
    return error{errc::unwritable, fmt::format("{} is a link to {}, which is not there", path,
                                               fs::read_symlink(path, ec).string())};
  }
  fs::create_directories(path, ec);
  if (ec) return disk_error(path, ec);
  return run_directory{path};
}

std::string without_locks(const std::string& ledger) {
  return ledger +
         ": its file system has no locks: nobody but the scheduler keeps two processes apart";
}

std::string free_name(const std::string& path) {
  for (int i = 1;; ++i) {
    std::string candidate = fmt::format("{}.{}", path, i);
    if (!fs::exists(fs::symlink_status(candidate))) return candidate;
  }
}

result<std::string> move_aside(const run_directory& old, const config& run,
                               std::shared_ptr<io::interrupt> stop) {
  const auto there = io::is_there(old.path);
  if (!there) return there.error();
  if (!*there) return std::string();
  const auto is_empty = holds_no_run(old);
  if (!is_empty) return is_empty.error();
  if (*is_empty) return std::string();
  const auto from = movable(old.path);
  if (!from) return from.error();
  if (auto idle = check_idle(old); !idle) return idle.error();
  if (auto known = read_manifest(old); !known) return known.error();
  // Views within the directory go with it; the others are renamed where they are. First: a run that
  // is killed behind that makes them anew.
  auto elsewhere = output_files::hold_elsewhere(run, {std::move(stop), {}});
  if (!elsewhere) return elsewhere.error();
  if (auto moved = elsewhere->move_away(); !moved) return moved.error();
  std::string to = free_name(*from);
  auto begun = begin_behind(*from, to);
  if (begun) begun = change_places(*from, to);
  if (begun) return to;
  std::error_code ignored;
  fs::remove(run_directory{to}.outputs(), ignored);
  fs::remove(to, ignored);
  return begun.error();
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
  if (!*known) return check_unclaimed(where);
  const std::string changes = changed_answers(**known, run);
  if (changes.empty()) return {};
  return error{errc::mismatch,
               fmt::format("{} holds answers to another config: {}. Give the old values, another "
                           "run name, or --fresh to start over (the old run is kept)",
                           where.path, changes)};
}

result<void> record_config(const run_directory& where, const config& run) {
  const std::string now = encode(manifest_of(run));
  const auto before = io::read_file(where.manifest());
  if (!before || *before != now) {
    if (auto written = io::replace_file(where.manifest(), now); !written) return written;
  }
  return run.shard ? keep_config(where, run) : result<void>();
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
