// Ledger lines by where they stand, put in the dataset's order, in bounded memory: what does not
// fit is sorted in parts that wait in a file without a name. One thread at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <queue>
#include <string>
#include <vector>

#include "engine/sample/sample.hpp"
#include "io/base/error.hpp"
#include "io/file/file.hpp"

namespace retort::engine {

struct line_place {
  sample_key key;
  std::uint32_t source = 0;  // which ledger
  std::uint32_t bytes = 0;   // with its newline
  std::uint64_t offset = 0;  // in that ledger
  std::uint64_t seal = 0;    // of the line: the same, the same line
  std::uint32_t is_settled = 0, has_more = 0;
};

// By record, then step by step as its branches go, then by ledger, and there as they were written:
// a line stands behind those that it goes on from.
bool comes_before(const line_place& a, const line_place& b);

class line_sorter {
 public:
  // `directory`: where the parts wait. `most`: so many are held in memory, 64 bytes each, and about
  // as many bytes again while they are handed out.
  explicit line_sorter(std::string directory, std::size_t most = std::size_t{1} << 20)
      : directory_(std::move(directory)), most_(most) {}

  // errc::disk, errc::unwritable.
  result<void> add(const line_place& one);
  // Once all are added: the next in order, or nothing. errc::disk, errc::unreadable.
  result<std::optional<line_place>> next();

 private:
  // A sorted stretch of the file, of which some is in memory.
  struct part {
    std::uint64_t at = 0, left = 0;  // in the file, in lines
    std::vector<line_place> held = {};
    std::size_t position = 0;
  };
  struct front {
    line_place first;
    std::size_t part;
    bool operator<(const front& other) const { return comes_before(other.first, first); }
  };

  result<void> put_aside();
  result<void> begin();
  result<std::optional<line_place>> next_of_parts();
  result<void> take_front(std::size_t part);
  result<void> read_on(part& of);

  std::string directory_;
  std::size_t most_;
  std::vector<line_place> held_;
  std::unique_ptr<io::file> aside_;  // null: all of them are held
  std::uint64_t put_ = 0;            // lines, in the file
  std::vector<part> parts_;
  bool begun_ = false;
  std::size_t position_ = 0;
  std::priority_queue<front> fronts_;
};

}  // namespace retort::engine
