#include "engine/directory/output_files.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <re2/re2.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <span>
#include <system_error>

#include "engine/directory/run_directory.hpp"
#include "engine/outputs/outputs.hpp"
#include "engine/shard/shard_run.hpp"
#include "io/base/disk_error.hpp"
#include "io/file/poured_output.hpp"
#include "io/file/presence.hpp"
#include "io/file/xxh3.hpp"

namespace retort::engine {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t block_bytes = std::size_t{256} << 10;

std::string_view kind_of(mode_t mode) {
  if (S_ISDIR(mode)) return "a directory";
  if (S_ISFIFO(mode)) return "a pipe";
  if (S_ISSOCK(mode)) return "a socket";
  if (S_ISLNK(mode)) return "a link that leads nowhere";
  return "a device";
}

// Looks without opening: that would wait for the other end of a named pipe.
result<void> check_kind(const std::string& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) {
    const bool is_link = ::lstat(path.c_str(), &status) == 0;
    if (!is_link) return {};  // opening it says what is wrong
  }
  if (S_ISREG(status.st_mode)) return {};
  return error{errc::usage,
               fmt::format("{} is {}; an output must be a regular file, or \"-\" for standard "
                           "output",
                           path, kind_of(status.st_mode))};
}

// Lines printed for the person would end up among the records.
result<void> check_not_printed_to(const std::string& path, const io::file& file) {
  for (const int descriptor : {STDOUT_FILENO, STDERR_FILENO}) {
    if (file.identity() != io::identity_of(descriptor)) continue;
    return error{errc::usage,
                 fmt::format("{} is where retort prints to: give \"-\" for an output that goes to "
                             "standard output",
                             path)};
  }
  return {};
}

error foreign(const std::string& path, const std::string& run) {
  return {errc::mismatch,
          fmt::format("{} exists and was not written by run {}: move it away, or give another "
                      "--output",
                      path, run)};
}

error edited(const std::string& path, const std::string& run) {
  return {errc::mismatch,
          fmt::format("{} was changed since run {} wrote it: move it away (what the run wrote is "
                      "made anew from its ledger), or give another --output",
                      path, run)};
}

result<bool> has_content(const std::string& path) {
  const auto found = io::look_for(path);
  if (!found) return found.error();
  return *found && S_ISREG((*found)->st_mode) && (*found)->st_size > 0;
}

bool speaks_of(const std::string& companion, const std::string& path) {
  std::ifstream in(companion);
  const std::string text(std::istreambuf_iterator<char>(in), {});
  return text.find('"' + fs::path(path).filename().string() + '"') != std::string::npos;
}

// A dataset_info.json of the run that none of its views writes now, beside a file that one does: it
// would go on saying what that was before.
std::vector<std::string> outdated_companions(const output_book& book,
                                             const std::vector<std::string>& written) {
  std::vector<std::string> out;
  for (const auto& path : book.paths()) {
    const bool is_one = fs::path(path).filename() == "dataset_info.json" && io::identity_of(path);
    if (!is_one || std::ranges::find(written, path) != written.end()) continue;
    const auto is_of_it = [&](const std::string& one) {
      return fs::path(one).parent_path() == fs::path(path).parent_path() && speaks_of(path, one);
    };
    if (std::ranges::any_of(written, is_of_it)) out.push_back(path);
  }
  return out;
}

// "data" for data.jsonl, data-00003.jsonl, data.rejected.jsonl, data.csv.
std::string stem_of(const fs::path& path) {
  const std::string name = path.filename();
  std::string stem;
  return re2::RE2::PartialMatch(name, R"(^(.*?)(?:-\d{5})?(?:\..*)?$)", &stem) ? stem : name;
}

bool is_called_alike(const fs::path& one, const fs::path& other) {
  return stem_of(one) == stem_of(other);
}

// The first few of them by name.
std::string listed(const std::vector<std::string>& paths) {
  constexpr std::size_t most = 3;
  const std::size_t shown = std::min(most, paths.size());
  std::string out = fmt::format("{}", fmt::join(std::span(paths).first(shown), ", "));
  if (paths.size() > shown) out += fmt::format(" and {} more", paths.size() - shown);
  return out;
}

}  // namespace

