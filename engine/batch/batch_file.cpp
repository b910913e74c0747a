#include "engine/batch/batch_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <iterator>
#include <limits>

#include "io/base/json_writer.hpp"
#include "io/dataset/byte_source.hpp"
#include "io/dataset/line_splitter.hpp"
#include "io/file/presence.hpp"

namespace retort::engine {
namespace {

namespace fs = std::filesystem;
using clock = std::chrono::system_clock;
using std::chrono::milliseconds;

constexpr std::string_view whole_ending = ".jsonl", draft_ending = ".jsonl.new";
constexpr std::size_t longest_line = std::size_t{256} << 20;

result<void> renamed(const std::string& from, const std::string& to) {
  std::error_code ec;
  fs::rename(from, to, ec);
  if (ec) return error{errc::disk, fmt::format("{}: {}", to, ec.message())};
  return io::sync_directory_of(to);
}

result<void> removed(const std::string& path) {
  std::error_code ec;
  fs::remove(path, ec);
  if (ec) return error{errc::disk, fmt::format("{}: {}", path, ec.message())};
  return {};
}

error not_ours(const std::string& path) {
  return {errc::mismatch, fmt::format("{} is not a batch of this retort", path)};
}

std::string header_of(const std::string& tag, std::uint32_t variant, clock::time_point made) {
  std::string out;
  io::json_writer json(out);
  json.open_object();
  json.member("retort_batch", 1);
  json.member("tag", tag);
  json.member("variant", variant);
  json.member("made_ms", std::chrono::duration_cast<milliseconds>(made.time_since_epoch()).count());
  json.close_object();
  return out + '\n';
}

// What follows `prefix` in `from` as a number; what was read is taken off.
template <class T>
bool take_number(std::string_view& from, char prefix, T& into) {
  if (!from.starts_with(prefix)) return false;
  from.remove_prefix(1);
  const auto [end, failed] = std::from_chars(from.data(), from.data() + from.size(), into);
  from.remove_prefix(static_cast<std::size_t>(end - from.data()));
  return failed == std::errc();
}

// The id file's line, if there is one.
result<std::optional<std::string>> read_id(const std::string& path) {
  const auto there = io::is_there(path);
  if (!there) return there.error();
  if (!*there) return std::optional<std::string>();
  auto opened = io::file::open(path, O_RDONLY);
  if (!opened) return opened.error();
  auto size = (*opened)->size();
  if (!size) return size.error();
  std::string id(static_cast<std::size_t>(*size), '\0');
  auto got = (*opened)->read(id.data(), id.size(), 0);
  if (!got) return got.error();
  if (id.ends_with('\n')) id.pop_back();
  if (id.empty() || *got != *size) return not_ours(path);
  return std::optional(std::move(id));
}

// Of no use to the process after the one that wrote it. `all`: what is in the directory, sorted.
bool is_leaving(const std::string& path, const std::vector<std::string>& all) {
  if (path.ends_with(".id")) {
    const std::string stem = path.substr(0, path.rfind('.'));
    return !std::ranges::binary_search(all, stem + std::string(whole_ending));
  }
  return path.ends_with(".results") || path.ends_with(draft_ending) || path.ends_with(".id.new");
}

}  // namespace

result<batch_file> batch_file::open(const std::string& path, const io::interrupt* stop) {
  const io::interrupt never;
  auto source = io::open_file(path, stop ? *stop : never);
  if (!source) return source.error();
  io::line_splitter lines(std::move(*source), longest_line);
  auto head = lines.next();
  if (!head) return head.error();
  if (!*head) return not_ours(path);

  batch_file out;
  simdjson::dom::parser parser;
  simdjson::dom::element root;
  std::string_view tag;
  std::int64_t version = 0, variant = 0, made = 0;
  const simdjson::padded_string text((*head)->text);
  if (parser.parse(text).get(root) || root["retort_batch"].get(version) || version != 1 ||
      root["tag"].get(tag) || root["variant"].get(variant) || variant < 0 ||
      variant > std::numeric_limits<std::uint32_t>::max() || root["made_ms"].get(made)) {
    return not_ours(path);
  }
  out.stem_ = path.substr(0, path.size() - whole_ending.size());
  if (tag.empty() || fs::path(out.stem_).filename() != tag) return not_ours(path);
  out.tag_ = tag;
  out.variant_ = static_cast<std::uint32_t>(variant);
  out.made_ = clock::time_point(milliseconds(made));
  out.starts_ = {(*head)->text.size() + 1};
  for (;;) {
    auto line = lines.next();
    if (!line) return line.error();
    if (!*line) break;
    out.starts_.push_back(out.starts_.back() + (*line)->text.size() + 1);
  }
  auto file = io::file::open(path, O_RDONLY);
  if (!file) return file.error();
  out.file_ = std::move(*file);
  auto id = read_id(out.stem_ + ".id");
  if (!id) return id.error();
  out.id_ = std::move(*id);
  return out;
}

result<batch_row> batch_file::row(std::size_t index) const {
  const std::uint64_t start = starts_[index];
  std::string line(static_cast<std::size_t>(starts_[index + 1] - start), '\0');
  auto got = file_->read(line.data(), line.size(), start);
  if (!got) return got.error();
  std::string_view rest = line;
  batch_row out;
  bool whole = *got == line.size() && take_number(rest, '[', out.ordinal) &&
               take_number(rest, ',', out.attempts);
  // A row is an object, and begins with no digit.
  const bool has_k = rest.size() > 1 && rest[1] >= '0' && rest[1] <= '9';
  if (has_k) whole = whole && take_number(rest, ',', out.k);
  whole = whole && rest.starts_with(',') && rest.ends_with("]\n");
  if (!whole) return not_ours(file_->path());
  rest = rest.substr(1, rest.size() - 3);
  out.text.reserve(rest.size() + simdjson::SIMDJSON_PADDING);
  out.text = rest;
  return out;
}

std::string batch_file::custom_id(std::size_t index) const {
  return fmt::format("{}-{}", tag_, index);
}

std::optional<std::size_t> batch_file::index_of(std::string_view custom_id) const {
  if (!custom_id.starts_with(tag_)) return std::nullopt;
  custom_id.remove_prefix(tag_.size());
  std::size_t index = 0;
  if (!take_number(custom_id, '-', index) || !custom_id.empty()) return std::nullopt;
  return index < size() ? std::optional(index) : std::nullopt;
}

result<void> batch_file::note_id(const std::string& id) {
  auto written = io::replace_file(stem_ + ".id", id + '\n');
  if (written) id_ = id;
  return written;
}

result<void> batch_file::forget_id() {
  id_.reset();
  return removed(stem_ + ".id");
}

result<void> batch_file::remove() {
  for (const char* ending : {".jsonl", ".id", ".results"}) {
    auto gone = removed(stem_ + ending);
    if (!gone) return gone;
  }
  return {};
}

result<batch_draft> batch_draft::begin(const std::string& directory, const std::string& tag,
                                       std::uint32_t variant) {
  std::error_code ec;
  fs::create_directories(directory, ec);
  if (ec) return error{errc::disk, fmt::format("{}: {}", directory, ec.message())};
  batch_file made;
  made.stem_ = directory + '/' + tag;
  made.tag_ = tag;
  made.variant_ = variant;
  made.made_ = clock::now();
  auto out = io::sink::open(made.stem_ + std::string(draft_ending), 0);
  if (!out) return out.error();
  auto headed = out->append(header_of(tag, variant, made.made_));
  if (!headed) return headed.error();
  made.starts_ = {out->size()};
  return batch_draft(std::move(made), std::move(*out));
}

result<void> batch_draft::add(const batch_row& row, std::size_t sent_bytes) {
  line_.clear();
  fmt::format_to(std::back_inserter(line_), "[{},{},", row.ordinal, row.attempts);
  if (row.k > 0) fmt::format_to(std::back_inserter(line_), "{},", row.k);
  fmt::format_to(std::back_inserter(line_), "{}]\n", row.text);
  auto written = out_.append(line_);
  if (!written) return written;
  made_.starts_.push_back(out_.size());
  sent_bytes_ += sent_bytes;
  return {};
}

result<batch_file> batch_draft::seal() {
  auto synced = out_.sync();
  if (!synced) return synced.error();
  const std::string path = made_.stem_ + std::string(whole_ending);
  auto moved = renamed(made_.stem_ + std::string(draft_ending), path);
  if (!moved) return moved.error();
  auto file = io::file::open(path, O_RDONLY);
  if (!file) return file.error();
  made_.file_ = std::move(*file);
  return std::move(made_);
}

result<std::vector<batch_file>> open_batches(const std::string& directory,
                                             const io::interrupt* stop) {
  std::vector<batch_file> out;
  const auto paths = io::paths_in(directory);
  if (!paths) return paths.error();
  if (!*paths) return out;
  for (const auto& path : **paths) {
    if (is_leaving(path, **paths)) {
      auto gone = removed(path);
      if (!gone) return gone.error();
    }
    if (!path.ends_with(whole_ending)) continue;
    auto opened = batch_file::open(path, stop);
    if (!opened) return opened.error();
    out.push_back(std::move(*opened));
  }
  return out;
}

}  // namespace retort::engine
