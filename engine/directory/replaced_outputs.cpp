#include "engine/directory/replaced_outputs.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "io/file/presence.hpp"

namespace retort::engine {
namespace {

constexpr auto to_the_end = std::numeric_limits<std::uint64_t>::max();

}  // namespace

result<replaced_outputs> replaced_outputs::open(const config& run, const view_list& views,
                                                output_options options, bool is_run_at_work) {
  auto book = output_book::read({run.run_dir});
  if (!book) return book.error();
  replaced_outputs made(run, std::move(options), std::move(*book), is_run_at_work);
  auto opened = made.open_all(views);
  if (!opened) return opened.error();
  return made;
}

// One that is not there is not made before it is whole.
result<void> replaced_outputs::open_one(const std::string& path) {
  const auto there = io::is_there(path);
  if (!there) return there.error();
  if (is_run_at_work_ && *there) {
    return error{errc::usage, fmt::format("{} is there, and a run is at work on its ledger: give "
                                          "another --output, or wait for the run's end",
                                          path)};
  }
  if (*there) return output_files::open_one(path);
  for (const opened_file& other : files()) {
    if (real_path(other.path) != real_path(path)) continue;
    return error{errc::usage, fmt::format("{} and {} are the same file", other.path, path)};
  }
  files().push_back({.path = path, .file = nullptr, .identity = {}, .was_made = false, .held = {}});
  return {};
}

result<io::sink> replaced_outputs::sink_for(const std::string& path) {
  if (path == standard_output) return output_files::sink_for(path);
  if (!find(path)) {
    if (auto opened = open_one(path); !opened) return opened.error();
  }
  if (made_.contains(path)) return taken_twice(path);
  auto begun = io::replacement::begin(path);
  if (!begun) return begun.error();
  auto content = begun->content().again();
  if (!content) return content.error();
  made_.emplace(path, std::move(*begun));
  return io::sink::go_over(std::move(*content));
}

bool replaced_outputs::have_names() const {
  return std::ranges::any_of(made_, [](const auto& one) { return !one.second.is_nameless(); });
}

// Both are the run's from here on, whichever is found. One that is the same already stays.
result<void> replaced_outputs::announce(const closed_file& done) {
  const auto made = made_.find(done.path);
  if (made == made_.end()) return {};
  opened_file& old = *find(done.path);
  noted_output now{made->second.content().identity()->number, {{done.bytes, done.hash}}, {}};
  if (old.file) {
    const auto held = content_of(*old.file, to_the_end, *options().stop);
    if (!held) return held.error();
    if (*held == now.left) {
      made_.erase(made);
      old.file.reset();
      return {};
    }
    if (auto kept = keep_what_differs(old, *held, made->second); !kept) return kept;
    now.before = *held;
  }
  book().note(done.path, now);
  return {};
}

// As a run does with what it does not know to be its own to the last byte: what it would go on
// behind is no loss, anything else is kept. So is what was the run's when it was opened and has
// been changed since.
result<void> replaced_outputs::keep_what_differs(const opened_file& old,
                                                 const noted_output::content& held,
                                                 const io::replacement& made) const {
  if (old.held && *old.held == held) return {};
  const auto same = content_of(made.content(), held.bytes, *options().stop);
  if (!same) return same.error();
  if (*same == held) return {};
  if (old.is_doubtful) return doubtful(old.path, run(), unlike);
  return keep_beside(old.path, "", options().say);
}

result<void> replaced_outputs::put_in_place(const closed_file& done) {
  const auto made = made_.find(done.path);
  if (made == made_.end()) return {};
  opened_file& old = *find(done.path);
  auto put = old.file ? made->second.take_over() : made->second.take_name();
  if (!put) return put;
  old.file.reset();
  old.identity = *made->second.content().identity();
  return {};
}

result<void> replaced_outputs::replace() {
  for (const auto& each : closed()) {
    if (auto told = announce(each); !told) return told;
  }
  if (auto saved = book().save(); !saved) return saved;
  for (const auto& each : closed()) {
    if (auto put = put_in_place(each); !put) return put;
  }
  return note_closed();
}

}  // namespace retort::engine
