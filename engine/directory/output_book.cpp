#include "engine/directory/output_book.hpp"

#include <fmt/format.h>
#include <simdjson.h>

#include <filesystem>
#include <vector>

#include "io/base/json_writer.hpp"
#include "io/file/file.hpp"
#include "io/file/presence.hpp"
#include "io/ledger/ledger_seal.hpp"

namespace retort::engine {
namespace {

namespace fs = std::filesystem;

std::optional<noted_output::content> content_in(
    simdjson::simdjson_result<simdjson::dom::element> from) {
  noted_output::content found;
  if (from["bytes"].get(found.bytes) || from["hash"].get(found.hash)) return {};
  return found;
}

void write(io::json_writer& json, const noted_output::content& what) {
  json.member("bytes", what.bytes);
  json.member("hash", what.hash);
}

}  // namespace

std::string real_path(const std::string& path) {
  std::error_code ec;
  const fs::path whole = fs::weakly_canonical(fs::absolute(path, ec), ec);
  return ec ? path : whole.string();
}

output_book::output_book(std::string directory) : directory_(std::move(directory)) {}

result<output_book> output_book::read(const run_directory& where) {
  output_book book(real_path(where.path));
  const auto there = io::is_there(where.outputs());
  if (!there) return there.error();
  if (!*there) {
    const auto ledger = io::look_for(where.ledger());
    if (!ledger) return ledger.error();
    book.is_of_older_run_ =
        *ledger && (*ledger)->st_size > static_cast<off_t>(io::ledger_header().size());
    return book;
  }
  const auto text = io::read_file(where.outputs());
  if (!text) return text.error();
  simdjson::dom::parser parser;
  simdjson::dom::element root;
  simdjson::dom::object files;
  std::int64_t version = 0;
  if (parser.parse(*text).get(root) || root["retort_outputs"].get(version) || version != 1 ||
      root["files"].get(files)) {
    return error{errc::mismatch,
                 fmt::format("{} is not this retort's list of outputs", where.outputs())};
  }
  for (const auto& [path, value] : files) {
    noted_output one;
    std::uint64_t number = 0;
    if (!value["inode"].get(number)) one.number = number;
    one.left = content_in(simdjson::dom::element(value));
    one.before = content_in(value["before"]);
    book.outputs_.emplace(path, one);
  }
  std::string_view directory;
  if (!root["directory"].get(directory)) {
    if (auto followed = book.follow(directory); !followed) return followed.error();
  }
  simdjson::dom::array earlier;
  if (root["earlier"].get(earlier)) return book;
  for (const auto& each : earlier) {
    std::string_view path;
    std::uint64_t number = 0;
    if (each["path"].get(path) || each["inode"].get(number)) continue;
    book.earlier.push_back({std::string(path), number});
  }
  return book;
}

// What stood beside it there, and stands so now: they were moved, or copied, together.
result<void> output_book::follow(std::string_view from) {
  if (from == directory_) return {};
  for (const auto& [key, one] : std::map(outputs_)) {
    if (!key.starts_with('/')) continue;
    const fs::path moved = directory_ / fs::path(key).lexically_relative(from);
    const auto there = io::is_there(moved);
    if (!there) return there.error();
    if (!*there) continue;
    outputs_.erase(key);
    outputs_.emplace(key_of(moved), one);
  }
  return {};
}

// What is in the run directory is named from there, since that may be moved.
std::string output_book::key_of(const std::string& path) const {
  const std::string real = real_path(path);
  if (real.starts_with(directory_ + "/")) return real.substr(directory_.size() + 1);
  return real;
}

bool output_book::is_within(const std::string& path) const {
  return !key_of(path).starts_with('/');
}

const noted_output* output_book::find(const std::string& path) const {
  const auto found = outputs_.find(key_of(path));
  return found == outputs_.end() ? nullptr : &found->second;
}

void output_book::note(const std::string& path, const noted_output& what) {
  outputs_[*own_.insert(key_of(path)).first] = what;
}

void output_book::forget(const std::string& path) {
  outputs_.erase(*own_.insert(key_of(path)).first);
}

result<void> output_book::take_in_others() {
  auto there = read({directory_});
  if (!there) return there.error();
  for (auto& [key, one] : there->outputs_) {
    if (!own_.contains(key)) outputs_.insert_or_assign(key, one);
  }
  return {};
}

result<void> output_book::save() {
  if (auto taken = take_in_others(); !taken) return taken;
  std::string out;
  io::json_writer json(out);
  json.open_object();
  json.member("retort_outputs", 1);
  json.member("directory", directory_);
  json.key("files");
  json.open_object();
  for (const auto& [path, one] : outputs_) {
    json.foreign_key(path);
    json.open_object();
    json.member("inode", static_cast<std::uint64_t>(one.number));
    if (one.left) write(json, *one.left);
    if (one.before) {
      json.key("before");
      json.open_object();
      write(json, *one.before);
      json.close_object();
    }
    json.close_object();
  }
  json.close_object();
  if (!earlier.empty()) {
    json.key("earlier");
    json.open_array();
    for (const auto& one : earlier) {
      json.open_object();
      json.member("path", one.path);
      json.member("inode", static_cast<std::uint64_t>(one.number));
      json.close_object();
    }
    json.close_array();
  }
  json.close_object();
  return io::replace_file(run_directory{directory_}.outputs(), out + '\n');
}

std::vector<std::string> output_book::paths() const {
  std::vector<std::string> out;
  for (const auto& [path, one] : outputs_) {
    out.push_back(path.starts_with('/') ? path : directory_ + "/" + path);
  }
  return out;
}

}  // namespace retort::engine