error taken_twice(const std::string& path) {
  return {errc::usage, fmt::format("{} is written by two outputs; expected a file for each", path)};
}

error doubtful(const std::string& path, const std::string& run, const std::string& besides) {
  return {errc::mismatch,
          fmt::format("{} may be another file than the one that run {} was writing when it was "
                      "killed{}: move it away, or give another --output",
                      path, run, besides)};
}

// What differs from the view is kept beside before it is written over.
result<void> keep_beside(const std::string& path, const std::string& where,
                         const std::function<void(const std::string&)>& say) {
  const std::string kept = free_name(path);
  std::error_code ec;
  fs::copy_file(path, kept, ec);
  if (ec) {
    std::error_code ignored;
    if (ec != std::errc::file_exists) fs::remove(kept, ignored);  // a part of a copy is none
    return error{io::disk_code(ec.value(), errc::unwritable),
                 fmt::format("{} is not what its run wrote, and cannot be kept as {}: {}", path,
                             kept, ec.message())};
  }
  say(fmt::format("{} is not what its run would write{}: what it held is kept in {}", path, where,
                  kept));
  return {};
}

result<noted_output::content> content_of(const io::file& of, std::uint64_t bytes,
                                         const io::interrupt& stop) {
  const std::unique_ptr<XXH3_state_t, XXH_errorcode (*)(XXH3_state_t*)> hash(XXH3_createState(),
                                                                             XXH3_freeState);
  XXH3_64bits_reset(hash.get());
  std::string block(block_bytes, '\0');
  std::uint64_t at = 0;
  while (at < bytes) {
    if (stop.is_raised()) return error{errc::cancelled, "stopped"};
    const auto got = of.read(block.data(), std::min<std::uint64_t>(block.size(), bytes - at), at);
    if (!got) return got.error();
    if (*got == 0) break;
    io::add_to_xxh3(hash.get(), {block.data(), *got});
    at += *got;
  }
  return noted_output::content{at, XXH3_64bits_digest(hash.get())};
}

output_files::output_files(const config& run, output_options options, output_book book)
    : run_(run.run), options_(std::move(options)), book_(std::move(book)) {}

output_files::~output_files() {
  for (const auto& one : files_) {
    if (one.file && one.was_made) ::unlink(one.path.c_str());
  }
}

result<output_files> output_files::open(const config& run, const view_list& views,
                                        output_options options) {
  auto book = output_book::read({run.run_dir});
  if (!book) return book.error();
  output_files made(run, std::move(options), std::move(*book));
  auto opened = made.open_all(views);
  if (!opened) return opened.error();
  return made;
}

result<output_files> output_files::hold_elsewhere(const config& run, output_options options) {
  auto book = output_book::read({run.run_dir});
  if (!book) return book.error();
  output_files held(run, std::move(options), std::move(*book));
  for (const auto& view : views_of(run)) {
    for (const auto& path : known_paths(*view, held.book_)) {
      if (path == standard_output || held.book_.is_within(path)) continue;
      const auto has = has_content(path);
      if (!has) return has.error();
      if (!*has) {
        const auto there = io::is_there(path);
        if (!there) return there.error();
        if (auto kind = *there ? check_kind(path) : result<void>(); !kind) return kind.error();
        continue;
      }
      if (auto opened = held.open_one(path); !opened) return opened.error();
      if (held.files_.back().is_doubtful) return doubtful(path, held.run_, "");
    }
  }
  return held;
}

result<void> output_files::move_away() {
  if (files_.empty()) return {};
  std::vector<std::string> names;
  for (const auto& one : files_) {
    names.push_back(free_name(one.path));
    book_.earlier.push_back({real_path(names.back()), one.identity.number});
  }
  if (auto saved = book_.save(); !saved) return saved;
  for (std::size_t n = 0; n < files_.size(); ++n) {
    std::error_code ec;
    fs::rename(files_[n].path, names[n], ec);
    if (ec) {
      return error{io::disk_code(ec.value(), errc::unwritable),
                   fmt::format("{}: {}", files_[n].path, ec.message())};
    }
  }
  return {};
}

