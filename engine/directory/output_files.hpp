// The files that a run's views go to, opened so that nothing of anybody else's is harmed: a file
// that the run did not write, or that was changed since, is refused; one that another run writes is
// busy; what is no regular file is refused too, but for "-", standard output. One thread, but for
// what is done when a file differs from its view.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/config/config.hpp"
#include "engine/directory/output_book.hpp"
#include "engine/views/view.hpp"
#include "io/base/error.hpp"
#include "io/base/interrupt.hpp"

namespace retort::engine {

struct output_options {
  // Ends the looking through what a file holds, and a write to standard output that waits.
  std::shared_ptr<io::interrupt> stop;
  // A line for the person; called on the thread that makes the views.
  std::function<void(const std::string& line)> say;
};

class output_files : public view_files {
 public:
  // Opens and locks what the views will write, as far as that is known; nothing is changed yet, but
  // for files that were not there and are empty now.
  // errc::mismatch, errc::busy, errc::usage, errc::unwritable, errc::disk, errc::cancelled.
  static result<output_files> open(const config& run, const view_list& views,
                                   output_options options);
  // Those outside the run directory that hold something, admitted likewise, which no view is to
  // open. errc::mismatch, errc::busy, errc::unreadable...
  static result<output_files> hold_elsewhere(const config& run, output_options options);
  output_files(output_files&&) = default;
  output_files& operator=(output_files&&) = delete;
  ~output_files() override;  // takes away what was made and no view has opened

  // Notes how the files were left that the views have closed, and takes away what a fold of more
  // files left behind. A file that a view opens is noted as being written before it is.
  result<void> note_closed();
  // Names the run's files beside those that are called like them and that no view writes any more
  // (shard_mb, rejected): they are left.
  void say_left_behind() const;
  // What the views have closed still stands where they were to write it. errc::mismatch.
  result<void> check_in_place() const;
  // Renames what is held to free names, and notes these as of an earlier run. errc::disk,
  // errc::unwritable.
  result<void> move_away();

 protected:
  struct opened_file {
    std::string path;
    std::unique_ptr<io::file> file;  // until a view has it
    io::file_identity identity;
    bool was_made = false;
    // Another one was there when the run was killed, or its file system numbers files anew: only
    // what it holds can tell whose it is.
    bool is_doubtful = false;
    // What it holds, where all of that is the run's: it may be cut.
    std::optional<noted_output::content> held;
  };

  output_files(const config& run, output_options options, output_book book);
  result<io::sink> sink_for(const std::string& path) override;
  result<void> open_all(const view_list& views);
  virtual result<void> open_one(const std::string& path);
  opened_file* find(const std::string& path);

  const output_options& options() const { return options_; }
  output_book& book() { return book_; }
  std::vector<opened_file>& files() { return files_; }
  const std::string& run() const { return run_; }

 private:
  result<void> take_away(const opened_file& file);
  result<opened_file> open_file(const std::string& path) const;
  result<void> admit(opened_file& file) const;
  result<void> look_for(const std::optional<noted_output::content>& known, opened_file& in) const;
  result<io::sink> sink_of(opened_file& file) const;

  std::string run_;  // its name
  output_options options_;
  output_book book_;
  std::vector<opened_file> files_;
};

// What a file begins with, so many bytes of it; its `bytes` are fewer where it is shorter. `stop`,
// raised, ends it with errc::cancelled.
result<noted_output::content> content_of(const io::file& of, std::uint64_t bytes,
                                         const io::interrupt& stop);

error taken_twice(const std::string& path);
// Of one that is_doubtful; `besides` is put in behind "killed".
error doubtful(const std::string& path, const std::string& run, const std::string& besides);
inline constexpr char unlike[] = ", and is not what it would write";

// Copies a file that is not what its run has written to a free name beside it, which `say` is
// told. errc::disk, errc::unwritable.
result<void> keep_beside(const std::string& path, const std::string& where,
                         const std::function<void(const std::string&)>& say);

// The files of these views, as far as they are there for sure or the book knows them.
std::vector<std::string> known_paths(const view& of, const output_book& book);

// The files of this run's making, as far as they are there: no dataset of its own.
std::vector<io::file_identity> own_files(const config& run);
// Those that the runs before --fresh have left: a dataset only where one is named outright.
std::vector<io::file_identity> earlier_files(const config& run);

}  // namespace retort::engine
