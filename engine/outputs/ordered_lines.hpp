// Lines that are written in the dataset's order, once all are there: their texts stand in a file
// without a name in the run directory, and about 48 bytes a line in memory. One thread at a time.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "engine/sample/sample.hpp"
#include "io/file/file.hpp"
#include "io/file/sink.hpp"

namespace retort::engine {

class ordered_lines {
 public:
  explicit ordered_lines(std::string directory) : directory_(std::move(directory)) {}

  // errc::disk, errc::unwritable
  result<void> add(const sample_key& of, std::string_view line);
  // Hands over each line, by record, step, the answer that it goes on from, variant and k, and
  // forgets them. errc::disk, errc::unreadable, and what `to` says.
  result<void> pour_into(const std::function<result<void>(std::string_view line)>& to);
  std::uint64_t size() const { return lines_.size(); }

 private:
  struct place {
    // The record and so on, and where its text stands.
    std::tuple<std::uint64_t, std::uint32_t, std::uint32_t, std::uint32_t, std::uint32_t,
               std::uint64_t>
        order;
    std::uint64_t bytes;
  };
  result<void> open();

  std::string directory_;
  std::vector<place> lines_;
  std::optional<io::sink> out_;
  std::unique_ptr<io::file> in_;
};

}  // namespace retort::engine
