// Which output files are the run's own: what it noted of each that it wrote, in outputs.json of the
// run directory. A file is known by where it is and by what it holds, so that nothing else is ever
// taken for the run's, whatever the working directory and whichever key named it. One thread.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "engine/directory/run_directory.hpp"
#include "io/base/error.hpp"

namespace retort::engine {

struct noted_output {
  ino_t number = 0;  // of its inode
  struct content {
    std::uint64_t bytes = 0;
    std::uint64_t hash = 0;  // XXH3, 64 bits, seed 0

    bool operator==(const content&) const = default;
  };
  // As the run left it; nothing while it is being written, or since the process was killed at that.
  std::optional<content> left;
  // Until that is noted as done: what it was left as before, which it holds until the first byte
  // that differs is written, or until a whole file takes its place, which is `left`.
  std::optional<content> before;
};

class output_book {
 public:
  // errc::mismatch for a file that is none; a directory without one has an empty book.
  static result<output_book> read(const run_directory& where);

  const noted_output* find(const std::string& path) const;
  void note(const std::string& path, const noted_output& what);
  void forget(const std::string& path);
  // What another process of the run has noted meanwhile (an export beside a run at work) stays, as
  // far as this one did not note it. Of two that save in the same moment one may be lost: its files
  // are then not known as the run's. As read(); errc::disk, errc::unwritable.
  result<void> save();

  bool is_within(const std::string& path) const;  // the run directory
  // The run has a ledger from before there were such books.
  bool is_of_older_run() const { return is_of_older_run_; }
  // The files as they are called today, for those that must not be read as a dataset.
  std::vector<std::string> paths() const;
  // What the runs that stood here before --fresh have left: no outputs of this one. Known by the
  // inode, too: another file may come to be called so.
  struct earlier_output {
    std::string path;
    ino_t number = 0;
  };
  std::vector<earlier_output> earlier;

 private:
  explicit output_book(std::string directory);
  std::string key_of(const std::string& path) const;

  result<void> follow(std::string_view from);  // the run directory as it was called
  result<void> take_in_others();

  std::string directory_;  // absolute, without links
  bool is_of_older_run_ = false;
  std::map<std::string, noted_output> outputs_;
  std::set<std::string, std::less<>> own_;  // keys that this process noted or forgot
};

// Absolute and without links, whether the file is there or not.
std::string real_path(const std::string& path);

}  // namespace retort::engine
