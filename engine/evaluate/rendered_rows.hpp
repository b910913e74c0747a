// Ids, references and columns of a dataset's rows as the config at hand renders them: what a resume
// needs of rows whose samples were written under another dataset.id or reference. They stand in two
// files without a name in the run directory, so that memory stays bounded whatever the dataset's
// size. Filled by one thread, then read by one other.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "engine/sample/sample.hpp"
#include "io/file/file.hpp"
#include "io/file/sink.hpp"

namespace retort::engine {

class rendered_rows {
 public:
  // errc::disk.
  static result<rendered_rows> create(const std::string& directory);

  // The rows in ascending order; those passed over are not known. errc::disk.
  result<void> add(const sample& rendered);     // its id, reference and columns
  result<void> add_bad(std::uint64_t ordinal);  // the row cannot be rendered
  result<void> finish();                        // before the first take()

  // Gives the sample its row's id, reference and columns; false when the row is a bad one.
  // errc::mismatch for a row that is not known, errc::unreadable.
  result<bool> take(sample& into) const;

 private:
  struct scratch_file {
    io::sink out;
    std::unique_ptr<io::file> in;
  };
  rendered_rows(scratch_file index, scratch_file texts);
  static result<scratch_file> open(const std::string& directory);
  result<void> append_index(std::uint64_t ordinal, std::uint64_t entry);

  scratch_file index_;  // 8 bytes for each row: where its texts are
  scratch_file texts_;
  std::uint64_t rows_ = 0;
};

}  // namespace retort::engine