result<void> output_files::check_in_place() const {
  for (const auto& each : closed()) {
    const auto one = std::ranges::find(files_, each.path, &opened_file::path);
    if (one == files_.end() || io::identity_of(each.path) == one->identity) continue;
    return error{errc::mismatch,
                 fmt::format("{} was taken away while run {} wrote it, and is not what it wrote; "
                             "the same command makes it anew, once nothing else is there",
                             each.path, run_)};
  }
  return {};
}

result<void> output_files::open_all(const view_list& views) {
  std::vector<std::string> written;
  for (const auto& each : views) {
    for (const auto& path : known_paths(*each, book_)) {
      if (path == standard_output) continue;
      auto opened = open_one(path);
      if (!opened) return opened;
      written.push_back(real_path(path));
    }
  }
  for (const auto& path : outdated_companions(book_, written)) {
    auto opened = open_one(path);
    if (!opened) return opened;
  }
  return {};
}

output_files::opened_file* output_files::find(const std::string& path) {
  const auto found = std::ranges::find(files_, path, &opened_file::path);
  return found == files_.end() ? nullptr : &*found;
}

result<void> output_files::open_one(const std::string& path) {
  if (auto kind = check_kind(path); !kind) return kind;
  auto opened = open_file(path);
  if (!opened) return opened.error();
  auto admitted = admit(*opened);
  files_.push_back(std::move(*opened));
  return admitted;
}

// The lock comes before the look at what it holds: another run may be writing it.
result<output_files::opened_file> output_files::open_file(const std::string& path) const {
  const auto there = io::is_there(path);
  if (!there) return there.error();
  opened_file opened;
  opened.path = path;
  opened.was_made = !*there;
  auto file = io::file::open(path, O_RDWR | O_CREAT | O_NONBLOCK);
  if (!file) return file.error();
  for (const auto& other : files_) {
    if (other.identity != (*file)->identity()) continue;
    return error{errc::usage, fmt::format("{} and {} are the same file", other.path, opened.path)};
  }
  auto locked = (*file)->lock();
  if (!locked) return locked.error();
  if ((*file)->identity() != io::identity_of(path)) {
    return error{errc::busy, fmt::format("{} was moved away just now; try again", path)};
  }
  opened.identity = *(*file)->identity();
  opened.file = std::move(*file);
  return opened;
}

// A shorter one is completed, since a crash or a copy that broke off leaves such; what differs is
// kept beside then. A changed one is somebody's work, and so is another file in its place.
result<void> output_files::admit(opened_file& file) const {
  if (auto apart = check_not_printed_to(file.path, *file.file); !apart) return apart;
  const auto size = file.file->size();
  if (!size) return size.error();
  if (*size == 0) return {};
  const noted_output* const noted = book_.find(file.path);
  const bool is_older = book_.is_of_older_run() && book_.is_within(file.path);
  if (!noted) return is_older ? result<void>() : foreign(file.path, run_);
  const bool is_same_file = noted->number == file.identity.number;
  auto looked = look_for(noted->left, file);
  if (looked) looked = look_for(noted->before, file);
  if (!looked || file.held) return looked;
  if (!noted->left) {  // a killed process left it, in the middle or wherever
    file.is_doubtful = !book_.is_within(file.path) && !is_same_file;
    return {};
  }
  const bool is_cut = *size < noted->left->bytes && is_same_file;
  return is_cut ? result<void>() : edited(file.path, run_);
}

result<void> output_files::look_for(const std::optional<noted_output::content>& known,
                                    opened_file& in) const {
  const auto size = in.file->size();
  if (!size) return size.error();
  if (!known || in.held || *size != known->bytes) return {};
  const auto found = content_of(*in.file, *size, *options_.stop);
  if (!found) return found.error();
  if (*found == *known) in.held = known;
  return {};
}

result<io::sink> output_files::sink_of(opened_file& file) const {
  if (file.held) return io::sink::go_over(std::move(file.file));
  return io::sink::go_over(std::move(file.file),
                           [run = run_, path = file.path, is_doubtful = file.is_doubtful,
                            say = options_.say](auto same) -> result<void> {
                             const std::string where = fmt::format(", from byte {} on", same);
                             if (is_doubtful) return doubtful(path, run, unlike + where);
                             return keep_beside(path, where, say);
                           });
}

