// The files of views that are made anew as a whole, without the run: each is written beside the one
// whose place it takes in the end, so that a process that is killed, or whose disk is full, leaves
// the old one or the new one. Whose files these are is looked at, and noted, as for a run. One
// thread.
#pragma once

#include <map>
#include <string>

#include "engine/directory/output_files.hpp"
#include "io/file/replacement.hpp"

namespace retort::engine {

class replaced_outputs : public output_files {
 public:
  // As output_files::open(), but makes no file. Where a run is at work on the ledger it is the one
  // who writes its outputs: the files must be new ones then; errc::usage when they are not.
  static result<replaced_outputs> open(const config& run, const view_list& views,
                                       output_options options, bool is_run_at_work);

  // Puts the files in their places, once the fold has finished them. errc::disk, errc::unwritable,
  // errc::unreadable, errc::cancelled.
  result<void> replace();
  // Of those being made some can be seen, beside where they will be.
  bool have_names() const;

 private:
  replaced_outputs(const config& run, output_options options, output_book book, bool at_work)
      : output_files(run, std::move(options), std::move(book)), is_run_at_work_(at_work) {}
  result<io::sink> sink_for(const std::string& path) override;
  result<void> open_one(const std::string& path) override;
  result<void> announce(const closed_file& done);
  result<void> keep_what_differs(const opened_file& old, const noted_output::content& held,
                                 const io::replacement& made) const;
  result<void> put_in_place(const closed_file& done);

  bool is_run_at_work_;
  std::map<std::string, io::replacement> made_;  // by path, what is to take its place
};

}  // namespace retort::engine
