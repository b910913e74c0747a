// Writes what views render as lines, in the ledger's order or the dataset's. One thread at a time.
#pragma once

#include <memory>
#include <optional>

#include "engine/config/config.hpp"
#include "engine/outputs/line_file.hpp"
#include "engine/outputs/ordered_lines.hpp"
#include "engine/views/view.hpp"

namespace retort::engine {

class line_sink {
 public:
  line_sink(const config& run, const output_config& of, line_file file);

  // One line or several, each with its end.
  result<void> add(const sample_key& of, std::string_view lines);
  result<void> finish();
  std::uint64_t rows() const { return rows_; }

 private:
  result<void> put(std::string_view lines);

  line_file file_;
  std::optional<ordered_lines> ordered_;
  bool may_be_many_;  // lines in one text
  std::uint64_t rows_ = 0;
};

// The writer of a view whose every text is lines. All outlive it.
result<std::unique_ptr<view_writer>> begin_lines(const view* of, view_files& files,
                                                 const config& run, const output_config& output,
                                                 line_file_form form);

}  // namespace retort::engine