// For a view that opens it: from now on what it holds is in the making.
result<io::sink> output_files::sink_for(const std::string& path) {
  if (path == standard_output) {
    auto out = io::open_standard_output(options_.stop);
    if (!out) return out.error();
    return io::sink::pour_into(std::move(*out));
  }
  if (!find(path)) {
    if (auto opened = open_one(path); !opened) return opened.error();
  }
  opened_file& one = *find(path);
  if (!one.file) return taken_twice(path);
  const ino_t number = one.is_doubtful ? book_.find(path)->number : one.identity.number;
  book_.note(path, {number, {}, one.held});
  if (auto saved = book_.save(); !saved) return saved.error();
  return sink_of(one);
}

result<void> output_files::note_closed() {
  for (const auto& each : closed()) {
    const opened_file* const one = find(each.path);
    const noted_output::content left{each.bytes, each.hash};
    if (one) book_.note(each.path, {one->identity.number, left, {}});
  }
  for (const auto& one : files_) {
    if (!one.file) continue;
    if (auto taken = take_away(one); !taken) return taken;
  }
  return book_.save();
}

void output_files::say_left_behind() const {
  std::set<std::string> written, left;
  for (const auto& each : closed()) written.insert(real_path(each.path));
  for (const auto& each : closed()) {
    const fs::path one = each.path, real = real_path(each.path);
    for (const fs::path path : book_.paths()) {
      if (path.parent_path() != real.parent_path() || written.contains(path)) continue;
      if (!is_called_alike(path, one) || !io::identity_of(path)) continue;
      left.insert((one.parent_path() / path.filename()).string());
    }
  }
  if (left.empty()) return;
  options_.say("no output writes these files of the run now; they stay as they were: " +
               listed({left.begin(), left.end()}));
}

// What may be cut may be cut to nothing, name and all; else it is kept under another one.
result<void> output_files::take_away(const opened_file& file) {
  const auto size = file.file->size();
  if (!size) return size.error();
  const bool is_kept = *size > 0 && !file.held;
  const std::string kept = free_name(file.path);
  const int done =
      is_kept ? ::rename(file.path.c_str(), kept.c_str()) : ::unlink(file.path.c_str());
  if (done != 0) {
    return error{io::disk_code(errno, errc::unwritable),
                 fmt::format("{} is no part of the output now, and cannot be taken away: {}",
                             file.path, std::generic_category().message(errno))};
  }
  if (is_kept) {
    options_.say(fmt::format("{} is no part of the output now: kept as {}", file.path, kept));
  }
  book_.forget(file.path);
  return {};
}

std::vector<std::string> known_paths(const view& of, const output_book& book) {
  std::vector<std::string> paths{of.path()};
  for (std::size_t n = 1;; ++n) {
    std::string further = of.path(n);
    if (further.empty() || !book.find(further)) return paths;
    paths.push_back(std::move(further));
  }
}

std::vector<io::file_identity> own_files(const config& run) {
  if (run.shard) return own_files(whole_of(run));
  const run_directory where{run.run_dir};
  std::vector<std::string> paths = {where.manifest(), where.ledger(), where.outputs()};
  for (const auto& each : views_of(run)) paths.push_back(each->path());
  if (const auto book = output_book::read(where)) {
    for (const auto& path : book->paths()) paths.push_back(path);
  }
  std::vector<io::file_identity> out;
  for (const auto& path : paths) {
    const auto which = path == standard_output ? std::nullopt : io::identity_of(path);
    if (which) out.push_back(*which);
  }
  return out;
}

std::vector<io::file_identity> earlier_files(const config& run) {
  if (run.shard) return earlier_files(whole_of(run));
  std::vector<io::file_identity> out;
  const auto book = output_book::read({run.run_dir});
  if (!book) return out;
  for (const auto& one : book->earlier) {
    const auto which = io::identity_of(one.path);
    if (which && which->number == one.number) out.push_back(*which);
  }
  return out;
}

}  // namespace retort::engine
