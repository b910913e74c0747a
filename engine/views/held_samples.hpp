// Samples whose record is not over: which of them are kept, or what they make, is known only then.
// Memory is bounded: texts beyond a bound stand in a file without a name in the run directory, and
// about 200 bytes a sample and its extracted answer remain. One thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/views/view.hpp"
#include "io/file/file.hpp"
#include "io/file/sink.hpp"

namespace retort::engine {

struct held_sample {
  view_change change;
  std::vector<std::size_t> lengths;  // of its texts
  std::string texts;
};

// The best one's place: by score, then the shorter, then by variant and k, never by arrival. Of at
// least one.
std::size_t best_of(std::span<const held_sample> of);

// The places of those with the answer that most have, of several that as many have the one that
// came up first; one without an answer is of none. Each is of the first group whose first answer is
// the same as its own. By the order given.
std::vector<std::size_t> majority_of(
    std::span<const held_sample> of,
    const std::function<bool(std::string_view, std::string_view)>& are_same);

class held_samples {
 public:
  explicit held_samples(std::string directory, std::size_t most_bytes = std::size_t{64} << 20,
                        std::uint32_t branches = 1)
      : directory_(std::move(directory)), most_bytes_(most_bytes), branches_(branches) {}
  // Of which one is chosen: a record, or where it has several branches, one of these.
  std::uint64_t group_of(const sample_key& key) const { return key.ordinal * branches_ + key.from; }

  // errc::disk
  result<void> hold(const view_change& change, std::span<const std::size_t> lengths,
                    std::string_view texts);
  // Those of a group, by variant and k; they are held no more. errc::disk, errc::unreadable
  result<std::vector<held_sample>> take(std::uint64_t group);
  // The next group of which any is held, by record and branch.
  std::optional<std::uint64_t> first_record() const;

  std::size_t bytes_in_memory() const { return bytes_; }

 private:
  struct entry {
    held_sample sample;  // without its texts where they are in the file
    std::optional<std::uint64_t> at = {};
    std::size_t bytes = 0;
  };
  result<void> spill(entry& one, std::string_view texts);
  result<void> read_back(entry& one);

  std::string directory_;
  std::size_t most_bytes_;
  std::uint32_t branches_;
  std::map<std::uint64_t, std::vector<entry>> records_;
  std::size_t bytes_ = 0;
  std::optional<io::sink> out_;
  std::unique_ptr<io::file> in_;
};

}  // namespace retort::engine
