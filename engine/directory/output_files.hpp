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
#include "engine/views/views.hpp"
#include "io/base/error.hpp"
#include "io/base/interrupt.hpp"

namespace retort::engine {

struct output_options {
  // Ends the looking through what a file holds, and a write to standard output that waits.
  std::shared_ptr<io::interrupt> stop;
  // A line for the person; called on the thread that makes the views.
  std::function<void(const std::string& line)> say;
};

class output_files {
 public:
  // Opens and locks; nothing is changed yet, but for files that were not there and are empty now.
  // errc::mismatch, errc::busy, errc::usage, errc::unwritable, errc::disk, errc::cancelled.
  static result<output_files> open(const config& run, output_options options);
  output_files(output_files&&) = default;
  output_files& operator=(output_files&&) = delete;
  ~output_files();  // takes away what open() made, unless begin() was called

  // Notes in the run directory that they are being written, and gives them to who writes.
  result<view_sinks> begin();
  // Notes how they were left.
  result<void> finish(const view_fold& fold);

 private:
  struct opened_file {
    std::string path;
    std::unique_ptr<io::file> file;
    bool was_made = false;
    bool may_be_cut = false;  // all that it holds is the run's
    ino_t number = 0;
  };

  output_files(const config& run, output_options options, output_book book);
  result<void> open_one(const std::string& path);
  result<opened_file> open_file(const std::string& path) const;
  result<void> admit(opened_file& file) const;
  result<bool> holds(const opened_file& file, const noted_output::content& what) const;
  result<io::sink> sink_of(opened_file& file) const;

  std::string run_;  // its name
  output_options options_;
  output_book book_;
  bool pours_ = false;              // the first goes to standard output
  std::vector<opened_file> files_;  // the others, in the order of view_paths
  bool begun_ = false;
};

// The files of this run's making, as far as they are there: no dataset of its own.
std::vector<io::file_identity> own_files(const config& run);

}  // namespace retort::engine
